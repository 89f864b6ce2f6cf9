using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Pipeline.Audit.Log;

/// <summary>A log that a policy knows.</summary>
/// <param name="Key">Its name is the origin of the log.</param>
/// <param name="Url">As written, or null; nothing offline needs it.</param>
public sealed record PolicyLog(NoteVerifierKey Key, string? Url);

/// <summary>A witness that a policy knows.</summary>
/// <param name="Name">Means something inside the policy only: who stands for whom in the quorum.</param>
/// <param name="Url">Submission prefix of its <c>add-checkpoint</c>; null where it cannot be asked.</param>
public sealed record PolicyWitness(string Name, NoteVerifierKey Key, string? Url);

/// <summary>A member of a quorum: holds when at least <paramref name="Threshold"/> of its members do.</summary>
/// <param name="Members">Names of witnesses and of groups that were named before.</param>
public sealed record PolicyGroup(string Name, int Threshold, IReadOnlyList<string> Members);

/// <summary>What a note is worth to somebody with a policy.</summary>
public abstract record PolicyVerdict
{
    private PolicyVerdict()
    {
    }

    /// <summary>Signed by a log of the policy, and cosigned as its quorum demands.</summary>
    /// <param name="Witnesses">Names of the witnesses whose lines stand there and are right.</param>
    public sealed record Trusted(Checkpoint Checkpoint, NoteVerifierKey LogKey, IReadOnlyList<string> Witnesses) : PolicyVerdict;

    /// <summary>Signed by a log of the policy, but the quorum is not reached.</summary>
    public sealed record Unwitnessed(Checkpoint Checkpoint, NoteVerifierKey LogKey, IReadOnlyList<string> Witnesses, string Why) : PolicyVerdict;

    /// <summary>Not signed by a log of the policy, malformed, or with a line of a known key that does not fit.</summary>
    public sealed record Rejected(string Why) : PolicyVerdict;
}

/// <summary>
/// Whom somebody trusts, as a file (C2SP tlog-policy): logs, witnesses, groups, one quorum. A checkpoint is believed when
/// one of the logs signed it and the quorum cosigned it.
/// </summary>
public sealed class TrustPolicy
{
    /// <summary>The quorum that needs nobody.</summary>
    public const string NoQuorum = "none";

    private readonly Dictionary<string, PolicyGroup> _groups;

    internal TrustPolicy(
        IReadOnlyList<PolicyLog> logs, IReadOnlyList<PolicyWitness> witnesses, IReadOnlyList<PolicyGroup> groups, string quorum)
    {
        (Logs, Witnesses, Groups, Quorum) = (logs, witnesses, groups, quorum);
        _groups = groups.ToDictionary(g => g.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<PolicyLog> Logs { get; }

    public IReadOnlyList<PolicyWitness> Witnesses { get; }

    public IReadOnlyList<PolicyGroup> Groups { get; }

    /// <summary>Name of the witness or group that must have witnessed; <see cref="NoQuorum"/> when nobody must.</summary>
    public string Quorum { get; }

    /// <summary>True when no witness is needed: then nothing is ever witnessed, only published.</summary>
    public bool NeedsNobody => Quorum == NoQuorum;

    /// <summary>Reads a policy file. The problem names its line.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TrustPolicy? policy, [NotNullWhen(false)] out string? problem) =>
        TrustPolicyReader.TryRead(bytes, out policy, out problem);

    /// <summary>The policy of somebody who has nothing but a log's key.</summary>
    public static TrustPolicy OfLog(NoteVerifierKey logKey) => new([new PolicyLog(logKey, null)], [], [], NoQuorum);

    /// <summary>Is the quorum reached by these witnesses?</summary>
    public bool IsReachedBy(IReadOnlySet<string> witnesses) => NeedsNobody || Holds(Quorum, witnesses);

    /// <summary>Keys of one origin: two while a log hands over from one to the next.</summary>
    public IReadOnlyList<NoteVerifierKey> KeysOf(string origin) => [.. Logs.Where(l => l.Key.Name == origin).Select(l => l.Key)];

    /// <summary>Reads a signed checkpoint and says what it is worth.</summary>
    public PolicyVerdict Judge(ReadOnlySpan<byte> note)
    {
        if (!SignedNote.TryParse(note, out var parsed, out var problem))
        {
            return new PolicyVerdict.Rejected(problem);
        }
        if (!Checkpoint.TryParseBody(parsed.Text, out var checkpoint, out problem))
        {
            return new PolicyVerdict.Rejected(problem);
        }
        var logKeys = KeysOf(checkpoint.Origin);
        if (logKeys.Count == 0)
        {
            return new PolicyVerdict.Rejected($"the checkpoint is of {checkpoint.Origin}, which the policy does not name");
        }
        // One call for all known keys: a line of any of them that does not fit rejects the whole note.
        var verdict = parsed.Verify([.. logKeys, .. Witnesses.Select(w => w.Key)]);
        if (verdict is NoteVerdict.Rejected(var unfit))
        {
            return new PolicyVerdict.Rejected(unfit);
        }
        var verified = (NoteVerdict.Verified)verdict;
        if (logKeys.FirstOrDefault(verified.By.Contains) is not { } signedBy)
        {
            return new PolicyVerdict.Rejected($"no key of {checkpoint.Origin} that the policy names has signed it");
        }
        var cosigned = Witnesses.Where(w => verified.By.Contains(w.Key)).Select(w => w.Name).ToHashSet(StringComparer.Ordinal);
        string[] named = [.. cosigned.Order(StringComparer.Ordinal)];
        return IsReachedBy(cosigned)
            ? new PolicyVerdict.Trusted(checkpoint, signedBy, named)
            : new PolicyVerdict.Unwitnessed(
                checkpoint, signedBy, named,
                $"the quorum '{Quorum}' is not reached: {(named.Length == 0 ? "no witness" : string.Join(", ", named))} of {Witnesses.Count} cosigned size {checkpoint.Size.ToString(CultureInfo.InvariantCulture)}");
    }

    // Groups name only what stands before them, so this ends.
    private bool Holds(string name, IReadOnlySet<string> witnesses) =>
        _groups.TryGetValue(name, out var group)
            ? group.Members.Count(member => Holds(member, witnesses)) >= group.Threshold
            : witnesses.Contains(name);
}
