using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Vocabulary;

public class IssuedIdentifiers
{
    private delegate IdentifierFault Examination(string? text);

    private static readonly Dictionary<string, Examination> Kinds = new()
    {
        ["ISRC"] = text => Isrc.Examine(text, out _),
        ["ISWC"] = text => Iswc.Examine(text, out _),
        ["GTIN"] = text => Gtin.Examine(text, out _),
        ["IPI_NAME"] = text => IpiNameNumber.Examine(text, out _),
        ["ISNI"] = text => Isni.Examine(text, out _),
        ["GRID"] = text => GRid.Examine(text, out _),
        ["DPID"] = text => Dpid.Examine(text, out _),
        ["IPI_BASE"] = text => IpiBaseNumber.Examine(text, out _),
    };

    [SkippableTheory]
    [InlineData("ISRC")]
    [InlineData("ISWC")]
    [InlineData("GTIN")]
    [InlineData("IPI_NAME")]
    [InlineData("ISNI")]
    [InlineData("GRID")]
    [InlineData("DPID")]
    [InlineData("IPI_BASE")]
    public void Every_collected_vector_is_judged_as_its_source_says(string kind)
    {
        using var all = JsonDocument.Parse(File.ReadAllText(SharedCorpus.Require("corpus/identifiers/vectors.json")));
        var vectors = all.RootElement.GetProperty(kind);
        var valid = vectors.GetProperty("valid").EnumerateArray().Select(v => v.GetProperty("value").GetString()!).ToList();
        Assert.NotEmpty(valid);
        Assert.All(valid, v => Assert.Equal(IdentifierFault.None, Kinds[kind](v)));
        foreach (var vector in vectors.GetProperty("invalid").EnumerateArray())
        {
            var why = vector.GetProperty("why").GetString()!;
            // The manual's picture of the form has digits whose sum is wrong.
            var ofCheck = why.Contains("check", StringComparison.Ordinal) || why.Contains("format picture", StringComparison.Ordinal) || why.Contains("last digit", StringComparison.Ordinal);
            Assert.Equal(
                (vector.GetProperty("value").GetString(), ofCheck ? IdentifierFault.CheckDigit : IdentifierFault.Syntax),
                (vector.GetProperty("value").GetString(), Kinds[kind](vector.GetProperty("value").GetString())));
        }
    }

