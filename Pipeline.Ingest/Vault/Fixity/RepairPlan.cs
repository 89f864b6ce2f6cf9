namespace Pipeline.Ingest.Vault;

/// <summary>What is known of one copy while an object is being mended. Knowledge is of this attempt: nothing old counts.</summary>
public abstract record CopyKnowledge
{
    private CopyKnowledge()
    {
    }

    /// <summary>Not read in this attempt.</summary>
    public sealed record Unread : CopyKnowledge;

    /// <summary>Read in full just now, and right.</summary>
    public sealed record Proven : CopyKnowledge;

    /// <summary>Read just now, and not right.</summary>
    public sealed record Bad(CopyState State) : CopyKnowledge;

    /// <summary>Could not be mended in this attempt, for <paramref name="Why"/>: a full disk, a store that is away.</summary>
    public sealed record GivenUp(string Why) : CopyKnowledge;
}

/// <summary>A copy and what is known of it.</summary>
public sealed record KnownCopy(string Store, CopyKnowledge Knowledge);

/// <summary>What to do next for an object.</summary>
public abstract record RepairStep
{
    private RepairStep()
    {
    }

    /// <summary>Read this copy in full: nobody is believed unread.</summary>
    public sealed record Read(string Store) : RepairStep;

    /// <summary>Replace the bad copy from the proven one, and read it again.</summary>
    /// <param name="Quarantine">True when something is there under the name, and must be moved out of the way as evidence.</param>
    public sealed record Mend(string Target, string Source, bool Quarantine) : RepairStep;

    /// <summary>No copy is right. Whatever is there stays where it is: a bad copy may be the best there will ever be.</summary>
    public sealed record Alarm : RepairStep;

    /// <summary>All copies are proven, or given up for now.</summary>
    public sealed record Done : RepairStep;
}

/// <summary>
/// The rule of repair. A bad copy is moved and replaced only while another is proven by a read of this very attempt;
/// without one nothing is touched.
/// </summary>
public static class RepairPlan
{
    /// <param name="copies">Every readable copy, in the order in which they are preferred as a source.</param>
    public static RepairStep Next(IReadOnlyList<KnownCopy> copies)
    {
        if (copies.FirstOrDefault(c => c.Knowledge is CopyKnowledge.Unread) is { } unread)
        {
            return new RepairStep.Read(unread.Store);
        }
        if (copies.FirstOrDefault(c => c.Knowledge is CopyKnowledge.Bad) is not { Knowledge: CopyKnowledge.Bad { State: var state } } bad)
        {
            return new RepairStep.Done();
        }
        return copies.FirstOrDefault(c => c.Knowledge is CopyKnowledge.Proven) is { } proven
            ? new RepairStep.Mend(bad.Store, proven.Store, Quarantine: state != CopyState.Missing)
            : new RepairStep.Alarm();
    }
}
