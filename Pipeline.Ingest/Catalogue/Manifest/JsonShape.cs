using System.Globalization;
using System.Text.Json;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue.Manifest;

/// <summary>
/// What JSON leaves open and we do not: one reading of every document. No member twice (readers differ in which one
/// they take), no half characters, no depth beyond the limit.
/// </summary>
internal static class JsonShape
{
    private const int MaxPointerSegmentCharacters = 60;

    /// <summary>Null when <paramref name="document"/> has exactly one reading.</summary>
    internal static Finding? Fault(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = CatalogueLimits.MaxJsonDepth });
        var path = new Stack<Level>();
        try
        {
            while (reader.Read())
            {
                if (Step(ref reader, path) is { } fault)
                {
                    return fault;
                }
            }
            return null;
        }
        catch (JsonException broken)
        {
            var place = string.Create(CultureInfo.InvariantCulture,
                $"line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}");
            return Rules.JsonMalformed.Broken(place, null,
                $"This is not JSON, or nests deeper than {CatalogueLimits.MaxJsonDepth} levels.",
                "Check the place named, or write the file with a JSON library.");
        }
        catch (InvalidOperationException)
        {
            // The framework's answer to an escaped half of a surrogate pair.
            return Rules.JsonMalformed.Broken(Pointer(path), null, "A string holds half of a surrogate pair.",
                "Write the character itself, or both halves.");
        }
    }

    /// <summary>One segment of a JSON pointer (RFC 6901), shortened: a name can be as long as the document.</summary>
    internal static string Segment(string name) =>
        (name.Length <= MaxPointerSegmentCharacters ? name : name[..MaxPointerSegmentCharacters] + "…")
            .Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static Finding? Step(ref Utf8JsonReader reader, Stack<Level> path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Count(path);
                path.Push(new Level(reader.TokenType == JsonTokenType.StartObject));
                return null;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                path.Pop();
                return null;
            case JsonTokenType.PropertyName:
                var name = reader.GetString()!;
                path.Peek().At = Segment(name);
                return path.Peek().Names!.Add(name)
                    ? null
                    : Rules.JsonDuplicateMember.Broken(Pointer(path), name,
                        "The object has this member twice, and readers differ in which one they take.", "Remove one.");
            case JsonTokenType.String:
                Count(path);
                _ = reader.GetString();
                return null;
            default:
                Count(path);
                return null;
        }
    }

    private static void Count(Stack<Level> path)
    {
        if (path.TryPeek(out var level) && level.Names is null)
        {
            level.At = (++level.Index).ToString(CultureInfo.InvariantCulture);
        }
    }

    private static string Pointer(Stack<Level> path) =>
        string.Concat(path.Reverse().Select(level => "/" + level.At));

    private sealed class Level(bool isObject)
    {
        internal HashSet<string>? Names { get; } = isObject ? new HashSet<string>(StringComparer.Ordinal) : null;

        internal int Index { get; set; } = -1;

        /// <summary>The member or index the reader is in.</summary>
        internal string At { get; set; } = "";
    }
}
