using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Cli.Uploading;

/// <summary>What an uploader learned from one exchange with the server.</summary>
public abstract record TusEvent
{
    private TusEvent()
    {
    }

    /// <summary>The server said where the upload stands, in answer to POST, HEAD or PATCH.</summary>
    /// <param name="Digest">What all bytes hash to, in the server's own words; null while it holds not all of them.</param>
    public sealed record Stands(long OffsetBytes, Sha256Digest? Digest) : TusEvent;

    /// <summary>The server answered no.</summary>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Why">In the server's words where it gave any.</param>
    public sealed record Refused(int Status, string Why) : TusEvent;

    /// <summary>No answer: the line, the server, or a proxy between broke off, or nothing moved for too long.</summary>
    public sealed record Broken(string Why) : TusEvent;
}

/// <summary>What the uploader does next.</summary>
public abstract record TusStep
{
    private TusStep()
    {
    }

    /// <summary>PATCH from here.</summary>
    public sealed record Send(long OffsetBytes) : TusStep;

    /// <summary>HEAD after this time: the server alone knows what it holds.</summary>
    public sealed record Ask(TimeSpan After) : TusStep;

    /// <summary>POST under another id of ours: the old upload is gone.</summary>
    public sealed record Create(int Attempt) : TusStep;

    /// <summary>The server holds all of it, and these are the bytes it holds.</summary>
    public sealed record Done(Sha256Digest Digest) : TusStep;

    /// <summary>No repeat would help, or enough were made.</summary>
    public sealed record GiveUp(string Why) : TusStep;
}

/// <summary>One upload as the client sees it.</summary>
/// <param name="OffsetBytes">The highest offset the server ever stated for the current upload.</param>
/// <param name="Failures">Exchanges in a row that brought nothing forward.</param>
/// <param name="Attempt">Uploads created so far, from 0: part of the id under which the next is created.</param>
public sealed record TusState(long LengthBytes, long OffsetBytes, int Failures, int Attempt)
{
    public static TusState Of(long lengthBytes) => new(lengthBytes, 0, 0, 0);
}

/// <summary>When to send, ask, start over or give up (tus 1.0.0; its client's side leaves all of it open). Pure.</summary>
public static class TusRules
{
    /// <summary>Exchanges in a row without a byte more held: with the waits between them about five minutes.</summary>
    public const int MaxFailures = 14;

    /// <summary>Uploads begun for one file: an upload may expire or be refused, not time after time.</summary>
    public const int MaxAttempts = 3;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public static (TusState State, TusStep Step) Next(TusState state, TusEvent happened) => happened switch
    {
        TusEvent.Stands stands => Stands(state, stands),
        TusEvent.Refused refused => Refused(state, refused),
        TusEvent.Broken broken => Later(state, broken.Why),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Doubles from a quarter of a second to half a minute; at once after the first failure.</summary>
    public static TimeSpan Wait(int failures) => failures <= 1
        ? TimeSpan.Zero
        : TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(failures - 2, 20)));

    private static (TusState State, TusStep Step) Stands(TusState state, TusEvent.Stands stands)
    {
        if (stands.OffsetBytes < 0 || stands.OffsetBytes > state.LengthBytes)
        {
            return (state, new TusStep.GiveUp($"the server states offset {stands.OffsetBytes} of {state.LengthBytes} bytes"));
        }
        if (stands.OffsetBytes == state.LengthBytes)
        {
            return stands.Digest is { } digest
                ? (state with { OffsetBytes = stands.OffsetBytes, Failures = 0 }, new TusStep.Done(digest))
                : Later(state with { OffsetBytes = stands.OffsetBytes }, "the server has all bytes and does not state their digest");
        }
        if (stands.OffsetBytes > state.OffsetBytes)
        {
            return (state with { OffsetBytes = stands.OffsetBytes, Failures = 0 }, new TusStep.Send(stands.OffsetBytes));
        }
        // The server's word holds even when it has less than it said: the file is still here, and its digest decides.
        return state.Failures >= MaxFailures
            ? (state, new TusStep.GiveUp($"the server stays at {stands.OffsetBytes} of {state.LengthBytes} bytes"))
            : (state, new TusStep.Send(stands.OffsetBytes));
    }

    private static (TusState State, TusStep Step) Refused(TusState state, TusEvent.Refused refused) => refused.Status switch
    {
        // Somebody, perhaps an earlier request of ours, brought it further than we thought.
        409 => Later(state, refused.Why),
        // Gone, expired, or its bytes were not those announced: whatever it was, it is no more.
        404 or 410 or 422 => state.Attempt + 1 < MaxAttempts
            ? (state with { OffsetBytes = 0, Attempt = state.Attempt + 1, Failures = state.Failures + 1 }, new TusStep.Create(state.Attempt + 1))
            : (state, new TusStep.GiveUp(refused.Why)),
        408 or 423 or 425 or 429 or (>= 500 and not 501 and not 505 and not 507) => Later(state, refused.Why),
        _ => (state, new TusStep.GiveUp(refused.Why)),
    };

    private static (TusState State, TusStep Step) Later(TusState state, string why)
    {
        var failed = state with { Failures = state.Failures + 1 };
        return failed.Failures > MaxFailures
            ? (failed, new TusStep.GiveUp($"{why} (asked {failed.Failures} times)"))
            : (failed, new TusStep.Ask(Wait(failed.Failures)));
    }
}
