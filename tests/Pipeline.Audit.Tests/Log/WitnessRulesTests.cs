using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

/// <summary>What a witness grants, and what a log makes of its answers.</summary>
public sealed class WitnessRulesTests : IDisposable
{
    private const int MaxSize = 300;

    private static readonly HashesInMemory Hashes = new(Enumerable.Range(0, MaxSize).Select(i => Golden.Entry(i)));

    // Another history: alike up to entry 99.
    private static readonly HashesInMemory Forked = new(Enumerable.Range(0, MaxSize).Select(i => i < 100 ? Golden.Entry(i) : Golden.Entry(i + 1000)));

    private readonly NoteSigner _log = NoteSigner.FromSeed("log.example/2026", Some.Bytes(32, 1));
    private readonly NoteSigner _witness = NoteSigner.FromSeed("w.example", Some.Bytes(32, 2), NoteKeyType.Cosignature);

    public void Dispose()
    {
        _log.Dispose();
        _witness.Dispose();
    }

    private static Checkpoint At(long size, HashesInMemory hashes) =>
        new("log.example/2026", size, size == 0 ? MerkleTree.EmptyRoot : ProofBuilder.Root(size, hashes.Read));

    private AddCheckpoint Ask(long old, long size, HashesInMemory hashes) => new(
        old, old == 0 || old >= size ? [] : ProofBuilder.Consistency(old, size, hashes.Read), At(size, hashes).Sign(_log));

    private WitnessDecision Decide(AddCheckpoint request, Checkpoint? last) => WitnessRules.Decide(request, [_log.VerifierKey], last);

    [Property(MaxTest = 300)]
    public void Whatever_is_asked_in_whatever_order_every_cosigned_checkpoint_is_a_prefix_of_the_next(int[] asked)
    {
        Checkpoint? last = null;
        foreach (var number in asked ?? [])
        {
            var size = Math.Abs(number % MaxSize);
            var hashes = number % 3 == 0 ? Forked : Hashes;
            var old = number % 5 == 0 ? Math.Abs(number / 7 % MaxSize) : last?.Size ?? 0;
            switch (Decide(Ask(old, size, hashes), last))
            {
                case WitnessDecision.Cosign(var next):
                    Assert.Equal(old, last?.Size ?? 0);
                    Assert.True(next.Size >= (last?.Size ?? 0));
                    // Cosigned from nothing, or of the same history as what was cosigned before.
                    Assert.True(last is null || last.Size == 0 || last.Size <= 100 || last.Root == At(last.Size, hashes).Root);
                    last = next;
                    break;
                case WitnessDecision.Refuse(409, _, var seen, _):
                    Assert.Equal(last?.Size ?? 0, seen);
                    Assert.NotEqual(old, seen);
                    break;
                case WitnessDecision.Refuse(400, _, _, _):
                    Assert.True(old > size);
                    break;
                case WitnessDecision.Refuse(422, _, _, var isEvidence):
                    Assert.True(isEvidence);
                    Assert.True(last!.Size > 100 || size == last.Size);
                    Assert.NotEqual(At(last.Size, hashes).Root, last.Root);
                    break;
                case var other:
                    Assert.Fail($"{other}");
                    break;
            }
        }
    }

    [Fact]
    public void Each_refusal_has_the_status_that_the_protocol_gives_it()
    {
        var last = At(150, Hashes);
        using var stranger = NoteSigner.FromSeed("log.example/2026", Some.Bytes(32, 9));
        using var unknown = NoteSigner.FromSeed("unknown.example", Some.Bytes(32, 9));
        Assert.Equal(403, Status(new AddCheckpoint(150, [], At(200, Hashes).Sign(stranger)), last));
        Assert.Equal(404, Status(new AddCheckpoint(0, [], (At(5, Hashes) with { Origin = "unknown.example" }).Sign(unknown)), null));
        Assert.Equal(400, Status(Ask(201, 200, Hashes), last));
        Assert.Equal(400, Status(new AddCheckpoint(0, [], SignedNote.Of("not a checkpoint\n"u8, _log.Sign("not a checkpoint\n"u8))), null));
        Assert.Equal(409, Status(Ask(0, 200, Hashes), last));
        Assert.Equal(422, Status(Ask(150, 200, Forked), last));
        Assert.Equal(422, Status(Ask(150, 150, Forked), last));
        Assert.Equal(422, Status(Ask(150, 150, Hashes) with { Proof = [last.Root] }, last));
        Assert.Equal(422, Status(Ask(0, 200, Hashes) with { Proof = [last.Root] }, null));
        Assert.Equal(422, Status(Ask(150, 200, Hashes) with { Proof = [] }, last));
        Assert.IsType<WitnessDecision.Cosign>(Decide(Ask(150, 150, Hashes), last));
        Assert.IsType<WitnessDecision.Cosign>(Decide(Ask(150, 200, Hashes), last));
        Assert.IsType<WitnessDecision.Cosign>(Decide(Ask(0, 0, Hashes), null));
    }

