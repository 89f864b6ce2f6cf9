using System.Diagnostics;
using System.Security.Cryptography;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Benchmarks;

/// <summary>
/// The patrol's reading: a vault of files is scrubbed from the medium, against <c>openssl dgst -sha256</c> on the same
/// cold files, and within a budget. Block digests are there already, as on every round but an object's first.
/// </summary>
internal static class ScrubBenchmark
{
    private const int Files = 8;
    private const int FileBytes = 128 * 1024 * 1024;
    private const int Rounds = 3;
    private const int BudgetMegabytesPerSecond = 100;
    private const double GoalOfTheirs = 0.8;
    private const double GoalOffBudgetPercent = 10;

    public static IEnumerable<Row> Run()
    {
        var folder = Directory.CreateTempSubdirectory("mp-bench-").FullName;
        try
        {
            using var vault = new ScrubbedVault(folder);
            vault.Scrub(BandwidthBudget.Unlimited);
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                theirs.Add(Rate(Files, () => vault.Openssl()));
                ours.Add(Rate(Files, () => vault.Scrub(BandwidthBudget.Unlimited)));
            }
            var peer = Median(theirs);
            yield return new Row(
                $"scrub: unthrottled, {Files} cold files of 128 MiB; theirs: openssl dgst -sha256", "MB/s",
                Median(ours), peer, Math.Round(peer * GoalOfTheirs, 2), MoreIsBetter: true);
            var budget = new BandwidthBudget(TimeProvider.System, (long)BudgetMegabytesPerSecond * FixityLimits.BytesPerMegabyte);
            var throttled = Rate(Files, () => vault.Scrub(budget));
            yield return new Row(
                $"scrub: off a budget of {BudgetMegabytesPerSecond} MB/s; theirs: what is allowed", "%",
                Math.Abs(throttled / BudgetMegabytesPerSecond - 1) * 100, GoalOffBudgetPercent, GoalOffBudgetPercent, MoreIsBetter: false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Rate(int files, Action read)
    {
        var start = Stopwatch.GetTimestamp();
        read();
        return (double)files * FileBytes / FixityLimits.BytesPerMegabyte / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed class ScrubbedVault : IDisposable
    {
        private readonly TemporaryFiles _temporary;
        private readonly FileStore _store;
        private readonly BlockLists _lists;
        private readonly List<Sha256Digest> _objects = [];

        public ScrubbedVault(string root)
        {
            var disk = new PosixDisk();
            _temporary = TemporaryFiles.Open(disk, root, "bench");
            _store = new FileStore(disk, "primary", "local", root, _temporary, [_temporary.Folder]);
            _lists = new BlockLists(disk, root, _temporary);
            for (var n = 0; n < Files; n++)
            {
                _objects.Add(Fill(disk));
            }
        }

        public void Scrub(BandwidthBudget budget)
        {
            var scrub = new Scrub(new CopyReader(budget, _ => { }), _lists);
            foreach (var id in _objects)
            {
                var check = scrub.LookAsync(_store, id, FileBytes, [], CancellationToken.None).GetAwaiter().GetResult();
                Require(check.State == CopyState.Ok, "a copy is whole");
            }
        }

        public void Openssl()
        {
            var paths = _objects.Select(_store.PathOf).ToArray();
            foreach (var path in paths)
            {
                // Nothing is copied: it drops what the page cache keeps of the file.
                Start("dd", $"if={path}", "iflag=nocache", "count=0", "status=none");
            }
            Start("openssl", ["dgst", "-sha256", .. paths]);
        }

        public void Dispose() => _temporary.Dispose();

        private Sha256Digest Fill(PosixDisk disk)
        {
            var path = _temporary.Next();
            var block = new byte[1024 * 1024];
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using (var file = disk.CreateNew(path))
            {
                for (var offset = 0L; offset < FileBytes; offset += block.Length)
                {
                    RandomNumberGenerator.Fill(block);
                    hash.AppendData(block);
                    file.Write(offset, block);
                }
                file.SyncData();
            }
            var id = new Sha256Digest(hash.GetHashAndReset());
            _store.PutAsync(id, path, FileBytes, CancellationToken.None).GetAwaiter().GetResult();
            disk.Unlink(path);
            return id;
        }

        private static void Start(string program, params IReadOnlyList<string> arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Require(process.ExitCode == 0, $"{program} ends well");
        }

        private static void Require(bool holds, string what)
        {
            if (!holds)
            {
                throw new InvalidOperationException($"the benchmark is void unless {what}");
            }
        }
    }
}
