using System.Collections.Immutable;
using System.Globalization;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;

namespace Pipeline.Audit.Evidence;

/// <summary>
/// The keys of the log, as it announces them: one signs; a second one is announced once, of the same origin; then one of the
/// two is retired for the other. No key comes back.
/// </summary>
internal sealed record LogKeyHistory : SourceHistory
{
    /// <summary>Every key that was named, with the entry that named it first.</summary>
    internal ImmutableDictionary<string, long> Named { get; init; } = ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    private ImmutableHashSet<string> Retired { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    // Null until the first fact: a log does not announce the key it begins with.
    private string? Current { get; init; }

    private string? Next { get; init; }

    private long Since { get; init; }

    private long Index { get; init; }

    internal override Step After(Fact fact, long index) => fact switch
    {
        LogKeyAnnounced f => Judge(
            this with { Current = f.Follows, Next = f.Vkey, Since = f.At, Index = index, Named = Naming(f.Follows, f.Vkey, index) },
            Wrong(f.Vkey), Wrong(f.Follows),
            NameOf(f.Vkey) == NameOf(f.Follows) ? null : "a key of another origin is announced",
            Current is null || Current == f.Follows ? null : $"a key is announced to follow {Short(f.Follows)}, while {Short(Current)} signs",
            Next is null ? null : $"{Short(f.Vkey)} is announced before one of {Short(Current!)} and {Short(Next)} is retired",
            Named.ContainsKey(f.Vkey) || f.Vkey == f.Follows ? $"{Short(f.Vkey)} is announced a second time" : null),
        LogKeyRetired f => Judge(
            this with { Current = f.Successor, Next = null, Retired = Retired.Add(f.Vkey), Named = Naming(f.Vkey, f.Successor, index) },
            Next is null ? "a key is retired and none was announced to follow it" : null,
            (f.Vkey == Current && f.Successor == Next) || (f.Vkey == Next && f.Successor == Current)
                ? null
                : $"{Short(f.Vkey)} is retired for {Short(f.Successor)}, which are not the two keys that sign"),
        _ => new Step(this, null),
    };

    internal override IEnumerable<OpenPoint> Open() =>
        Next is null ? [] : [new OpenPoint("the log's key", $"{Short(Next)} is announced to follow {Short(Current!)}, neither is retired yet", Since, Index)];

    /// <summary>
    /// What the log's files of keys deny of the log's own words. The files may be ahead, for they change while no node runs;
    /// never behind.
    /// </summary>
    internal IEnumerable<(string File, string What)> Against(LogVkeys shown)
    {
        foreach (var (vkey, index) in Named.Where(n => !shown.All.Any(k => k.Vkey == n.Key)).OrderBy(n => n.Value))
        {
            yield return (LogLayout.Vkeys, $"does not list {vkey}, which entry {index.ToString(CultureInfo.InvariantCulture)} names");
        }
        if (Retired.Contains(shown.Current.Vkey))
        {
            yield return (LogLayout.Vkey, $"shows {shown.Current.Vkey}, which the log has retired");
        }
    }

    private ImmutableDictionary<string, long> Naming(string first, string second, long index)
    {
        var named = Named.ContainsKey(first) ? Named : Named.Add(first, index);
        return named.ContainsKey(second) ? named : named.Add(second, index);
    }

    private static string? Wrong(string vkey) =>
        !NoteVerifierKey.TryParse(vkey, out var key, out var problem) ? $"no key of a log is announced: {problem}"
        : key.Type != NoteKeyType.Ed25519 ? "the key of a cosigner is announced as the log's"
        : null;

    private static string NameOf(string vkey) => vkey.Split('+')[0];

    /// <summary>The key id says which of an origin's keys.</summary>
    private static string Short(string vkey) =>
        vkey.Split('+') is [_, var id, ..] ? string.Create(CultureInfo.InvariantCulture, $"key {id}") : "a key without an id";
}