    [Fact]
    public void The_golden_requests_are_read_and_written_back_and_granted_in_their_order()
    {
        var key = NoteVerifierKey.TryParse((string)Golden.Signed["log"]!["vkey"]!, out var read, out var problem) ? read : throw new InvalidOperationException(problem);
        foreach (var golden in Golden.Signed["addCheckpoint"]!.AsArray())
        {
            var bytes = Encoding.UTF8.GetBytes((string)golden!["request"]!);
            Assert.True(AddCheckpoint.TryParse(bytes, out var request, out problem), problem);
            Assert.Equal((long)golden["old"]!, request.OldSize);
            Assert.Equal(bytes, request.Format());
            var last = new Checkpoint(key.Name, request.OldSize, Sha256Digest.Parse((string)Golden.XMod["roots"]![$"{request.OldSize}"]!));
            Assert.IsType<WitnessDecision.Cosign>(WitnessRules.Decide(request, [key], last));
        }
    }

    [Theory]
    [InlineData("new 1\n\n")]
    [InlineData("old 01\n\n")]
    [InlineData("old 1\nbm90IDMyIGJ5dGVz\n\n")]
    [InlineData("old 1\n")]
    [InlineData("old 1\n\nno note")]
    [InlineData("")]
    public void What_is_no_request_is_told_so(string text) =>
        Assert.False(AddCheckpoint.TryParse(Encoding.UTF8.GetBytes(text), out _, out _));

    [Property(MaxTest = 500)]
    public bool No_bytes_make_the_reader_throw(byte[] bytes) =>
        AddCheckpoint.TryParse(bytes ?? [], out var request, out var problem) ? request is not null : problem.Length > 0;

    [Fact]
    public void A_log_believes_only_a_line_of_the_witness_itself()
    {
        var note = At(9, Hashes).Sign(_log);
        var line = _witness.Cosign(note.Text, 1_800_000_000);
        Assert.IsType<WitnessAnswer.Cosigned>(Read(200, line.Line, note));
        using var other = NoteSigner.FromSeed("w.example", Some.Bytes(32, 5), NoteKeyType.Cosignature);
        Assert.IsType<WitnessAnswer.Unusable>(Read(200, other.Cosign(note.Text, 1).Line, note));
        Assert.IsType<WitnessAnswer.Unusable>(Read(200, _witness.Cosign("else\n"u8, 1).Line, note));
        Assert.IsType<WitnessAnswer.Unusable>(Read(200, "<html>", note));
        Assert.IsType<WitnessAnswer.Cosigned>(Read(200, other.Cosign(note.Text, 1).Line + line.Line, note));
    }

    [Fact]
    public void A_log_tells_a_size_from_a_suspicion_from_a_failure()
    {
        var note = At(9, Hashes).Sign(_log);
        Assert.Equal(12, Assert.IsType<WitnessAnswer.SawSize>(Read(409, "12\n", note, WitnessAnswer.SizeContentType)).Size);
        Assert.IsType<WitnessAnswer.Unusable>(Read(409, "twelve\n", note, WitnessAnswer.SizeContentType));
        Assert.IsType<WitnessAnswer.SuspectsFork>(Read(409, "", note));
        Assert.IsType<WitnessAnswer.SuspectsFork>(Read(422, "", note));
        Assert.IsType<WitnessAnswer.Unusable>(Read(503, "", note));
    }

    private WitnessAnswer Read(int status, string body, SignedNote note, string? type = null) =>
        WitnessAnswer.Read(status, type, Encoding.UTF8.GetBytes(body), _witness.VerifierKey, note, 9, 9);

    private int Status(AddCheckpoint request, Checkpoint? last) => Assert.IsType<WitnessDecision.Refuse>(Decide(request, last)).Status;

    [Fact]
    public void Two_keys_of_one_origin_are_one_log_and_either_line_will_do()
    {
        using var successor = NoteSigner.FromSeed("log.example/2026", Some.Bytes(32, 3));
        using var stranger = NoteSigner.FromSeed("log.example/2026", Some.Bytes(32, 4));
        NoteVerifierKey[] known = [_log.VerifierKey, successor.VerifierKey];
        var (first, second) = (At(100, Hashes), At(200, Hashes));
        var proof = ProofBuilder.Consistency(100, 200, Hashes.Read);
        Assert.IsType<WitnessDecision.Cosign>(WitnessRules.Decide(new AddCheckpoint(0, [], first.Sign(_log)), known, null));
        // What one key signed last binds the other.
        Assert.IsType<WitnessDecision.Cosign>(WitnessRules.Decide(new AddCheckpoint(100, proof, second.Sign(successor)), known, first));
        Assert.IsType<WitnessDecision.Cosign>(WitnessRules.Decide(
            new AddCheckpoint(100, proof, second.Sign(_log).With(successor.Sign(second.Body()))), [_log.VerifierKey], first));
        var forked = WitnessRules.Decide(new AddCheckpoint(200, [], At(200, Forked).Sign(successor)), known, second);
        Assert.Equal((422, true), Assert.IsType<WitnessDecision.Refuse>(forked) is var fork ? (fork.Status, fork.IsEvidence) : default);
        Assert.Equal(403, Assert.IsType<WitnessDecision.Refuse>(WitnessRules.Decide(new AddCheckpoint(100, proof, second.Sign(stranger)), known, first)).Status);
        // One good line does not make up for a wrong one of a key that is known.
        var mixed = second.Sign(_log).With(successor.Sign(first.Body()));
        Assert.Equal(403, Assert.IsType<WitnessDecision.Refuse>(WitnessRules.Decide(new AddCheckpoint(100, proof, mixed), known, first)).Status);
    }
}
