using System.Security.Cryptography;
using Pipeline.Audit.Evidence;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Benchmarks;

/// <summary>What an auditor waits for: a whole log checked, its story checked, one proof checked.</summary>
internal static class VerificationBenchmark
{
    private const int Entries = 1_000_000;
    private const int BatchEntries = 50_000;
    private const int Rounds = 4;
    private const int Proofs = 2_000;

    public static IEnumerable<Row> Run()
    {
        using (var folder = new TemporaryFolder())
        using (var log = new LogUnderTest(folder.Path))
        {
            log.Fill(Entries, BatchEntries);
            yield return Whole(log);
            foreach (var row in OneProof(log))
            {
                yield return row;
            }
        }
        using (var folder = new TemporaryFolder())
        using (var log = new LogUnderTest(folder.Path))
        {
            yield return Story(log, log.FillWithLives(Entries));
        }
    }

    private static Row Whole(LogUnderTest log)
    {
        var ours = FsckSeconds(log, Entries);
        if (!ChecksumDatabase.IsInstalled)
        {
            return new Row(
                "log: fsck of 1,000,000 entries, warm; theirs: SHA-256 of the same bytes, one thread", "s",
                ours, Timing.BestSeconds(Rounds, () => Hash(log)), 1.5, MoreIsBetter: false);
        }
        var theirs = Timing.BestSeconds(Rounds, () => Require(ChecksumDatabase.Authenticate(log.Directory, log.Key.Vkey).ExitCode == 0));
        return new Row(
            "log: fsck of 1,000,000 entries, warm; theirs: golang.org/x/mod on the same log", "s", ours, theirs, theirs, MoreIsBetter: false);
    }

    private static Row Story(LogUnderTest log, long entries)
    {
        var fsck = FsckSeconds(log, entries);
        var root = LogProver.Open(new LogDirectory(log.Directory), log.Key).Checkpoint.Root;
        var ours = Timing.BestSeconds(Rounds, () =>
        {
            var report = DomainCheck.Run(new LogDirectory(log.Directory), entries, root, new DomainOptions());
            if (!report.IsClean)
            {
                throw new InvalidOperationException($"the story is not clean: {string.Join("; ", report.Defects.Take(5))}");
            }
        });
        return new Row(
            $"log: domain check of {entries:N0} entries, lives of releases; theirs: fsck of the same log", "s", ours, fsck, 3 * fsck, MoreIsBetter: false);
    }

    private static IEnumerable<Row> OneProof(LogUnderTest log)
    {
        var prover = LogProver.Open(new LogDirectory(log.Directory), log.Key);
        var proven = prover.Prove(Entries / 3);
        var bytes = proven.Proof.Format();
        yield return new Row(
            "log: a proof at 1,000,000 entries; theirs: its hashes alone, raw", "bytes",
            bytes.Length, proven.Proof.Hashes.Count * 32, 1_300, MoreIsBetter: false);
        var note = proven.Proof.Checkpoint;
        var signature = note.Signatures[0].Signature.ToArray();
        yield return new Row(
            "log: a proof read and verified, p50; theirs: one bare Ed25519 verification", "ms",
            Timing.MedianMilliseconds(Proofs, () => Require(
                TLogProof.TryParse(bytes, out var proof, out _) && proof.Verify(proven.Entry.Span, log.Key) is ProofVerdict.Proven)),
            Timing.MedianMilliseconds(Proofs, () => Require(log.Key.Verify(note.Text, signature))), 0.1, MoreIsBetter: false);
    }

    private static double FsckSeconds(LogUnderTest log, long entries) => Timing.BestSeconds(Rounds, () =>
    {
        var report = Fsck.Run(new LogDirectory(log.Directory), new FsckOptions { LogKeys = [log.Key] });
        if (!report.IsClean || report.Size != entries)
        {
            throw new InvalidOperationException($"the log is not clean: {string.Join("; ", report.Defects)}");
        }
    });

    /// <summary>Hash what the bundles hold, read from the same warm files, and nothing else.</summary>
    private static void Hash(LogUnderTest log)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var path in Directory.EnumerateFiles(Path.Combine(log.Directory, "tile", "entries"), "*", SearchOption.AllDirectories))
        {
            SHA256.HashData(File.ReadAllBytes(path), hash);
        }
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("what is right was refused");
        }
    }
}
