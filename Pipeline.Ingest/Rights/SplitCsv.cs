using System.Globalization;
using System.Text;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Rights;

/// <summary>A sheet of an import, not proposed yet.</summary>
/// <param name="Isrc">The recording; for the rights in a work the recording that it is heard in.</param>
/// <param name="Line">Its first line in the file.</param>
public sealed record ImportedSheet(Isrc Isrc, SplitSheet Sheet, int Line);

/// <summary>What a file says.</summary>
/// <param name="Sheets">In the order of their first lines; empty as soon as anything is wrong, for half an import is none.</param>
/// <param name="Findings">Everything that is wrong, with line and column.</param>
public sealed record SplitImport(IReadOnlyList<ImportedSheet> Sheets, IReadOnlyList<Finding> Findings);

/// <summary>
/// Reads split sheets from CSV with the columns <c>isrc,right,payee,weight,from,to,territories,uses</c>, in any order, named
/// in the first line. Lines that agree in all but payee and weight are one sheet.
/// </summary>
public static class SplitCsv
{
    public const int MaxFileBytes = 8 * 1024 * 1024;

    public const int MaxLines = 50_000;

    public const int MaxLineCharacters = 8_000;

    /// <summary>More would not be read by anybody; the first ones are told.</summary>
    public const int MaxFindings = 200;

    private static readonly string[] Columns = ["isrc", "right", "payee", "weight", "from", "to", "territories", "uses"];

    /// <summary>Reads all of it; changes nothing anywhere.</summary>
    public static SplitImport Read(ReadOnlySpan<byte> file)
    {
        var findings = new List<Finding>();
        var lines = Lines(file, findings);
        if (lines.Count == 0 || Header(lines[0], findings) is not { } columns)
        {
            return new SplitImport([], findings);
        }
        var rows = new List<SplitRow>();
        for (var i = 1; i < lines.Count && findings.Count < MaxFindings; i++)
        {
            if (lines[i].Length > 0 && Row(CsvRow.Read(i + 1, lines[i]), columns, findings) is { } row)
            {
                rows.Add(row);
            }
        }
        var sheets = findings.Count > 0 ? [] : Sheets(rows, findings);
        if (findings.Count == 0 && sheets.Count == 0)
        {
            findings.Add(Finding.Reject("CSV_EMPTY", "line 2", "", "The file names its columns and nothing more.", "Add a line for each payee."));
        }
        return findings.Count > 0 ? new SplitImport([], [.. findings.Take(MaxFindings)]) : new SplitImport(sheets, []);
    }

