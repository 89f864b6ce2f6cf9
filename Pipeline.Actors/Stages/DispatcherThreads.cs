using Akka.Dispatch;

namespace Pipeline.Actors.Stages;

/// <summary>
/// Runs tasks, and what follows each of their awaits, on the threads of an Akka dispatcher. Placing the actor on that
/// dispatcher is not enough: after its first await the work would go on in the shared pool, beside the heartbeats.
/// </summary>
public sealed class DispatcherThreads(MessageDispatcher dispatcher) : TaskScheduler
{
    /// <summary>Starts asynchronous work there.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    protected override void QueueTask(Task task) => dispatcher.Schedule(new ActionRunnable(() => TryExecuteTask(task)));

    /// <summary>Never on whichever thread happens to ask.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
