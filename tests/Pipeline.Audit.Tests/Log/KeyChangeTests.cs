using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;
using static Pipeline.Audit.Tests.Log.SomeJournal;

namespace Pipeline.Audit.Tests.Log;

/// <summary>A log that changes its key, from the first line of the new one to the last of the old one, and its readers.</summary>
public sealed class KeyChangeTests : IDisposable
{
    private readonly LogScratch _scratch = new();
    private readonly LogDatabase _database = LogDatabase.Create("sqlite");
    private readonly PosixDisk _disk = new();
    private readonly SequencerStore _store;
    private readonly NoteVerifierKey _old;
    private long _epoch;
    private int _drawn;

    public KeyChangeTests()
    {
        _store = _database.Store();
        DurableFile.EnsureDirectory(_disk, Keys);
        Files.Draw(Files.CurrentPath, Some.Bytes(32, 1));
        using var signer = Signer();
        _old = signer.Keys.Current;
        Publish(300);
    }

    private string Log => Path.Combine(_scratch.Path, "log");

    private string Keys => Path.Combine(_scratch.Path, "keys");

    private KeyFiles Files => new(_disk, Keys, Origin);

    public void Dispose()
    {
        _store.Dispose();
        _database.Dispose();
        _scratch.Dispose();
    }

    private LogSigner Signer() => Files.TryOpen(out var signer, out var problem) ? signer : throw new InvalidDataException(problem);

    private KeyChanged Change(KeyChange change) => new KeyRotation(_disk, Files, Log, n => Some.Bytes(n, 1000 + _drawn++)).Run(change);

    private LogVkeys Stands(KeyChange change) => Assert.IsType<KeyChanged.Stands>(Change(change)).Keys;

    /// <summary>A start of the node and one publication; what was published.</summary>
    private byte[] Publish(int size)
    {
        _epoch = _store.TakeOver(Origin);
        Assert.IsType<SequenceResult.Sequenced>(_store.Sequence(_epoch, SomeFacts(size), size));
        using var signer = Signer();
        return Assert.IsType<PublishResult.Published>(new Publisher(_disk, Log, _store, _epoch, signer).Publish()).Note;
    }

    private FsckReport Check(params NoteVerifierKey[] keys) => Fsck.Run(new LogDirectory(Log), new FsckOptions { LogKeys = keys });

    private static void RequireClean(FsckReport report) => Assert.True(report.IsClean, string.Join("; ", report.Defects));

    private static string[] LinesOf(byte[] note) =>
        SignedNote.TryParse(note, out var parsed, out _) ? [.. parsed.Signatures.Select(s => $"{s.KeyName}+{s.KeyId:x8}")] : [];

    private static string Line(NoteVerifierKey key) => $"{key.Name}+{key.KeyId:x8}";

    private static bool Believes(byte[] note, params NoteVerifierKey[] keys) => Checkpoint.TryOpen(note, keys, out _, out _, out _);

    [Fact]
    public void While_both_sign_each_key_is_enough_and_the_old_line_comes_first()
    {
        var keys = Stands(KeyChange.Begin);
        Assert.Equal((_old.Vkey, 0), (keys.Current.Vkey, keys.Retired.Count));
        var note = Publish(301);
        Assert.Equal([Line(_old), Line(keys.Next!)], LinesOf(note));
        Assert.True(Believes(note, _old));
        Assert.True(Believes(note, keys.Next!));
        RequireClean(Check());
        RequireClean(Check(keys.Next!));
        var report = Check(_old);
        RequireClean(report);
        Assert.Contains(report.Notes, n => n.Contains("a change of key is under way", StringComparison.Ordinal));
        Assert.Equal(_old.Vkey + "\n", File.ReadAllText(Path.Combine(Log, "vkey")));
        Assert.Equal($"{_old.Vkey}\n{keys.Next!.Vkey}\n", File.ReadAllText(Path.Combine(Log, "vkeys")));
    }

    [Fact]
    public void The_change_ends_only_when_readers_could_have_seen_the_new_line()
    {
        Assert.Contains("was begun", Assert.IsType<KeyChanged.Refused>(Change(KeyChange.Finish)).Why, StringComparison.Ordinal);
        var next = Stands(KeyChange.Begin).Next!;
        Assert.Equal(next.Vkey, Stands(KeyChange.Begin).Next!.Vkey);
        Assert.Contains(next.Vkey, Assert.IsType<KeyChanged.Refused>(Change(KeyChange.Finish)).Why, StringComparison.Ordinal);
        Assert.IsType<KeyChanged.Refused>(Change(KeyChange.AtOnce));
        Publish(301);
        var keys = Stands(KeyChange.Finish);
        Assert.Equal((next.Vkey, null), (keys.Current.Vkey, keys.Next?.Vkey));
        Assert.Equal([_old.Vkey], keys.Retired.Select(k => k.Vkey));
        Assert.Equal(next.Vkey, Stands(KeyChange.Finish).Current.Vkey);
        Assert.DoesNotContain(Directory.GetFiles(Keys), f => File.ReadAllText(f).Contains($"PRIVATE+KEY+{Line(_old)}", StringComparison.Ordinal));
    }

