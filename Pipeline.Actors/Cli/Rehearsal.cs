using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Audio;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Cli;

/// <summary>
/// Runs the very stages a node would run on a folder, in a vault that is thrown away: what <c>inspect</c> says is what
/// <c>ingest</c> will say, but for claims.
/// </summary>
public sealed class Rehearsal : IAsyncDisposable
{
    private readonly string _root;
    private readonly TemporaryFiles _temporary;
    private readonly CopiedVault _vault;

    public Rehearsal()
    {
        _root = Directory.CreateTempSubdirectory("mp-inspect-").FullName;
        var disk = new PosixDisk();
        _temporary = TemporaryFiles.Open(disk, _root, $"inspect-{Environment.ProcessId}");
        _vault = CopiedVault.Alone(disk, _root, _temporary, TimeProvider.System, _ => { });
    }

    public async Task<IReadOnlyList<Finding>> RunAsync(ReleaseFolder release, IAudioDecoder decoder, CancellationToken cancel)
    {
        var path = Path.Combine(release.Root, release.Message);
        if (new FileInfo(path).Length is var size && size > CatalogueLimits.MaxMessageBytes)
        {
            return ((ReadMessage.Refused)CatalogueReader.TooLarge(release.Message, size)).Findings;
        }
        var asOf = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        switch (CatalogueReader.Read(release.Message, await File.ReadAllBytesAsync(path, cancel)))
        {
            case ReadMessage.Refused refused:
                return refused.Release is { } refusedRelease ? [.. refused.Findings, .. MetadataRules.Check(refusedRelease, null, asOf)] : refused.Findings;
            case ReadMessage.Purge purge:
                return purge.Findings;
            case ReadMessage.Read read:
                return [.. read.Findings, .. await StagesAsync(release, read.Release, decoder, asOf, cancel)];
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public ValueTask DisposeAsync()
    {
        _temporary.Dispose();
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<Finding>> StagesAsync(
        ReleaseFolder release, UnvalidatedRelease message, IAudioDecoder decoder, DateOnly asOf, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        var contents = DeliveryContents.From(
            await StoreAsync(release, release.Message, cancel),
            await Task.WhenAll(release.Files.Select(f => StoreAsync(release, f, cancel))));
        var files = await ResultAsync(await ChecksumStage.Run(message, contents, _vault, cancel), findings, StageJson.Default.ChecksumResult, cancel);
        var sounds = files is null
            ? null
            : await ResultAsync(await AudioStage.Run(message, files, _vault, decoder, cancel), findings, StageJson.Default.AudioResult, cancel);
        return [.. findings, .. MetadataRules.Check(message, sounds, asOf)];
    }

    /// <summary>What a stage left for the next; null when it found the input at fault.</summary>
    private async Task<T?> ResultAsync<T>(
        StageOutcome outcome, List<Finding> findings, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        switch (outcome)
        {
            case StageOutcome.Passed passed:
                findings.AddRange(passed.Findings);
                return await ReadAsync(passed.Result, type, cancel);
            case StageOutcome.Failed failed:
                findings.AddRange(failed.Findings);
                return null;
            case StageOutcome.Inconclusive inconclusive:
                throw new IOException($"this machine could not decide: {inconclusive.Why}");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<T?> ReadAsync<T>(Sha256Digest id, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class =>
        System.Text.Json.JsonSerializer.Deserialize(await _vault.ReadAsync(id, Stages.StageRunner.MaxDocumentBytes, cancel), type);

    private async Task<DeliveredFile> StoreAsync(ReleaseFolder release, string relative, CancellationToken cancel)
    {
        await using var file = File.OpenRead(Path.Combine(release.Root, relative));
        var stored = await _vault.StoreAsync(file, cancel);
        return new DeliveredFile(relative, stored.Id, stored.SizeBytes);
    }
}
