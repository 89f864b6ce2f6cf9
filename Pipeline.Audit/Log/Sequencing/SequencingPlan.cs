using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>How far the log is with one source.</summary>
/// <param name="Source">Its pseudonym in the log.</param>
/// <param name="SeenSequenceNr">The highest number met; above <paramref name="LastSequenceNr"/> the source is parked.</param>
internal sealed record SourceCursor(
    string PersistenceId, string Source, long LastSequenceNr, long LastIndex, long SeenSequenceNr)
{
    public bool IsParked => SeenSequenceNr > LastSequenceNr;
}

/// <summary>An entry as it goes into the database.</summary>
internal sealed record PlannedEntry(long Index, string PersistenceId, long SequenceNr, Sha256Digest LeafHash, byte[] Leaf);

/// <summary>
/// What a batch would do to the log: a pure function of the committed state and the batch. Per source numbers are
/// 1, 2, 3, …; known ones are passed over, and those after a hole wait for it.
/// </summary>
internal sealed class SequencingPlan
{
    private const int NonceBytes = LeafEnvelope.HexCharacters / 2;

    private readonly Dictionary<string, SourceCursor> _sources;
    private readonly Dictionary<string, long> _assets;
    private readonly HashSet<string> _touchedSources = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touchedAssets = new(StringComparer.Ordinal);

    /// <summary>Facts of this batch whose predecessor has not come yet.</summary>
    private readonly Dictionary<(string PersistenceId, long SequenceNr), JournalFact> _waiting = [];

    private SequencingPlan(TreeEdge edge, Dictionary<string, SourceCursor> sources, Dictionary<string, long> assets) =>
        (Edge, _sources, _assets) = (edge, sources, assets);

    /// <summary>The tree afterwards.</summary>
    public TreeEdge Edge { get; }

    public List<PlannedEntry> Entries { get; } = [];

    public List<FullTile> FullTiles { get; } = [];

    /// <summary>Cursors that changed.</summary>
    public IEnumerable<SourceCursor> Sources => _touchedSources.Select(id => _sources[id]);

    /// <summary>Assets with a new latest entry.</summary>
    public IEnumerable<(string Asset, long LastIndex)> Assets => _touchedAssets.Select(asset => (asset, _assets[asset]));

    /// <param name="edge">The committed tree; not changed.</param>
    /// <param name="sources">A cursor for every source of the batch, also for new ones.</param>
    /// <param name="assets">The latest entry of every asset of the batch that has one.</param>
    /// <param name="randomBytes">16 for each fact of the batch, from the operating system's generator.</param>
    public static SequencingPlan Make(
        TreeEdge edge, Dictionary<string, SourceCursor> sources, Dictionary<string, long> assets,
        IReadOnlyList<JournalFact> batch, ReadOnlySpan<byte> randomBytes)
    {
        var plan = new SequencingPlan(edge.Copy(), sources, assets);
        foreach (var fact in batch)
        {
            plan.Take(fact, ref randomBytes);
        }
        return plan;
    }

    /// <summary>Entries that were published once go back where they stood: nothing is drawn, nothing may be passed over.</summary>
    /// <exception cref="InvalidDataException">An entry does not follow what its source or its asset has.</exception>
    public static SequencingPlan Replay(
        TreeEdge edge, Dictionary<string, SourceCursor> sources, Dictionary<string, long> assets, IReadOnlyList<LostEntry> lost)
    {
        var plan = new SequencingPlan(edge.Copy(), sources, assets);
        foreach (var entry in lost)
        {
            var (cursor, envelope) = (plan._sources[entry.PersistenceId], entry.Envelope);
            if (cursor.Source != envelope.Source || envelope.Seq != cursor.LastSequenceNr + 1
                || (envelope.Asset.Length > 0 && envelope.Prev != plan._assets.GetValueOrDefault(envelope.Asset, -1)))
            {
                throw new InvalidDataException(
                    $"entry {plan.Edge.Range.Size} does not follow what the database has: source {envelope.Source} is at number {cursor.LastSequenceNr}");
            }
            plan.Add(entry.PersistenceId, envelope.Seq, envelope.Asset, entry.Leaf);
        }
        return plan;
    }

    /// <summary>Random bytes that <see cref="Make"/> wants for a batch.</summary>
    public static int RandomBytesFor(int facts) => facts * NonceBytes;

    private void Take(JournalFact fact, ref ReadOnlySpan<byte> randomBytes)
    {
        var cursor = _sources[fact.PersistenceId];
        if (fact.SequenceNr <= cursor.LastSequenceNr)
        {
            return;
        }
        if (fact.SequenceNr > cursor.SeenSequenceNr)
        {
            _sources[fact.PersistenceId] = cursor with { SeenSequenceNr = fact.SequenceNr };
            _touchedSources.Add(fact.PersistenceId);
        }
        _waiting[(fact.PersistenceId, fact.SequenceNr)] = fact;
        while (_waiting.Remove((fact.PersistenceId, _sources[fact.PersistenceId].LastSequenceNr + 1), out var next))
        {
            Append(next, randomBytes[..NonceBytes]);
            randomBytes = randomBytes[NonceBytes..];
        }
    }

    private void Append(JournalFact fact, ReadOnlySpan<byte> nonce)
    {
        var leaf = new LeafEnvelope(
            fact.Manifest, TenantId.Parse(fact.Tenant), _sources[fact.PersistenceId].Source, fact.SequenceNr, fact.Asset,
            _assets.GetValueOrDefault(fact.Asset, -1), Convert.ToHexStringLower(nonce)).Encode(fact.PublicBytes);
        Add(fact.PersistenceId, fact.SequenceNr, fact.Asset, leaf);
    }

    private void Add(string persistenceId, long sequenceNr, string asset, byte[] leaf)
    {
        var index = Edge.Range.Size;
        var cursor = _sources[persistenceId];
        var leafHash = MerkleTree.LeafHash(leaf);
        Edge.Append(leafHash, FullTiles);
        Entries.Add(new PlannedEntry(index, persistenceId, sequenceNr, leafHash, leaf));
        _sources[persistenceId] = cursor with
        {
            LastSequenceNr = sequenceNr,
            LastIndex = index,
            SeenSequenceNr = Math.Max(cursor.SeenSequenceNr, sequenceNr),
        };
        _touchedSources.Add(persistenceId);
        if (asset.Length > 0)
        {
            _assets[asset] = index;
            _touchedAssets.Add(asset);
        }
    }
}
