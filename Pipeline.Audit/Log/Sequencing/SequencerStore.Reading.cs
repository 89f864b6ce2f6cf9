using System.Data.Common;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

public sealed partial class SequencerStore
{
    /// <summary>Most entries one read returns.</summary>
    public const int MaxEntriesPerRead = 65_536;

    private const string HeadQuery = "SELECT origin, epoch, size, root, tail, published_size FROM log_head WHERE id = 1";
    private const string EntryColumns = "SELECT idx, persistence_id, sequence_nr, leaf FROM log_entry";

    /// <summary>The committed head. There is one once somebody has called <see cref="TakeOver"/>.</summary>
    public LogHead ReadHead()
    {
        using var connection = Open();
        return connection.Query(null, HeadQuery, ReadHead)[0];
    }

    /// <summary>The committed head, or null while nobody has finished a first <see cref="TakeOver"/>: for those who only read.</summary>
    public LogHead? FindHead()
    {
        using var connection = Open();
        return connection.Query(null, dialect.SchemaQuery, row => row.GetInt64(0))[0] == 1
            && connection.Query(null, HeadQuery, ReadHead) is [var head]
            ? head
            : null;
    }

    /// <summary>Entries in log order; fewer than asked where the log ends.</summary>
    /// <param name="count">0 to <see cref="MaxEntriesPerRead"/>.</param>
    public IReadOnlyList<SequencedEntry> ReadEntries(long fromIndex, int count)
    {
        Invariant.Require(fromIndex >= 0 && count is >= 0 and <= MaxEntriesPerRead, "a read has a bounded number of entries");
        using var connection = Open();
        return connection.Query(
            null, $"{EntryColumns} WHERE idx >= @from AND idx < @to ORDER BY idx", ReadEntry, ("@from", fromIndex), ("@to", fromIndex + count));
    }

    /// <summary>The entry of a journal row, or null when it is not sequenced yet.</summary>
    public SequencedEntry? FindEntry(string persistenceId, long sequenceNr)
    {
        using var connection = Open();
        return connection.Query(
            null, $"{EntryColumns} WHERE persistence_id = @id AND sequence_nr = @nr", ReadEntry,
            ("@id", persistenceId), ("@nr", sequenceNr)).SingleOrDefault();
    }

    /// <summary>The index of the latest entry of an asset, or null when it has none.</summary>
    public long? LatestOfAsset(string asset)
    {
        using var connection = Open();
        return connection.Query<long?>(
            null, "SELECT last_idx FROM log_asset WHERE asset = @asset", row => row.GetInt64(0), ("@asset", asset)).SingleOrDefault();
    }

    /// <summary>The highest sequenced number of a source; 0 when the log has nothing of it.</summary>
    public long LastSequenceNrOf(string persistenceId)
    {
        using var connection = Open();
        return connection.Query(
            null, "SELECT last_seq FROM log_source WHERE persistence_id = @id", row => row.GetInt64(0), ("@id", persistenceId)).SingleOrDefault();
    }

    /// <summary>
    /// The pseudonym that a persistence id has in this log. Looked up, because a recovery may have changed the salt since the
    /// source first wrote; whoever counts by it is found out by the leaves, should a row be wrong. Computed for a source that
    /// the log does not know.
    /// </summary>
    public Func<string, string> Pseudonyms()
    {
        using var connection = Open();
        var salt = new SourceSalt(connection.Query(null, "SELECT source_salt FROM log_head WHERE id = 1", row => row.GetBytes(0))[0]);
        var known = connection.Query(null, "SELECT persistence_id, source FROM log_source", row => (Id: row.GetString(0), Source: row.GetString(1)))
            .ToDictionary(s => s.Id, s => s.Source, StringComparer.Ordinal);
        return persistenceId => known.GetValueOrDefault(persistenceId) ?? salt.NameOf(persistenceId);
    }

    /// <summary>The sources that wait for a missing number; the caller reads each again from there.</summary>
    public IReadOnlyList<ParkedSource> ParkedSources()
    {
        using var connection = Open();
        return connection.Query(
            null, "SELECT persistence_id, last_seq + 1, seen_seq FROM log_source WHERE seen_seq > last_seq ORDER BY persistence_id",
            row => new ParkedSource(row.GetString(0), row.GetInt64(1), row.GetInt64(2)));
    }

    /// <summary>
    /// The hashes of a tile, computed from what is committed: leaf hashes on level 0, roots of full tiles above.
    /// </summary>
    public IReadOnlyList<Sha256Digest> ReadHashes(TilePath tile)
    {
        using var connection = Open();
        return HashesOf(connection, null, tile);
    }

    /// <summary>Hashes of perfect subtrees for <see cref="ProofBuilder"/>; each costs at most one tile.</summary>
    public IReadOnlyList<Sha256Digest> ReadNodes(IReadOnlyList<TreeNode> nodes)
    {
        using var connection = Open();
        return [.. nodes.Select(node => ReadNode(connection, node))];
    }

