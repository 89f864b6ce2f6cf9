using System.Text.Json.Serialization;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Hosting;

// What the API answers about splits, and the command line prints.

/// <summary>A party's exact part.</summary>
/// <param name="Share">A fraction in lowest terms, e.g. <c>1/3</c>.</param>
public sealed record HolderAnswer(string Party, string Share);

/// <summary>An import, or its preview.</summary>
/// <param name="Committed">False for a preview and where a finding stands: then nothing was proposed.</param>
public sealed record SplitImportAnswer(bool Committed, IReadOnlyList<ImportedSheetAnswer> Sheets, IReadOnlyList<Finding> Findings);

/// <param name="Line">Its first line in the file.</param>
/// <param name="Proposal">Absent in a preview.</param>
public sealed record ImportedSheetAnswer(int Line, string Isrc, SplitDocument Sheet, IReadOnlyList<HolderAnswer> Holders, ProposalAnswer? Proposal);

/// <param name="Id">What <c>mp split accept</c> takes.</param>
/// <param name="State"><c>open</c>, <c>in-force</c>, <c>refused</c>, <c>withdrawn</c> or <c>expired</c>.</param>
/// <param name="Commitment">Of the canonical document, hex.</param>
/// <param name="Expires">ms since 1970 UTC.</param>
/// <param name="Log">Where it came into force; absent before, or until that is published.</param>
public sealed record ProposalAnswer(
    string Id, string State, string Commitment, long Expires, IReadOnlyList<string> Accepted, IReadOnlyList<string> Silent,
    bool NeedsSecondPerson, SplitDocument? Sheet, LogPlace? Log);

/// <summary>Who owned what.</summary>
/// <param name="KnownAt">Position of the log up to which it was known; absent for now.</param>
public sealed record OwnershipAnswer(
    string Isrc, string Recording, string At, string Territory, long? KnownAt, IReadOnlyList<OwnedAnswer> Owned,
    IReadOnlyList<ProposalAnswer> Proposals);

/// <param name="Version">Absent where nobody is known.</param>
/// <param name="Proposal">Which it was.</param>
/// <param name="Suspended">The part that waits in suspense.</param>
public sealed record OwnedAnswer(
    string Right, string Uses, int? Version, string? Proposal, IReadOnlyList<HolderAnswer> Holders, string Suspended, long? KnownSince);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SplitImportAnswer))]
[JsonSerializable(typeof(ProposalAnswer))]
[JsonSerializable(typeof(OwnershipAnswer))]
public sealed partial class SplitJson : JsonSerializerContext;
