using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Audit.Durable;

namespace Pipeline.Actors.Hosting;

/// <summary>What the file <c>format</c> says.</summary>
public sealed record DataFormat(int Version, int Shards, string Origin);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DataFormat))]
public sealed partial class DataFormatJson : JsonSerializerContext;

/// <summary>
/// One node's directory, locked while it runs. Layout in the design, section 6.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    /// <summary>Raised by a change an older release could not read.</summary>
    public const int Version = 1;

    /// <summary>Shards of every region; a constant for the life of a deployment.</summary>
    public const int Shards = 60;

    private const int LockAttempts = 10;

    private readonly FileStream _lock;

    private DataDirectory(string path, DataFormat format, FileStream held)
    {
        Root = path;
        Format = format;
        _lock = held;
    }

    public string Root { get; }

    public DataFormat Format { get; }

    /// <summary>Where the running node answers verbs given <c>--data</c>.</summary>
    public string Socket => SocketOf(Root);

    public static string SocketOf(string root) => Path.Combine(root, "node.sock");

    public string Database(string name) => Path.Combine(Root, name + ".db");

    /// <summary>Opens, or makes, and locks. The lock ends with the process, whatever ends it.</summary>
    /// <param name="chooseOrigin">Asked once, for a new directory.</param>
    /// <exception cref="DataDirectoryInUseException">Another process holds it.</exception>
    /// <exception cref="InvalidDataException">Of a later release, or damaged.</exception>
    public static DataDirectory Open(string path, IDisk disk, Func<string> chooseOrigin)
    {
        DurableFile.EnsureDirectory(disk, path);
        var held = Lock(path);
        try
        {
            return new DataDirectory(path, ReadOrMakeFormat(path, disk, chooseOrigin), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Is a node running on this directory?</summary>
    public static bool IsInUse(string path)
    {
        var file = Path.Combine(path, "lock");
        if (!File.Exists(file))
        {
            return false;
        }
        try
        {
            using var probe = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary><c>musicpipeline.local/&lt;random&gt;/&lt;year&gt;</c>: nobody else's log has this name.</summary>
    public static string DrawOrigin(TimeProvider time) =>
        $"musicpipeline.local/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}/{time.GetUtcNow().Year}";

    /// <summary>A verb that looks whether a node runs holds the lock for an instant; that is not a node.</summary>
    private static FileStream Lock(string path)
    {
        using var instant = new ManualResetEventSlim();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e)
            {
                if (attempt == LockAttempts)
                {
                    throw new DataDirectoryInUseException(path, e);
                }
                instant.Wait(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private static DataFormat ReadOrMakeFormat(string path, IDisk disk, Func<string> chooseOrigin)
    {
        var file = Path.Combine(path, "format");
        if (!disk.FileExists(file))
        {
            var made = new DataFormat(Version, Shards, chooseOrigin());
            // If we crash here, the next start draws another origin: nothing was written under this one.
            DurableFile.Replace(disk, file, JsonSerializer.SerializeToUtf8Bytes(made, DataFormatJson.Default.DataFormat));
            return made;
        }
        DataFormat format;
        try
        {
            format = JsonSerializer.Deserialize(File.ReadAllBytes(file), DataFormatJson.Default.DataFormat)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file} is damaged: {e.Message}. Restore it from a backup; its origin must be the log's.", e);
        }
        return format.Version <= Version
            ? format
            : throw new InvalidDataException(
                $"{path} was written by a later release (format {format.Version}; this one knows {Version}). Start that release: upgrades run forward only.");
    }
}

/// <summary>Another process has the data directory.</summary>
public sealed class DataDirectoryInUseException(string path, Exception inner)
    : IOException($"{path} is in use by a running node. Stop it, or give the verb the same --data: it will talk to that node.", inner);
