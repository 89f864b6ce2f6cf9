using System.Buffers;
using System.Globalization;
using System.Text;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Export;

/// <summary>The directory an export is to make exists and is not empty; nothing was touched.</summary>
public sealed class BagExistsException(string directory)
    : IOException($"{directory} exists and is not empty. Give a directory that does not exist yet: an export never writes into anything.");

/// <summary>What came in for a payload file is not what was announced; the file was not taken.</summary>
public sealed class PayloadDiffersException(string path, string found, string wanted)
    : IOException($"{path} should have SHA-256 {wanted} and has {found}");

/// <summary>
/// Writes one BagIt 1.0 bag durably. All of it goes into <c>NAME.partial-N</c> beside the target, where <c>bagit.txt</c>
/// comes last; the directory gets its name when every byte and every name in it survives a power cut. So what bears the
/// name is complete, and what was interrupted is no bag, whoever looks at it.
/// </summary>
/// <remarks>Not thread-safe. The caller may remove <see cref="PartialDirectory"/> of an export that failed.</remarks>
public sealed class BagWriter
{
    private const int BufferBytes = 1024 * 1024;

    /// <summary>Interrupted exports that are left beside one target before a person should look.</summary>
    private const int MaxPartials = 1000;

    private static readonly DigestAlgorithm[] Algorithms = [DigestAlgorithm.Sha256, DigestAlgorithm.Sha512];

    private readonly IDisk _disk;
    private readonly string _target;
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyDictionary<DigestAlgorithm, string>> _payload = new(StringComparer.Ordinal);
    private bool _finished;

    private BagWriter(IDisk disk, string target, string partial)
    {
        (_disk, _target, PartialDirectory) = (disk, target, partial);
        MakeDirectories("data");
    }

    /// <summary>Where the bag is being written.</summary>
    public string PartialDirectory { get; }

    /// <summary>Payload files added so far.</summary>
    public long PayloadFiles => _payload.Count;

    /// <summary>Their length.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>Refuses a target that has something in it, then makes the partial directory.</summary>
    /// <param name="directory">Absolute path that the bag will have.</param>
    /// <exception cref="BagExistsException">There is something already.</exception>
    public static BagWriter Begin(IDisk disk, string directory)
    {
        RequireEmpty(disk, directory);
        DurableFile.EnsureDirectory(disk, DurableFile.DirectoryOf(directory));
        for (var n = 0; n < MaxPartials; n++)
        {
            var partial = string.Create(CultureInfo.InvariantCulture, $"{directory}.partial-{n}");
            if (disk.MakeDirectory(partial))
            {
                return new BagWriter(disk, directory, partial);
            }
        }
        throw new IOException($"{MaxPartials} interrupted exports lie beside {directory}; remove those that nobody writes");
    }

    /// <summary>Copies one payload file in and proves it on the way. May be called again for the path after it threw.</summary>
    /// <param name="path">Below <c>data/</c>, as <see cref="PayloadNames"/> gave it.</param>
    /// <param name="wanted">What its SHA-256 must be; null for what is made here.</param>
    /// <exception cref="PayloadDiffersException">The bytes are others.</exception>
    public async Task AddAsync(string path, Stream source, Sha256Digest? wanted, CancellationToken cancel)
    {
        var inBag = BagPath.Payload + path;
        Invariant.Require(
            !_finished && BagPath.Resolve(inBag) is BagPathReading.Inside(var plain, false, _) && plain == inBag && BagPath.Encode(inBag) == inBag,
            "a payload path is plain, relative and needs no encoding");
        Invariant.Require(!_payload.ContainsKey(inBag), "a payload file is added once");
        var file = Path.Combine(PartialDirectory, inBag);
        MakeDirectories(Path.GetDirectoryName(inBag)!);
        // What an attempt before this one left behind.
        _disk.Unlink(file);
        var (length, digests) = await CopyAsync(source, file, cancel);
        if (wanted is { } must && digests[DigestAlgorithm.Sha256] != must.ToString())
        {
            throw new PayloadDiffersException(inBag, digests[DigestAlgorithm.Sha256], must.ToString());
        }
        _payload.Add(inBag, digests);
        PayloadBytes += length;
    }

