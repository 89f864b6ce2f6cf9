namespace Pipeline.Tests.Support;

/// <summary>What a <see cref="SimulatedDisk"/> is made of: each node knows what is so now and what is sure to survive.</summary>
internal abstract class Node
{
    /// <summary>The node after a power cut. <paramref name="met"/> keeps a file with two names one file.</summary>
    public abstract Node Survive(Random? random, Dictionary<Node, Node> met);
}

internal sealed class FileNode : Node
{
    private const int SectorBytes = 512;

    private byte[] _durable = [];
    private byte[] _now = [];
    private bool _dirty;

    public long Length => _now.Length;

    public bool IsReadOnly { get; set; }

    public byte[] Bytes() => [.. _now];

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        var end = (int)offset + bytes.Length;
        var next = new byte[Math.Max(end, _now.Length)];
        _now.CopyTo(next, 0);
        bytes.CopyTo(next.AsSpan((int)offset));
        _now = next;
        _dirty = true;
    }

    public void Truncate(long length)
    {
        var next = new byte[length];
        _now.AsSpan(0, Math.Min(_now.Length, next.Length)).CopyTo(next);
        _now = next;
        _dirty = true;
    }

    public void Sync()
    {
        _durable = _now;
        _dirty = false;
    }

    public void Rot(long offset)
    {
        _now = [.. _now];
        _now[offset] ^= 0x01;
        _durable = _now;
    }

    public override Node Survive(Random? random, Dictionary<Node, Node> met)
    {
        if (!met.TryGetValue(this, out var survivor))
        {
            var bytes = !_dirty || random is null ? _durable : Torn(random);
            survivor = new FileNode { _durable = bytes, _now = bytes, IsReadOnly = IsReadOnly };
            met.Add(this, survivor);
        }
        return survivor;
    }

    private byte[] Torn(Random random)
    {
        var length = random.Next(4) switch
        {
            0 => _durable.Length,
            1 => random.Next(Math.Min(_durable.Length, _now.Length), Math.Max(_durable.Length, _now.Length) + 1),
            _ => _now.Length,
        };
        var keepAll = random.Next(3) == 0;
        var torn = new byte[length];
        for (var at = 0; at < length; at += SectorBytes)
        {
            var source = keepAll || random.Next(2) == 0 ? _now : _durable;
            var end = Math.Min(Math.Min(at + SectorBytes, length), source.Length);
            if (end > at)
            {
                source.AsSpan(at, end - at).CopyTo(torn.AsSpan(at));
            }
        }
        return torn;
    }
}

internal sealed class DirectoryNode : Node
{
    /// <summary>Per name the value that survives for sure, then each it had since the last sync; the last is now.</summary>
    private readonly Dictionary<string, List<Node?>> _values = new(StringComparer.Ordinal);

    public Node? Now(string name) => _values.TryGetValue(name, out var values) ? values[^1] : null;

    public void Set(string name, Node? node)
    {
        if (!_values.TryGetValue(name, out var values))
        {
            _values[name] = values = [null];
        }
        values.Add(node);
    }

    public void Sync()
    {
        foreach (var (name, values) in _values.ToArray())
        {
            if (values[^1] is null)
            {
                _values.Remove(name);
            }
            else
            {
                values.RemoveRange(0, values.Count - 1);
            }
        }
    }

    public List<string> Names<T>() where T : Node =>
        [.. _values.Where(v => v.Value[^1] is T).Select(v => v.Key).Order(StringComparer.Ordinal)];

    public override Node Survive(Random? random, Dictionary<Node, Node> met) => Survivor(random, met);

    public DirectoryNode Survivor(Random? random, Dictionary<Node, Node> met)
    {
        var survivor = new DirectoryNode();
        foreach (var (name, values) in _values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            var left = values[random is null ? 0 : random.Next(values.Count)];
            if (left is not null)
            {
                survivor._values[name] = [left.Survive(random, met)];
            }
        }
        return survivor;
    }
}
