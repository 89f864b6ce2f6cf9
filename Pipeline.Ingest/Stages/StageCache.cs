using System.Text;
using System.Text.Json;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Ingest.Stages;

/// <summary>
/// Conclusive outcomes by stage and input digest, beside the vault, so that a run after a crash is a read. A file names
/// its stage and input in its first line and the SHA-256 of all before in its last; one that does not hold is moved to
/// quarantine and counts as absent.
/// </summary>
/// <param name="root">The vault's root.</param>
/// <param name="temporary">This process's temporary names under it.</param>
public sealed class StageCache(IDisk disk, string root, TemporaryFiles temporary)
{
    /// <summary>Longest kept outcome; a longer one is simply not kept.</summary>
    public const int MaxOutcomeBytes = 16 * 1024 * 1024;

    private const string FirstWord = "mp-stage-outcome-1";

    /// <summary>The kept outcome, or null.</summary>
    public StageOutcome? Find(Stage stage, Sha256Digest input)
    {
        var path = PathOf(stage, input);
        if (!disk.FileExists(path))
        {
            return null;
        }
        var outcome = Read(path, stage, input);
        if (outcome is null)
        {
            Quarantine(path, stage, input);
        }
        return outcome;
    }

    /// <summary>
    /// Keeps an outcome and returns the one that stands: the first that was kept for this input, should two runs differ.
    /// </summary>
    /// <param name="outcome">Conclusive, and not of the rights stage, whose answer depends on others' claims.</param>
    public StageOutcome Keep(Stage stage, Sha256Digest input, StageOutcome outcome)
    {
        Invariant.Require(outcome is StageOutcome.Passed or StageOutcome.Failed, "only conclusive outcomes are kept");
        Invariant.Require(stage != Stage.Rights, "rights outcomes depend on others' claims and are never kept");
        var bytes = Encode(stage, input, outcome);
        if (bytes.Length > MaxOutcomeBytes)
        {
            return outcome;
        }
        var path = PathOf(stage, input);
        DurableFile.EnsureDirectory(disk, DurableFile.DirectoryOf(path));
        var result = DurableFile.WriteOnce(disk, path, bytes, temporary.Next());
        if (result != WriteOnceResult.Differs)
        {
            return outcome;
        }
        if (Find(stage, input) is { } earlier)
        {
            return earlier;
        }
        // Find has just moved a damaged file out of the way; if another process is as quick, its outcome is as good.
        DurableFile.WriteOnce(disk, path, bytes, temporary.Next());
        return Find(stage, input) ?? outcome;
    }

    /// <summary>The documents that kept outcomes name: a run to come will ask for them, though no fact owns them yet.</summary>
    public IReadOnlySet<Sha256Digest> Results()
    {
        var results = new HashSet<Sha256Digest>();
        foreach (var stage in Enum.GetValues<Stage>())
        {
            var folder = Path.Combine(root, "derived", NameOf(stage));
            foreach (var name in disk.ListDirectories(folder).SelectMany(inner => disk.ListFiles(Path.Combine(folder, inner))))
            {
                if (Sha256Digest.TryParse(Path.GetFileNameWithoutExtension(name), out var input)
                    && Find(stage, input) is StageOutcome.Passed passed)
                {
                    results.Add(passed.Result);
                }
            }
        }
        return results;
    }

    private string PathOf(Stage stage, Sha256Digest input)
    {
        var hex = input.ToString();
        return Path.Combine(root, "derived", NameOf(stage), hex[..2], $"{hex}.json");
    }

    private static string NameOf(Stage stage) => stage.ToString().ToLowerInvariant();

    private static byte[] Header(Stage stage, Sha256Digest input) =>
        Encoding.ASCII.GetBytes($"{FirstWord} {NameOf(stage)} {input}\n");

    private static byte[] Encode(Stage stage, Sha256Digest input, StageOutcome outcome)
    {
        byte[] body = [.. Header(stage, input), .. JsonSerializer.SerializeToUtf8Bytes(outcome, StageJson.Default.StageOutcome), (byte)'\n'];
        return [.. body, .. Encoding.ASCII.GetBytes($"{Sha256Digest.Of(body)}\n")];
    }

    private StageOutcome? Read(string path, Stage stage, Sha256Digest input)
    {
        const int lastLineBytes = 2 * Sha256Digest.SizeBytes + 1;
        try
        {
            var bytes = DurableFile.ReadAll(disk, path, MaxOutcomeBytes).AsSpan();
            var header = Header(stage, input);
            if (bytes.Length < header.Length + lastLineBytes || !bytes.StartsWith(header))
            {
                return null;
            }
            var body = bytes[..^lastLineBytes];
            return bytes[^lastLineBytes..].SequenceEqual(Encoding.ASCII.GetBytes($"{Sha256Digest.Of(body)}\n"))
                ? JsonSerializer.Deserialize(body[header.Length..], StageJson.Default.StageOutcome)
                : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException or JsonException)
        {
            return null;
        }
    }

    private void Quarantine(string path, Stage stage, Sha256Digest input)
    {
        try
        {
            QuarantineFolder.Keep(disk, root, path, $"{NameOf(stage)}-{input}.json");
            // If we crash here, the damaged file is found damaged again.
            disk.Unlink(path);
            disk.SyncDirectory(DurableFile.DirectoryOf(path));
        }
        catch (FileNotFoundException)
        {
            // Another process moved it first.
        }
    }
}
