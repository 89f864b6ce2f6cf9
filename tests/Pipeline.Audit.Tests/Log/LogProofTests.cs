using System.Text;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Audit.Tests.Log;

public sealed class LogProofTests(ITestOutputHelper output) : IDisposable
{
    private readonly LogScratch _scratch = new();
    private readonly NoteSigner _signer = NoteSigner.FromSeed("log.example/2026", new byte[32]);

    public void Dispose()
    {
        _scratch.Dispose();
        _signer.Dispose();
    }

    [Fact]
    public void The_golden_proofs_are_read_written_and_verified()
    {
        Assert.True(NoteVerifierKey.TryParse((string)Golden.Signed["log"]!["vkey"]!, out var key, out _));
        var proofs = Golden.Signed["tlogProofs"]!.AsArray();
        Assert.Equal(34, proofs.Count);
        foreach (var golden in proofs)
        {
            var file = Encoding.UTF8.GetBytes((string)golden!["file"]!);
            Assert.True(TLogProof.TryParse(file, out var proof, out _));
            Assert.Equal(file, proof.Format());
            var entry = Encoding.UTF8.GetBytes((string)golden["entry"]!);
            var proven = Assert.IsType<ProofVerdict.Proven>(proof.Verify(entry, key));
            Assert.Equal((long)golden["size"]!, proven.Checkpoint.Size);
            Assert.IsType<ProofVerdict.NotProven>(proof.Verify([.. entry, 0], key));
            Assert.IsType<ProofVerdict.NotProven>(proof.Verify(entry, _signer.VerifierKey));
            Assert.Equal(file, (proof with { Extra = null }).Format());
            Assert.True(TLogProof.TryParse((proof with { Extra = [1, 2, 3] }).Format(), out var extra, out _));
            Assert.Equal([1, 2, 3], extra.Extra!);
        }
    }

    [Fact]
    public void The_consistency_proofs_sent_to_witnesses_are_the_golden_ones()
    {
        foreach (var golden in Golden.Signed["addCheckpoint"]!.AsArray().Where(a => (long)a!["old"]! > 0))
        {
            var proof = ProofBuilder.Consistency((long)golden!["old"]!, (long)golden["size"]!, Golden.Million.Value.Read);
            var lines = string.Concat(proof.Select(h => Convert.ToBase64String(h.ToArray()) + "\n"));
            Assert.StartsWith($"old {golden["old"]}\n{lines}\n", (string)golden["request"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_entry_of_a_log_directory_can_be_proven()
    {
        var entries = LogOnDisk.Leaves(1300);
        LogOnDisk.Write(_scratch.Path, entries, [1, 600, 1300], _signer);
        var prover = LogProver.Open(new LogDirectory(_scratch.Path), _signer.VerifierKey);
        for (var index = 0; index < entries.Count; index++)
        {
            var proven = prover.Prove(index);
            Assert.Equal(entries[index], proven.Entry.ToArray());
            Assert.True(TLogProof.TryParse(proven.Proof.Format(), out var read, out _));
            Assert.IsType<ProofVerdict.Proven>(read.Verify(entries[index], _signer.VerifierKey));
        }
    }

    [Fact]
    public void A_proof_is_made_from_the_full_file_where_the_partial_is_gone()
    {
        var entries = LogOnDisk.Leaves(900);
        LogOnDisk.Write(_scratch.Path, entries, [700], _signer);
        var before = File.ReadAllBytes(Path.Combine(_scratch.Path, "checkpoint"));
        LogOnDisk.Write(_scratch.Path, entries, [700, 900], _signer);
        File.WriteAllBytes(Path.Combine(_scratch.Path, "checkpoint"), before);
        File.Delete(Path.Combine(_scratch.Path, "tile/0/002.p/188"));
        File.Delete(Path.Combine(_scratch.Path, "tile/entries/002.p/188"));
        var prover = LogProver.Open(new LogDirectory(_scratch.Path), _signer.VerifierKey);
        Assert.Equal(700, prover.Checkpoint.Size);
        Assert.Equal(entries[650], prover.Prove(650).Entry.ToArray());
    }

    [Fact]
    public void No_proof_is_given_away_that_does_not_verify()
    {
        LogOnDisk.Write(_scratch.Path, LogOnDisk.Leaves(300), [300], _signer);
        var random = Seeds.ForTest(output.WriteLine);
        var path = Path.Combine(_scratch.Path, "tile/entries/000");
        var bundle = File.ReadAllBytes(path);
        for (var i = 0; i < 20; i++)
        {
            var changed = bundle.ToArray();
            changed[random.Next(changed.Length)] ^= 1;
            File.WriteAllBytes(path, changed);
            var prover = LogProver.Open(new LogDirectory(_scratch.Path), _signer.VerifierKey);
            Assert.Throws<LogDamagedException>(() =>
            {
                for (var index = 0; index < 256; index++)
                {
                    prover.Prove(index);
                }
            });
        }
    }
}
