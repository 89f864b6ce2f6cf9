using Pipeline.Actors.Cli.Uploading;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Actors.Tests.Cli;

public sealed class TusRulesTests(ITestOutputHelper output)
{
    private const long Length = 100;
    private static readonly Sha256Digest Digest = Some.Digest("bytes");
    private static readonly TusState Fresh = TusState.Of(Length);

    private static TusStep Step(TusEvent happened) => TusRules.Next(Fresh, happened).Step;

    [Fact]
    public void The_servers_offset_decides_where_to_go_on()
    {
        Assert.Equal(new TusStep.Send(0), Step(new TusEvent.Stands(0, null)));
        Assert.Equal(new TusStep.Send(40), Step(new TusEvent.Stands(40, null)));
        Assert.Equal(new TusStep.Done(Digest), Step(new TusEvent.Stands(Length, Digest)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(Length + 1)]
    public void An_offset_outside_the_file_is_nobodys_to_go_on_from(long offset) =>
        Assert.IsType<TusStep.GiveUp>(Step(new TusEvent.Stands(offset, Digest)));

    [Fact]
    public void All_bytes_without_their_digest_are_not_received()
    {
        var (state, step) = TusRules.Next(Fresh, new TusEvent.Stands(Length, null));
        Assert.Equal((1, new TusStep.Ask(TimeSpan.Zero)), (state.Failures, step));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(422)]
    public void An_upload_that_is_no_more_is_begun_anew_three_times_in_all(int status)
    {
        var (state, step) = TusRules.Next(Fresh with { OffsetBytes = 40 }, new TusEvent.Refused(status, "gone"));
        Assert.Equal((0L, new TusStep.Create(1)), (state.OffsetBytes, step));
        (state, step) = TusRules.Next(state, new TusEvent.Refused(status, "gone"));
        Assert.Equal(new TusStep.Create(2), step);
        Assert.Equal(new TusStep.GiveUp("gone"), TusRules.Next(state, new TusEvent.Refused(status, "gone")).Step);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(412)]
    [InlineData(413)]
    [InlineData(415)]
    [InlineData(501)]
    [InlineData(507)]
    public void What_a_repeat_cannot_mend_is_given_up_in_the_servers_words(int status) =>
        Assert.Equal(new TusStep.GiveUp("why"), Step(new TusEvent.Refused(status, "why")));

    [Theory]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(423)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public void What_passes_is_asked_about(int status) => Assert.Equal(new TusStep.Ask(TimeSpan.Zero), Step(new TusEvent.Refused(status, "busy")));

    [Fact]
    public void Waits_double_to_half_a_minute_and_end()
    {
        var waits = new List<TimeSpan>();
        var (state, step) = TusRules.Next(Fresh, new TusEvent.Broken("silence"));
        while (step is TusStep.Ask(var after))
        {
            waits.Add(after);
            (state, step) = TusRules.Next(state, new TusEvent.Broken("silence"));
        }
        Assert.IsType<TusStep.GiveUp>(step);
        Assert.Equal(TusRules.MaxFailures, waits.Count);
        Assert.Equal([0, 0.25, 0.5, 1, 2, 4, 8, 16, 30, 30], waits.Take(10).Select(w => w.TotalSeconds));
        // Longer than a node takes to come back, shorter than anybody waits before a frozen screen.
        Assert.InRange(waits.Sum(w => w.TotalSeconds), 180, 600);
    }

    [Fact]
    public void Progress_forgives_what_failed_before()
    {
        var state = Fresh with { Failures = TusRules.MaxFailures, OffsetBytes = 10 };
        Assert.Equal(0, TusRules.Next(state, new TusEvent.Stands(11, null)).State.Failures);
        Assert.IsType<TusStep.GiveUp>(TusRules.Next(state, new TusEvent.Stands(10, null)).Step);
    }

    /// <summary>A server that loses answers, cuts bodies, restarts and forgets, against the rules: in the end it has the file.</summary>
    [Fact]
    public void Whatever_the_line_does_the_upload_ends_whole_or_is_given_up()
    {
        var random = Seeds.ForTest(output.WriteLine);
        var (done, givenUp) = (0, 0);
        for (var run = 0; run < 2000; run++)
        {
            var trouble = run % 5 == 0 ? 0.95 : random.NextDouble() * 0.6;
            var (state, held, exists) = (Fresh, 0L, false);
            TusStep step = new TusStep.Create(0);
            for (var exchanges = 0; step is not (TusStep.Done or TusStep.GiveUp); exchanges++)
            {
                Assert.True(exchanges < 10_000, "it never ends");
                (state, step) = TusRules.Next(state, Exchange(step));
                Assert.True(step is not TusStep.Done || held == Length, "half a file passed for whole");
                Assert.True(step is not TusStep.Send(var from) || from <= held, "a hole would be left");
            }
            _ = step is TusStep.Done ? done++ : givenUp++;

            TusEvent Exchange(TusStep doing)
            {
                switch (doing)
                {
                    case TusStep.Create:
                        (held, exists) = (exists ? held : 0, true);
                        break;
                    case TusStep.Send(var offset) when offset != held:
                        return new TusEvent.Refused(409, "elsewhere");
                    case TusStep.Send(var offset):
                        held = Math.Min(Length, offset + random.Next(0, 40));
                        break;
                    default:
                        break;
                }
                return random.NextDouble() >= trouble ? new TusEvent.Stands(held, held == Length ? Digest : null)
                    : random.Next(3) == 0 ? new TusEvent.Refused(503, "busy")
                    : new TusEvent.Broken("cut");
            }
        }
        output.WriteLine($"{done} whole, {givenUp} given up");
        Assert.True(done >= 1500 && givenUp > 0, $"{done} whole, {givenUp} given up");
    }
}
