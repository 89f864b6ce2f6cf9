using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>What the operator of a log wants of its key.</summary>
public enum KeyChange
{
    /// <summary>A next key, which signs beside the current one from now on.</summary>
    Begin,

    /// <summary>The next key becomes the one key.</summary>
    Finish,

    /// <summary>A new key at once, without a checkpoint that both have signed: for readers who refuse two lines of one name.</summary>
    AtOnce,
}

/// <summary>What is known when a change is asked for.</summary>
/// <param name="Keys">As they are.</param>
/// <param name="CurrentHasSigned">The published checkpoint carries the current key's line.</param>
/// <param name="NextHasSigned">The published checkpoint carries the next key's line.</param>
public sealed record KeysAsFound(LogVkeys Keys, bool CurrentHasSigned, bool NextHasSigned);

/// <summary>What is to be done about it.</summary>
public abstract record KeyStep
{
    private KeyStep()
    {
    }

    /// <summary>Draw a next key.</summary>
    public sealed record DrawNext : KeyStep;

    /// <summary>Put the next key in the place of the current one.</summary>
    public sealed record TakeNext : KeyStep;

    /// <summary>Draw a key and put it in the place of the current one.</summary>
    public sealed record DrawAndTake : KeyStep;

    /// <summary>It is done already; at most files have to be brought up to it.</summary>
    public sealed record Done(string Says) : KeyStep;

    /// <summary>Not now: nothing is changed.</summary>
    public sealed record Refuse(string Why) : KeyStep;

    /// <summary>Pure: the same question twice is answered by the same state, so a command that was cut off is given again.</summary>
    public static KeyStep Decide(KeyChange change, KeysAsFound found)
    {
        var keys = found.Keys;
        return change switch
        {
            KeyChange.Begin when keys.Next is { } next => new Done($"{next.Vkey} is the next key already. Start the node; when a checkpoint carries its line, finish."),
            KeyChange.Begin => new DrawNext(),
            KeyChange.Finish when keys.Next is null && keys.Retired.Count > 0 => new Done($"{keys.Current.Vkey} is the one key already."),
            KeyChange.Finish when keys.Next is null => new Refuse("no change of key was begun."),
            KeyChange.Finish when !found.NextHasSigned =>
                new Refuse($"no published checkpoint carries the line of {keys.Next.Vkey}: whoever trusts it could read nothing. Start the node until it has published, stop it, and give the same command again."),
            KeyChange.Finish => new TakeNext(),
            KeyChange.AtOnce when keys.Next is not null => new Refuse("a change with two lines is under way. End it with --finish."),
            // A key that has signed nothing is the one that an earlier run drew, or a log's first.
            KeyChange.AtOnce when !found.CurrentHasSigned => new Done($"{keys.Current.Vkey} is the one key already, and nothing is published under it yet. Start the node."),
            KeyChange.AtOnce => new DrawAndTake(),
            _ => throw new InvariantBrokenException("a change of key begins, ends or happens at once"),
        };
    }
}
