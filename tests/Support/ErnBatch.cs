using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace Pipeline.Tests.Support;

/// <summary>
/// A DDEX batch of our own making: release folders with messages, and the manifest that lists them. Changed with
/// <c>with</c>; <see cref="Files"/> is what lies in its folder.
/// </summary>
public sealed record ErnBatch
{
    public string BatchId { get; init; } = "20260901100000000";

    /// <summary>The folder's name: <c>N</c> is the ordinary priority.</summary>
    public string Name => "N_" + BatchId;

    public string Manifest => $"BatchComplete_{BatchId}.xml";

    public string Sender { get; init; } = "PADPIDA0000000001O";

    public string Created { get; init; } = "2026-09-01T10:00:00Z";

    public bool IsTest { get; init; }

    /// <summary>Null: as many as are listed.</summary>
    public string? NumberOfMessages { get; init; }

    public string? RootDirectory { get; init; }

    public string Namespace { get; init; } = "http://ddex.net/xml/ern-c-sftp/16";

    /// <summary>By release folder: the message, and what lies beside it.</summary>
    public IReadOnlyList<BatchRelease> Releases { get; init; } = [];

    /// <summary>What the manifest lists; null: every release as it is.</summary>
    public IReadOnlyList<BatchEntry>? Listed { get; init; }

    public IReadOnlyList<BatchEntry> Entries => Listed ?? [.. Releases.Select(BatchEntry.Of)];

    /// <summary>Every file of the batch by its path in it.</summary>
    public Dictionary<string, byte[]> Files(bool withManifest = true)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var release in Releases)
        {
            files[$"{release.Folder}/{release.FileName}"] = release.Message;
            foreach (var (path, bytes) in release.Resources)
            {
                files[$"{release.Folder}/{path}"] = bytes;
            }
        }
        if (withManifest)
        {
            files[Manifest] = Encoding.UTF8.GetBytes(ManifestXml());
        }
        return files;
    }

    /// <summary>Writes it below <paramref name="parent"/> and returns its folder.</summary>
    public string WriteTo(string parent, bool withManifest = true)
    {
        var root = Path.Combine(parent, Name);
        foreach (var (path, bytes) in Files(withManifest))
        {
            var file = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, bytes);
        }
        return root;
    }

    public string ManifestXml()
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true }))
        {
            xml.WriteStartElement("c", "ManifestMessage", Namespace);
            xml.WriteAttributeString("MessageVersionId", "ern-c-sftp/16");
            xml.WriteStartElement("MessageHeader");
            foreach (var party in new[] { "MessageSender", "MessageRecipient" })
            {
                xml.WriteStartElement(party);
                xml.WriteElementString("PartyId", Sender);
                xml.WriteEndElement();
            }
            xml.WriteElementString("MessageCreatedDateTime", Created);
            xml.WriteEndElement();
            xml.WriteElementString("IsTestFlag", IsTest ? "true" : "false");
            xml.WriteElementString("RootDirectory", RootDirectory ?? Name);
            xml.WriteElementString("NumberOfMessages", NumberOfMessages ?? Entries.Count.ToString(CultureInfo.InvariantCulture));
            foreach (var entry in Entries)
            {
                Entry(xml, entry);
            }
            xml.WriteEndElement();
        }
        return text.ToString();
    }

    private static void Entry(XmlWriter xml, BatchEntry entry)
    {
        xml.WriteStartElement("MessageInBatch");
        xml.WriteElementString("MessageType", "NewReleaseMessage");
        xml.WriteElementString("MessageId", entry.MessageId);
        xml.WriteElementString("URL", entry.Address);
        xml.WriteElementString("DeliveryType", "NewReleaseDelivery");
        xml.WriteElementString("ProductType", "AudioProduct");
        if (entry.Hash is not null)
        {
            xml.WriteStartElement("HashSum");
            xml.WriteElementString("HashSum", entry.Hash);
            xml.WriteElementString("HashSumAlgorithmType", entry.Algorithm);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }
}

/// <summary>A release folder of a batch.</summary>
public sealed record BatchRelease(string Folder, string MessageId, byte[] Message, IReadOnlyDictionary<string, byte[]> Resources)
{
    public string FileName { get; init; } = "message.xml";

    public static BatchRelease Of(string folder, ErnMessage message, params (string Path, byte[] Bytes)[] resources) =>
        new(folder, message.MessageId, message.Utf8(), resources.ToDictionary(r => r.Path, r => r.Bytes, StringComparer.Ordinal));
}

/// <summary>One line of a manifest.</summary>
/// <param name="Hash">Null for none.</param>
public sealed record BatchEntry(string MessageId, string Address, string? Hash, string Algorithm = "SHA-256")
{
    public static BatchEntry Of(BatchRelease release) =>
        new(release.MessageId, $"./{release.Folder}/{release.FileName}", Convert.ToHexStringLower(SHA256.HashData(release.Message)));
}
