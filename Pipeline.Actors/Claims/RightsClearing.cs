using System.Text.Json;
using Akka.Actor;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Recordings;
using Pipeline.Actors.Stages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Claims;

/// <summary>
/// The rights stage: for every recording its ISRC, its edition and its sound, and for the release its barcode. Each ask
/// carries an id made of release, revision and what is asked, so that asking twice is asking once.
/// </summary>
public sealed class RightsClearing(Func<IActorRef> claims, Func<IActorRef> recordings, IVault vault, TimeProvider time) : IRightsDesk
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Asks again after silence: a shard that moves drops messages without a word.</summary>
    private const int MaxAsks = 6;

    public async Task<StageOutcome> ClearAsync(
        EntityId release, int revision, StageInput input, IReadOnlyList<ClaimedDocuments> claimed, CancellationToken cancel)
    {
        var audio = await DocumentAsync(input.Earlier[1], StageJson.Default.AudioResult, cancel);
        var metadata = await DocumentAsync(input.Earlier[2], StageJson.Default.MetadataResult, cancel);
        var holder = EntityId.From("sender", input.Tenant, metadata.Sender);
        var findings = new List<Finding>();
        if (metadata.Gtin is { } gtin)
        {
            var answer = await ClaimAsync(new ClaimKey("gtin", gtin.PadLeft(14, '0')), release, false);
            if (!answer.Granted)
            {
                findings.Add(ClaimFindings.Contested("GTIN_REUSED", "release barcode", gtin, answer));
            }
        }
        foreach (var track in metadata.Tracks)
        {
            if (audio.Recordings.FirstOrDefault(r => r.Reference == track.Reference) is { } recording)
            {
                await ClearAsync(track, recording);
            }
        }
        if (!findings.Stop())
        {
            await GiveBackAsync(release, input.Tenant, claimed, except: [.. Keys(audio, metadata)], cancel);
        }
        return findings.Stop()
            ? new StageOutcome.Failed(findings)
            : new StageOutcome.Passed((await vault.StoreAsync(Document(findings), cancel)).Id, findings);

        async Task ClearAsync(TrackMetadata track, RecordingFacts recording)
        {
            var place = $"track {track.Number} ({track.Reference})";
            var subject = EntityId.From("recording", input.Tenant, release.Text, track.Reference, recording.PcmSha256.ToString());
            if (track.Isrc is { } isrc)
            {
                var byIsrc = await ClaimAsync(new ClaimKey("isrc", isrc), subject, false);
                if (!byIsrc.Granted)
                {
                    findings.Add(ClaimFindings.Contested("CLAIM_CONTESTED", place, isrc, byIsrc));
                    return;
                }
                subject = byIsrc.Subject;
            }
            if (recording.Silent == 0)
            {
                var bySound = await ClaimAsync(new ClaimKey("pcm", recording.PcmSha256.ToString()), subject, track.Isrc is null);
                if (!bySound.Granted)
                {
                    findings.Add(ClaimFindings.Contested("SAME_AUDIO_DIFFERENT_ISRC", place, track.Isrc ?? "", bySound));
                    return;
                }
                subject = bySound.Subject;
            }
            var edition = await AskAsync<EditionAnswer>(recordings(), new AddEdition(
                subject, input.Tenant, Command($"edition-{track.Number}"), Now, release, revision, track.Reference, recording.Sha256,
                recording.PcmSha256, recording.SamplesPerChannel, recording.SampleRateHz,
                new EditionDetails(track.Title, track.DisplayArtist, track.Isrc ?? "")), cancel);
            findings.AddRange(edition.Findings);
        }

        Task<ClaimAnswer> ClaimAsync(ClaimKey key, EntityId subject, bool adopt) => AskAsync<ClaimAnswer>(
            claims(), new ClaimIdentifier(key, input.Tenant, Command(key.Kind), Now, holder, subject, release, adopt), cancel);

        // What a message calls its tracks is any text; a command id is not.
        CommandId Command(string what) => CommandId.Parse($"rights/{release.Key}/{revision}/{what}");
    }

    public Task FreeAsync(EntityId release, TenantId tenant, IReadOnlyList<ClaimedDocuments> claimed) =>
        GiveBackAsync(release, tenant, claimed, except: [], CancellationToken.None);

    private static IEnumerable<ClaimKey> Keys(AudioResult audio, MetadataResult metadata) =>
    [
        .. metadata.Tracks.Where(t => t.Isrc is not null).Select(t => new ClaimKey("isrc", t.Isrc!)),
        .. audio.Recordings.Where(r => r.Silent == 0).Select(r => new ClaimKey("pcm", r.PcmSha256.ToString())),
        .. metadata.Gtin is { } gtin ? [new ClaimKey("gtin", gtin.PadLeft(14, '0'))] : Array.Empty<ClaimKey>(),
    ];

    private async Task GiveBackAsync(
        EntityId release, TenantId tenant, IReadOnlyList<ClaimedDocuments> claimed, HashSet<ClaimKey> except, CancellationToken cancel)
    {
        foreach (var documents in claimed)
        {
            var audio = await DocumentAsync(documents.Audio, StageJson.Default.AudioResult, cancel);
            var metadata = await DocumentAsync(documents.Metadata, StageJson.Default.MetadataResult, cancel);
            foreach (var key in Keys(audio, metadata).Where(k => !except.Contains(k)))
            {
                await AskAsync<ClaimAnswer>(
                    claims(), new FreeIdentifier(key, tenant, CommandId.Parse($"free/{release.Key}/{key.Kind}"), Now, release), cancel);
            }
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static byte[] Document(List<Finding> findings) =>
        CanonicalJson.Encode(new FindingList(findings), FactJson.Default.FindingList);

    private static async Task<T> AskAsync<T>(IActorRef region, IEntityMessage message, CancellationToken cancel)
    {
        for (var ask = 1; ; ask++)
        {
            try
            {
                return await region.Ask<T>(message, AskTimeout, cancel);
            }
            catch (AskTimeoutException) when (ask < MaxAsks)
            {
                // Idempotent by what is asked: silence is answered by asking again.
            }
        }
    }

    private async Task<T> DocumentAsync<T>(
        Sha256Digest id, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancel) =>
        JsonSerializer.Deserialize(await vault.ReadAsync(id, StageRunner.MaxDocumentBytes, cancel), type)
            ?? throw new InvariantBrokenException("a stage result is a document");
}

/// <summary>What a contested claim tells its claimant: its own identifier and the case, and no more of anybody else.</summary>
public static class ClaimFindings
{
    public static Finding Contested(string sameHolderRule, string place, string identifier, ClaimAnswer answer) =>
        answer.SameHolder && sameHolderRule != "CLAIM_CONTESTED"
            ? Finding.Block(
                sameHolderRule, place, identifier,
                sameHolderRule == "GTIN_REUSED"
                    ? "You gave this barcode to another release; a barcode names one product."
                    : "You delivered this very audio under another ISRC; one recording has one ISRC.",
                sameHolderRule == "GTIN_REUSED"
                    ? "Give this release its own barcode, or send it as an update of the other release."
                    : "Use the ISRC the recording already has, and deliver again under a new message id.")
            : Finding.Block(
                "CLAIM_CONTESTED", place, identifier,
                $"This identifier, or this recording, is contested (case {answer.Case?.Text}). Nothing of yours was lost and nothing else of yours is held.",
                "Label staff decide the case; you will be asked for evidence if it is needed.");
}
