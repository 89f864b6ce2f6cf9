using System.Globalization;
using System.Text;
using System.Xml;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Ingest.Deliveries;

/// <summary>What became of one message, as its sender is told.</summary>
/// <param name="State"><c>archived</c>, <c>quarantined</c>, <c>rejected</c>, <c>withdrawn</c>, <c>superseded</c>, or <c>refused</c>: not handed in.</param>
/// <param name="Origin">Name of the log; empty when the outcome is not in it, because nothing was handed in.</param>
/// <param name="Index">Of the entry that records the outcome.</param>
/// <param name="At">When it was decided. For what was not handed in: the instant of the sender's manifest, so that the same
/// refusal is the same answer.</param>
public sealed record MessageOutcome(string State, IReadOnlyList<Finding> Findings, string Origin, long Index, DateTimeOffset At);

/// <summary>
/// The answer to one message: DDEX's <c>FtpAcknowledgementMessage</c> of ern-c-sftp/16. It is made of the outcome alone,
/// so that issuing it again gives the same bytes. Source: DDEX data dictionary, ern-c-sftp.
/// </summary>
/// <param name="From">DPID of whoever received the message.</param>
/// <param name="To">DPID of its sender.</param>
/// <param name="ReleaseId">As in the path of the message.</param>
/// <param name="Date">As in the path; null when it has none.</param>
/// <param name="Status">DDEX's word.</param>
/// <param name="Rule">The rule behind <c>UserDefined</c>.</param>
/// <param name="Text">For people: the outcome, the place in the log, and each finding with its remedy.</param>
public sealed record Acknowledgement(
    string From, string To, DateTimeOffset Created, string ReleaseId, DateOnly? Date, AckCode Status, string Rule, string Text)
{
    /// <summary>Version of the choreography whose form this is; senders of others read it by the same element names.</summary>
    public const string Namespace = "http://ddex.net/xml/ern-c-sftp/16";

    private const string Version = "ern-c-sftp/16";

    /// <summary>Words that ask for the same bytes once more; anything else needs somebody to look.</summary>
    private static readonly string[] SameAgain = ["ErnMissing", "ResourceMissing", "SignatureOrHashSumWrongOrMissing"];

    /// <summary>Null when neither the message nor the manifest says who sent it to whom: then there is nobody to answer.</summary>
    public static Acknowledgement? Of(BatchMessage message, MessageOutcome outcome)
    {
        if (message.Address is not { Sender.Value: { Length: > 0 } sender, Recipient.Value: { Length: > 0 } recipient })
        {
            return null;
        }
        var worst = AckWords.Worst(outcome.Findings);
        var stopped = outcome.State is not ("archived" or "superseded" or "withdrawn");
        // A test message is refused by design and as it should be.
        var status = worst is not null && stopped ? AckWords.Of(worst.Rule)
            : stopped && !outcome.Findings.Any(f => f.Rule == Rules.TestMessage.Id) ? AckCode.Of("UserDefined")
            : AckCode.Of("FileOK");
        return new Acknowledgement(recipient.Trim(), sender.Trim(), outcome.At, message.ReleaseId, message.BatchDate, status,
            worst is not null && stopped ? worst.Rule : outcome.State.ToUpperInvariant(), Words(message, outcome));
    }

    /// <summary>UTF-8, indented, LF; the same for the same acknowledgement.</summary>
    public byte[] Utf8()
    {
        using var bytes = new MemoryStream();
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, NewLineChars = "\n", NewLineHandling = NewLineHandling.None };
        using (var xml = XmlWriter.Create(bytes, settings))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement("ern-c-sftp", "FtpAcknowledgementMessage", Namespace);
            xml.WriteAttributeString("MessageVersionId", Version);
            xml.WriteStartElement("MessageHeader");
            Party(xml, "MessageSender", From);
            Party(xml, "MessageRecipient", To);
            xml.WriteElementString("MessageCreatedDateTime", Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            xml.WriteEndElement();
            xml.WriteStartElement("AcknowledgedFile");
            xml.WriteElementString("ReleaseId", Printable(ReleaseId));
            if (Date is { } date)
            {
                xml.WriteElementString("Date", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            }
            xml.WriteEndElement();
            Verdict(xml);
            xml.WriteEndElement();
            xml.WriteEndDocument();
        }
        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private void Verdict(XmlWriter xml)
    {
        xml.WriteStartElement("FileStatus");
        UserDefined(xml, Status.Code == "UserDefined", Rule);
        xml.WriteString(Status.Code);
        xml.WriteEndElement();
        xml.WriteElementString("ErrorText", Printable(Text));
        if (Status.Code == "FileOK")
        {
            return;
        }
        xml.WriteStartElement("ProposedActionType");
        UserDefined(xml, Status.Resend == ProposedAction.UserDefined, "SeeErrorText");
        xml.WriteString(Status.Resend.ToString());
        xml.WriteEndElement();
        xml.WriteElementString("ManualCheckRequired", SameAgain.Contains(Status.Code) ? "false" : "true");
    }

    private void UserDefined(XmlWriter xml, bool isIt, string value)
    {
        if (isIt)
        {
            xml.WriteAttributeString("Namespace", From);
            xml.WriteAttributeString("UserDefinedValue", value);
        }
    }

    private static void Party(XmlWriter xml, string role, string dpid)
    {
        xml.WriteStartElement(role);
        xml.WriteElementString("PartyId", Printable(dpid));
        xml.WriteEndElement();
    }

    private static string Words(BatchMessage message, MessageOutcome outcome)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Message {(message.Address.MessageId?.Value.Trim() is { Length: > 0 } id ? id : "without id")} ({message.Path}): {Said(outcome)}");
        var said = outcome.Findings.Where(f => f.Severity >= Severity.Warn).OrderByDescending(f => f.Severity).ToList();
        for (var i = 0; i < said.Count; i++)
        {
            var f = said[i];
            var line = $"\n{f.Severity.ToString().ToLowerInvariant()} {f.Rule} at {f.Place}{(f.Value.Length > 0 ? $", '{f.Value}'" : "")}: {f.Message} To do: {f.Remedy}";
            if (text.Length + line.Length > BatchLimits.MaxErrorTextCharacters)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n… and {said.Count - i} more.");
                break;
            }
            text.Append(line);
        }
        return text.ToString();
    }

    private static string Said(MessageOutcome outcome)
    {
        var what = outcome.State switch
        {
            "archived" => "archived.",
            "superseded" => "kept and not applied: a later message of this release had been applied before.",
            "withdrawn" => "kept; its release was withdrawn.",
            "quarantined" => "kept in quarantine until what is wrong is mended.",
            "rejected" when outcome.Findings.Any(f => f.Rule == Rules.TestMessage.Id) => "checked as a test message and not applied.",
            "rejected" => "kept as evidence, and nothing of it was applied.",
            _ => "not handed in.",
        };
        return outcome.Origin.Length > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{what} Log entry {outcome.Index} of {outcome.Origin}.")
            : $"{what} It has no entry in the log.";
    }

    /// <summary>What XML cannot hold is replaced: names and values come from strangers.</summary>
    private static string Printable(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                clean.Append(text[i]).Append(text[++i]);
            }
            else
            {
                clean.Append(XmlConvert.IsXmlChar(text[i]) && text[i] != '\r' ? text[i] : '\uFFFD');
            }
        }
        return clean.ToString();
    }
}
