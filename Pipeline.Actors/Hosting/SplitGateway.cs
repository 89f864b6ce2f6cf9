using System.Globalization;
using Pipeline.Actors.Claims;
using Pipeline.Actors.Messages;
using Pipeline.Actors.People;
using Pipeline.Actors.Splits;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Rights;

namespace Pipeline.Actors.Hosting;

/// <summary>A proposal by its id, <c>SUBJECT.NUMBER</c>.</summary>
public readonly record struct ProposalId(EntityId Subject, int Number)
{
    public string Text => $"{Subject.Text}.{Number.ToString(CultureInfo.InvariantCulture)}";

    public static bool TryParse(string? text, out ProposalId id)
    {
        id = default;
        var dot = text?.LastIndexOf('.') ?? -1;
        if (dot < 0 || !EntityId.TryParse(text![..dot], out var subject) || subject.Kind is not ("recording" or "work")
            || !int.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }
        id = new ProposalId(subject, number);
        return true;
    }
}

/// <summary>The only door of web and command line to splits. What is not the principal's own was never there.</summary>
public sealed class SplitGateway(Regions regions, ApiKeys keys, LogReading log, TimeProvider time)
{
    /// <summary>How long an invitation is open when nobody says otherwise.</summary>
    public static readonly TimeSpan Invitation = TimeSpan.FromDays(30);

    /// <summary>What came into force is in the log within a second or two; who asks for it waits this long.</summary>
    private static readonly TimeSpan PublishedWithin = TimeSpan.FromSeconds(10);

    /// <summary>Reads a file, looks its recordings up, and proposes its sheets if that is wanted and nothing is wrong.</summary>
    /// <param name="command">The caller's: the same again proposes nothing twice.</param>
    public async Task<SplitImportAnswer> ImportAsync(Principal principal, byte[] file, bool commit, CommandId command, CancellationToken cancel)
    {
        var import = SplitCsv.Read(file);
        var (subjects, findings) = (new Dictionary<Isrc, EntityId>(), new List<Finding>(import.Findings));
        foreach (var sheet in import.Sheets.DistinctBy(s => s.Isrc))
        {
            if (await FindRecordingAsync(principal, sheet.Isrc, cancel) is { } recording)
            {
                subjects.Add(sheet.Isrc, recording);
            }
            else
            {
                findings.Add(Finding.Reject(
                    "SPLIT_ISRC_UNKNOWN", $"line {sheet.Line.ToString(CultureInfo.InvariantCulture)}, column isrc", sheet.Isrc.Text,
                    "No recording of yours has this ISRC.", "Deliver the release first, or correct the code."));
            }
        }
        var answers = new List<ImportedSheetAnswer>();
        foreach (var sheet in findings.Count > 0 ? [] : import.Sheets)
        {
            var document = sheet.Sheet.ToDocument();
            ProposalAnswer? proposal = null;
            if (commit)
            {
                var now = Now;
                var standing = await AskAsync(new ProposeSplit(
                    subjects[sheet.Isrc], principal, CommandId.Parse($"{command.Text}/{sheet.Line}"), now, document, now + (long)Invitation.TotalMilliseconds), cancel);
                findings.AddRange(standing.Refusal);
                proposal = standing.Proposal == 0 ? null : Answer(standing, standing.Proposals[standing.Proposal - 1], null);
            }
            answers.Add(new ImportedSheetAnswer(sheet.Line, sheet.Isrc.Text, document, Holders(sheet.Sheet.Shares), proposal));
        }
        return new SplitImportAnswer(commit && findings.Count == 0, answers, findings);
    }

    /// <summary>Yes: as the party of the principal's own name, or, where no party has it, as the second person.</summary>
    public async Task<(ProposalAnswer? Answer, IReadOnlyList<Finding> Refusal)> AcceptAsync(
        Principal principal, ProposalId id, CommandId command, CancellationToken cancel)
    {
        if (id.Subject.Tenant != principal.Tenant)
        {
            return (null, []);
        }
        var name = await keys.NameOfAsync(principal);
        var before = await AskAsync(new GetSplits(id.Subject, Now), cancel);
        var isParty = before.Proposals.Any(p => p.Number == id.Number && name is not null && (p.Silent.Contains(name) || p.Accepted.Contains(name)));
        return await AfterAsync(id, await AskAsync(new AcceptSplit(
            id.Subject, principal, command, Now, id.Number, new SplitConsent(isParty ? name : null, null, null)), cancel), cancel);
    }

