using System.Text;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Catalogue;

public class ProfilesAndCodes
{
    private static readonly DateOnly Day = new(2026, 10, 1);

    [Fact]
    public void A_wrong_check_digit_blocks_and_refuses_where_the_profile_says_so()
    {
        var message = new ErnMessage { Gtin = "0200000000012" }.Utf8();
        Assert.Equal(Severity.Block, Found(message, null, "GTIN_CHECK_DIGIT"));
        Assert.Equal(Severity.Reject, Found(message, "{\"name\":\"x\",\"severities\":{\"GTIN_CHECK_DIGIT\":\"reject\"}}", "GTIN_CHECK_DIGIT"));
        Assert.Equal(Severity.Block, Found(message, "{\"name\":\"x\",\"severities\":{\"HASH_MISSING\":\"block\"}}", "HASH_MISSING"));
        Assert.Equal(Severity.Info, Found(message, "{\"name\":\"x\",\"severities\":{\"HASH_MISSING\":\"info\"}}", "HASH_MISSING"));
    }

    [Theory]
    [InlineData("{}", "name and severities")]
    [InlineData("{", "no profile")]
    [InlineData("null", "name and severities")]
    [InlineData("{\"name\":\"x\",\"severities\":{},\"also\":1}", "no profile")]
    [InlineData("{\"name\":\"x\",\"severities\":{\"NO_SUCH_RULE\":\"warn\"}}", "NO_SUCH_RULE")]
    [InlineData("{\"name\":\"x\",\"severities\":{\"XML_MALFORMED\":\"warn\"}}", "not milder")]
    [InlineData("{\"name\":\"x\",\"severities\":{\"GTIN_CHECK_DIGIT\":\"info\"}}", "not milder")]
    public void A_profile_that_would_switch_a_promise_off_is_none(string json, string why)
    {
        Assert.Null(SenderProfile.Parse(Encoding.UTF8.GetBytes(json), out var said));
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_code_of_a_rule_is_a_word_of_DDEX_with_its_meaning_and_what_to_send_again()
    {
        Assert.Equal(21, AckCode.All.Select(a => a.Code).Distinct().Count());
        Assert.All(AckCode.All, a => Assert.EndsWith(".", a.Means, StringComparison.Ordinal));
        Assert.All(Rules.All.Where(r => r.AckCode.Length > 0), r => Assert.NotNull(r.Ack));
        Assert.All(Rules.All.Where(r => r.Severity >= Severity.Block), r => Assert.NotNull(r.Ack));
    }

    private static Severity Found(byte[] message, string? profile, string rule)
    {
        var agreed = profile is null ? null : SenderProfile.Parse(Encoding.UTF8.GetBytes(profile), out _) ?? throw new InvalidOperationException(profile);
        return CatalogueInspection.Of("m", message, Day, agreed).Findings.First(f => f.Rule == rule).Severity;
    }
}
