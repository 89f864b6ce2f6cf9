using System.Text.Json;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Audio;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Stages;

/// <summary>
/// Fetches what a stage depends on, runs it, keeps its conclusive outcome. No state: any node gives the same answer.
/// </summary>
public sealed class StageRunner(IVault vault, StageCache cache, IAudioDecoder decoder)
{
    /// <summary>Largest document between stages; a release of two thousand tracks stays well below.</summary>
    public const int MaxDocumentBytes = 16 * 1024 * 1024;

    public async Task<StageOutcome> RunAsync(RunStage run, CancellationToken cancel)
    {
        var input = run.Input;
        if (input.Stage == Stage.Rights)
        {
            // Depends on what others claim: never kept.
            return await run.Rights.ClearAsync(run.Release, run.Revision, input, run.Claimed, cancel);
        }
        if (cache.Find(input.Stage, input.Digest) is { } known)
        {
            return known;
        }
        StageOutcome outcome;
        try
        {
            outcome = await RunAsync(input, cancel);
        }
        catch (IOException e)
        {
            return new StageOutcome.Inconclusive(e.Message);
        }
        if (outcome is not StageOutcome.Inconclusive)
        {
            // If we crash here, the stage runs once more and ends the same.
            cache.Keep(input.Stage, input.Digest, outcome);
        }
        return outcome;
    }

    private async Task<StageOutcome> RunAsync(StageInput input, CancellationToken cancel)
    {
        var contents = DeliveryContents.Decode(await vault.ReadAsync(input.Delivery, MaxDocumentBytes, cancel));
        if (input.Stage == Stage.Archive)
        {
            return await ArchiveStage.Run(contents, input.Earlier, vault, cancel);
        }
        var message = await vault.ReadAsync(contents.Message.Sha256, CatalogueLimits.MaxMessageBytes, cancel);
        if (CatalogueReader.Read(contents.Message.Path, message) is not ReadMessage.Read read)
        {
            return new StageOutcome.Inconclusive("the message was readable when it was received and is not now");
        }
        return input.Stage switch
        {
            Stage.Checksum => await ChecksumStage.Run(read.Release, contents, vault, cancel),
            Stage.Audio => await AudioStage.Run(
                read.Release, await EarlierAsync(input, 0, StageJson.Default.ChecksumResult, cancel), vault, decoder, cancel),
            Stage.Metadata => await MetadataStage.Run(
                read.Release, await EarlierAsync(input, 1, StageJson.Default.AudioResult, cancel), input.AsOf, vault, cancel, read.Findings),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async Task<T> EarlierAsync<T>(
        StageInput input, int index, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel) =>
        JsonSerializer.Deserialize(await vault.ReadAsync(input.Earlier[index], MaxDocumentBytes, cancel), type)
            ?? throw new InvariantBrokenException("a stage result is a document");
}
