using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>A proposed sheet whose private part was opened, and who has consented to it by acceptances that were opened, too.</summary>
internal sealed record OpenedConsents(SplitSheet Sheet, ImmutableHashSet<PartyId> Given)
{
    /// <summary>
    /// A party whose consent the sheet needs and that has not given it; null when all have. Those are the parties on it, and
    /// whoever holds a share where it is to count: nobody's share falls without their word.
    /// </summary>
    /// <param name="versions">In force so far, as far as they were opened.</param>
    internal PartyId? Silent(IReadOnlyList<SplitVersion> versions) =>
        Needed(versions).Select(p => (PartyId?)p).FirstOrDefault(p => !Given.Contains(p!.Value));

    /// <summary>Null while the sheet is private, or when it is none.</summary>
    internal static OpenedConsents? To(SplitProposed proposed) =>
        proposed.Private.Value is { } document && SplitSheet.TryRead(document, out var sheet) ? new OpenedConsents(sheet!, []) : null;

    /// <summary>What is wrong with the sheet, as far as it was opened.</summary>
    internal static string? Problem(SplitProposed proposed) =>
        proposed.Private.Value is not { } document ? null
        : !SplitSheet.TryRead(document, out var sheet) ? $"the sheet of proposal {proposed.Proposal} is not the canonical form of one"
        : sheet!.Weights.Length == proposed.Parties ? null
        : $"the sheet of proposal {proposed.Proposal} has {sheet.Weights.Length} parties, its fact says {proposed.Parties}";

    /// <summary>Null once an acceptance stays private: then nobody can be said to be silent.</summary>
    internal OpenedConsents? After(SplitAccepted accepted) =>
        accepted.Private.Value is not { } consent ? null
        : PartyId.TryParse(consent.Party, out var party) ? this with { Given = Given.Add(party) }
        : this;

    /// <summary>What is wrong with an acceptance, as far as it was opened.</summary>
    /// <param name="versions">In force so far; with gaps nobody can be called a stranger.</param>
    internal string? Problem(EntityId subject, SplitAccepted accepted, IReadOnlyList<SplitVersion> versions)
    {
        if (accepted.Private.Value is not { Party: not null } consent)
        {
            return null;
        }
        var isAnybody = PartyId.TryParse(consent.Party, out var party) && (Needed(versions).Contains(party) || versions.Any(v => v.Sheet is null));
        return !isAnybody ? $"'{consent.Party}' accepts proposal {accepted.Proposal}, is not on its sheet and loses nothing by it"
            : Given.Contains(party) ? $"'{party}' accepts proposal {accepted.Proposal} twice"
            : accepted.Assurance == "signed" && !ConsentSignature.IsValid(consent, subject, accepted.Proposal, accepted.Document)
                ? $"the signature of '{party}' does not fit proposal {accepted.Proposal}"
            : null;
    }

    private IEnumerable<PartyId> Needed(IReadOnlyList<SplitVersion> versions) =>
    [
        .. Sheet.Weights.Select(w => w.Party),
        .. InForce.Within(versions, Sheet.Right, Sheet.Scope).SelectMany(v => v.Version.Sheet!.Weights).Select(w => w.Party),
    ];
}
