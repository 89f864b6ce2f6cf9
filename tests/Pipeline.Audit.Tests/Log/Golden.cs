using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Tests.Log;

/// <summary>The golden files: made by other programs, so that we do not check ourselves with ourselves.</summary>
internal static class Golden
{
    internal static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Log", "golden");

    /// <summary>Computed by golang.org/x/mod: roots, proofs, paths; leaf i is the text <c>entry-i</c>.</summary>
    internal static JsonNode XMod { get; } = Read("golden-xmod.json");

    /// <summary>Notes, cosignatures, proofs and witness requests in exact bytes.</summary>
    internal static JsonNode Signed { get; } = Read("golden-signed.json");

    /// <summary>The tree of the golden files, up to their largest size.</summary>
    internal static Lazy<HashesInMemory> Million { get; } =
        new(() => new HashesInMemory(Enumerable.Range(0, 1_000_000).Select(i => Entry(i))));

    internal static byte[] Entry(long index) => Encoding.UTF8.GetBytes($"entry-{index}");

    internal static Sha256Digest[] Hashes(JsonNode? list) =>
        [.. list is null ? [] : list.AsArray().Select(h => Sha256Digest.Parse((string)h!))];

    private static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, file)))!;
}

/// <summary>Every perfect subtree of a log in memory: the plainest possible store for proofs.</summary>
internal sealed class HashesInMemory
{
    private readonly List<List<Sha256Digest>> _levels = [];

    internal HashesInMemory(IEnumerable<byte[]> entries)
    {
        var level = entries.Select(e => MerkleTree.LeafHash(e)).ToList();
        while (level.Count > 0)
        {
            _levels.Add(level);
            level = [.. level.Chunk(2).Where(pair => pair.Length == 2).Select(pair => MerkleTree.NodeHash(pair[0], pair[1]))];
        }
    }

    internal IReadOnlyList<Sha256Digest> Read(IReadOnlyList<TreeNode> nodes) =>
        [.. nodes.Select(n => _levels[n.Level][(int)n.Index])];
}
