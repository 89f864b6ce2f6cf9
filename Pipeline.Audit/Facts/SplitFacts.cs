using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Facts;

// How a split came into force, or did not. Who holds how much, where and from when is nobody else's business: the public
// parts have the recording or work, numbers and commitments, and the pseudonyms of those who acted.

/// <summary>A party's weight on a sheet.</summary>
/// <param name="Party">As <c>Splits/PartyId</c>.</param>
/// <param name="Weight">A positive integer; the whole is the sum of the sheet's weights.</param>
public sealed record SplitWeight(string Party, long Weight);

/// <summary>The sheet as it was proposed; <c>Splits/SplitSheet</c> reads it.</summary>
/// <param name="Right"><c>master</c>, <c>pr</c>, <c>mr</c> or <c>sr</c>.</param>
/// <param name="From">The first day, <c>YYYY-MM-DD</c>.</param>
/// <param name="Until">The first day after it; absent without end.</param>
/// <param name="Territories">As <c>Splits/SplitTerritories</c> writes them.</param>
/// <param name="Uses">As <c>Splits/UseSet</c> writes them.</param>
/// <param name="Shares">Ordered by party, each once.</param>
public sealed record SplitDocument(
    string Right, string From, string? Until, string Territories, string Uses, IReadOnlyList<SplitWeight> Shares);

/// <summary>Who said yes, and with which signature.</summary>
/// <param name="Party">Absent for a second person who approves and holds no share.</param>
/// <param name="Key">The party's enrolled Ed25519 key, base64 of 32 bytes; absent when an operator asserts it.</param>
/// <param name="Signature">Base64 of 64 bytes; <c>Splits/ConsentSignature</c> says over what.</param>
public sealed record SplitConsent(string? Party, string? Key, string? Signature);

/// <summary>Who said no, and why.</summary>
public sealed record SplitRefusal(string Party, string Reason);

/// <summary>A sheet is proposed and its parties are invited. Nothing is in force by it.</summary>
public sealed record SplitProposed : FactWithPrivatePart<SplitDocument>
{
    /// <summary>The recording or work.</summary>
    public required EntityId Subject { get; init; }

    /// <summary>Counts the proposals of the subject from 1.</summary>
    public required int Proposal { get; init; }

    /// <summary>Parties on the sheet.</summary>
    public required int Parties { get; init; }

    /// <summary>When the invitation ends, ms since 1970 UTC.</summary>
    public required long Expires { get; init; }

    public override string GetAsset() => Subject.Text;
}

/// <summary>One said yes: a party, or a second person who approves.</summary>
public sealed record SplitAccepted : FactWithPrivatePart<SplitConsent>
{
    public required EntityId Subject { get; init; }

    public required int Proposal { get; init; }

    /// <summary>The commitment of the proposal that is meant.</summary>
    public required Sha256Digest Document { get; init; }

    /// <summary>Counts the acceptances of the proposal from 1.</summary>
    public required int Number { get; init; }

    /// <summary><c>signed</c> by the party's enrolled key, or <c>asserted</c> by an operator.</summary>
    public required string Assurance { get; init; }

    public override string GetAsset() => Subject.Text;
}

/// <summary>One said no: what was in force before stays so.</summary>
public sealed record SplitRefused : FactWithPrivatePart<SplitRefusal>
{
    public required EntityId Subject { get; init; }

    public required int Proposal { get; init; }

    public override string GetAsset() => Subject.Text;
}

/// <summary>Its proposer took it back.</summary>
public sealed record SplitWithdrawn : FactWithPrivatePart<Reason>
{
    public required EntityId Subject { get; init; }

    public required int Proposal { get; init; }

    public override string GetAsset() => Subject.Text;
}

/// <summary>Its time was over before everybody had answered: silence gives nobody's share to another.</summary>
public sealed record SplitExpired : Fact
{
    public required EntityId Subject { get; init; }

    public required int Proposal { get; init; }

    public override string GetAsset() => Subject.Text;
}

/// <summary>Everybody whose consent it needs has given it: from here on the sheet is a version.</summary>
public sealed record SplitInForce : Fact
{
    public required EntityId Subject { get; init; }

    public required int Proposal { get; init; }

    /// <summary>Counts the versions of the subject from 1.</summary>
    public required int Version { get; init; }

    /// <summary>The commitment of the proposal that is meant.</summary>
    public required Sha256Digest Document { get; init; }

    /// <summary>Acceptances it has.</summary>
    public required int Accepted { get; init; }

    public override string GetAsset() => Subject.Text;
}
