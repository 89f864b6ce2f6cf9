using System.Globalization;
using System.Text.Json;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue.Ern;
using Pipeline.Ingest.Deliveries;

namespace Pipeline.Actors.Cli;

/// <summary>
/// Hands the messages of a batch in, one after the other, and writes the answer to each: an answer is made of what the
/// node says, so a second run finds every message received and writes the same bytes again.
/// </summary>
/// <param name="root">Folder of the batch; the answers lie in <c>acknowledgements/</c> below it.</param>
/// <param name="form">The choreography's own schema, where the operator has imported it: no answer leaves that it refuses.</param>
public sealed class BatchIngest(NodeConnection node, ReleaseIngest ingest, string root, Batch batch, ErnSchemas? form, bool json)
{
    /// <summary>Asks for a proof of exactly the entry an answer names; a release that moves on meanwhile is asked again.</summary>
    private const int MaxProofs = 20;

    private static readonly TimeSpan BetweenProofs = TimeSpan.FromMilliseconds(150);

    private readonly PosixDisk _disk = new();

    /// <summary>True when every message is archived, now or before.</summary>
    /// <exception cref="InvalidDataException">An answer is not of the form that the imported schema wants.</exception>
    /// <exception cref="IOException">An answer could not be written; what was handed in stays so, and the same again writes it.</exception>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        foreach (var open in batch.Open)
        {
            Print(Line(batch.Name, open.Place, "open", [open]), json);
        }
        if (batch.Findings.Count > 0)
        {
            Print(Line(batch.Name, "", "noticed", batch.Findings), json);
        }
        var answered = new List<(BatchMessage Message, ReleaseAnswer Answer)>();
        var yes = true;
        foreach (var message in batch.Messages)
        {
            var answer = await HandInAsync(message, cancel);
            yes &= answer.DeliveryId.Length > 0 && ingest.IsYes(answer);
            var acknowledgement = ingest.Waits ? await AcknowledgeAsync(message, answer, cancel) : null;
            answered.Add((message, answer with { Message = Of(message, answer, acknowledgement) }));
            Print(answered[^1].Answer, json);
        }
        if (ingest.Waits)
        {
            // A later message of one release changes how that release stands: the earlier ones are answered as they stand in
            // the end, which is what a second run finds.
            foreach (var (message, answer) in answered.Where(a => a.Answer.Release is not null).GroupBy(a => a.Answer.Release).Where(g => g.Count() > 1).SelectMany(g => g.SkipLast(1)))
            {
                await AcknowledgeAsync(message, answer, cancel);
            }
        }
        if (!json)
        {
            Console.Out.WriteLine(Summary(answered.Select(a => a.Answer.Message!)));
        }
        return yes;
    }

    /// <summary>A line that is about no message.</summary>
    internal static ReleaseAnswer Line(string batch, string path, string outcome, IReadOnlyList<Finding> findings) =>
        new(null, "", outcome == "open" ? "open" : "", outcome, 0, "", "", [], findings, null) { Message = new MessageAnswer(batch, path, null, outcome, null) };

    internal static void Print(ReleaseAnswer answer, bool json)
    {
        if (json)
        {
            Printer.Json(answer, AnswerJson.Default.ReleaseAnswer);
            return;
        }
        var message = answer.Message!;
        if (answer.DeliveryId.Length > 0)
        {
            Printer.Release(answer);
        }
        else
        {
            Console.Out.WriteLine($"{Printer.Clean(message.Path.Length > 0 ? message.Path : message.Batch)}: {message.Outcome switch
            {
                "open" => "not complete yet, nothing was looked at",
                "noticed" => "noticed of the batch itself",
                _ => "refused, nothing of it was sent",
            }}");
            foreach (var finding in answer.Findings)
            {
                Printer.Finding(finding);
            }
        }
        if (message.Acknowledgement is { } file)
        {
            Console.Out.WriteLine($"    answered in {Printer.Clean(file)}");
        }
        else if (message.Outcome is not ("open" or "noticed"))
        {
            Console.Out.WriteLine("    not answered: neither message nor manifest names sender and recipient, or its fate was not waited for");
        }
    }

    private async Task<ReleaseAnswer> HandInAsync(BatchMessage message, CancellationToken cancel)
    {
        if (!message.MayBeHandedIn)
        {
            return Refused(message.Findings);
        }
        try
        {
            var answer = await ingest.RunAsync(new ReleaseFolder(Path.Combine(root, message.Folder), message.Message!, message.Files), cancel);
            return answer with { Findings = [.. message.Findings, .. answer.Findings] };
        }
        catch (NodeRefusedException e)
        {
            return Refused([.. message.Findings, .. e.Findings]);
        }
    }

    private static ReleaseAnswer Refused(IReadOnlyList<Finding> findings) => new(null, "", "rejected", "rejected", 0, "", "", [], findings, null);

    private MessageAnswer Of(BatchMessage message, ReleaseAnswer answer, string? acknowledgement) => new(
        batch.Name, message.Path, message.Address.MessageId?.Value.Trim(),
        answer.DeliveryId.Length == 0 ? "refused" : answer.Delivery is "duplicate" or "superseded" ? answer.Delivery : answer.State, acknowledgement);

    /// <summary>Writes the answer; null when there is nobody to answer.</summary>
    private async Task<string?> AcknowledgeAsync(BatchMessage message, ReleaseAnswer answer, CancellationToken cancel)
    {
        var outcome = answer.DeliveryId.Length > 0 ? await OutcomeAsync(message, answer, cancel)
            : message.RefusedAt is { } stated ? new MessageOutcome("refused", answer.Findings, "", 0, stated) : null;
        if (outcome is null || Acknowledgement.Of(message, outcome) is not { } acknowledgement)
        {
            return null;
        }
        var bytes = acknowledgement.Utf8();
        if (form?.Check(bytes) is [var fault, ..])
        {
            throw new InvalidDataException($"{message.Acknowledgement} was not written: by the imported schema it is no answer ({fault.Place}: {fault.Message})");
        }
        var folder = Path.Combine(root, DeliveryNames.Acknowledgements);
        var file = Path.Combine(folder, message.Acknowledgement);
        if (new DirectoryInfo(folder).LinkTarget is { } elsewhere)
        {
            throw new InvalidDataException($"{folder} is a link to {elsewhere}: answers are written inside the batch only. Take the link away and run the same again.");
        }
        DurableFile.EnsureDirectory(_disk, folder);
        // If we crash here, or within, there is no answer or a whole one; running the same again writes it.
        DurableFile.Replace(_disk, file, bytes, string.Create(CultureInfo.InvariantCulture, $"{file}.{Environment.ProcessId}{DurableFile.TemporarySuffix}"));
        return file;
    }

    /// <summary>How the delivery stands, whoever asks and however often it came, and when that was decided.</summary>
    private async Task<MessageOutcome> OutcomeAsync(BatchMessage message, ReleaseAnswer answer, CancellationToken cancel)
    {
        for (var tries = 0; tries < MaxProofs; tries++)
        {
            var standing = await node.GetAsync($"api/v1/deliveries/{answer.DeliveryId}?round={answer.Round}", AnswerJson.Default.ReleaseAnswer, cancel)
                ?? throw new CannotReachException("The node no longer knows the delivery it accepted.");
            if (standing is { Settled: true, Log: { } place })
            {
                var superseded = standing.Delivery == "superseded";
                var thing = standing.Delivery == "rejected" ? standing.DeliveryId : standing.Release;
                var proof = await node.GetAsync($"api/v1/proofs/{thing}", AnswerJson.Default.ProofAnswer, cancel);
                if (proof?.Index == place.Index && DecidedAt(proof) is { } at)
                {
                    // What is found of the release that stands is not said of a message that was never applied.
                    return new MessageOutcome(superseded ? "superseded" : standing.State,
                        [.. message.Findings, .. superseded ? [] : standing.Findings], place.Origin, place.Index, at);
                }
            }
            await Task.Delay(BetweenProofs, cancel);
        }
        throw new CannotReachException($"{answer.DeliveryId} is received and kept, but its release does not come to rest: run the same again for the answer to its sender.");
    }

    /// <summary>The instant in the entry itself, which is the same for everybody who asks.</summary>
    private static DateTimeOffset? DecidedAt(ProofAnswer proof)
    {
        if (!LeafEnvelope.TryDecode(Convert.FromBase64String(proof.Entry), out _, out var fact))
        {
            return null;
        }
        using var document = JsonDocument.Parse(fact);
        return document.RootElement.TryGetProperty("at", out var at) && at.TryGetInt64(out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
    }

    private string Summary(IEnumerable<MessageAnswer> messages)
    {
        var counts = messages.GroupBy(m => m.Outcome, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}");
        var open = batch.Open.Count > 0 ? $", {batch.Open.Count} not complete yet" : "";
        return $"{Printer.Clean(batch.Name)}: {batch.Messages.Count} messages: {string.Join(", ", counts)}{open}";
    }
}
