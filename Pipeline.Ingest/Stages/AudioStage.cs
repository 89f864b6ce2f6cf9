using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Audio;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Vault;

namespace Pipeline.Ingest.Stages;

/// <summary>
/// Second stage: every recording and the cover are decoded to their end, and what they really are is written down.
/// Leaves an <see cref="AudioResult"/>.
/// </summary>
public static class AudioStage
{
    /// <summary>One file after the other: the node bounds how many stages run at once, a stage does not multiply itself.</summary>
    /// <returns>Inconclusive when a decoder died for no reason of ours, or our vault failed.</returns>
    public static async Task<StageOutcome> Run(
        UnvalidatedRelease release, ChecksumResult checksums, IVault vault, IAudioDecoder decoder, CancellationToken cancel)
    {
        var verified = checksums.Files.Select(f => f.Reference).ToHashSet(StringComparer.Ordinal);
        Invariant.Require(
            release.Tracks.All(t => verified.Contains(t.Reference)), "the checksum stage passed every track's file");
        var findings = new List<Finding>();
        var recordings = new List<RecordingFacts>();
        var images = new List<ImageFacts>();
        try
        {
            foreach (var file in checksums.Files)
            {
                var inspection = await AudioInspection.Inspect(await vault.LocalPathAsync(file.Sha256, cancel), file, decoder, cancel);
                // The decoder read our copy unverified: had it rotted since, the sender would be blamed for our disk.
                await ReadVerified(vault, file.Sha256, cancel);
                switch (inspection)
                {
                    case Inspection.Undecided undecided:
                        return new StageOutcome.Inconclusive(undecided.Why);
                    case Inspection.Done done:
                        findings.AddRange(done.Findings);
                        recordings.AddRange(done.Recording is { } recording ? [recording] : []);
                        images.AddRange(done.Image is { } image ? [image] : []);
                        break;
                }
            }
            if (findings.Stop())
            {
                return new StageOutcome.Failed(findings);
            }
            var result = CanonicalJson.Encode(new AudioResult(recordings, images), StageJson.Default.AudioResult);
            // If we crash here, the stage runs again and stores the same document under the same name.
            var stored = await vault.StoreAsync(result, cancel);
            return new StageOutcome.Passed(stored.Id, findings);
        }
        catch (Exception ours) when (ours is IOException or UnauthorizedAccessException)
        {
            return new StageOutcome.Inconclusive(ours.Message);
        }
    }

    private static async Task ReadVerified(IVault vault, Sha256Digest id, CancellationToken cancel)
    {
        await using var bytes = await vault.OpenVerifiedAsync(id, cancel);
        await bytes.CopyToAsync(Stream.Null, cancel);
    }
}
