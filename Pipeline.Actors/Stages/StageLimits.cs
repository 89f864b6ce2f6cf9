using Pipeline.Ingest.Stages;

namespace Pipeline.Actors.Stages;

/// <summary>Bounds of a node's stages.</summary>
public static class StageLimits
{
    /// <summary>Releases waiting at one gate before it answers Busy. They wait in their own entities anyway; this bounds memory.</summary>
    public const int MaxWaiting = 256;

    /// <summary>
    /// A granted slot that is not used comes back after this long (its entity moved or died). Far longer than a persist
    /// takes on a busy disk: an attempt that was counted and then found its slot gone would be counted for nothing.
    /// </summary>
    public static readonly TimeSpan SlotReserved = TimeSpan.FromSeconds(60);

    /// <summary>
    /// No stage runs longer. Each tool has its own limit for each file; this one is for a stage that hangs between them,
    /// and must let a box set of two thousand files pass.
    /// </summary>
    public static readonly TimeSpan StageDeadline = TimeSpan.FromHours(12);

    /// <summary>Runs at once on one node. Decoding takes a core; one stays free for heartbeats and HTTP.</summary>
    public static int Workers(Stage stage) => stage switch
    {
        Stage.Audio => Math.Max(1, Environment.ProcessorCount - 1),
        Stage.Rights => 8,
        _ => 2,
    };
}
