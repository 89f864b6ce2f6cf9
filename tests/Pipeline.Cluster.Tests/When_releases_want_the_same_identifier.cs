using Pipeline.Cluster.Tests.Support;
using static Pipeline.Cluster.Tests.Support.ReleaseFolders;

namespace Pipeline.Cluster.Tests;

/// <summary>The table of recordings and ISRCs, through the whole house.</summary>
public sealed class When_releases_want_the_same_identifier(OneNode house) : IClassFixture<OneNode>
{
    [Fact]
    public async Task The_same_isrc_with_a_sound_of_another_length_is_quarantined()
    {
        var (first, isrc) = await ArchivedAsync();
        var other = await IngestAsync(house.First, new Track(house.Fresh(), isrc, Seconds: 45));
        Assert.Equal((1, "quarantined"), (other.ExitCode, other.Answer.State));
        Assert.Contains("ISRC_REUSED", other.Rules);
        Assert.Equal("archived", (await StateAsync(first)).State);
    }

    [Fact]
    public async Task The_same_isrc_with_another_sound_of_like_length_and_title_is_an_edition_with_a_warning()
    {
        var (_, isrc) = await ArchivedAsync();
        var remaster = await IngestAsync(house.First, new Track(house.Fresh(), isrc, Seconds: 33));
        Assert.True(remaster.ExitCode == 0, remaster.ToString());
        Assert.Contains("ISRC_NEW_AUDIO", remaster.Rules);
    }

    [Fact]
    public async Task The_same_isrc_with_another_title_is_quarantined()
    {
        var (_, isrc) = await ArchivedAsync();
        var other = await IngestAsync(house.First, new Track(house.Fresh(), isrc, "Another Tone", 33));
        Assert.Equal((1, "quarantined"), (other.ExitCode, other.Answer.State));
        Assert.Contains("ISRC_REUSED", other.Rules);
    }

    [Fact]
    public async Task The_same_sound_under_another_isrc_is_quarantined_for_its_own_sender_by_name()
    {
        var sound = house.Fresh();
        Assert.Equal(0, (await IngestAsync(house.First, new Track(sound, Isrc(sound)))).ExitCode);
        var other = await IngestAsync(house.First, new Track(sound, Isrc(house.Fresh())));
        Assert.Equal((1, "quarantined"), (other.ExitCode, other.Answer.State));
        Assert.Contains("SAME_AUDIO_DIFFERENT_ISRC", other.Rules);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_tenant_hears_that_it_is_contested_and_nothing_of_the_first(bool sameSound)
    {
        var sound = house.Fresh();
        var first = await IngestAsync(house.First, new Track(sound, Isrc(sound), "A Secret Title"));
        Assert.True(first.ExitCode == 0, first.ToString());

        // The same sound under the same ISRC; or another sound that only wants the ISRC.
        var second = await IngestAsync(house.Second, new Track(sameSound ? sound : house.Fresh(), Isrc(sound), "Ours"));

        Assert.Equal((1, "quarantined"), (second.ExitCode, second.Answer.State));
        Assert.Contains(second.Answer.Findings, f => f.Rule == "CLAIM_CONTESTED" && f.Value == Isrc(sound));
        foreach (var secret in (string[])["bluehour", "Secret", first.Answer.Release!, first.Answer.DeliveryId])
        {
            Assert.DoesNotContain(secret, second.Output, StringComparison.Ordinal);
        }
        Assert.Equal("archived", (await StateAsync(first.Answer.Release!)).State);
    }

    [Fact]
    public async Task Two_releases_that_want_each_others_claims_both_come_to_rest()
    {
        var pairs = Enumerable.Range(0, 4).Select(_ => (A: house.Fresh(), B: house.Fresh())).ToList();
        var results = await Task.WhenAll(pairs.SelectMany(pair => new[]
        {
            IngestAsync(house.First, new Track(pair.A, Isrc(pair.A)), new Track(pair.B, Isrc(pair.B))),
            IngestAsync(house.Second, new Track(pair.B, Isrc(pair.B)), new Track(pair.A, Isrc(pair.A))),
        }));
        Assert.All(results, r => Assert.Contains(r.Answer.State, (string[])["quarantined", "archived"]));
        // Whoever came second to any identifier is held; never are both let through.
        Assert.All(results.Chunk(2), pair => Assert.Contains(pair, r => r.Answer.State == "quarantined"));
    }

    [Fact]
    public async Task Two_releases_of_one_barcode_are_told_apart_by_their_id_and_the_second_is_an_update()
    {
        var (first, second) = (house.Fresh(), house.Fresh());
        var one = Write(house.Place.Releases, $"barcode-{first}", [new(first, Isrc(first))], change: m => m["gtin"] = "0200000000011");
        var two = Write(house.Place.Releases, $"barcode-{second}", [new(second, Isrc(second))], created: "2026-09-02T10:00:00Z", change: m => m["gtin"] = "0200000000011");
        var both = await house.IngestAsync(house.First, one, two);
        Assert.True(both.ExitCode == 0, both.ToString());
        Assert.Equal(both.Answers[0].Release, both.Answers[1].Release);
        Assert.Equal(2, both.Answers[1].Revision);
    }

    private async Task<(string Release, string Isrc)> ArchivedAsync()
    {
        var number = house.Fresh();
        var done = await IngestAsync(house.First, new Track(number, Isrc(number)));
        Assert.True(done.ExitCode == 0, done.ToString());
        return (done.Answer.Release!, Isrc(number));
    }

    private Task<MpProcess> IngestAsync(string key, params Track[] tracks) =>
        house.IngestAsync(key, Write(house.Place.Releases, $"r-{house.Fresh()}", tracks));

    private async Task<Actors.Hosting.ReleaseAnswer> StateAsync(string release) =>
        (await MpProcess.RunAsync("status", release, "--server", house.Url, "--key", house.First, "--json")).Answer;
}
