using Pipeline.Audit.Evidence;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Evidence;

/// <summary>Private parts held against what the log committed to.</summary>
public sealed class OpeningsTests
{
    private static readonly Tale Story = new Tale().Uploaded("album").Delivered("album").HandedIn("album").Passed("album");

    private static IEnumerable<OpeningLine> Own => Story.Told
        .Select((told, index) => (told.Fact, index))
        .Where(t => t.Fact.Opening is not null)
        .Select(t => Line(t.index, t.Fact));

    private static OpeningLine Line(long index, Fact fact) =>
        new(index, System.Text.Encoding.UTF8.GetString(fact.Opening!.Value.Bytes), fact.Opening.Value.Salt.ToString());

    private static DomainReport Check(params IEnumerable<OpeningLine> lines)
    {
        using var text = new StringReader(string.Join('\n', lines.Select(Openings.Format)));
        return Story.Check(new DomainOptions { Openings = Openings.Read(text), Parallelism = 1 });
    }

    [Fact]
    public void All_private_parts_of_a_story_fit_their_entries()
    {
        var report = Check(Own);
        Assert.Empty(report.Defects);
        Assert.Contains($"{Own.Count()} private parts are what the log committed to.", report.Checked);
        Assert.DoesNotContain(report.NotChecked, s => s.Contains("private parts:", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_not_handed_in_is_said_to_be_unchecked()
    {
        var report = Check(Own.Skip(1));
        Assert.Empty(report.Defects);
        Assert.Contains(report.NotChecked, s => s.StartsWith("1 private parts:", StringComparison.Ordinal));
        Assert.Contains(Story.Check().NotChecked, s => s.Contains("--openings FILE", StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_private_part_is_a_defect_of_its_entry()
    {
        var first = Own.First();
        var report = Check(Own.Skip(1).Append(first with { Private = first.Private.Replace("Bl", "bl", StringComparison.Ordinal) }));
        Assert.Equal($"entry {first.Index}", Assert.Single(report.Defects).Place);
    }

    [Fact]
    public void A_changed_salt_is_a_defect_of_its_entry()
    {
        var first = Own.First();
        var report = Check(first with { Salt = new string('0', 64) });
        Assert.Contains("does not fit its commitment", Assert.Single(report.Defects).What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_opening_of_an_entry_without_a_private_part_or_beyond_the_log_is_a_defect()
    {
        var closed = Story.Told.Select((told, index) => (told.Fact, index)).First(t => t.Fact.Opening is null).index;
        var some = Own.First();
        Assert.Contains("no private part", Assert.Single(Check(some with { Index = closed }).Defects).What, StringComparison.Ordinal);
        Assert.Equal("entry 9999", Assert.Single(Check(some with { Index = 9999 }).Defects).Place);
    }

    [Theory]
    [InlineData("{", "line 1: no opening")]
    [InlineData("{\"index\":1,\"private\":\"x\"}", "line 1: no opening")]
    [InlineData("{\"index\":1,\"private\":null,\"salt\":\"00\"}", "line 1: no opening")]
    [InlineData("{\"index\":-1,\"private\":\"x\",\"salt\":\"00\"}", "line 1: an index is 0 or more")]
    [InlineData("{\"index\":1,\"private\":\"x\",\"salt\":\"zz\"}", "line 1: an index is 0 or more, a salt 64 hex digits")]
    public void A_line_that_is_no_opening_is_named(string text, string says)
    {
        using var reader = new StringReader(text);
        Assert.Contains(says, Assert.Throws<InvalidDataException>(() => Openings.Read(reader)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_second_opening_of_an_entry_is_refused()
    {
        var line = Openings.Format(new OpeningLine(3, "x", new string('0', 64)));
        using var reader = new StringReader($"{line}\n{line}\n");
        Assert.Contains("line 2: the second opening of entry 3", Assert.Throws<InvalidDataException>(() => Openings.Read(reader)).Message, StringComparison.Ordinal);
    }

    private static DomainReport CheckOpened(params Fact[] facts)
    {
        var tale = Tale.Of(facts.Select(f => new Telling("split:song", f)));
        using var text = new StringReader(string.Join('\n', tale.Told.Select((t, i) => (t.Fact, i)).Where(t => t.Fact.Opening is not null).Select(t => Openings.Format(Line(t.i, t.Fact)))));
        return tale.Check(new DomainOptions { Openings = Openings.Read(text), Parallelism = 1 });
    }

    private static SplitAccepted Yes(string? party, int number, Pseudonym by, string assurance = "asserted", byte[]? seed = null)
    {
        var fact = Tale.A<SplitAccepted>() with { By = by, Number = number, Assurance = assurance };
        var consent = seed is null ? new SplitConsent(party, null, null) : ConsentSignature.Sign(seed, fact.Subject, fact.Proposal, fact.Document, PartyId.Parse(party!));
        return fact with { Private = Sealed<SplitConsent>.Close(consent, Some.Salts[1], FactJson.Default.SplitConsent) };
    }

    [Fact]
    public void An_opened_split_is_a_whole_sheet_that_each_party_consented_to()
    {
        var report = CheckOpened(Tale.A<SplitProposed>(), Yes("anna", 1, Some.Person), Yes("bo", 2, Some.Other, "signed", new byte[32]), Tale.A<SplitInForce>());
        Assert.Empty(report.Defects);
        Assert.Contains("1 splits in force are whole sheets; each party on them, and each whose share fell, consented.", report.Checked);
    }

    [Fact]
    public void Two_acceptances_that_leave_a_party_silent_are_found_once_they_are_opened()
    {
        Fact[] facts = [Tale.A<SplitProposed>(), Yes("anna", 1, Some.Person), Yes(null, 2, Some.Other), Tale.A<SplitInForce>()];
        Assert.Empty(Tale.Of(facts.Select(f => new Telling("split:song", f))).Check().Defects);
        Assert.Contains("without the consent of 'bo'", Assert.Single(CheckOpened(facts).Defects).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_party_that_loses_its_share_is_asked_too()
    {
        var document = SomeSplits.Document("anna 1 carl 1");
        var proposed = Tale.A<SplitProposed>() with { Proposal = 2, Private = Sealed<SplitDocument>.Close(document, Some.Salts[0], FactJson.Default.SplitDocument) };
        SplitAccepted To(string party, int number, Pseudonym by) =>
            Yes(party, number, by) with { Proposal = 2, Document = proposed.Private.Commitment };
        Fact[] first = [Tale.A<SplitProposed>(), Yes("anna", 1, Some.Person), Yes("bo", 2, Some.Other), Tale.A<SplitInForce>()];
        var inForce = Tale.A<SplitInForce>() with { Proposal = 2, Version = 2, Document = proposed.Private.Commitment };

        Assert.Contains("without the consent of 'bo'", Assert.Single(CheckOpened(
            [.. first, proposed, To("anna", 1, Some.Person), To("carl", 2, Some.Other), inForce]).Defects).What, StringComparison.Ordinal);
        Assert.Empty(CheckOpened(
            [.. first, proposed, To("anna", 1, Some.Person), To("carl", 2, Some.Other), To("bo", 3, Some.Other), inForce with { Accepted = 3 }]).Defects);
    }

    [Theory]
    [InlineData("carl", "loses nothing by it")]
    [InlineData("anna", "twice")]
    public void An_opened_acceptance_by_a_stranger_or_a_second_time_is_a_defect(string party, string says) => Assert.Contains(
        CheckOpened(Tale.A<SplitProposed>(), Yes("anna", 1, Some.Person), Yes(party, 2, Some.Other)).Defects, d => d.What.Contains(says, StringComparison.Ordinal));

    [Fact]
    public void A_signature_over_another_proposal_is_a_defect()
    {
        var other = Tale.A<SplitAccepted>();
        var consent = ConsentSignature.Sign(new byte[32], other.Subject, other.Proposal + 1, other.Document, PartyId.Parse("bo"));
        var forged = Yes("bo", 1, Some.Other, "signed") with { Private = Sealed<SplitConsent>.Close(consent, Some.Salts[1], FactJson.Default.SplitConsent) };
        Assert.Contains("the signature of 'bo' does not fit", Assert.Single(CheckOpened(Tale.A<SplitProposed>(), forged).Defects).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sheet_of_other_size_than_its_fact_says_is_a_defect() => Assert.Contains(
        "has 2 parties, its fact says 3", Assert.Single(CheckOpened(Tale.A<SplitProposed>() with { Parties = 3 }).Defects).What, StringComparison.Ordinal);
}
