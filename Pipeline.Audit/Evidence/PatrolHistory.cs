using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>What the patrol found: every repair follows a damage, and every round counts what was found in it.</summary>
internal sealed record PatrolHistory : SourceHistory
{
    private ImmutableDictionary<(Sha256Digest Digest, string Store), Damage> Damaged { get; init; } =
        ImmutableDictionary<(Sha256Digest, string), Damage>.Empty;

    private int Round { get; init; }

    private long Started { get; init; } = long.MinValue;

    private long Damages { get; init; }

    private long Repairs { get; init; }

    internal override Step After(Fact fact, long index) => fact switch
    {
        CopyDamaged f => Judge(
            this with { Damages = Damages + 1, Damaged = Damaged.SetItem((f.Digest, f.Store), new Damage(f.State, f.Found, f.At, index)) },
            Damaged.TryGetValue((f.Digest, f.Store), out var known) && (known.State, known.Found) == (f.State, f.Found)
                ? $"the damage of {f.Digest} in {f.Store} is told twice without a repair"
                : null),
        CopyRepaired f => Judge(
            this with { Repairs = Repairs + 1, Damaged = Damaged.Remove((f.Digest, f.Store)) },
            Damaged.ContainsKey((f.Digest, f.Store)) ? null : $"the copy of {f.Digest} in {f.Store} is repaired and was not damaged"),
        PatrolRound f => Judge(
            this with { Round = f.Round, Started = f.Started, Damages = 0, Repairs = 0 },
            f.Round == Round + 1 ? null : $"round {f.Round} follows round {Round}",
            f.Started > Started ? null : $"round {f.Round} began no later than the round before it",
            (f.Damaged, f.Repaired) == (Damages, Repairs)
                ? null
                : $"round {f.Round} counts {f.Damaged} damages and {f.Repaired} repairs, the log has {Damages} and {Repairs}"),
        _ => new Step(this, null),
    };

    internal override IEnumerable<OpenPoint> Open() => Damaged.Select(d => new OpenPoint(
        $"copy of {d.Key.Digest} in {d.Key.Store}", $"damaged ({d.Value.State})", d.Value.At, d.Value.Index));

    private sealed record Damage(string State, Sha256Digest? Found, long At, long Index);
}