    /// <summary>No, as the party of the principal's own name.</summary>
    public async Task<(ProposalAnswer? Answer, IReadOnlyList<Finding> Refusal)> RefuseAsync(
        Principal principal, ProposalId id, CommandId command, string reason, CancellationToken cancel) =>
        id.Subject.Tenant != principal.Tenant
            ? (null, [])
            : await AfterAsync(id, await AskAsync(new RefuseSplit(
                id.Subject, principal, command, Now, id.Number, new SplitRefusal(await keys.NameOfAsync(principal) ?? "", reason)), cancel), cancel);

    /// <summary>Taken back by its proposer.</summary>
    public async Task<(ProposalAnswer? Answer, IReadOnlyList<Finding> Refusal)> WithdrawAsync(
        Principal principal, ProposalId id, CommandId command, string reason, CancellationToken cancel) =>
        id.Subject.Tenant != principal.Tenant
            ? (null, [])
            : await AfterAsync(id, await AskAsync(new WithdrawSplit(id.Subject, principal, command, Now, id.Number, reason), cancel), cancel);

    /// <summary>Who owned what. Null: no recording of the principal's has this ISRC.</summary>
    /// <param name="knownAt">Position of the log; null for all that is known now.</param>
    public async Task<OwnershipAnswer?> ShowAsync(
        Principal principal, Isrc isrc, DateOnly day, string territory, long? knownAt, CancellationToken cancel)
    {
        if (await FindRecordingAsync(principal, isrc, cancel) is not { } recording)
        {
            return null;
        }
        var standing = await AskAsync(new GetSplits(recording, Now), cancel);
        var places = new Dictionary<int, LogPlace?>();
        foreach (var version in standing.Versions)
        {
            places.Add(version.Number, await log.PlaceAsync($"split:{recording.Text}", version.Fact));
        }
        // What is in force and not published yet is known now, but at no position that anybody could state.
        var versions = standing.Versions.Select(v => new SplitVersion(
            v.Number, places[v.Number]?.Index ?? long.MaxValue, v.Proposal,
            v.Document is { } document && SplitSheet.TryRead(document, out var sheet) ? sheet : null)).ToList();
        return new OwnershipAnswer(
            isrc.Text, recording.Text, DateInterval.Write(day), territory, knownAt,
            [.. InForce.At(versions, day, territory, knownAt ?? long.MaxValue).Select(o => new OwnedAnswer(
                o.Right.Word(), o.Uses.ToString(), o.Version?.Number,
                o.Version is { } v ? new ProposalId(recording, v.Proposal).Text : null, Holders(o.Holders), o.Suspended.ToString(),
                o.Version is { } known ? places[known.Number]?.Index : null))],
            [.. standing.Proposals.Select(p => Answer(standing, p, PlaceOf(p.Number)))]);

        LogPlace? PlaceOf(int proposal) => standing.Versions.FirstOrDefault(v => v.Proposal == proposal) is { } found ? places[found.Number] : null;
    }

    private async Task<(ProposalAnswer?, IReadOnlyList<Finding>)> AfterAsync(ProposalId id, SplitsStanding standing, CancellationToken cancel)
    {
        if (id.Number < 1 || id.Number > standing.Proposals.Count)
        {
            return (null, []);
        }
        LogPlace? place = null;
        if (standing.Versions.FirstOrDefault(v => v.Proposal == id.Number) is { } version)
        {
            for (var until = time.GetUtcNow() + PublishedWithin; place is null && time.GetUtcNow() < until;)
            {
                place = await log.PlaceAsync($"split:{id.Subject.Text}", version.Fact);
                if (place is null)
                {
                    await log.ChangedAsync(TimeSpan.FromMilliseconds(250), cancel);
                }
            }
        }
        return (Answer(standing, standing.Proposals[id.Number - 1], place), standing.Refusal);
    }

    private async Task<EntityId?> FindRecordingAsync(Principal principal, Isrc isrc, CancellationToken cancel)
    {
        var held = await regions.Claims.AskAgainAsync<ClaimHolding>(new GetClaim(new ClaimKey("isrc", isrc.Text)), time, cancel);
        return held.Holder?.Tenant == principal.Tenant ? held.Subject : null;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static IReadOnlyList<HolderAnswer> Holders(IEnumerable<PartyShare> shares) =>
        [.. shares.Select(s => new HolderAnswer(s.Party.Text, s.Share.ToString()))];

    private static ProposalAnswer Answer(SplitsStanding standing, ProposalStanding p, LogPlace? place) => new(
        new ProposalId(standing.Subject, p.Number).Text, p.State, p.Commitment.ToString(), p.Expires, p.Accepted, p.Silent, p.NeedsSecondPerson,
        p.Document, place);

    private Task<SplitsStanding> AskAsync(IEntityMessage message, CancellationToken cancel) => regions.Splits.AskAgainAsync<SplitsStanding>(message, time, cancel);
}
