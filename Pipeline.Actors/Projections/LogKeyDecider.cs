using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Projections;

/// <summary>What the log has said of its keys.</summary>
/// <param name="Facts">How many facts said it.</param>
/// <param name="Current">The vkey that signs; null while nothing was said, for the first key is not announced.</param>
/// <param name="Next">The vkey that was announced and has not taken over; null without one.</param>
public sealed record LogKeyState(long Facts, string? Current, string? Next)
{
    public static readonly LogKeyState Initial = new(0, null, null);

    public static LogKeyState Apply(LogKeyState state, Fact fact) => fact switch
    {
        LogKeyAnnounced f => new LogKeyState(state.Facts + 1, f.Follows, f.Vkey),
        LogKeyRetired f => new LogKeyState(state.Facts + 1, f.Successor, null),
        _ => state,
    };
}

/// <summary>These are the keys that this node has.</summary>
public sealed record NoteLogKeys(LogVkeys Keys, long At) : Akka.Actor.INoSerializationVerificationNeeded;

/// <summary>Which facts lead from what the log has said of its keys to what they are. Pure, and forward only.</summary>
public static class LogKeyDecider
{
    public static Decision Decide(LogKeyState state, NoteLogKeys note, Salts salts)
    {
        var keys = note.Keys;
        var (current, next) = (keys.Current.Vkey, keys.Next?.Vkey);
        var said = state.Current ?? keys.All[0].Vkey;
        // A node that was started before a change knows less than the log has said; what it does not know it does not deny.
        if (said == next || !IsKnown(said) || (state.Next is { } announced && !IsKnown(announced)))
        {
            return Decision.Nothing;
        }
        var facts = new List<Fact>();
        var follows = state.Next;
        if (follows is not null && follows != current && follows != next)
        {
            // Given up before it took over: its private half was lost.
            Retire(follows, said);
            follows = null;
        }
        if (said != current)
        {
            if (follows != current)
            {
                Announce(current, said);
            }
            Retire(said, current);
            follows = null;
        }
        if (next is not null && follows != next)
        {
            Announce(next, current);
        }
        return facts.Count == 0 ? Decision.Nothing : Decision.Write(null, facts);

        bool IsKnown(string vkey) => keys.All.Any(k => k.Vkey == vkey);

        CommandId Command() => CommandId.Parse($"log-key/{state.Facts + facts.Count + 1}");

        void Announce(string vkey, string after) => facts.Add(new LogKeyAnnounced
        {
            Tenant = TenantId.Local,
            By = Pseudonym.System,
            Command = Command(),
            At = note.At,
            Vkey = vkey,
            Follows = after,
        });

        void Retire(string vkey, string successor) => facts.Add(new LogKeyRetired
        {
            Tenant = TenantId.Local,
            By = Pseudonym.System,
            Command = Command(),
            At = note.At,
            Vkey = vkey,
            Successor = successor,
        });
    }
}
