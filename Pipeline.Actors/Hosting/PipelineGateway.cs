using System.Globalization;
using Akka.Actor;
using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Projections;
using Pipeline.Actors.Releases;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// The only door of web and command line to the entities. Every question takes the principal; an id of another tenant
/// is answered before anything is asked, in the same way as one that never was.
/// </summary>
public sealed class PipelineGateway(
    IReleaseRegions regions, IVault vault, ReadModel reads, LogReading log, TimeProvider time)
{
    /// <summary>Messages that are parsed at once on a node: each may be 16 MiB. Bytes are received before, without a bound of ours.</summary>
    private const int MaxParsedAtOnce = 4;

    /// <summary>Longest text of a message that travels between entities and into rows; the whole stays in the message.</summary>
    private const int MaxDetailCharacters = 300;

    private readonly SemaphoreSlim _parsing = new(MaxParsedAtOnce);

    /// <summary>
    /// Takes a delivery whose bytes are all in the vault. What comes back was persisted, or was known before.
    /// </summary>
    /// <exception cref="TimeoutException">The cluster did not answer; send the same again.</exception>
    public async Task<DeliveryStanding> SubmitAsync(
        Principal principal, DeliveredFile message, IReadOnlyList<DeliveredFile> files, CancellationToken cancel)
    {
        var contents = DeliveryContents.From(message, files);
        // If we crash here, unowned objects lie in the vault and nothing was acknowledged.
        var stored = await vault.StoreAsync(contents.Encode(), cancel);
        var now = time.GetUtcNow();
        var command = CommandId.Parse($"submit/{stored.Id}");
        await _parsing.WaitAsync(cancel);
        SubmitDelivery submit;
        try
        {
            submit = Parsed(await vault.ReadAsync(message.Sha256, CatalogueLimits.MaxMessageBytes, cancel));
        }
        finally
        {
            _parsing.Release();
        }
        return await AskAsync<DeliveryStanding>(regions.Deliveries, submit with { Refusal = FindingLimits.Bound(submit.Refusal).Findings }, cancel);

        SubmitDelivery Parsed(byte[] bytes) => CatalogueReader.Read(message.Path, bytes) switch
        {
            ReadMessage.Read read => Readable(read),
            ReadMessage.Refused { Release: { } release } refused => Unreadable(
                [.. refused.Findings, .. MetadataRules.Check(release, null, DateOnly.FromDateTime(now.UtcDateTime))]),
            ReadMessage.Refused refused => Unreadable(refused.Findings),
            ReadMessage.Purge purge => Unreadable([Rules.ErnPurgeUnsupported.Broken(purge.Request.Place, "PurgeReleaseMessage",
                "Purging by message is not supported yet; nothing was removed.", "Withdraw the release by its id instead.")]),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        SubmitDelivery Unreadable(IReadOnlyList<Finding> findings) => new(
            EntityId.From("delivery", principal.Tenant, "unreadable", message.Sha256.ToString()), principal, command,
            now.ToUnixTimeMilliseconds(), stored.Id, message.Sha256, files.Count, files.Sum(f => f.SizeBytes),
            new DeliveryDetails("", "", Bounded(message.Path), "", ""), null, 0, findings);
        SubmitDelivery Readable(ReadMessage.Read read)
        {
            var release = read.Release;
            var findings = read.Findings.Concat(
                MetadataRules.Check(release, null, DateOnly.FromDateTime(now.UtcDateTime))).ToList();
            var refusal = findings.Refuse() ? findings
                : release.IsTest ? [.. findings.Where(f => f.Severity >= Severity.Block), Rules.TestMessage.Broken(
                    "MessageControlType", "TestMessage", "This is a test message: it was checked as it stands and is not applied.",
                    "Send it as a live message under a new message id.")]
                : new List<Finding>();
            return new SubmitDelivery(
                DeliveryKey.Of(release).Entity(principal.Tenant), principal, command, now.ToUnixTimeMilliseconds(), stored.Id,
                message.Sha256, files.Count, files.Sum(f => f.SizeBytes),
                new DeliveryDetails(
                    Bounded(release.Sender?.Value), Bounded(release.MessageId!.Value), Bounded(message.Path),
                    Bounded(release.Title?.Value), Bounded(release.DisplayArtist?.Value)),
                ReleaseKey.Of(release)?.Entity(principal.Tenant), Instant(release.Created), refusal);
        }
    }

    /// <summary>How a delivery, and the release it became, stands. Null: not yours, or never was.</summary>
    public async Task<ReleaseAnswer?> DeliveryAsync(
        Principal principal, EntityId delivery, int round, bool duplicate, CancellationToken cancel)
    {
        if (delivery.Tenant != principal.Tenant || delivery.Kind != "delivery")
        {
            return null;
        }
        var standing = await AskAsync<DeliveryStanding>(regions.Deliveries, new GetDelivery(delivery, round), cancel);
        if (!standing.Known)
        {
            return null;
        }
        var fate = duplicate ? "duplicate" : standing.Fate.ToString().ToLowerInvariant();
        if (standing.Release is { } releaseId && (standing.Fate == DeliveryFate.Applied || standing.Fate == DeliveryFate.Superseded)
            && await ReleaseAsync(principal, releaseId, cancel) is { } release)
        {
            return release with { DeliveryId = delivery.Text, Round = standing.Round, Delivery = fate };
        }
        return new ReleaseAnswer(
            standing.Release?.Text, delivery.Text, fate, standing.Fate == DeliveryFate.Rejected ? "rejected" : "received", 0, "", "",
            [], standing.Findings,
            standing.Fate == DeliveryFate.Rejected ? await log.PlaceAsync($"delivery:{delivery.Text}", null) : null)
        {
            Round = standing.Round,
        };
    }

    /// <summary>How a release stands, from its own entity. Null: not yours, or never was.</summary>
    public async Task<ReleaseAnswer?> ReleaseAsync(Principal principal, EntityId release, CancellationToken cancel)
    {
        if (release.Tenant != principal.Tenant || release.Kind != "release")
        {
            return null;
        }
        var s = await AskAsync<ReleaseStanding>(regions.Releases, new GetRelease(release), cancel);
        return !s.Known ? null : new ReleaseAnswer(
            release.Text, "", "applied", s.State, s.Revision, s.Title, s.Artist,
            [.. s.Stages.Select(l => new StageAnswer(l.Stage, l.Light))], s.Findings,
            s.State == "running" ? null : await log.PlaceAsync($"release:{release.Text}", s.Facts))
        { Facts = s.Facts };
    }

    /// <summary>Answers a quarantine and waits for what comes of it. Null: not yours, or never was.</summary>
    public async Task<ReleaseAnswer?> ResolveAsync(Principal principal, EntityId release, string note, CancellationToken cancel)
    {
        if (await ReleaseAsync(principal, release, cancel) is not { } before)
        {
            return null;
        }
        await AskAsync<ReleaseStanding>(
            regions.Releases,
            new ResolveQuarantine(
                release, principal, CommandId.Parse($"resolve/{release.Key}/{before.Revision}/{before.Facts}"),
                time.GetUtcNow().ToUnixTimeMilliseconds(), note),
            cancel);
        var until = time.GetUtcNow() + EntityQuestions.GiveUpAfter;
        while (true)
        {
            var answer = await ReleaseAsync(principal, release, cancel);
            if (answer is null || (answer.Settled && answer.Log is not null) || time.GetUtcNow() >= until)
            {
                return answer;
            }
            await log.ChangedAsync(TimeSpan.FromMilliseconds(250), cancel);
        }
    }

    /// <summary>As <see cref="DeliveryAsync"/>, but waits until it is settled and published, or the time is over.</summary>
    public async Task<ReleaseAnswer?> SettledAsync(
        Principal principal, EntityId delivery, int round, bool duplicate, TimeSpan atMost, CancellationToken cancel)
    {
        var until = time.GetUtcNow() + atMost;
        while (true)
        {
            var answer = await DeliveryAsync(principal, delivery, round, duplicate, cancel);
            if (answer is null || (answer.Settled && answer.Log is not null) || time.GetUtcNow() >= until)
            {
                return answer;
            }
            await log.ChangedAsync(TimeSpan.FromMilliseconds(250), cancel);
        }
    }

    /// <summary>Anything of the principal's own by any id.</summary>
    public async Task<IReadOnlyList<FoundAnswer>> FindAsync(Principal principal, string text, CancellationToken cancel)
    {
        var found = new List<FoundAnswer>();
        foreach (var target in await reads.FindAsync(principal.Tenant, text))
        {
            if (!EntityId.TryParse(target, out var id))
            {
                continue;
            }
            var answer = id.Kind == "delivery"
                ? await DeliveryAsync(principal, id, 0, false, cancel)
                : await ReleaseAsync(principal, id, cancel);
            found.Add(new FoundAnswer(target, id.Kind, answer));
        }
        return found;
    }

    private static string Bounded(string? text) =>
        text is null ? "" : text.Length <= MaxDetailCharacters ? text : string.Concat(text.AsSpan(0, MaxDetailCharacters - 1), "…");

    private static long Instant(Stated? created) =>
        created is not null && DateTimeOffset.TryParse(
            created.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.ToUnixTimeMilliseconds()
            : 0;

    private Task<T> AskAsync<T>(IActorRef region, IEntityMessage message, CancellationToken cancel) => region.AskAgainAsync<T>(message, time, cancel);
}

/// <summary>Where the entities are reached. Two: the regions of a node, and the probes of tests.</summary>
public interface IReleaseRegions
{
    IActorRef Deliveries { get; }

    IActorRef Releases { get; }
}