    /// <summary>As above, for a document in memory.</summary>
    public async Task AddAsync(string path, ReadOnlyMemory<byte> document, CancellationToken cancel)
    {
        using var source = new MemoryStream(document.ToArray(), writable: false);
        await AddAsync(path, source, null, cancel);
    }

    /// <summary>Manifests, metadata, declaration, and the name. When it returns the bag is there for good.</summary>
    /// <param name="info">Elements of <c>bag-info.txt</c>; Payload-Oxum is put in front of them.</param>
    /// <exception cref="BagExistsException">Somebody put something there meanwhile.</exception>
    public void Finish(IEnumerable<BagInfoElement> info)
    {
        Invariant.Require(!_finished, "a bag is finished once");
        var oxum = new BagInfoElement(BagInfo.PayloadOxum, string.Create(CultureInfo.InvariantCulture, $"{PayloadBytes}.{_payload.Count}"));
        var tags = Algorithms.ToDictionary(
            a => BagManifest.NameOf(a, ofTags: false), a => BagManifest.Format(_payload.Select(p => (p.Key, p.Value[a]))), StringComparer.Ordinal);
        tags.Add(BagInfo.FileName, BagInfo.Format(info.Prepend(oxum)));
        tags.Add(BagDeclaration.FileName, Encoding.UTF8.GetString(BagDeclaration.Bytes));
        var digests = tags.ToDictionary(t => t.Key, t => DigestSet.Of(t.Value, Algorithms), StringComparer.Ordinal);
        foreach (var algorithm in Algorithms)
        {
            tags.Add(BagManifest.NameOf(algorithm, ofTags: true), BagManifest.Format(digests.Select(d => (d.Key, d.Value[algorithm]))));
        }
        foreach (var (name, text) in tags.OrderBy(t => t.Key == BagDeclaration.FileName).ThenBy(t => t.Key, StringComparer.Ordinal))
        {
            // If we crash here, there is no bagit.txt: no tool takes the directory for a bag.
            Write(Path.Combine(PartialDirectory, name), Encoding.UTF8.GetBytes(text));
        }
        foreach (var directory in _directories.OrderByDescending(d => d.Length).Append(""))
        {
            // If we crash here, some names may be lost, and the directory still has its partial name.
            _disk.SyncDirectory(Path.TrimEndingDirectorySeparator(Path.Combine(PartialDirectory, directory)));
        }
        RequireEmpty(_disk, _target);
        _finished = true;
        // If we crash here, the bag is complete under its partial name, or already under its own.
        _disk.Rename(PartialDirectory, _target);
        // If we crash here, either name may stand after a power cut, over a complete bag.
        _disk.SyncDirectory(DurableFile.DirectoryOf(_target));
    }

    private static void RequireEmpty(IDisk disk, string directory)
    {
        if (disk.FileExists(directory) || disk.ListFiles(directory).Count > 0 || disk.ListDirectories(directory).Count > 0)
        {
            throw new BagExistsException(directory);
        }
    }

    private async Task<(long LengthBytes, IReadOnlyDictionary<DigestAlgorithm, string> Digests)> CopyAsync(
        Stream source, string path, CancellationToken cancel)
    {
        using var digests = new DigestSet(Algorithms);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var file = _disk.CreateNew(path);
            var length = 0L;
            for (int read; (read = await source.ReadAtLeastAsync(buffer.AsMemory(0, BufferBytes), BufferBytes, throwOnEndOfStream: false, cancel)) > 0; length += read)
            {
                digests.Append(buffer.AsSpan(0, read));
                file.Write(length, buffer.AsSpan(0, read));
            }
            // If we crash here, the file is half of one, in a directory that is no bag.
            file.SyncData();
            return (length, digests.Finish());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = _disk.CreateNew(path);
        file.Write(0, bytes);
        file.SyncData();
    }

    /// <summary>Makes a directory of the bag with those above it; they are synced together at the end.</summary>
    private void MakeDirectories(string path)
    {
        var parts = path.Split('/');
        for (var depth = 1; depth <= parts.Length; depth++)
        {
            var directory = string.Join('/', parts[..depth]);
            if (_directories.Add(directory))
            {
                _disk.MakeDirectory(Path.Combine(PartialDirectory, directory));
            }
        }
    }
}
