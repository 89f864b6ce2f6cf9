using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Ingest.Deliveries;

/// <summary>What lies in a folder that a sender writes to.</summary>
public abstract record BatchReading
{
    private BatchReading()
    {
    }

    /// <summary>Neither of DDEX's choreographies: a release folder, or something else.</summary>
    public sealed record NoBatch : BatchReading;

    /// <summary>A batch that is still being copied: nothing of it is looked at before its manifest has come.</summary>
    public sealed record Open(Finding Why) : BatchReading;

    /// <summary>A batch with its manifest, or folders release by release.</summary>
    public sealed record Whole(Batch Batch) : BatchReading;
}

/// <summary>The messages a sender handed in together.</summary>
/// <param name="Name">Of the folder.</param>
/// <param name="Messages">In the order of the manifest, behind them what it does not list; release by release, in that of
/// the folders' time stamps.</param>
/// <param name="Open">Release folders whose message has not come yet.</param>
/// <param name="Findings">On the batch itself. Those that reject stand at every message as well.</param>
public sealed record Batch(
    string Name, IReadOnlyList<BatchMessage> Messages, IReadOnlyList<Finding> Open, IReadOnlyList<Finding> Findings);

/// <summary>One message of a batch, and what was found of it before it is handed in.</summary>
/// <param name="Folder">Its release folder, relative to the batch.</param>
/// <param name="Message">The message's file name in that folder; null when it is listed and not there.</param>
/// <param name="Files">Everything else in the folder, by paths relative to it.</param>
/// <param name="Acknowledgement">File name of the answer, as the choreography has it: <c>ACK_BATCHID_RELEASEID.xml</c>.</param>
/// <param name="Address">Who the answer is from and to; from the message, else from the manifest.</param>
/// <param name="ReleaseId">The release as the sender names it in the message's path.</param>
/// <param name="BatchDate">The day of the batch as its name says it; null when it says none.</param>
public sealed record BatchMessage(
    string Folder, string? Message, IReadOnlyList<string> Files, string Acknowledgement, MessageHead Address, string ReleaseId,
    DateOnly? BatchDate, IReadOnlyList<Finding> Findings)
{
    /// <summary>False when something rejects it before any stage: then nothing of it is sent.</summary>
    public bool MayBeHandedIn => Message is not null && !Findings.Refuse();

    /// <summary>
    /// The instant of an answer that no entry of the log dates: that of the manifest, else of the message, else the day of
    /// the batch. Null when nothing of them could be read.
    /// </summary>
    public DateTimeOffset? RefusedAt =>
        Address.Created is { } created && StatedTime.Instant(created.Value.Trim()) is { } stated ? stated.At
        : BatchDate is { } day ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) : null;

    /// <summary>The message's path relative to the batch.</summary>
    public string Path => Message is null ? Folder : Folder.Length == 0 ? Message : $"{Folder}/{Message}";
}