    [Theory]
    [InlineData("GTIN", "5901234123457")]
    [InlineData("GTIN", "00094631432057")]
    [InlineData("IPI_NAME", "00334280973")]
    [InlineData("ISNI", "000000012281955X")]
    [InlineData("GRID", "A12425GABC1234002M")]
    [InlineData("DPID", "PADPIDA2013042401U")]
    public void Any_one_changed_character_is_noticed(string kind, string valid)
    {
        Assert.Equal(IdentifierFault.None, Kinds[kind](valid));
        for (var i = 0; i < valid.Length; i++)
        {
            foreach (var c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".Where(c => c != valid[i]))
            {
                var changed = valid[..i] + c + valid[(i + 1)..];
                Assert.True(Kinds[kind](changed) != IdentifierFault.None, $"{valid} changed to {changed} still passes");
            }
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    [InlineData(9, true)]
    [InlineData(10, true)]
    public void A_changed_digit_of_an_ISWC_is_noticed_where_the_standard_s_weight_shares_no_factor_with_ten(int place, bool always)
    {
        const string Valid = "T0345246801";
        Assert.True(Iswc.TryParse(Valid, out _));
        var missed = "0123456789".Where(c => c != Valid[place])
            .Count(c => Iswc.TryParse(Valid[..place] + c + Valid[(place + 1)..], out _));
        Assert.Equal(always, missed == 0);
    }

    [Property(MaxTest = 500)]
    public void Any_one_changed_digit_of_any_barcode_is_noticed(DoNotSize<int> seed, byte where, byte by)
    {
        var random = new Random(seed.Item);
        var digits = string.Concat(Enumerable.Range(0, 12).Select(_ => random.Next(10)));
        var valid = "0123456789".Select(c => digits + c).SingleOrDefault(t => Gtin.TryParse(t, out _));
        if (valid is null)
        {
            Assert.Equal("000000000000", digits);
            return;
        }
        var at = where % 13;
        var other = (char)('0' + (valid[at] - '0' + 1 + by % 9) % 10);
        Assert.False(Gtin.TryParse(valid[..at] + other + valid[(at + 1)..], out _));
    }

    /// <summary>Of each kind what its length and alphabet allow, with the check character that follows.</summary>
    private static string? Random(string kind, Random random)
    {
        const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        string Digits(int n) => string.Concat(Enumerable.Range(0, n).Select(_ => random.Next(10)));
        string Any(int n) => string.Concat(Enumerable.Range(0, n).Select(_ => Letters[random.Next(36)]));
        var body = kind switch
        {
            "ISRC" => "QZ" + Any(3) + Digits(6),
            "ISWC" => "T" + Digits(9),
            "GTIN" => "1" + Digits(11),
            "IPI_NAME" => "1" + Digits(8),
            "ISNI" => Digits(15),
            "GRID" => "A1" + Any(15),
            "DPID" => "PADPIDA" + Any(10),
            _ => "I-" + Digits(9) + "-",
        };
        var checks = kind == "IPI_NAME" ? Enumerable.Range(0, 100).Select(i => i.ToString("00", System.Globalization.CultureInfo.InvariantCulture)) : Letters.Select(c => c.ToString());
        return checks.Select(c => body + c).FirstOrDefault(t => Kinds[kind](t) == IdentifierFault.None);
    }

    [Property(MaxTest = 200)]
    public void What_is_printed_is_parsed_again_however_it_is_written_down(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        foreach (var kind in Kinds.Keys)
        {
            var text = Random(kind, random)!;
            Assert.NotNull(text);
            var typed = " " + text.ToLowerInvariant().Insert(5, "-").Insert(9, " ") + "\u00a0";
            var (canonical, printed) = kind switch
            {
                "ISRC" => (Isrc.Normalise(typed), Isrc.TryParse(text, out var id) ? id.ToString() : ""),
                "ISWC" => (Iswc.Normalise(typed), Iswc.TryParse(text, out var id) ? id.ToString() : ""),
                "GTIN" => (Gtin.Normalise(typed), Gtin.TryParse(text, out var id) ? id.ToString() : ""),
                "IPI_NAME" => (IpiNameNumber.Normalise(typed), IpiNameNumber.TryParse(text, out var id) ? id.ToString() : ""),
                "ISNI" => (Isni.Normalise(typed), Isni.TryParse(text, out var id) ? id.ToString() : ""),
                "GRID" => (GRid.Normalise(typed), GRid.TryParse(text, out var id) ? id.ToString() : ""),
                "DPID" => (Dpid.Normalise(typed), Dpid.TryParse(text, out var id) ? id.ToString() : ""),
                _ => (IpiBaseNumber.Normalise(typed), IpiBaseNumber.TryParse(text, out var id) ? id.ToString() : ""),
            };
            Assert.Equal((text, text), (canonical, printed));
        }
    }

    [Property(MaxTest = 200)]
    public void Two_neighbours_that_change_places_are_noticed_where_the_scheme_promises_it(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        // ISO 7064 promises every transposition for its pure systems, of which the ISNI's is one. Modulus 101 would, if two
        // remainders did not share the check digits 00. Weights 3 and 1 miss neighbours that differ by five.
        foreach (var kind in new[] { "IPI_NAME", "ISNI", "GTIN" })
        {
            var valid = Random(kind, random)!;
            for (var i = 0; i + 1 < valid.Length; i++)
            {
                if (valid[i] == valid[i + 1] || (kind == "IPI_NAME" && valid.EndsWith("00", StringComparison.Ordinal)) || (kind == "GTIN" && Math.Abs(valid[i] - valid[i + 1]) == 5))
                {
                    continue;
                }
                var swapped = valid[..i] + valid[i + 1] + valid[i] + valid[(i + 2)..];
                Assert.True(Kinds[kind](swapped) != IdentifierFault.None, $"{kind} {valid} passes as {swapped}");
            }
        }
    }

    [Property(MaxTest = 1000)]
    public bool No_text_at_all_throws(string? text) =>
        Kinds.Values.All(examine => Enum.IsDefined(examine(text)))
        && (text is null || Isrc.Normalise(text).Length <= text.Length);

    [Property]
    public Property Normalising_twice_changes_nothing_more() => Prop.ForAll(
        Gen.Elements("gb-ayc-17-00598", " T-034.524.680-1 ", "A1–2425G–ABC1234002–M", "8715000", "0000 0001 2170 7484").ToArbitrary(),
        typed => Isrc.Normalise(Isrc.Normalise(typed)) == Isrc.Normalise(typed)
            && IpiNameNumber.Normalise(IpiNameNumber.Normalise(typed)) == IpiNameNumber.Normalise(typed));

    [Theory]
    [InlineData("jm-k40-14-00212", "JMK401400212")]
    [InlineData(" US S1Z 99 00001\u00a0", "USS1Z9900001")]
    public void What_a_person_types_becomes_the_canonical_form(string typed, string canonical)
    {
        Assert.Equal(canonical, Isrc.Normalise(typed));
        Assert.True(Isrc.TryParse(Isrc.Normalise(typed), out var isrc));
        Assert.Equal(canonical, isrc.ToString());
        Assert.False(Isrc.TryParse(typed, out _));
    }

    [Fact]
    public void An_IPI_name_number_printed_without_its_zeros_gets_them_back_and_zeros_alone_are_no_number()
    {
        Assert.Equal("00008715000", IpiNameNumber.Normalise("8715000"));
        Assert.False(IpiNameNumber.TryParse(IpiNameNumber.Unknown, out _));
    }

    [Fact]
    public void Barcodes_are_equal_when_equal_after_padding_and_keep_their_own_zeros()
    {
        Assert.True(Gtin.TryParse("602498655023", out var upc));
        Assert.True(Gtin.TryParse("00602498655023", out var padded));
        Assert.Equal(upc, padded);
        Assert.Equal(upc.GetHashCode(), padded.GetHashCode());
        Assert.Equal(("602498655023", "00602498655023"), (upc.Text, padded.Text));
        Assert.NotEqual(upc, default);
    }

    [Theory]
    [InlineData("USSM19803037", true, 1998)]
    [InlineData("GX26J2400002", true, 2024)]
    [InlineData("XXSKG1912345", false, 2019)]
    public void An_ISRC_tells_its_year_and_whether_its_prefix_is_handed_out(string text, bool known, int year)
    {
        Assert.True(Isrc.TryParse(text, out var isrc));
        Assert.Equal((known, year), (isrc.HasKnownPrefix, isrc.YearOfReference));
    }

    [Fact]
    public void An_identifier_in_JSON_is_its_text_and_a_wrong_one_does_not_get_in()
    {
        Assert.True(Isrc.TryParse("USSM19803037", out var isrc));
        Assert.Equal("\"USSM19803037\"", JsonSerializer.Serialize(isrc));
        Assert.Equal(isrc, JsonSerializer.Deserialize<Isrc>("\"USSM19803037\""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Isrc>("\"US-SM1-98-03037\""));
    }
}
