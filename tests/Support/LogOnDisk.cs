using System.Globalization;
using System.Text;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Tests.Support;

/// <summary>
/// Writes a whole log directory the plain way, from the definitions and without the sequencer and the publisher, for tests
/// of whatever reads one. Partial files of every published size stay, as if nothing had ever been cleaned up.
/// </summary>
internal static class LogOnDisk
{
    /// <summary>Leaves of ours: three sources in turn, two assets, threads and numbers right.</summary>
    internal static IReadOnlyList<byte[]> Leaves(int count, int publicBytes = 40)
    {
        var (seqs, last) = (new long[3], new Dictionary<string, long>());
        var entries = new List<byte[]>(count);
        for (var i = 0; i < count; i++)
        {
            var (source, asset) = (i % 3, (i % 5) switch { 0 => "release-local-a", 1 => "recording-local-b", _ => "" });
            var envelope = new LeafEnvelope(
                "test.happened.1", TenantId.Local, source.ToString("x32", CultureInfo.InvariantCulture), ++seqs[source], asset,
                asset.Length == 0 ? -1 : last.GetValueOrDefault(asset, -1), i.ToString("x32", CultureInfo.InvariantCulture));
            if (asset.Length > 0)
            {
                last[asset] = i;
            }
            entries.Add(envelope.Encode(Encoding.ASCII.GetBytes($"{{\"n\":{i}}}".PadRight(publicBytes))));
        }
        return entries;
    }

    /// <summary>Writes the log into a directory and returns its checkpoint; <paramref name="publishedSizes"/> ascend to the number of entries.</summary>
    internal static Checkpoint Write(string directory, IReadOnlyList<byte[]> entries, IEnumerable<long> publishedSizes, NoteSigner signer)
    {
        Directory.CreateDirectory(directory);
        var levels = new List<List<byte[]>> { entries.Select(e => MerkleTree.LeafHash(e).ToArray()).ToList() };
        while (levels[^1].Count >= TilePath.FullWidth)
        {
            levels.Add([.. levels[^1].Chunk(TilePath.FullWidth).Where(c => c.Length == TilePath.FullWidth)
                .Select(c => MerkleTree.PerfectRoot(c.SelectMany(h => h).ToArray()).ToArray())]);
        }
        var (range, published, history) = (new CompactRange(), 0L, new StringBuilder());
        foreach (var size in publishedSizes)
        {
            for (; range.Size < size;)
            {
                range.Append(MerkleTree.LeafHash(entries[(int)range.Size]));
            }
            foreach (var tile in TilePath.TilesToWrite(published, size))
            {
                var hashes = levels[tile.Level].Skip((int)tile.Number * TilePath.FullWidth).Take(tile.Width);
                WriteFile(directory, tile.Text, hashes.SelectMany(h => h).ToArray());
            }
            foreach (var bundle in TilePath.BundlesToWrite(published, size))
            {
                var part = entries.Skip((int)bundle.Number * TilePath.FullWidth).Take(bundle.Width).Select(e => new ReadOnlyMemory<byte>(e));
                WriteFile(directory, bundle.Text, EntryBundle.Encode([.. part]));
            }
            history.Append(CultureInfo.InvariantCulture, $"{size}\n");
            published = size;
        }
        var checkpoint = new Checkpoint(signer.VerifierKey.Name, published, range.Root());
        WriteFile(directory, LogLayout.History, Encoding.ASCII.GetBytes(history.ToString()));
        WriteFile(directory, LogLayout.Vkey, Encoding.ASCII.GetBytes(signer.VerifierKey.Vkey + "\n"));
        WriteFile(directory, LogLayout.Checkpoint, checkpoint.Sign(signer).Format());
        return checkpoint;
    }

    private static void WriteFile(string directory, string path, byte[] bytes)
    {
        var full = Path.Combine(directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }
}

/// <summary>A directory for one test, removed behind it.</summary>
internal sealed class LogScratch : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("mp-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
