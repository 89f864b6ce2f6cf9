using System.Xml;
using System.Xml.Linq;
using Pipeline.Ingest.Deliveries;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Deliveries;

/// <summary>Messages as others write them: whoever sent one can be answered, also when it is refused.</summary>
public sealed class SharedMessages
{
    [SkippableFact]
    public void Sender_recipient_and_id_of_every_message_are_read_as_another_reader_reads_them()
    {
        var messages = Directory.GetFiles(SharedCorpus.Require("corpus/ern"), "*.xml", SearchOption.AllDirectories);
        Assert.NotEmpty(messages);
        foreach (var file in messages)
        {
            XElement? header;
            try
            {
                header = XDocument.Load(file).Root!.Element("MessageHeader");
            }
            catch (XmlException)
            {
                // Broken further down; that its header is read all the same is the last assertion.
                header = null;
            }
            var head = MessageHead.Of(File.ReadAllBytes(file));
            if (header is not null)
            {
                Assert.Equal(header.Element("MessageId")?.Value, head.MessageId?.Value);
                Assert.Equal(header.Element("MessageSender")?.Element("PartyId")?.Value, head.Sender?.Value);
                Assert.Equal(header.Element("MessageRecipient")?.Element("PartyId")?.Value, head.Recipient?.Value);
            }
        }
        var broken = MessageHead.Of(File.ReadAllBytes(SharedCorpus.Require("corpus/ern/3.8.2-dedex/002_erroneous_xml.xml")));
        Assert.Equal(("DPID_OF_THE_SENDER", "DPID_OF_THE_RECIPIENT"), (broken.Sender?.Value, broken.Recipient?.Value));
    }
}