    /// <summary>The checkpoint with the largest size that was signed for publication; null before the first.</summary>
    public SignedCheckpoint? LatestCheckpoint()
    {
        using var connection = Open();
        return connection.Query(
            null, "SELECT size, root, note FROM log_checkpoint ORDER BY size DESC LIMIT 1", ReadCheckpoint).SingleOrDefault();
    }

    /// <summary>The checkpoint of exactly this size, or null.</summary>
    public SignedCheckpoint? FindCheckpoint(long size)
    {
        using var connection = Open();
        return connection.Query(
            null, "SELECT size, root, note FROM log_checkpoint WHERE size = @size", ReadCheckpoint, ("@size", size)).SingleOrDefault();
    }

    /// <summary>Sizes of all checkpoints from <paramref name="from"/> on, smallest first, at most <paramref name="count"/>.</summary>
    internal List<long> CheckpointSizes(long from, int count)
    {
        using var connection = Open();
        return connection.Query(
            null, "SELECT size FROM log_checkpoint WHERE size >= @from ORDER BY size LIMIT @count", row => row.GetInt64(0),
            ("@from", from), ("@count", count));
    }

    /// <summary>Leaves of <c>[from, to)</c> with their stored hashes, in log order.</summary>
    internal List<(byte[] Leaf, Sha256Digest Hash)> ReadLeaves(long from, long to)
    {
        using var connection = Open();
        return connection.Query(
            null, "SELECT leaf, leaf_hash FROM log_entry WHERE idx >= @from AND idx < @to ORDER BY idx",
            row => (row.GetBytes(0), row.GetDigest(1)), ("@from", from), ("@to", to));
    }

    /// <summary>
    /// Commits a signed checkpoint for publication, unless somebody else sequences by now. The same one again is no change.
    /// </summary>
    internal bool TryAddCheckpoint(long epoch, SignedCheckpoint checkpoint)
    {
        using var connection = Open();
        var added = connection.Execute(
            null,
            """
            INSERT INTO log_checkpoint (size, root, note)
            SELECT @size, @root, @note FROM log_head WHERE id = 1 AND epoch = @epoch
            ON CONFLICT (size) DO NOTHING
            """,
            ("@size", checkpoint.Size), ("@root", checkpoint.Root.ToArray()), ("@note", checkpoint.Note), ("@epoch", epoch));
        return added == 1 || connection.Query(null, HeadQuery, ReadHead)[0].Epoch == epoch;
    }

    /// <summary>Notes that the files of a size are all in place. Never goes back.</summary>
    internal void MarkPublished(long size)
    {
        using var connection = Open();
        connection.Execute(
            null, "UPDATE log_head SET published_size = @size WHERE id = 1 AND published_size < @size", ("@size", size));
    }

    private static List<Sha256Digest> HashesOf(DbConnection connection, DbTransaction? transaction, TilePath tile)
    {
        Invariant.Require(!tile.IsEntries, "a bundle has entries, not hashes");
        var from = tile.Number * TilePath.FullWidth;
        var hashes = tile.Level == 0
            ? connection.Query(
                transaction, "SELECT leaf_hash FROM log_entry WHERE idx >= @from AND idx < @to ORDER BY idx",
                row => row.GetDigest(0), ("@from", from), ("@to", from + tile.Width))
            : connection.Query(
                transaction, "SELECT root FROM log_full_tile WHERE level = @level AND number >= @from AND number < @to ORDER BY number",
                row => row.GetDigest(0), ("@level", tile.Level - 1), ("@from", from), ("@to", from + tile.Width));
        return hashes.Count == tile.Width
            ? hashes
            : throw new InvalidDataException($"the database has {hashes.Count} of the {tile.Width} hashes of {tile.Text}");
    }

    private static Sha256Digest ReadNode(DbConnection connection, TreeNode node)
    {
        var level = node.Level / TilePath.LevelsPerTile;
        var hashes = 1 << (node.Level % TilePath.LevelsPerTile);
        var first = node.Index * hashes;
        var within = (int)(first % TilePath.FullWidth);
        var tile = HashesOf(connection, null, TilePath.Hashes(level, first / TilePath.FullWidth, within + hashes));
        var bytes = new byte[hashes * MerkleTree.HashBytes];
        for (var i = 0; i < hashes; i++)
        {
            tile[within + i].CopyTo(bytes.AsSpan(i * MerkleTree.HashBytes));
        }
        return MerkleTree.PerfectRoot(bytes);
    }

    private static LogHead ReadHead(DbDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetDigest(3), row.GetInt64(4), row.GetInt64(5));

    private static SequencedEntry ReadEntry(DbDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetBytes(3));

    private static SignedCheckpoint ReadCheckpoint(DbDataReader row) => new(row.GetInt64(0), row.GetDigest(1), row.GetBytes(2));
}
