using Akka.Actor;
using Akka.Event;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>What the work writes down, by way of its actor: it goes on only when the fact is durable.</summary>
/// <param name="patrol">Asked again on silence, since it recognises a repeat.</param>
/// <param name="written">What it has written so far.</param>
internal sealed class PatrolNotes(IActorRef patrol, Func<PatrolState> written, TimeProvider time, ILoggingAdapter logger) : IMendingRecord
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Stores whose copy of the object in hand was proven once: only there is an absence a loss. Owned by the work.
    /// </summary>
    public HashSet<string> Expected { get; set; } = [];

    public PatrolState Written => written();

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task DamagedAsync(CopyCheck check, CancellationToken cancel)
    {
        if ((check.State == CopyState.Missing && !Expected.Contains(check.Store))
            || PatrolDecider.IsKnown(Written, check))
        {
            // Never made, or said before.
            return;
        }
        PatrolMetrics.Damages.WithLabels(check.State.Word()).Inc();
        logger.Error(
            "Object {Object} is {State} in {Store}, blocks {Blocks}. {Problem} Runbook: ops/docs/runbooks/copy-damaged.md",
            check.Id, check.State.Word(), check.Store, string.Join(",", check.Blocks), check.Problem);
        await WriteAsync(new NoteDamage(check, Now), cancel);
    }

    public async Task RepairedAsync(Sha256Digest id, string store, string source, CancellationToken cancel)
    {
        PatrolMetrics.Repairs.Inc();
        logger.Info("Object {Object} in {Store} was put in place from {Source} and read again", id, store, source);
        await WriteAsync(new NoteWhole(id, store, source, Now), cancel);
    }

    /// <summary>A copy is right. If it was damaged, somebody else mended it.</summary>
    public Task WholeAsync(CopyCheck check, CancellationToken cancel) =>
        Written.Open.ContainsKey((check.Id, check.Store))
            ? WriteAsync(new NoteWhole(check.Id, check.Store, check.Store, Now), cancel)
            : Task.CompletedTask;

    public async Task WriteAsync(object note, CancellationToken cancel)
    {
        // If we crash here, what was seen is seen again by whoever patrols next.
        while (true)
        {
            try
            {
                await patrol.Ask<PatrolNoted>(note, Timeout, cancel);
                return;
            }
            catch (AskTimeoutException) when (!cancel.IsCancellationRequested)
            {
                logger.Warning("A fact of the patrol waits for the journal: {Note}", note.GetType().Name);
            }
        }
    }
}
