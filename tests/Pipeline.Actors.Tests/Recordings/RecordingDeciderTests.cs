using Pipeline.Actors.Recordings;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Recordings;

/// <summary>One ISRC, one recording: music-rights 3.11.</summary>
public sealed class RecordingDeciderTests
{
    private static AddEdition Edition(string release = "single", string pcm = "sound", long seconds = 180, string title = "Song", string artist = "Anna") => new(
        Some.Recording(), Some.Tenant, Some.Command, Some.Time, Some.Release(release), 1, "A1", Some.Digest("file " + pcm), Some.Digest(pcm),
        seconds * 44_100, 44_100, new EditionDetails(title, artist, "QZMP12600001"));

    private static Recording After(params IEnumerable<AddEdition> editions) => editions.Aggregate(
        Recording.Unknown, (state, e) => RecordingDecider.Decide(state, e, Some.Salts).Facts.Aggregate(state, Recording.Apply));

    private static IReadOnlyList<Finding> Findings(Recording state, AddEdition next) =>
        ((EditionAnswer)RecordingDecider.Decide(state, next, Some.Salts).Reply!).Findings;

    [Fact]
    public void The_same_sound_on_a_single_and_an_album_is_no_conflict() =>
        Assert.Empty(Findings(After(Edition()), Edition("album", title: "Song (album version)")));

    [Fact]
    public void Other_audio_of_the_same_length_and_name_is_a_new_edition_with_a_warning()
    {
        var findings = Findings(After(Edition()), Edition("album", "remaster", 185));
        Assert.Equal("ISRC_NEW_AUDIO", Assert.Single(findings).Rule);
        Assert.False(findings.Stop());
    }

    [Fact]
    public void Other_audio_whose_length_differs_by_more_than_ten_seconds_is_another_recording() =>
        Assert.Equal("ISRC_REUSED", Assert.Single(Findings(After(Edition()), Edition("album", "edit", 191))).Rule);

    [Fact]
    public void Other_audio_under_another_title_is_another_recording() =>
        Assert.Equal("ISRC_REUSED", Assert.Single(Findings(After(Edition()), Edition("album", "other", 180, "Other song"))).Rule);

    [Fact]
    public void A_refused_edition_leaves_no_fact() =>
        Assert.Empty(RecordingDecider.Decide(After(Edition()), Edition("album", "edit", 300), Some.Salts).Facts);

    [Fact]
    public void An_erased_title_does_not_turn_a_remaster_into_a_conflict()
    {
        var erased = After(Edition()).Editions[0];
        var state = new Recording([erased with { Private = Sealed<EditionDetails>.Erased(erased.Private.Commitment) }]);
        Assert.False(Findings(state, Edition("album", "remaster", 180, "Another name")).Stop());
    }

    [Fact]
    public void The_same_edition_twice_is_written_once() => Assert.Single(After(Edition(), Edition()).Editions);
}
