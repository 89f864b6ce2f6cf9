using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;

namespace Pipeline.Ingest.Catalogue;

/// <summary>The stage that asks the rules, and keeps what the later floors need of the message.</summary>
public static class MetadataStage
{
    /// <summary>
    /// Passes with a <see cref="MetadataResult"/> in the vault, or fails with the findings. Exceptions are the vault's
    /// alone: the disk's, never the message's.
    /// </summary>
    /// <param name="asOf">The day of <see cref="StageInput.AsOf"/>.</param>
    /// <param name="said">What the reader found; where it stops the release, this stage is where it is stopped.</param>
    public static async Task<StageOutcome> Run(
        UnvalidatedRelease release, AudioResult audio, DateOnly asOf, IVault vault, CancellationToken cancel,
        IReadOnlyList<Finding>? said = null)
    {
        IReadOnlyList<Finding> findings =
            ReadMessage.Bound([.. (said ?? []).Where(f => f.Severity >= Severity.Block), .. MetadataRules.Check(release, audio, asOf)]);
        if (findings.Stop())
        {
            return new StageOutcome.Failed(findings);
        }
        var document = CanonicalJson.Encode(Result(release), StageJson.Default.MetadataResult);
        // If we crash here, nothing is lost: the next run computes the same bytes and stores them under the same name.
        var stored = await vault.StoreAsync(document, cancel);
        return new StageOutcome.Passed(stored.Id, findings);
    }

    /// <summary>The release in the values the rules have passed.</summary>
    internal static MetadataResult Result(UnvalidatedRelease release) => new(
        Text(release.Title), Text(release.DisplayArtist), release.Sender?.Value ?? "",
        release.Grid?.Value, release.Gtin?.Value, release.ProprietaryId?.Value,
        [.. release.Tracks.Select(t => new TrackMetadata(
            t.Reference, t.Number, Text(t.Title), Text(t.DisplayArtist), t.Isrc?.Value))]);

    private static string Text(Stated? stated)
    {
        Invariant.Require(stated is not null, "the rules have passed only what has a title and an artist");
        return stated.Value.Trim();
    }
}
