using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Facts;

/// <summary>
/// One value, one byte string: RFC 8785 with the subset that cannot be misread: objects, arrays, strings and integers
/// within ±2^53. No fractions, no booleans, no nulls (an absent member says that).
/// </summary>
public static class CanonicalJson
{
    private const long MaxInteger = 1L << 53;

    private static readonly JsonWriterOptions Plain = new()
    {
        // RFC 8785 escapes only what JSON must escape; the default encoder escapes all of non-ASCII.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The canonical bytes of <paramref name="value"/>; members that are null are left out.</summary>
    /// <exception cref="InvalidOperationException">The type has a member this form cannot carry: a bug of ours.</exception>
    public static byte[] Encode<T>(T value, JsonTypeInfo<T> type) => Encode(JsonSerializer.SerializeToNode(value, type));

    /// <summary>The canonical bytes of a node.</summary>
    public static byte[] Encode(JsonNode? node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            Write(writer, node ?? throw new InvalidOperationException("null has no canonical form"));
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonNode node)
    {
        switch (node)
        {
            case JsonObject map:
                writer.WriteStartObject();
                foreach (var (name, child) in map.Where(m => m.Value is not null).OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(writer, child!);
                }
                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (var child in list)
                {
                    Write(writer, child ?? throw new InvalidOperationException("null in a list has no canonical form"));
                }
                writer.WriteEndArray();
                break;
            default:
                WriteScalar(writer, node);
                break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter writer, JsonNode node)
    {
        switch (node.GetValueKind())
        {
            case JsonValueKind.String:
                WriteString(writer, node.GetValue<string>());
                break;
            case JsonValueKind.Number:
                var text = node.ToJsonString();
                Invariant.Require(
                    long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out var number)
                        && Math.Abs(number) <= MaxInteger,
                    $"canonical JSON carries integers within 2^53 only, not {text}");
                writer.WriteNumberValue(number);
                break;
            default:
                throw new InvalidOperationException($"{node.GetValueKind()} has no canonical form here");
        }
    }

    /// <summary>RFC 8785 section 3.2.2.2: only the quotation mark, the backslash and the control characters are escaped.</summary>
    private static void WriteString(Utf8JsonWriter writer, string value)
    {
        var raw = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => raw.Append("\\\""),
                '\\' => raw.Append("\\\\"),
                '\b' => raw.Append("\\b"),
                '\f' => raw.Append("\\f"),
                '\n' => raw.Append("\\n"),
                '\r' => raw.Append("\\r"),
                '\t' => raw.Append("\\t"),
                < ' ' => raw.Append("\\u").Append(((int)c).ToString("x4", null)),
                _ => raw.Append(c),
            };
        }
        writer.WriteRawValue(raw.Append('"').ToString(), skipInputValidation: false);
    }
}