    [Fact]
    public void After_the_end_the_new_key_is_needed_and_fsck_says_which()
    {
        Stands(KeyChange.Begin);
        var both = Publish(301);
        var keys = Stands(KeyChange.Finish);
        // The published checkpoint still has both lines: whoever knows the old key reads on and is warned.
        var report = Check(_old);
        RequireClean(report);
        Assert.Contains(report.Notes, n => n.Contains(keys.Current.Vkey, StringComparison.Ordinal));
        var note = Publish(302);
        Assert.Equal([Line(keys.Current)], LinesOf(note));
        RequireClean(Check());
        RequireClean(Check(keys.Current));
        RequireClean(Check([.. keys.All]));
        var defect = Assert.Single(Check(_old).Defects);
        Assert.Equal("checkpoint", defect.Place);
        Assert.Contains($"is signed by {keys.Current.Vkey}", defect.What, StringComparison.Ordinal);
        // What was shown before stays the log's past under all its keys.
        foreach (var earlier in new[] { both, _store.FindCheckpoint(300)!.Note })
        {
            var against = Fsck.Run(new LogDirectory(Log), new FsckOptions { LogKey = keys.Current, Remembered = earlier });
            RequireClean(against);
            Assert.Contains(against.Checked, s => s.Contains("is a prefix", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_list_of_keys_makes_no_stranger_the_log()
    {
        using var stranger = NoteSigner.FromSeed(Origin, Some.Bytes(32, 77));
        File.WriteAllBytes(Path.Combine(Log, "vkeys"), LogVkeys.Lines([_old, stranger.VerifierKey]));
        var note = File.ReadAllBytes(Path.Combine(Log, "checkpoint"));
        Assert.True(SignedNote.TryParse(note, out var parsed, out _) && Checkpoint.TryParseBody(parsed.Text, out _, out _));
        var forged = SignedNote.Of(SignedNote.TryParse(note, out var own, out _) ? own.Text : default, stranger.Sign(own!.Text)).Format();
        File.WriteAllBytes(Path.Combine(Log, "checkpoint"), forged);
        Assert.False(Check(_old).IsClean);
        // And the node: a later key than it has means that its keys are old, never that the stranger signs.
        _epoch = _store.TakeOver(Origin);
        using var signer = Signer();
        var halted = Assert.IsType<PublishResult.Halted>(new Publisher(_disk, Log, _store, _epoch, signer).Publish());
        Assert.Contains("another key", halted.Cause, StringComparison.Ordinal);
        Assert.Equal(forged, File.ReadAllBytes(Path.Combine(Log, "checkpoint")));
    }

    [Fact]
    public void A_broken_list_of_keys_is_a_defect_and_the_rest_is_checked()
    {
        Stands(KeyChange.Begin);
        Publish(301);
        var path = Path.Combine(Log, "vkeys");
        var whole = File.ReadAllBytes(path);
        for (var at = 0; at < whole.Length; at++)
        {
            var broken = whole.ToArray();
            broken[at] ^= 1;
            File.WriteAllBytes(path, broken);
            Assert.True(Check(_old).Defects is [{ Place: "vkeys" }], $"byte {at}");
        }
    }

    [Fact]
    public void At_once_there_is_never_a_note_with_two_lines()
    {
        var keys = Stands(KeyChange.AtOnce);
        Assert.NotEqual(_old.Vkey, keys.Current.Vkey);
        Assert.Equal([_old.Vkey], keys.Retired.Select(k => k.Vkey));
        // Asked again before anything is published: the same key.
        Assert.Equal(keys.Current.Vkey, Stands(KeyChange.AtOnce).Current.Vkey);
        var report = Check();
        RequireClean(report);
        Assert.Contains(report.Notes, n => n.Contains("a key that is retired", StringComparison.Ordinal));
        var note = Publish(301);
        Assert.Equal([Line(keys.Current)], LinesOf(note));
        RequireClean(Check(keys.Current));
        var again = Stands(KeyChange.AtOnce);
        Assert.Equal([_old.Vkey, keys.Current.Vkey], again.Retired.Select(k => k.Vkey));
    }

    [Fact]
    public void An_old_proof_verifies_under_the_retired_key_and_a_new_one_under_the_current()
    {
        using var before = Signer();
        var proof = LogProver.Open(new LogDirectory(Log), before.Keys).Prove(17);
        Stands(KeyChange.Begin);
        Publish(301);
        var keys = Stands(KeyChange.Finish);
        Publish(302);
        var prover = LogProver.Open(new LogDirectory(Log), keys);
        Assert.Equal(keys.Current.Vkey, prover.LogKey.Vkey);
        Assert.IsType<ProofVerdict.Proven>(prover.Prove(17).Proof.Verify(proof.Entry.Span, keys.Current));
        Assert.IsType<ProofVerdict.NotProven>(prover.Prove(17).Proof.Verify(proof.Entry.Span, _old));
        Assert.IsType<ProofVerdict.NotProven>(proof.Proof.Verify(proof.Entry.Span, keys.Current));
        Assert.IsType<ProofVerdict.Proven>(proof.Proof.Verify(proof.Entry.Span, keys.All));
        Assert.Equal(_old.Vkey, LogProver.OpenAt(new LogDirectory(Log), keys, _store.FindCheckpoint(300)!.Note).LogKey.Vkey);
    }

    [Fact]
    public void A_policy_may_name_both_keys()
    {
        var next = Stands(KeyChange.Begin).Next!;
        var both = Publish(301);
        Stands(KeyChange.Finish);
        var after = Publish(302);
        Assert.True(TrustPolicy.TryParse(System.Text.Encoding.UTF8.GetBytes($"log {_old.Vkey}\nlog {next.Vkey}\nquorum none\n"), out var policy, out _));
        foreach (var note in new[] { _store.FindCheckpoint(300)!.Note, both, after })
        {
            Assert.IsType<PolicyVerdict.Trusted>(policy.Judge(note));
        }
        RequireClean(Fsck.Run(new LogDirectory(Log), new FsckOptions { Policy = policy }));
    }

    [Fact]
    public void Our_own_checkpoint_under_a_retired_key_still_convicts_a_database_that_fell_back()
    {
        Stands(KeyChange.AtOnce);
        File.WriteAllBytes(Path.Combine(Log, "checkpoint"), ForgedByOld(new Checkpoint(Origin, 400, MerkleTree.LeafHash("x"u8))));
        _epoch = _store.TakeOver(Origin);
        using var signer = Signer();
        var halted = Assert.IsType<PublishResult.Halted>(new Publisher(_disk, Log, _store, _epoch, signer).Publish());
        Assert.Contains("restored from an older copy", halted.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_log_directory_is_written_again_with_all_keys()
    {
        Stands(KeyChange.AtOnce);
        Publish(301);
        Directory.Move(Log, Log + ".lost");
        Publish(302);
        using var signer = Signer();
        Assert.Equal(signer.Keys.Format(), File.ReadAllBytes(Path.Combine(Log, "vkeys")));
        RequireClean(Check(signer.Keys.Current));
    }

    [Fact]
    public void A_next_key_whose_private_half_is_lost_is_given_up_by_a_new_change_and_never_by_accident()
    {
        var lost = Stands(KeyChange.Begin).Next!;
        Publish(301);
        File.Delete(Files.NextPath);
        using (var signer = Signer())
        {
            Assert.True(Assert.IsType<ShownKeys.Contradict>(ShownKeys.Look(_disk, Log, signer.Keys)).IsLater);
        }
        Assert.IsType<KeyChanged.Refused>(Change(KeyChange.Finish));
        var keys = Stands(KeyChange.Begin);
        Assert.Equal([lost.Vkey, _old.Vkey, keys.Next!.Vkey], keys.All.Select(k => k.Vkey));
        Publish(302);
        RequireClean(Check(_old));
    }

    [Fact]
    public void Keys_put_back_from_before_the_end_of_a_change_end_it_again_and_older_ones_sign_nothing()
    {
        var first = File.ReadAllBytes(Files.CurrentPath);
        var next = Stands(KeyChange.Begin).Next!;
        var second = File.ReadAllBytes(Files.NextPath);
        Publish(301);
        Stands(KeyChange.Finish);
        Publish(302);

        File.Delete(Files.RetiredPath);
        File.WriteAllBytes(Files.CurrentPath, first);
        foreach (var change in Enum.GetValues<KeyChange>())
        {
            Assert.IsType<KeyChanged.Refused>(Change(change));
        }
        File.WriteAllBytes(Files.NextPath, second);
        var keys = Stands(KeyChange.Finish);
        Assert.Equal((next.Vkey, _old.Vkey), (keys.Current.Vkey, Assert.Single(keys.Retired).Vkey));
        Publish(303);
        RequireClean(Check(next));
    }

    private static byte[] ForgedByOld(Checkpoint checkpoint)
    {
        using var old = NoteSigner.FromSeed(Origin, Some.Bytes(32, 1));
        return checkpoint.Sign(old).Format();
    }
}
