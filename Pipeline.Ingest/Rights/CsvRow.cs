using System.Text;

namespace Pipeline.Ingest.Rights;

/// <summary>One line of a CSV file as its fields.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Fault">What is wrong with the line itself; empty when nothing is.</param>
public sealed record CsvRow(int Line, IReadOnlyList<string> Fields, string Fault)
{
    /// <summary>Splits a line as RFC 4180 has it. A quoted field does not go on in the next line: nothing here needs that,
    /// and one forgotten quotation mark would swallow the rest of the file.</summary>
    /// <param name="line">From 1.</param>
    /// <param name="text">Without its line end.</param>
    public static CsvRow Read(int line, string text)
    {
        var fields = new List<string>();
        var at = 0;
        while (true)
        {
            var fault = text.Length > at && text[at] == '"' ? ReadQuoted(text, ref at, fields) : ReadPlain(text, ref at, fields);
            if (fault.Length > 0 || at >= text.Length)
            {
                return new CsvRow(line, fields, fault);
            }
            // Past the comma; a comma at the end is followed by one more field, which is empty.
            at++;
            if (at == text.Length)
            {
                fields.Add("");
                return new CsvRow(line, fields, "");
            }
        }
    }

    private static string ReadPlain(string text, ref int at, List<string> fields)
    {
        var end = text.IndexOf(',', at) is >= 0 and var comma ? comma : text.Length;
        var field = text[at..end];
        at = end;
        fields.Add(field.Trim(' '));
        return field.Contains('"', StringComparison.Ordinal) ? "a quotation mark stands inside a field that does not begin with one" : "";
    }

    private static string ReadQuoted(string text, ref int at, List<string> fields)
    {
        var field = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                field.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                field.Append(text[at++]);
            }
            else
            {
                at++;
                fields.Add(field.ToString().Trim(' '));
                return at == text.Length || text[at] == ',' ? "" : "something follows the closing quotation mark of a field";
            }
        }
        fields.Add(field.ToString());
        return "a quotation mark is opened and not closed";
    }
}
