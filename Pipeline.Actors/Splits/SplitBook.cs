using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Splits;

/// <summary>Where a proposal stands.</summary>
public enum ProposalState
{
    Open,
    InForce,
    Refused,
    Withdrawn,
    Expired,
}

/// <summary>A sheet that was proposed, and who answered.</summary>
/// <param name="Sheet">Null once erased.</param>
/// <param name="Accepted">Parties that said yes; those whose consent was erased are missing.</param>
/// <param name="Acceptances">All of them, counted.</param>
/// <param name="ByAnother">Somebody other than the proposer said yes.</param>
public sealed record SplitProposal(
    int Number, SplitSheet? Sheet, Sha256Digest Commitment, Pseudonym Proposer, long Expires, ProposalState State,
    ImmutableSortedSet<PartyId> Accepted, int Acceptances, bool ByAnother);

/// <summary>A command that was carried out: asked again it is answered, not done again.</summary>
/// <param name="Kind">Name of the fact it caused.</param>
public readonly record struct CarriedOut(string Kind, int Proposal);

/// <summary>The splits of one recording or work.</summary>
/// <param name="Facts">Facts so far.</param>
/// <param name="Proposals">In the order of their numbers.</param>
/// <param name="Versions">Oldest first. Positions here count the entity's own facts, not the log's.</param>
/// <param name="Seen">Commands by their ids.</param>
public sealed record SplitBook(
    long Facts, ImmutableList<SplitProposal> Proposals, ImmutableList<SplitVersion> Versions, ImmutableDictionary<CommandId, CarriedOut> Seen)
{
    public static readonly SplitBook Empty = new(0, [], [], ImmutableDictionary<CommandId, CarriedOut>.Empty);

    /// <summary>Total and deterministic; goes on where a private part was erased.</summary>
    public static SplitBook Apply(SplitBook state, Fact fact)
    {
        var book = state with { Facts = state.Facts + 1 };
        return fact switch
        {
            SplitProposed f => book.With(f, f.Proposal) with
            {
                Proposals = state.Proposals.Add(new SplitProposal(
                    f.Proposal, SheetOf(f.Private.Value), f.Private.Commitment, f.By, f.Expires, ProposalState.Open, [], 0, false)),
            },
            SplitAccepted f => book.With(f, f.Proposal).Changed(f.Proposal, p => p with
            {
                Accepted = PartyId.TryParse(f.Private.Value?.Party, out var party) ? p.Accepted.Add(party) : p.Accepted,
                Acceptances = p.Acceptances + 1,
                ByAnother = p.ByAnother || f.By != p.Proposer,
            }),
            SplitRefused f => book.With(f, f.Proposal).Changed(f.Proposal, p => p with { State = ProposalState.Refused }),
            SplitWithdrawn f => book.With(f, f.Proposal).Changed(f.Proposal, p => p with { State = ProposalState.Withdrawn }),
            SplitExpired f => book.Changed(f.Proposal, p => p with { State = ProposalState.Expired }),
            SplitInForce f => book.Changed(f.Proposal, p => p with { State = ProposalState.InForce }) with
            {
                Versions = state.Versions.Add(new SplitVersion(f.Version, book.Facts, f.Proposal, state.Find(f.Proposal)?.Sheet)),
            },
            _ => state,
        };
    }

    /// <summary>Null when there is none of this number.</summary>
    public SplitProposal? Find(int number) => number >= 1 && number <= Proposals.Count ? Proposals[number - 1] : null;

    /// <summary>
    /// Whose consent a sheet needs: everybody on it, and everybody who holds a share where it would count now. So nobody's
    /// share falls without their word, be it for the future or for the past.
    /// </summary>
    public ImmutableSortedSet<PartyId> Needed(SplitSheet sheet) =>
        [
            .. sheet.Weights.Select(w => w.Party),
            .. InForce.Within(Versions, sheet.Right, sheet.Scope).SelectMany(v => v.Version.Sheet!.Weights).Select(w => w.Party),
        ];

    private static SplitSheet? SheetOf(SplitDocument? document) =>
        document is not null && SplitSheet.TryRead(document, out var sheet) ? sheet : null;

    private SplitBook With(Fact fact, int proposal) => this with { Seen = Seen.SetItem(fact.Command, new CarriedOut(fact.GetType().Name, proposal)) };

    private SplitBook Changed(int number, Func<SplitProposal, SplitProposal> change) =>
        Find(number) is { } proposal ? this with { Proposals = Proposals.SetItem(number - 1, change(proposal)) } : this;
}
