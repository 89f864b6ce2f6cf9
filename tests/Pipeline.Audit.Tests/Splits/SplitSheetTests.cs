using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Splits;

/// <summary>Sheets, their canonical form, and what is signed.</summary>
public sealed class SplitSheetTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public void The_shares_of_a_sheet_are_the_whole_whatever_its_weights()
    {
        var shares = SomeSplits.Sheet("anna 1 bo 1 cai 999999999").Shares;
        Assert.Equal(Share.Whole, shares.Aggregate(Share.None, (sum, s) => sum + s.Share));
        Assert.Equal("1/1000000001", shares[0].Share.ToString());
    }

    [Fact]
    public void A_party_with_two_roles_has_the_sum_of_their_weights()
    {
        var scope = new Scope(SplitTerritories.Worldwide, UseSet.All, DateInterval.Always);
        Assert.Empty(SplitSheet.Create(Right.Master, scope, [new(PartyId.Parse("bo"), 2), new(PartyId.Parse("anna"), 3), new(PartyId.Parse("bo"), 5)], "", out var sheet));
        Assert.Equal([("anna", 3L), ("bo", 7L)], sheet!.Weights.Select(w => (w.Party.Text, w.Weight)));
    }

    [Theory]
    [InlineData(0, "SPLIT_WEIGHT")]
    [InlineData(-1, "SPLIT_WEIGHT")]
    [InlineData(1_000_000_001, "SPLIT_WEIGHT")]
    public void A_weight_outside_its_range_is_refused_with_its_value(long weight, string rule)
    {
        var finding = Assert.Single(SplitSheet.Create(Right.Master, default, [new(PartyId.Parse("anna"), weight)], "line 2", out var sheet));
        Assert.Equal((rule, "line 2", weight.ToString(null, null)), (finding.Rule, finding.Place, finding.Value));
        Assert.Null(sheet);
    }

    [Fact]
    public void A_sheet_without_parties_or_with_too_many_is_refused()
    {
        PartyWeight[] many = [.. Enumerable.Range(0, SplitSheet.MaxParties + 1).Select(i => new PartyWeight(PartyId.Parse($"p{i}"), 1))];
        Assert.Equal("SPLIT_PARTIES", Assert.Single(SplitSheet.Create(Right.Master, default, [], "", out _)).Rule);
        Assert.Equal("SPLIT_PARTIES", Assert.Single(SplitSheet.Create(Right.Master, default, many, "", out _)).Rule);
        Assert.Empty(SplitSheet.Create(Right.Master, default, many[1..], "", out _));
    }

    [Fact]
    public void A_sheet_is_read_from_its_document_and_writes_the_same_again()
    {
        var document = SomeSplits.Document("anna 1 bo 2", "2026-01-01", "2027-01-01", "Worldwide -GB -IE", "All -Dub", "sr");
        Assert.True(SplitSheet.TryRead(document, out var sheet));
        Assert.True(sheet!.ToDocument().IsSame(document));
    }

    public static TheoryData<SplitDocument> NotCanonical() =>
    [
        SomeSplits.Document("bo 1 anna 1"),
        SomeSplits.Document("anna 1 anna 1"),
        SomeSplits.Document("Anna 1"),
        SomeSplits.Document("anna 0"),
        SomeSplits.Document(from: "2026-1-1"),
        SomeSplits.Document(until: ""),
        SomeSplits.Document(until: "2026-01-01"),
        SomeSplits.Document(territories: "IE GB"),
        SomeSplits.Document(territories: ""),
        SomeSplits.Document(uses: "Stream"),
        SomeSplits.Document(right: "Master"),
    ];

    [Theory]
    [MemberData(nameof(NotCanonical))]
    public void Any_other_way_to_write_a_sheet_is_not_its_document(SplitDocument document) =>
        Assert.False(SplitSheet.TryRead(document, out _));

    [Fact]
    public void A_signature_counts_for_one_party_of_one_proposal_of_one_document()
    {
        var document = Some.Digest("sheet");
        var consent = ConsentSignature.Sign(Seed, Some.Recording(), 3, document, PartyId.Parse("anna"));
        Assert.True(ConsentSignature.IsValid(consent, Some.Recording(), 3, document));
        Assert.False(ConsentSignature.IsValid(consent, Some.Recording(), 4, document));
        Assert.False(ConsentSignature.IsValid(consent, Some.Recording("other"), 3, document));
        Assert.False(ConsentSignature.IsValid(consent, Some.Recording(), 3, Some.Digest("other")));
        Assert.False(ConsentSignature.IsValid(consent with { Party = "bo" }, Some.Recording(), 3, document));
        Assert.False(ConsentSignature.IsValid(consent with { Signature = null }, Some.Recording(), 3, document));
        Assert.False(ConsentSignature.IsValid(consent with { Key = "not base64" }, Some.Recording(), 3, document));
    }

    [Fact]
    public void What_is_signed_has_the_bytes_it_had_when_it_was_first_released() =>
        Assert.Equal(
            $"mp-split-accept-v1\n{Some.Recording().Text}.3\n{Some.Digest("sheet")}\nanna\n",
            System.Text.Encoding.UTF8.GetString(ConsentSignature.Message(Some.Recording(), 3, Some.Digest("sheet"), PartyId.Parse("anna"))));
}
