using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Pipeline.Ingest.Rights;

namespace Pipeline.Ingest.Tests.Rights;

/// <summary>Split sheets from CSV: what is read, and how each mistake is told.</summary>
public sealed class SplitCsvTests
{
    private const string Header = "isrc,right,payee,weight,from,to,territories,uses\n";

    private const string Good = "QZMP12600001,master,anna,1,2026-01-01,,Worldwide,All";

    private static SplitImport Read(string text) => SplitCsv.Read(Encoding.UTF8.GetBytes(text));

    private static (string Rule, string Place, string Value) Only(string text)
    {
        var import = Read(text);
        Assert.Empty(import.Sheets);
        var finding = Assert.Single(import.Findings);
        Assert.NotEmpty(finding.Message);
        Assert.NotEmpty(finding.Remedy);
        return (finding.Rule, finding.Place, finding.Value);
    }

    [Fact]
    public void Lines_that_agree_in_all_but_payee_and_weight_are_one_sheet()
    {
        var import = Read(Header
            + "QZ-MP1-26-00001,master,bo,2,2026-01-01,2027-01-01,IE GB,Stream\r\n"
            + "QZMP12600002,pr,cai,5,2026-01-01,,Worldwide,All\r\n"
            + "QZMP12600001,master,anna,1,2026-01-01,2027-01-01,\"GB IE\",Stream\r\n");
        Assert.Empty(import.Findings);
        Assert.Equal([("QZMP12600001", 2), ("QZMP12600002", 3)], import.Sheets.Select(s => (s.Isrc.Text, s.Line)));
        Assert.Equal([("anna", "1/3"), ("bo", "2/3")], import.Sheets[0].Sheet.Shares.Select(s => (s.Party.Text, s.Share.ToString())));
        Assert.Equal("GB IE", import.Sheets[0].Sheet.Scope.Territories.ToString());
    }

    [Fact]
    public void Columns_may_stand_in_any_order_and_a_byte_order_mark_before_them() =>
        Assert.Empty(Read("\uFEFFweight,payee,isrc,right,from,to,uses,territories\n1,anna,QZMP12600001,master,2026-01-01,,All,Worldwide").Findings);

    [Theory]
    [InlineData("isrc", "QZMP1260000", "SPLIT_ISRC")]
    [InlineData("right", "publishing", "SPLIT_RIGHT")]
    [InlineData("payee", "Anna B", "SPLIT_PAYEE")]
    [InlineData("weight", "33.3", "SPLIT_WEIGHT")]
    [InlineData("weight", "50%", "SPLIT_WEIGHT")]
    [InlineData("weight", "0", "SPLIT_WEIGHT")]
    [InlineData("weight", "-1", "SPLIT_WEIGHT")]
    [InlineData("weight", "99999999999999999999", "SPLIT_WEIGHT")]
    [InlineData("from", "", "SPLIT_DATE")]
    [InlineData("from", "01/02/2026", "SPLIT_DATE")]
    [InlineData("to", "2026-02-30", "SPLIT_DATE")]
    [InlineData("to", "2026-01-01", "SPLIT_INTERVAL")]
    [InlineData("territories", "", "SPLIT_TERRITORY")]
    [InlineData("territories", "GB UK", "SPLIT_TERRITORY")]
    [InlineData("uses", "Streaming", "SPLIT_USE")]
    public void A_wrong_field_is_told_with_line_column_and_value(string column, string value, string rule)
    {
        var fields = Good.Split(',');
        fields[Header.TrimEnd().Split(',').ToList().IndexOf(column)] = value;
        Assert.Equal((rule, $"line 3, column {column}", value), Only($"{Header}{Good}\n{string.Join(',', fields)}\n"));
    }

    [Fact]
    public void All_mistakes_are_told_at_once_and_nothing_is_imported()
    {
        var import = Read(Header + "X,master,anna,0,2026-01-01,,Worldwide,All\n" + Good + "\nQZMP12600001,master,bo,1,2026-01-01,,WW,All\n");
        Assert.Equal(["line 2, column isrc", "line 2, column weight", "line 4, column territories"], import.Findings.Select(f => f.Place));
        Assert.Empty(import.Sheets);
    }

    [Theory]
    [InlineData("QZMP12600001,master,anna,1,2026-01-01,,Worldwide")]
    [InlineData("QZMP12600001,master,anna,1,2026-01-01,,Worldwide,All,")]
    [InlineData("QZMP12600001,master,\"anna,1,2026-01-01,,Worldwide,All")]
    [InlineData("QZMP12600001,master,an\"na,1,2026-01-01,,Worldwide,All")]
    [InlineData("QZMP12600001,master,\"anna\"x,1,2026-01-01,,Worldwide,All")]
    public void A_line_that_is_not_eight_fields_is_told(string line) =>
        Assert.Equal(("CSV_LINE", "line 2"), Only(Header + line) is var (rule, place, _) ? (rule, place) : default);

    [Fact]
    public void Missing_and_unknown_columns_are_named() =>
        Assert.Equal(
            ["line 1, column weight", "line 1, column share"],
            Read("isrc,right,payee,share,from,to,territories,uses\n" + Good).Findings.Select(f => f.Place));

    [Fact]
    public void Two_sheets_that_speak_of_the_same_thing_are_refused()
    {
        Assert.Equal(
            ("SPLIT_OVERLAP", "line 3", "QZMP12600001"),
            Only($"{Header}{Good}\n{Good.Replace("Worldwide", "GB", StringComparison.Ordinal)}\n"));
        Assert.Equal(2, Read($"{Header}{Good.Replace("Worldwide", "Worldwide -GB", StringComparison.Ordinal)}\n{Good.Replace("Worldwide", "GB", StringComparison.Ordinal)}\n").Sheets.Count);
    }

    [Fact]
    public void Files_beyond_the_limits_or_not_in_UTF_8_are_refused_at_once()
    {
        Assert.Equal("CSV_TOO_LARGE", Assert.Single(SplitCsv.Read(new byte[SplitCsv.MaxFileBytes + 1]).Findings).Rule);
        Assert.Equal("CSV_TOO_LARGE", Only(Header + new string('\n', SplitCsv.MaxLines + 2)).Rule);
        Assert.Equal("CSV_TOO_LARGE", Only(Header + new string('x', SplitCsv.MaxLineCharacters + 1)).Rule);
        Assert.Equal("CSV_ENCODING", Assert.Single(SplitCsv.Read([.. Encoding.UTF8.GetBytes(Header), 0xFF, 0xFE]).Findings).Rule);
        Assert.Equal("CSV_EMPTY", Only(Header).Rule);
    }

    [Fact]
    public void No_more_findings_are_told_than_anybody_reads() =>
        Assert.Equal(SplitCsv.MaxFindings, Read(Header + string.Concat(Enumerable.Repeat("x,x,x,x,x,x,x,x\n", 1000))).Findings.Count);

    [Property]
    public bool Whatever_the_bytes_are_there_are_sheets_or_findings_and_never_both(byte[] bytes, NonNull<string> line)
    {
        SplitImport[] imports = [SplitCsv.Read(bytes), Read(line.Get), Read(Header + line.Get), Read($"{Header}{Good}\n{line.Get}")];
        return imports.All(i => i.Sheets.Count > 0 != i.Findings.Count > 0);
    }
}
