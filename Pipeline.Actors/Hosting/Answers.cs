using System.Text.Json.Serialization;
using Pipeline.Actors.Hosting.Witnessing;
using Pipeline.Actors.Patrol;
using Pipeline.Audit.Evidence;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Hosting;

// What the API answers and the command line prints: the stable surface of the design, section 10.

/// <summary>Where a thing stands in the log.</summary>
public sealed record LogPlace(string Origin, long Index);

/// <summary>One release, or a delivery that became none.</summary>
/// <param name="Release">Absent when the message could not be read that far.</param>
/// <param name="Delivery"><c>open</c> while nothing is decided, then <c>applied|duplicate|superseded|rejected</c>.</param>
/// <param name="State"><c>received|running</c> while open, then <c>archived|quarantined|rejected|withdrawn</c>.</param>
public sealed record ReleaseAnswer(
    string? Release, string DeliveryId, string Delivery, string State, int Revision, string Title, string Artist,
    IReadOnlyList<StageAnswer> Stages, IReadOnlyList<Finding> Findings, LogPlace? Log)
{
    /// <summary>Which time this message came; 0 for a release asked by its own id.</summary>
    public int Round { get; init; }

    /// <summary>What the command line sent, each file with both sides' digests; no node says this.</summary>
    public IReadOnlyList<UploadDigest>? Uploads { get; init; }

    /// <summary>Of a message that came in a batch: what became of it, and the answer to its sender; no node says this.</summary>
    public MessageAnswer? Message { get; init; }

    /// <summary>Number of facts of the release so far; inside the node only.</summary>
    [JsonIgnore]
    public long Facts { get; init; }

    /// <summary>True when nothing will change without somebody doing something.</summary>
    [JsonIgnore]
    public bool Settled => Delivery != "open" && State is not ("running" or "received");
}

/// <summary>A file that was sent: its SHA-256 here, and as the server states it.</summary>
public sealed record UploadDigest(string Path, string Upload, long SizeBytes, string Local, string Server);

/// <summary>A message of a batch, as the command line that handed it in saw it.</summary>
/// <param name="Batch">Name of the batch's folder.</param>
/// <param name="Path">Of the message, or of what the line is about, relative to it.</param>
/// <param name="MessageId">As the message or the manifest states it; absent when neither could be read.</param>
/// <param name="Outcome"><c>archived|quarantined|rejected|withdrawn|duplicate|superseded|refused</c>; <c>open</c> for what is still
/// being copied, <c>noticed</c> for findings on the batch itself.</param>
/// <param name="Acknowledgement">Path of the answer's file; absent where there is none.</param>
public sealed record MessageAnswer(string Batch, string Path, string? MessageId, string Outcome, string? Acknowledgement);

/// <param name="Light"><c>waiting|running|passed|failed</c>.</param>
public sealed record StageAnswer(string Stage, string Light);

/// <summary>A thing found by some id of its own.</summary>
public sealed record FoundAnswer(string Id, string Kind, ReleaseAnswer? Release);

/// <summary>An entry of the log and why it is in it.</summary>
/// <param name="Entry">Base64 of the exact leaf bytes.</param>
/// <param name="Proof">A <c>.tlog-proof</c> file.</param>
/// <param name="Opening">The private part in the clear, for whoever may see it; absent when there is none.</param>
/// <param name="Salt">Hex; with the opening it gives the leaf's commitment.</param>
/// <param name="Witnesses">Names, in our policy, of those who cosigned the proof's checkpoint and made the quorum; empty when it is not reached.</param>
public sealed record ProofAnswer(long Index, string Entry, string Proof, string? Opening, string? Salt, IReadOnlyList<string> Witnesses)
{
    /// <summary>The log's key that the proof's checkpoint is signed by; absent in answers about whole releases, which say it once.</summary>
    public string? Vkey { get; init; }
}

/// <summary>Private parts of one's own entries with their salts: what makes the leaves checkable.</summary>
/// <param name="Next">Where to go on; null when this was the rest of what is published.</param>
public sealed record OpeningsAnswer(IReadOnlyList<OpeningLine> Openings, long? Next);

