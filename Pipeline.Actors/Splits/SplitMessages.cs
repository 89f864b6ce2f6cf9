using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Splits;

/// <summary>Somebody proposes a sheet for a recording or work; its parties are invited until <paramref name="Expires"/>.</summary>
/// <param name="Document">The canonical form of a <see cref="SplitSheet"/>.</param>
/// <param name="Expires">ms since 1970 UTC.</param>
public sealed record ProposeSplit(
    EntityId Subject, Principal Principal, CommandId Command, long At, SplitDocument Document, long Expires) : IEntityMessage
{
    public string EntityKey => Subject.Text;
}

/// <summary>A party says yes, or a second person approves.</summary>
/// <param name="Consent">Without a party it is the second person's approval. Whether a key in it is enrolled for the party
/// was looked up before.</param>
public sealed record AcceptSplit(
    EntityId Subject, Principal Principal, CommandId Command, long At, int Proposal, SplitConsent Consent) : IEntityMessage
{
    public string EntityKey => Subject.Text;
}

/// <summary>A party says no.</summary>
public sealed record RefuseSplit(
    EntityId Subject, Principal Principal, CommandId Command, long At, int Proposal, SplitRefusal Refusal) : IEntityMessage
{
    public string EntityKey => Subject.Text;
}

/// <summary>The proposer takes it back.</summary>
public sealed record WithdrawSplit(
    EntityId Subject, Principal Principal, CommandId Command, long At, int Proposal, string Reason) : IEntityMessage
{
    public string EntityKey => Subject.Text;
}

/// <summary>How the splits of a recording or work stand. What is over its time by then expires.</summary>
/// <param name="At">ms since 1970 UTC.</param>
public sealed record GetSplits(EntityId Subject, long At) : IEntityMessage
{
    public string EntityKey => Subject.Text;
}

/// <summary>The splits of a recording or work.</summary>
/// <param name="Refusal">Why the command did nothing; empty when it did, or had before.</param>
/// <param name="Proposal">The proposal that the command was about; 0 for a question.</param>
public sealed record SplitsStanding(
    EntityId Subject, IReadOnlyList<Finding> Refusal, int Proposal, IReadOnlyList<ProposalStanding> Proposals,
    IReadOnlyList<VersionStanding> Versions) : IPipelineMessage;

/// <param name="State"><c>open</c>, <c>in-force</c>, <c>refused</c>, <c>withdrawn</c> or <c>expired</c>.</param>
/// <param name="Document">Absent once erased.</param>
/// <param name="Commitment">What a party signs.</param>
/// <param name="Accepted">Parties that said yes.</param>
/// <param name="Silent">Parties that are still to be heard.</param>
/// <param name="NeedsSecondPerson">True while only the proposer has said yes.</param>
public sealed record ProposalStanding(
    int Number, string State, SplitDocument? Document, Sha256Digest Commitment, long Expires, IReadOnlyList<string> Accepted,
    IReadOnlyList<string> Silent, bool NeedsSecondPerson);

/// <param name="Fact">Number of the fact among the entity's own, from 1: leads to its place in the log.</param>
/// <param name="Document">Absent once erased.</param>
public sealed record VersionStanding(int Number, int Proposal, long Fact, SplitDocument? Document);
