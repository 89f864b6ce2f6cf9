using System.Text;
using System.Xml.Linq;
using FsCheck.Xunit;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Catalogue.Ern;
using Pipeline.Ingest.Deliveries;

namespace Pipeline.Ingest.Tests.Deliveries;

/// <summary>The answer to a message, in DDEX's form and words.</summary>
public sealed class AcknowledgementTests
{
    private static readonly DateTimeOffset At = new(2026, 9, 1, 12, 30, 15, 700, TimeSpan.FromHours(2));

    private static BatchMessage Message => SomeBatch.Whole(SomeBatch.Of(1) with { Sender = "PADPIDA2013042401U" }).Messages[0];

    [Fact]
    public void An_archived_message_is_answered_with_FileOK_and_the_place_in_the_log()
    {
        var xml = Written(new MessageOutcome("archived", [], "example.com/log", 17, At));

        Assert.Equal(XName.Get("FtpAcknowledgementMessage", "http://ddex.net/xml/ern-c-sftp/16"), xml.Name);
        Assert.Equal(["MessageHeader", "AcknowledgedFile", "FileStatus", "ErrorText"], xml.Elements().Select(e => e.Name.LocalName));
        Assert.Equal(["MessageSender", "MessageRecipient", "MessageCreatedDateTime"], xml.Element("MessageHeader")!.Elements().Select(e => e.Name.LocalName));
        Assert.Equal("2026-09-01T10:30:15Z", xml.Element("MessageHeader")!.Element("MessageCreatedDateTime")!.Value);
        Assert.Equal((SomeBatch.Folder(1), "2026-09-01"), (xml.Element("AcknowledgedFile")!.Element("ReleaseId")!.Value, xml.Element("AcknowledgedFile")!.Element("Date")!.Value));
        Assert.Equal("FileOK", xml.Element("FileStatus")!.Value);
        Assert.Contains("Log entry 17 of example.com/log.", xml.Element("ErrorText")!.Value, StringComparison.Ordinal);
        Assert.Contains("MSG-0001", xml.Element("ErrorText")!.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HASH_MISMATCH", "SignatureOrHashSumWrongOrMissing", "ResendXmlAndResources", "false")]
    [InlineData("FILE_MISSING", "ResourceMissing", "ResendXmlAndResources", "false")]
    [InlineData("XML_MALFORMED", "NewReleaseMessageInvalid", "ResendXmlOnly", "true")]
    [InlineData("TRUNCATED", "ResourceCorrupt", "ResendXmlAndResources", "true")]
    [InlineData("MESSAGE_ID_REUSED", "IdentifierInvalid", "ResendXmlOnly", "true")]
    [InlineData("CLAIM_CONTESTED", "UserDefined", "UserDefined", "true")]
    public void What_stops_a_message_is_said_in_the_word_of_DDEX_with_what_to_send_again(string rule, string word, string action, string look)
    {
        var xml = Written(new MessageOutcome("quarantined", [Finding.Warn("GTIN_UNCOMMON", "p", "v", "m", "r"), Finding.Block(rule, "the place", "the value", "Why.", "What to do.")], "o", 3, At));
        Assert.Equal(["MessageHeader", "AcknowledgedFile", "FileStatus", "ErrorText", "ProposedActionType", "ManualCheckRequired"], xml.Elements().Select(e => e.Name.LocalName));
        Assert.Equal((word, action, look), (xml.Element("FileStatus")!.Value, xml.Element("ProposedActionType")!.Value, xml.Element("ManualCheckRequired")!.Value));
        Assert.Equal(word == "UserDefined" ? rule : null, xml.Element("FileStatus")!.Attribute("UserDefinedValue")?.Value);
        foreach (var part in (string[])["the place", "the value", "Why.", "What to do.", rule])
        {
            Assert.Contains(part, xml.Element("ErrorText")!.Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_worst_finding_gives_the_word_and_warnings_of_an_archived_message_do_not()
    {
        var warn = Finding.Warn("HASH_MISSING", "p", "v", "m", "r");
        Assert.Equal("FileOK", Word("archived", warn));
        Assert.Equal("ErnMissing", Word("refused", warn, Finding.Block("FILE_MISSING", "p", "v", "m", "r"), BatchRules.MessageAbsent.Broken("p", "v", "m", "r")));
        Assert.Equal("FileOK", Word("superseded"));
    }

    [Fact]
    public void A_test_message_that_is_as_it_should_be_is_answered_with_FileOK()
    {
        var test = Rules.TestMessage.Broken("MessageControlType", "TestMessage", "m", "r");
        Assert.Equal("FileOK", Word("rejected", test));
        Assert.Equal("IdentifierInvalid", Word("rejected", test, Rules.GtinCheckDigit.Broken("p", "v", "m", "r")));
        Assert.Equal("UserDefined", Word("rejected"));
    }

    [Fact]
    public void Nobody_is_answered_where_nobody_is_named() =>
        Assert.Null(Acknowledgement.Of(Message with { Address = Message.Address with { Recipient = null } }, new MessageOutcome("rejected", [], "o", 1, At)));

    [Fact]
    public void What_no_log_dates_is_dated_by_the_manifest_so_that_it_is_the_same_again()
    {
        var message = SomeBatch.Whole(SomeBatch.Of(1) with { Created = "2026-09-01T12:00:00+02:00" }, f => f.Remove($"{SomeBatch.Folder(1)}/message.xml")).Messages[0];
        Assert.Equal(new DateTimeOffset(2026, 9, 1, 10, 0, 0, TimeSpan.Zero), message.RefusedAt);
        var text = Encoding.UTF8.GetString(Acknowledgement.Of(message, new MessageOutcome("refused", message.Findings, "", 0, message.RefusedAt!.Value))!.Utf8());
        Assert.Contains("<FileStatus>ErnMissing</FileStatus>", text, StringComparison.Ordinal);
        Assert.Contains("no entry in the log", text, StringComparison.Ordinal);
    }

    [Property(MaxTest = 300)]
    public void Whatever_strangers_wrote_the_answer_is_well_formed_bounded_and_the_same_again(string place, string value, string release, byte findings)
    {
        var list = Enumerable.Repeat(Finding.Block("FILE_MISSING", place ?? "", value, "Why.", "Do."), findings).ToList();
        var message = Message with { ReleaseId = release ?? "" };
        var outcome = new MessageOutcome("quarantined", list, "o", 1, At);

        var bytes = Acknowledgement.Of(message, outcome)!.Utf8();

        Assert.Equal(bytes, Acknowledgement.Of(message, outcome)!.Utf8());
        Assert.True(XDocument.Parse(Encoding.UTF8.GetString(bytes)).Root!.Element("ErrorText")!.Value.Length < BatchLimits.MaxErrorTextCharacters + 100);
    }

    [Fact]
    public void An_answer_is_held_against_the_choreographys_schema_where_the_operator_has_it()
    {
        // Of our own making, after the data dictionary: DDEX's own may not be carried.
        const string schema = """
            <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://ddex.net/xml/ern-c-sftp/16">
              <xs:element name="FtpAcknowledgementMessage"><xs:complexType><xs:sequence>
                <xs:element name="MessageHeader"><xs:complexType><xs:sequence>
                  <xs:element name="MessageSender"><xs:complexType><xs:sequence><xs:element name="PartyId" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
                  <xs:element name="MessageRecipient"><xs:complexType><xs:sequence><xs:element name="PartyId" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
                  <xs:element name="MessageCreatedDateTime" type="xs:dateTime"/></xs:sequence></xs:complexType></xs:element>
                <xs:element name="AcknowledgedFile"><xs:complexType><xs:sequence>
                  <xs:element name="ReleaseId" type="xs:string" minOccurs="0"/><xs:element name="Date" type="xs:date" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
                <xs:element name="FileStatus"><xs:complexType><xs:simpleContent><xs:extension base="xs:string">
                  <xs:attribute name="Namespace" type="xs:string"/><xs:attribute name="UserDefinedValue" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
                <xs:element name="ErrorText" type="xs:string" minOccurs="0"/>
                <xs:element name="ProposedActionType" minOccurs="0"><xs:complexType><xs:simpleContent><xs:extension base="xs:string">
                  <xs:attribute name="Namespace" type="xs:string"/><xs:attribute name="UserDefinedValue" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
                <xs:element name="ManualCheckRequired" type="xs:boolean" minOccurs="0"/>
              </xs:sequence><xs:attribute name="MessageVersionId" type="xs:string" use="required"/></xs:complexType></xs:element>
            </xs:schema>
            """;
        var form = ErnSchemas.Compile([Encoding.UTF8.GetBytes(schema)], out var why);
        Assert.True(form is not null, why);
        Assert.Equal(ErnSchemas.Choreography, form.Number);
        foreach (var state in (string[])["archived", "superseded", "rejected", "quarantined", "refused"])
        {
            foreach (var rule in (string[])["FILE_MISSING", "CLAIM_CONTESTED"])
            {
                var answer = Acknowledgement.Of(Message, new MessageOutcome(state, [Finding.Block(rule, "p", "v", "m", "r")], "o", 1, At))!.Utf8();
                Assert.Empty(form.Check(answer));
                Assert.NotEmpty(form.Check(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(answer).Replace("FileStatus", "Status", StringComparison.Ordinal))));
            }
        }
    }

    private static string Word(string state, params Finding[] findings) =>
        Written(new MessageOutcome(state, findings, "o", 1, At)).Element("FileStatus")!.Value;

    private static XElement Written(MessageOutcome outcome) =>
        XDocument.Parse(Encoding.UTF8.GetString(Acknowledgement.Of(Message, outcome)!.Utf8())).Root!;
}
