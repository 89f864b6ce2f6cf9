using System.Text;
using FsCheck.Xunit;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

/// <summary>Policies as people write them, and what they make of a checkpoint.</summary>
public sealed class TrustPolicyTests : IDisposable
{
    private const string Origin = "log.example/2026";

    private readonly NoteSigner _log = NoteSigner.FromSeed(Origin, Some.Bytes(32, 1));
    private readonly List<NoteSigner> _witnesses = [.. Enumerable.Range(0, 5).Select(i => NoteSigner.FromSeed($"w.example/{i}", Some.Bytes(32, 10 + i), NoteKeyType.Cosignature))];

    private string LogLine => $"log {_log.VerifierKey.Vkey}\n";

    private string WitnessLines => string.Concat(_witnesses.Select((w, i) => $"witness W{i} {w.VerifierKey.Vkey} http://w{i}.example/\n"));

    public void Dispose()
    {
        _log.Dispose();
        _witnesses.ForEach(w => w.Dispose());
    }

    private static TrustPolicy Read(string text) =>
        TrustPolicy.TryParse(Encoding.Latin1.GetBytes(text), out var policy, out var problem) ? policy : throw new InvalidOperationException(problem);

    private byte[] Note(params int[] cosigners)
    {
        var note = new Checkpoint(Origin, 7, MerkleTree.LeafHash(Some.Bytes(4, 2))).Sign(_log);
        return cosigners.Aggregate(note, (signed, i) => signed.With(_witnesses[i].Cosign(signed.Text, 1_800_000_000 + i))).Format();
    }

    [Fact]
    public void A_policy_of_two_levels_is_reached_exactly_when_its_sentence_holds()
    {
        var policy = Read(LogLine + WitnessLines + "group X 2 W0 W1 W2\n\tgroup Y any W3 W4 \n # a comment\n\ngroup both all X Y\nquorum both\n");
        for (var mask = 0; mask < 32; mask++)
        {
            int[] by = [.. Enumerable.Range(0, 5).Where(i => (mask >> i & 1) == 1)];
            var reached = by.Count(i => i < 3) >= 2 && by.Any(i => i >= 3);
            var verdict = policy.Judge(Note(by));
            Assert.Equal(reached, verdict is PolicyVerdict.Trusted);
            Assert.Equal(by.Select(i => $"W{i}"), verdict is PolicyVerdict.Trusted t ? t.Witnesses : Assert.IsType<PolicyVerdict.Unwitnessed>(verdict).Witnesses);
        }
    }

    [Fact]
    public void Nobody_is_needed_where_the_policy_says_so_and_strangers_lines_do_not_matter()
    {
        var policy = Read(LogLine + "quorum none\n");
        Assert.True(policy.NeedsNobody);
        Assert.IsType<PolicyVerdict.Trusted>(policy.Judge(Note()));
        Assert.IsType<PolicyVerdict.Trusted>(policy.Judge(Note(0, 1)));
    }

    [Fact]
    public void A_line_of_a_known_witness_that_does_not_fit_rejects_the_note_even_where_others_make_the_quorum()
    {
        var policy = Read(LogLine + WitnessLines + "group g any W0 W1\nquorum g\n");
        Assert.True(SignedNote.TryParse(Note(0), out var note, out _));
        var wrong = note.With(_witnesses[1].Cosign("something else\n"u8, 5));
        Assert.IsType<PolicyVerdict.Rejected>(policy.Judge(wrong.Format()));
    }

    [Fact]
    public void Another_log_and_a_log_key_that_signed_nothing_are_rejected()
    {
        using var other = NoteSigner.FromSeed("other.example", Some.Bytes(32, 3));
        Assert.IsType<PolicyVerdict.Rejected>(Read($"log {other.VerifierKey.Vkey}\nquorum none\n").Judge(Note()));
        using var successor = NoteSigner.FromSeed(Origin, Some.Bytes(32, 4));
        Assert.IsType<PolicyVerdict.Rejected>(Read($"log {successor.VerifierKey.Vkey}\nquorum none\n").Judge(Note()));
        var both = Read($"log {successor.VerifierKey.Vkey}\n{LogLine}quorum none\n");
        Assert.Equal(_log.VerifierKey.Vkey, Assert.IsType<PolicyVerdict.Trusted>(both.Judge(Note())).LogKey.Vkey);
    }

    [Theory]
    [InlineData("", "no quorum line")]
    [InlineData("quorum none", "does not end in a line feed")]
    [InlineData("quorum none\nquorum none\n", "line 2: a second quorum line")]
    [InlineData("quorum g\n", "line 1: 'g' is named by no line before")]
    [InlineData("LOG\nquorum none\n", "line 1: begins with none of")]
    [InlineData("log nonsense\nquorum none\n", "line 1: a vkey is")]
    [InlineData("{log}{log}quorum none\n", "line 2: a log's key stands here twice")]
    [InlineData("{w0}{w0}quorum none\n", "line 2: a witness's key stands here twice")]
    [InlineData("{w0}group W0 any W0\nquorum W0\n", "line 2: 'W0' is named twice")]
    [InlineData("{w0}group none any W0\nquorum none\n", "line 2: the name 'none' is taken")]
    [InlineData("{w0}group g 2 W0\nquorum g\n", "line 2: '2' is none of")]
    [InlineData("{w0}group g 01 W0\nquorum g\n", "line 2: '01' is none of")]
    [InlineData("{w0}group g 0 W0\nquorum g\n", "line 2: '0' is none of")]
    [InlineData("{w0}group g any W0\ngroup h any W0\nquorum h\n", "line 3: 'W0' is a member already")]
    [InlineData("{w0}group g any W0 W0\nquorum g\n", "line 2: 'W0' is a member already")]
    [InlineData("{w0}group g all\nquorum g\n", "line 2: a group is")]
    [InlineData("group g any none\nquorum g\n", "line 1: 'none' is named by no line before")]
    [InlineData("quorum none\r\n", "line 1: has a control character")]
    [InlineData("witness w {vkey} u v\nquorum none\n", "line 1: a witness is")]
    [InlineData("witness w {vkey}\nquorum none\n", "line 1: the key of a witness is of type 4")]
    public void A_policy_that_is_none_is_refused_with_its_line(string text, string why)
    {
        var written = text.Replace("{log}", LogLine, StringComparison.Ordinal)
            .Replace("{w0}", $"witness W0 {_witnesses[0].VerifierKey.Vkey}\n", StringComparison.Ordinal)
            .Replace("{vkey}", _log.VerifierKey.Vkey, StringComparison.Ordinal);
        Assert.False(TrustPolicy.TryParse(Encoding.Latin1.GetBytes(written), out _, out var problem));
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_octets_and_a_Kelvin_sign_is_no_K()
    {
        var text = $"{LogLine}witness \u212A {_witnesses[0].VerifierKey.Vkey}\nquorum K\n";
        Assert.False(TrustPolicy.TryParse(Encoding.UTF8.GetBytes(text), out _, out _));
        Assert.True(TrustPolicy.TryParse(Encoding.UTF8.GetBytes(text.Replace("quorum K", "quorum \u212A", StringComparison.Ordinal)), out _, out _));
    }

    [Property(MaxTest = 500)]
    public bool No_bytes_make_the_reader_throw(byte[] bytes) =>
        TrustPolicy.TryParse(bytes ?? [], out var policy, out var problem) ? policy is not null : problem.Length > 0;
}
