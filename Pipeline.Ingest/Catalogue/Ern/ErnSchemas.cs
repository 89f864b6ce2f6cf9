using System.Xml;
using System.Xml.Schema;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>
/// The standard's own schemas, where the operator has them: their licence does not let us carry them. What they accept
/// is still judged by our rules, which are stricter; what they refuse, the rules may not see.
/// </summary>
public sealed class ErnSchemas
{
    /// <summary>Longest schema document; the largest of ERN 4.3 has 3 MiB.</summary>
    public const int MaxDocumentBytes = 16 * 1024 * 1024;

    /// <summary><see cref="Number"/> of the choreography whose form our answers have.</summary>
    public const string Choreography = "c-sftp-16";

    /// <summary>Documents of one version: the message, the value sets, and what they may be split into.</summary>
    public const int MaxDocuments = 32;

    private readonly XmlSchemaSet _set;

    private ErnSchemas(string number, XmlSchemaSet set) => (Number, _set) = (number, set);

    /// <summary>The version, as the last part of its namespace: <c>382</c>, <c>43</c>, …; or <see cref="Choreography"/>.</summary>
    public string Number { get; }

    /// <summary>The schema documents of one version of ERN.</summary>
    /// <param name="why">What is wrong with them, when the answer is null.</param>
    public static ErnSchemas? Compile(IReadOnlyList<ReadOnlyMemory<byte>> documents, out string why)
    {
        if (documents.Count is 0 or > MaxDocuments || documents.Any(d => d.Length > MaxDocumentBytes))
        {
            why = $"there are none, more than {MaxDocuments}, or one is longer than {MaxDocumentBytes} bytes";
            return null;
        }
        var set = new XmlSchemaSet { XmlResolver = null };
        try
        {
            foreach (var document in documents)
            {
                using var reader = XmlReader.Create(new MemoryStream(document.ToArray(), writable: false), Settings());
                set.Add(null, reader);
            }
            set.Compile();
        }
        catch (Exception broken) when (broken is XmlException or XmlSchemaException)
        {
            why = broken.Message;
            return null;
        }
        var versions = set.Schemas().Cast<XmlSchema>().Select(s => NumberOf(s.TargetNamespace ?? "")).OfType<string>().Distinct().ToList();
        why = versions.Count == 1 ? "" : versions.Count == 0 ? "none of them is of a version of ERN that is read" : $"they are of several versions: {string.Join(", ", versions)}";
        return versions.Count == 1 ? new ErnSchemas(versions[0], set) : null;
    }

    /// <summary>What the schema says of a message of its version: each fault with line and column, the first thousand of them.</summary>
    public IReadOnlyList<Finding> Check(ReadOnlyMemory<byte> message)
    {
        var findings = new List<Finding>();
        var settings = Settings();
        settings.Schemas = _set;
        settings.ValidationType = ValidationType.Schema;
        settings.ValidationEventHandler += (_, fault) =>
        {
            if (fault.Severity == XmlSeverityType.Error && findings.Count < CatalogueLimits.MaxFindings)
            {
                findings.Add(Broken(fault.Exception.LineNumber, fault.Exception.LinePosition, fault.Message));
            }
        };
        using var reader = XmlReader.Create(new MemoryStream(message.ToArray(), writable: false), settings);
        try
        {
            while (findings.Count < CatalogueLimits.MaxFindings && reader.Read())
            {
            }
        }
        catch (XmlException broken)
        {
            findings.Add(Broken(broken.LineNumber, broken.LinePosition, broken.Message));
        }
        return findings;
    }

    private static string? NumberOf(string targetNamespace) =>
        targetNamespace == Deliveries.Acknowledgement.Namespace ? Choreography : ErnVersion.Of(targetNamespace)?.Number;

    private static XmlReaderSettings Settings() => new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxDocumentBytes,
        MaxCharactersFromEntities = 1,
    };

    private static Finding Broken(int line, int column, string said) => Rules.SchemaInvalid.Broken(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {line}, column {column}"), null,
        said, "Validate the message against the schema before it is sent.");
}