/// <summary>How an upload stands.</summary>
/// <param name="State"><c>open</c>, <c>received</c>, <c>refused</c> or <c>gone</c>.</param>
public sealed record UploadAnswer(
    string Upload, string State, long Offset, long? LengthBytes, string? FileName, string? Digest, IReadOnlyList<string> Copies,
    int Domains, int Wanted, IReadOnlyList<Finding> Findings);

/// <summary>
/// A receipt: what was received, and the proof that the log says so. Kept by its owner, verified with
/// <c>mp log verify-proof</c> or anybody else's verifier, years later, without us.
/// </summary>
/// <param name="Digest">SHA-256 of the bytes, hex.</param>
/// <param name="Copies">Stores with a proven copy when it was received.</param>
/// <param name="Domains">In how many failure domains they stood.</param>
/// <param name="Wanted">How many the installation wants.</param>
/// <param name="Witnessed">True when witnesses of others cosigned the checkpoint.</param>
/// <param name="DoesNotProve">What this paper is silent about, in words.</param>
public sealed record ReceiptAnswer(
    string Upload, string Digest, long SizeBytes, IReadOnlyList<string> Copies, int Domains, int Wanted, bool Witnessed, string Origin,
    string Vkey, ProofAnswer Proof, IReadOnlyList<string> DoesNotProve);

/// <summary>A release handed in by uploads that were received before.</summary>
public sealed record UploadedRelease(UploadedFile Message, IReadOnlyList<UploadedFile>? Files);

/// <param name="Path">Inside the release folder.</param>
/// <param name="Upload">Id of a received upload of the same owner.</param>
public sealed record UploadedFile(string Path, string Upload);

/// <summary>A key, printed once.</summary>
public sealed record KeyAnswer(string Name, string Tenant, string Role, string Key);

/// <summary>What a new key is for.</summary>
public sealed record KeyRequest(string Name, string Tenant, string Role);

/// <summary>A refusal of the request itself.</summary>
public sealed record ProblemAnswer(IReadOnlyList<Finding> Findings);

/// <summary>How the log stands.</summary>
/// <param name="Halted">Why nothing is sequenced any more; absent when all is well.</param>
/// <param name="WitnessedSize">Entries under the newest checkpoint that the quorum cosigned; 0 before the first.</param>
/// <param name="Quorum">Of the policy; absent when there is none, and nothing is ever witnessed.</param>
/// <param name="PayoutGate">Every reason why no money leaves; empty when nothing of the log holds it back.</param>
public sealed record LogAnswer(
    string Origin, long Size, string Root, long PublishedSize, string? Halted, long WitnessedSize = 0, string? Quorum = null,
    IReadOnlyList<WitnessStanding>? Witnesses = null, IReadOnlyList<GateShut>? PayoutGate = null)
{
    /// <summary>What a restored node still holds back; absent on any other.</summary>
    public string? Restored { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReleaseAnswer))]
[JsonSerializable(typeof(IReadOnlyList<ReleaseAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<FoundAnswer>))]
[JsonSerializable(typeof(ProofAnswer))]
[JsonSerializable(typeof(OpeningsAnswer))]
[JsonSerializable(typeof(UploadAnswer))]
[JsonSerializable(typeof(IReadOnlyList<UploadAnswer>))]
[JsonSerializable(typeof(ReceiptAnswer))]
[JsonSerializable(typeof(UploadedRelease))]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(LogAnswer))]
[JsonSerializable(typeof(ReleaseContentsAnswer))]
[JsonSerializable(typeof(ReleaseFactsAnswer))]
[JsonSerializable(typeof(Finding))]
[JsonSerializable(typeof(VaultAnswer))]
[JsonSerializable(typeof(IReadOnlyList<BadCopyAnswer>))]
[JsonSerializable(typeof(BadCopyAnswer))]
[JsonSerializable(typeof(VaultRunAnswer))]
public sealed partial class AnswerJson : JsonSerializerContext;