    private static List<string> Lines(ReadOnlySpan<byte> file, List<Finding> findings)
    {
        if (file.Length > MaxFileBytes)
        {
            findings.Add(Finding.Reject("CSV_TOO_LARGE", "file", Text(file.Length), $"A file has at most {MaxFileBytes} bytes.", "Split it into several files by recording."));
            return [];
        }
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file);
        }
        catch (DecoderFallbackException e)
        {
            findings.Add(Finding.Reject("CSV_ENCODING", $"byte {Text(Math.Max(0, e.Index))}", "", "The file is not UTF-8.", "Save it as 'CSV UTF-8'."));
            return [];
        }
        var lines = text.TrimStart('\uFEFF').Split('\n').Select(l => l.TrimEnd('\r')).ToList();
        if (lines.Count > MaxLines + 2)
        {
            findings.Add(Finding.Reject("CSV_TOO_LARGE", $"line {Text(MaxLines + 2)}", Text(lines.Count), $"A file has at most {MaxLines} lines after the first.", "Split it into several files by recording."));
            return [];
        }
        if (lines.FindIndex(l => l.Length > MaxLineCharacters) is >= 0 and var index)
        {
            findings.Add(Finding.Reject("CSV_TOO_LARGE", $"line {Text(index + 1)}", lines[index], $"A line has at most {MaxLineCharacters} characters.", "Write territories as 'Worldwide -XX' where that is shorter."));
            return [];
        }
        return lines;
    }

    /// <summary>Index of each column; null when they are not these.</summary>
    private static Dictionary<string, int>? Header(string line, List<Finding> findings)
    {
        var names = CsvRow.Read(1, line).Fields;
        foreach (var missing in Columns.Except(names))
        {
            findings.Add(Finding.Reject("CSV_COLUMNS", $"line 1, column {missing}", line, "The first line does not name this column.", $"Begin the file with: {string.Join(',', Columns)}"));
        }
        foreach (var extra in names.Where((name, i) => !Columns.Contains(name) || names.Take(i).Contains(name)))
        {
            findings.Add(Finding.Reject("CSV_COLUMNS", $"line 1, column {extra}", extra, "This column is not known, or named twice.", $"Begin the file with: {string.Join(',', Columns)}"));
        }
        return findings.Count > 0 ? null : names.Select((name, i) => (name, i)).ToDictionary(n => n.name, n => n.i);
    }

    private static SplitRow? Row(CsvRow row, Dictionary<string, int> columns, List<Finding> findings)
    {
        if (row.Fault.Length > 0 || row.Fields.Count != columns.Count)
        {
            findings.Add(Finding.Reject(
                "CSV_LINE", $"line {Text(row.Line)}", string.Join(',', row.Fields),
                row.Fault.Length > 0 ? $"In this line {row.Fault}." : $"This line has {row.Fields.Count} fields; the first line names {columns.Count}.",
                "Put a field that has a comma or quotation mark in quotation marks, and double those within."));
            return null;
        }
        var before = findings.Count;
        var isrcText = Isrc.Normalise(Field("isrc"));
        var isRead = Isrc.TryParse(isrcText, out var isrc);
        Check(isRead, "isrc", "SPLIT_ISRC", "This is no ISRC.", "Write two letters, three letters or digits, and seven digits, e.g. QZMP12600001.");
        Check(RightWords.TryParse(Field("right"), out var right), "right", "SPLIT_RIGHT", "This is no right.", $"Write one of: {string.Join(", ", RightWords.All)}.");
        Check(PartyId.TryParse(Field("payee"), out var payee), "payee", "SPLIT_PAYEE", "This is no payee's id.", "Write 1 to 64 of a-z, 0-9, '.', '_' and '-'; the payee's full name belongs to its account.");
        var isWeight = long.TryParse(Field("weight"), NumberStyles.None, CultureInfo.InvariantCulture, out var weight) && weight is >= 1 and <= SplitSheet.MaxWeight;
        Check(isWeight, "weight", "SPLIT_WEIGHT", $"A weight is a whole number from 1 to {SplitSheet.MaxWeight}.", "Write shares as whole numbers, e.g. 1, 1, 1 for thirds or 3333, 6667; no percent sign, no fraction.");
        var isFrom = DateInterval.TryParseDay(Field("from"), out var from);
        Check(isFrom, "from", "SPLIT_DATE", "This is no day; a split says from when it counts.", "Write YYYY-MM-DD.");
        DateOnly? until = DateInterval.TryParseDay(Field("to"), out var to) ? to : null;
        Check(until is not null || Field("to").Length == 0, "to", "SPLIT_DATE", "This is no day.", "Write YYYY-MM-DD, the first day on which it no longer counts, or nothing.");
        var isInterval = DateInterval.TryCreate(from, until, out var days);
        Check(isInterval || !isFrom, "to", "SPLIT_INTERVAL", "The interval ends before it holds a day.", "Write a later day; 'to' is the first day that no longer belongs to it.");
        var isTerritories = SplitTerritories.TryParse(Field("territories"), out var territories, out var noTerritory) && !territories.IsEmpty;
        Check(isTerritories, "territories", "SPLIT_TERRITORY", Unknown(noTerritory, "is no ISO 3166-1 alpha-2 code"), "Write Worldwide, codes apart by a space (GB IE), or Worldwide and what is not meant (Worldwide -GB).");
        var isUses = UseSet.TryParse(Field("uses"), out var uses, out var noUse) && !uses.IsEmpty;
        Check(isUses, "uses", "SPLIT_USE", Unknown(noUse, "is no use"), "Write All, uses of DDEX's UseType apart by a space (OnDemandStream PermanentDownload), or All and what is not meant (All -Dub).");
        return findings.Count > before ? null : new SplitRow(row.Line, new SheetKey(isrc, right, new Scope(territories, uses, days)), new PartyWeight(payee, weight));

        string Field(string column) => row.Fields[columns[column]];

        void Check(bool holds, string column, string rule, string message, string remedy)
        {
            if (!holds)
            {
                findings.Add(Finding.Reject(rule, $"line {Text(row.Line)}, column {column}", Field(column), message, remedy));
            }
        }
    }

    private static List<ImportedSheet> Sheets(List<SplitRow> rows, List<Finding> findings)
    {
        var sheets = new List<ImportedSheet>();
        foreach (var group in rows.GroupBy(r => r.Key))
        {
            var line = group.First().Line;
            var wrong = SplitSheet.Create(group.Key.Right, group.Key.Scope, [.. group.Select(r => r.Weight)], $"line {Text(line)}", out var sheet);
            findings.AddRange(wrong);
            if (sheet is not null)
            {
                sheets.Add(new ImportedSheet(group.Key.Isrc, sheet, line));
            }
        }
        foreach (var recording in sheets.GroupBy(s => (s.Isrc, s.Sheet.Right)))
        {
            Overlaps([.. recording], findings);
        }
        return sheets;
    }

    /// <summary>Two sheets of one file must not speak of the same thing: which one counts would hang on who answers first.</summary>
    private static void Overlaps(List<ImportedSheet> sheets, List<Finding> findings)
    {
        for (var i = 1; i < sheets.Count && findings.Count < MaxFindings; i++)
        {
            if (sheets.Take(i).FirstOrDefault(s => s.Sheet.Scope.Overlaps(sheets[i].Sheet.Scope)) is { } other)
            {
                findings.Add(Finding.Reject(
                    "SPLIT_OVERLAP", $"line {Text(sheets[i].Line)}", sheets[i].Isrc.Text,
                    $"This sheet and the one from line {Text(other.Line)} both speak of the same days, territories and uses.",
                    "Give each sheet its own: e.g. 'GB' and 'Worldwide -GB', or let one end where the other begins. If they are one sheet, make its lines agree."));
            }
        }
    }

    private static string Unknown(string word, string what) => word.Length > 0 ? $"'{word}' {what}." : "Nothing, or both forms at once, is stated.";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record SplitRow(int Line, SheetKey Key, PartyWeight Weight);

    private readonly record struct SheetKey(Isrc Isrc, Right Right, Scope Scope);
}
