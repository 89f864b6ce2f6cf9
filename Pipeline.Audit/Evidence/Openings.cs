using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Audit.Facts;

namespace Pipeline.Audit.Evidence;

/// <summary>What lies behind the commitment of one entry: one line of an openings file.</summary>
/// <param name="Index">The entry.</param>
/// <param name="Private">The private part, the exact text that was committed to.</param>
/// <param name="Salt">32 bytes as 64 hex digits.</param>
public sealed record OpeningLine(long Index, [property: JsonPropertyName("private")] string Private, string Salt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OpeningLine))]
internal sealed partial class OpeningJson : JsonSerializerContext;

/// <summary>
/// Private parts with their salts, by entry, as an owner hands them to an auditor: one JSON object a line. Nobody's word
/// is needed for them; they fit what the log committed to, or not.
/// </summary>
public sealed class Openings
{
    /// <summary>Longest line read; a private part is a few KiB of findings at most.</summary>
    public const int MaxLineCharacters = 4 * 1024 * 1024;

    private readonly Dictionary<long, (byte[] Bytes, Salt Salt)> _byIndex = [];

    public int Count => _byIndex.Count;

    /// <summary>One line, without its LF.</summary>
    public static string Format(OpeningLine line) => JsonSerializer.Serialize(line, OpeningJson.Default.OpeningLine);

    /// <summary>Reads all lines.</summary>
    /// <exception cref="InvalidDataException">A line is no opening, or the second of its entry; the message names the line.</exception>
    public static Openings Read(TextReader text)
    {
        var openings = new Openings();
        for (var number = 1; text.ReadLine() is { } line; number++)
        {
            if (line.Length > 0 && openings.Add(line) is { } problem)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"line {number}: {problem}"));
            }
        }
        return openings;
    }

    internal (byte[] Bytes, Salt Salt)? Find(long index) => _byIndex.TryGetValue(index, out var opening) ? opening : null;

    internal bool Has(long index) => _byIndex.ContainsKey(index);

    /// <summary>The entries of which there is an opening and of which the log has none.</summary>
    internal IEnumerable<long> Beyond(long size) => _byIndex.Keys.Where(index => index >= size).Order();

    private string? Add(string text)
    {
        if (text.Length > MaxLineCharacters)
        {
            return $"longer than {MaxLineCharacters} characters";
        }
        OpeningLine? line;
        try
        {
            line = JsonSerializer.Deserialize(text, OpeningJson.Default.OpeningLine);
        }
        catch (JsonException e)
        {
            return $"no opening, which is {{\"index\":N,\"private\":\"…\",\"salt\":\"64 hex digits\"}}: {e.Message}";
        }
        Span<byte> salt = stackalloc byte[Salt.SizeBytes];
        if (line is null || line.Index < 0 || line.Salt.Length != 2 * Salt.SizeBytes
            || Convert.FromHexString(line.Salt, salt, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return "an index is 0 or more, a salt 64 hex digits";
        }
        return _byIndex.TryAdd(line.Index, (Encoding.UTF8.GetBytes(line.Private), new Salt(salt)))
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"the second opening of entry {line.Index}");
    }
}
