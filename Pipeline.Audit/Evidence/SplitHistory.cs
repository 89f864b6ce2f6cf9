using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>
/// The splits of one recording or work: each proposal is answered while it is open, and comes into force once, with as
/// many acceptances as it has parties, by at least two people. Who had to be asked is private, how many is not; where the
/// private parts are opened, the sheet must be one, and each party on it must have consented.
/// </summary>
internal sealed record SplitHistory(EntityId Subject) : SourceHistory
{
    private ImmutableDictionary<int, Proposal> Proposals { get; init; } = ImmutableDictionary<int, Proposal>.Empty;

    /// <summary>Versions in force so far; without their sheets where those stay private.</summary>
    internal ImmutableList<SplitVersion> Versions { get; private init; } = [];

    /// <summary>Those whose sheet and consents were all opened.</summary>
    internal int Opened { get; private init; }

    internal override Step After(Fact fact, long index) => fact switch
    {
        SplitProposed f => Judge(
            this with
            {
                Proposals = Proposals.SetItem(f.Proposal, new Proposal(f.By, f.Private.Commitment, f.Parties, f.Expires, 0, false, f.At, index)
                {
                    Consents = OpenedConsents.To(f),
                    Sheet = OpenedConsents.To(f)?.Sheet,
                }),
            },
            OpenedConsents.Problem(f),
            f.Proposal == Proposals.Count + 1 ? null : $"proposal {f.Proposal} follows {Proposals.Count}",
            f.Parties > 0 && f.Expires > f.At ? null : "a proposal has no party or no time to answer"),
        SplitAccepted f => Open(f.Proposal) is not { } open ? NotOpen(f.Proposal) : Judge(
            With(f.Proposal, open with { Accepted = open.Accepted + 1, ByAnother = open.ByAnother || f.By != open.By, Consents = open.Consents?.After(f) }),
            open.Consents?.Problem(Subject, f, Versions),
            Means(open, f.Document),
            f.Number == open.Accepted + 1 ? null : $"acceptance {f.Number} of proposal {f.Proposal} follows {open.Accepted}",
            f.At < open.Expires ? null : $"proposal {f.Proposal} is accepted after its time",
            f.Assurance is "signed" or "asserted" ? null : "an acceptance is neither signed nor asserted"),
        SplitInForce f => Open(f.Proposal) is not { } open ? NotOpen(f.Proposal) : Judge(
            this with { Proposals = Proposals.SetItem(f.Proposal, open with { HasEnded = true }), Versions = Versions.Add(new SplitVersion(f.Version, index, f.Proposal, open.Sheet)), Opened = Opened + (open.Consents is null ? 0 : 1) },
            open.Consents?.Silent(Versions) is { } silent ? $"proposal {f.Proposal} is in force without the consent of '{silent}'" : null,
            Means(open, f.Document),
            f.Version == Versions.Count + 1 ? null : $"version {f.Version} follows {Versions.Count}",
            f.Accepted == open.Accepted ? null : $"proposal {f.Proposal} counts {f.Accepted} acceptances and has {open.Accepted}",
            open.Accepted >= open.Parties ? null : $"proposal {f.Proposal} is in force while one of its {open.Parties} parties is silent",
            open.ByAnother ? null : $"proposal {f.Proposal} is in force by the word of its proposer alone"),
        SplitRefused f => Ended(f.Proposal),
        SplitWithdrawn f => Judge(
            Ended(f.Proposal).Next, Ended(f.Proposal).Defect,
            Open(f.Proposal) is { } open && open.By != f.By ? $"proposal {f.Proposal} is withdrawn by somebody else" : null),
        SplitExpired f => Judge(
            Ended(f.Proposal).Next, Ended(f.Proposal).Defect,
            Open(f.Proposal) is { } open && f.At < open.Expires ? $"proposal {f.Proposal} expires before its time" : null),
        _ => new Step(this, null),
    };

    internal override IEnumerable<OpenPoint> Open() =>
        from proposal in Proposals
        where !proposal.Value.HasEnded
        select new OpenPoint($"{Subject.Text}.{proposal.Key}", "waits for its parties", proposal.Value.Since, proposal.Value.Index);

    private static string? Means(Proposal open, Sha256Digest document) => open.Document == document ? null : "another document is meant than was proposed";

    private Proposal? Open(int proposal) => Proposals.GetValueOrDefault(proposal) is { HasEnded: false } open ? open : null;

    private Step NotOpen(int proposal) => new(this, $"proposal {proposal} is answered while it is not open");

    private Step Ended(int proposal) => Open(proposal) is { } open ? new Step(With(proposal, open with { HasEnded = true }), null) : NotOpen(proposal);

    private SplitHistory With(int number, Proposal proposal) => this with { Proposals = Proposals.SetItem(number, proposal) };

    private sealed record Proposal(Pseudonym By, Sha256Digest Document, int Parties, long Expires, int Accepted, bool ByAnother, long Since, long Index)
    {
        internal bool HasEnded { get; init; }

        internal SplitSheet? Sheet { get; init; }

        /// <summary>Null unless sheet and every acceptance so far were opened.</summary>
        internal OpenedConsents? Consents { get; init; }
    }
}
