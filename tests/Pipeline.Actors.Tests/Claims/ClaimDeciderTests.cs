using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Actors.Claims;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Claims;

/// <summary>Who holds what. Answers at once, whatever came before.</summary>
public sealed class ClaimDeciderTests
{
    private static ClaimIdentifier Claims(string release, string holder = "label", string recording = "song", string kind = "isrc", bool adopt = false) => new(
        new ClaimKey(kind, "QZMP12600001"), Some.Tenant, Some.Command, Some.Time, Some.Sender(holder), Some.Recording(recording), Some.Release(release), adopt);

    private static FreeIdentifier Frees(string release) =>
        new(new ClaimKey("isrc", "QZMP12600001"), Some.Tenant, Some.Command, Some.Time, Some.Release(release));

    private static (Claim State, ClaimAnswer Answer, int Written) After(Claim state, object command)
    {
        var decision = command switch
        {
            ClaimIdentifier c => ClaimDecider.Decide(state, c, Some.Salts),
            FreeIdentifier c => ClaimDecider.Decide(state, c, Some.Salts),
            _ => throw new ArgumentException(null, nameof(command)),
        };
        return (decision.Facts.Aggregate(state, Claim.Apply), (ClaimAnswer)decision.Reply!, decision.Facts.Count);
    }

    private static Claim Held(params IEnumerable<object> commands) => commands.Aggregate(Claim.Free, (s, c) => After(s, c).State);

    [Fact]
    public void What_is_free_is_granted()
    {
        var (state, answer, _) = After(Claim.Free, Claims("single"));
        Assert.True(answer.Granted);
        Assert.Equal(Some.Recording(), state.Subject);
    }

    [Fact]
    public void A_second_release_of_the_same_sender_is_led_to_the_recording_that_stands()
    {
        var (_, answer, _) = After(Held(Claims("single")), Claims("album", recording: "proposed"));
        Assert.True(answer.Granted);
        Assert.Equal(Some.Recording("song"), answer.Subject);
    }

    [Fact]
    public void Another_sender_is_told_a_case_and_nothing_else()
    {
        var (state, answer, written) = After(Held(Claims("single")), Claims("theirs", holder: "other", recording: "theirs"));
        Assert.False(answer.Granted);
        Assert.False(answer.SameHolder);
        Assert.NotNull(answer.Case);
        Assert.Equal(Some.Recording("theirs"), answer.Subject);
        Assert.Equal(1, written);
        Assert.Equal(Some.Recording("song"), state.Subject);
    }

    [Fact]
    public void The_same_sound_under_another_recording_of_the_same_sender_is_contested() =>
        Assert.False(After(Held(Claims("one", kind: "pcm")), Claims("two", recording: "other", kind: "pcm")).Answer.Granted);

    [Fact]
    public void A_track_without_an_ISRC_adopts_the_recording_its_sound_leads_to()
    {
        var (_, answer, _) = After(Held(Claims("one", kind: "pcm")), Claims("two", recording: "other", kind: "pcm", adopt: true));
        Assert.True(answer.Granted);
        Assert.Equal(Some.Recording("song"), answer.Subject);
    }

    [Fact]
    public void A_claim_that_every_release_gave_back_is_free_for_anybody()
    {
        var state = Held(Claims("single"), Claims("album"), Frees("single"));
        Assert.NotNull(state.Holder);
        state = After(state, Frees("album")).State;
        Assert.Null(state.Holder);
        Assert.True(After(state, Claims("theirs", holder: "other")).Answer.Granted);
    }

    [Fact]
    public void The_log_entry_of_a_claim_does_not_name_the_identifier()
    {
        var decision = ClaimDecider.Decide(Claim.Free, Claims("single"), Some.Salts);
        Assert.DoesNotContain("QZMP12600001", System.Text.Encoding.UTF8.GetString(FactCodec.PublicBytes(decision.Facts[0])), StringComparison.Ordinal);
    }

    [Property(MaxTest = 300)]
    public Property Any_command_twice_is_that_command_once(NonEmptyArray<(byte Release, byte Holder, byte Recording, bool Free)> history)
    {
        var state = Claim.Free;
        foreach (var (release, holder, recording, free) in history.Get)
        {
            object command = free ? Frees($"r{release % 4}") : Claims($"r{release % 4}", $"h{holder % 2}", $"s{recording % 2}");
            var (once, first, _) = After(state, command);
            var (twice, second, written) = After(once, command);
            if (written != 0 || first != second || once.Holder != twice.Holder || !once.Releases.SetEquals(twice.Releases))
            {
                return false.ToProperty();
            }
            state = once;
        }
        return true.ToProperty();
    }

    [Property(MaxTest = 300)]
    public Property Never_do_two_senders_hold_one_identifier(NonEmptyArray<(byte Release, byte Holder, bool Free)> history)
    {
        var state = Claim.Free;
        var granted = new Dictionary<EntityId, EntityId>();
        foreach (var (release, holder, free) in history.Get)
        {
            var id = Some.Release($"r{release % 5}");
            object command = free ? Frees($"r{release % 5}") : Claims($"r{release % 5}", $"h{holder % 3}");
            var (next, answer, _) = After(state, command);
            state = next;
            if (free)
            {
                granted.Remove(id);
            }
            else if (answer.Granted)
            {
                granted[id] = Some.Sender($"h{holder % 3}");
            }
            if (granted.Values.Distinct().Count() > 1)
            {
                return false.ToProperty();
            }
        }
        return true.ToProperty();
    }
}
