using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Hosting.Witnessing;

/// <summary>What the witnesses said of one checkpoint.</summary>
/// <param name="Cosigned">The note with every line that came; null when the quorum is not reached.</param>
/// <param name="Ahead">Witnesses that say they cosigned more than we have.</param>
/// <param name="Suspects">Witnesses that say they saw another history.</param>
public sealed record WitnessRound(
    SignedCheckpoint Asked, SignedCheckpoint? Cosigned, IReadOnlyList<(string Witness, long Size)> Ahead, IReadOnlyList<(string Witness, string Why)> Suspects);

/// <summary>
/// The witnesses of the policy, as this node asks them. A round asks all of them about one checkpoint, the newest; it ends
/// when every one has answered or the patience is over. What is missing then is missing: reading goes on, money waits.
/// </summary>
public sealed class Witnesses : IDisposable
{
    /// <summary>A witness that needs longer counts as silent this round.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http;
    private readonly IReadOnlyList<WitnessLine> _lines;
    private readonly IReadOnlySet<string> _independent;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);

    // One proof serves all witnesses that stand at one size.
    private readonly Dictionary<(long, long), IReadOnlyList<Sha256Digest>> _proofs = [];

    /// <param name="policy">Null: nobody is asked, and nothing is ever witnessed.</param>
    /// <param name="independent">Names of the policy's witnesses that others run.</param>
    /// <param name="proofs">Consistency proof from an old size to a new one.</param>
    public Witnesses(TrustPolicy? policy, IReadOnlySet<string> independent, Func<long, long, IReadOnlyList<Sha256Digest>> proofs)
    {
        Policy = policy;
        _independent = independent;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = Patience + Patience,
        };
        _lines = [.. (policy?.Witnesses ?? []).Where(w => w.Url is not null).Select(w => new WitnessLine(w, _http, Proof))];

        IReadOnlyList<Sha256Digest> Proof(long old, long size)
        {
            lock (_proofs)
            {
                if (!_proofs.TryGetValue((old, size), out var proof))
                {
                    _proofs.Clear();
                    _proofs.Add((old, size), proof = proofs(old, size));
                }
                return proof;
            }
        }
    }

    public TrustPolicy? Policy { get; }

    /// <summary>Is anybody to be asked?</summary>
    public bool Any => _lines.Count > 0;

    /// <summary>Must somebody have cosigned before a fact counts as witnessed?</summary>
    public bool IsRequired => Policy is { NeedsNobody: false };

    public IReadOnlyList<WitnessStanding> Standing()
    {
        lock (_gate)
        {
            return [.. (Policy?.Witnesses ?? []).Select(w => new WitnessStanding(
                w.Name, _independent.Contains(w.Name), _lines.FirstOrDefault(l => l.Witness == w)?.Size,
                w.Url is null ? "the policy gives no address for it" : _problems.GetValueOrDefault(w.Name, "not asked yet")))];
        }
    }

    /// <summary>Asks all of them about this checkpoint.</summary>
    public async Task<WitnessRound> AskAsync(SignedCheckpoint checkpoint, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        Invariant.Require(SignedNote.TryParse(checkpoint.Note, out var note, out _), "our own note can be read");
        var answers = await Task.WhenAll(_lines.Select(async line => (line.Witness, Answer: await line.AskAsync(note!, checkpoint.Size, limit.Token))));
        cancel.ThrowIfCancellationRequested();
        var cosigned = note!;
        lock (_gate)
        {
            foreach (var (witness, answer) in answers)
            {
                _problems[witness.Name] = answer switch
                {
                    WitnessAnswer.Cosigned => "",
                    WitnessAnswer.SawSize(var size) => $"it says that it cosigned size {size}",
                    WitnessAnswer.SuspectsFork(var why) => why,
                    WitnessAnswer.Unusable(var why) => why,
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
                if (answer is WitnessAnswer.Cosigned(var line))
                {
                    cosigned = cosigned.With(line);
                }
            }
        }
        var whole = cosigned.Format();
        return new WitnessRound(
            checkpoint,
            Policy!.Judge(whole) is PolicyVerdict.Trusted ? checkpoint with { Note = whole } : null,
            [.. answers.Where(a => a.Answer is WitnessAnswer.SawSize).Select(a => (a.Witness.Name, ((WitnessAnswer.SawSize)a.Answer).Size)).Where(a => a.Size > checkpoint.Size)],
            [.. answers.Where(a => a.Answer is WitnessAnswer.SuspectsFork).Select(a => (a.Witness.Name, ((WitnessAnswer.SuspectsFork)a.Answer).Why))]);
    }

    /// <summary>What each of them shows of our log, verbatim; those that show nothing are left out.</summary>
    public async Task<IReadOnlyList<(string Witness, byte[] Note)>> ShownAsync(string origin, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        var shown = await Task.WhenAll(_lines.Select(async line => (line.Witness.Name, Note: await line.ShownAsync(origin, limit.Token))));
        cancel.ThrowIfCancellationRequested();
        return [.. shown.Where(s => s.Note is not null).Select(s => (s.Name, s.Note!))];
    }

    public void Dispose() => _http.Dispose();
}
