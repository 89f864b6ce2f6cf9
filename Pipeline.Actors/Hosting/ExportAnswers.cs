namespace Pipeline.Actors.Hosting;

// What an owner takes along of a release: the files, and the facts with their proofs.

/// <summary>What one revision of a release consists of.</summary>
/// <param name="Archived">1 when this revision is archived.</param>
/// <param name="Message">The message as it was handed in.</param>
/// <param name="Files">Everything that came with it.</param>
/// <param name="Documents">The delivery document, and the result of each stage that was passed.</param>
public sealed record ReleaseContentsAnswer(
    string Release, int Revision, int Archived, ContentAnswer Message, IReadOnlyList<ContentAnswer> Files, IReadOnlyList<DocumentAnswer> Documents);

/// <summary>One delivered file.</summary>
/// <param name="Path">As its sender named it: any text.</param>
public sealed record ContentAnswer(string Path, string Sha256, long SizeBytes);

/// <summary>One document of ours.</summary>
/// <param name="Kind"><c>delivery</c>, or the stage whose result it is.</param>
public sealed record DocumentAnswer(string Kind, string Sha256);

/// <summary>A page of a release's facts in the order of the log, each with its proof.</summary>
/// <param name="Vkey">The log's verifier key; take it from elsewhere when you do not trust this node.</param>
/// <param name="Next">Where the next page begins; absent on the last.</param>
/// <param name="Unpublished">Facts that are in the log and under no checkpoint yet; ask again.</param>
public sealed record ReleaseFactsAnswer(string Origin, string Vkey, IReadOnlyList<FactAnswer> Facts, long? Next, int Unpublished);

/// <summary>One fact: the entry, the proof, and for its owner the private part.</summary>
/// <param name="Manifest">What happened, e.g. <c>release.archived.1</c>.</param>
/// <param name="Proof">As in <see cref="ProofAnswer"/>.</param>
public sealed record FactAnswer(string Manifest, ProofAnswer Proof);
