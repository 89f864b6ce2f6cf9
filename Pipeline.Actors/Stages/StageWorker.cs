using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Releases;
using Pipeline.Ingest.Stages;

namespace Pipeline.Actors.Stages;

/// <summary>Runs one stage at a time and tells the release's region how it ended: the entity may have moved meanwhile.</summary>
public sealed class StageWorker : ReceiveActor
{
    private readonly StageRunner _runner;
    private readonly Func<IActorRef> _releases;
    private readonly DispatcherThreads _threads;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <param name="dispatcher">Id of the dispatcher whose threads do the work.</param>
    public StageWorker(StageRunner runner, Func<IActorRef> releases, string dispatcher)
    {
        _threads = new DispatcherThreads(Context.System.Dispatchers.Lookup(dispatcher));
        _runner = runner;
        _releases = releases;
        Receive<RunStage>(Run);
        Receive<Finished>(finished =>
        {
            _releases().Tell(finished.Done);
            Context.Parent.Tell(new SlotFinished(finished.Number));
        });
    }

    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        base.PostStop();
    }

    private void Run(RunStage run)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        deadline.CancelAfter(StageLimits.StageDeadline);
        var started = Stopwatch.GetTimestamp();
        StageDone Done(StageOutcome outcome) => new(run.Release, run.Revision, run.Input.Stage, run.Input.Digest, outcome);
        _threads.RunAsync(() => _runner.RunAsync(run, deadline.Token)).PipeTo(
            Self,
            success: outcome =>
            {
                deadline.Dispose();
                Metrics.StageSeconds.WithLabels(run.Input.Stage.ToString().ToLowerInvariant(), outcome.GetType().Name.ToLowerInvariant())
                    .Observe(Stopwatch.GetElapsedTime(started).TotalSeconds);
                return new Finished(run.Number, Done(outcome));
            },
            failure: error =>
            {
                deadline.Dispose();
                _log.Error(error, "Stage {Stage} of {Release} threw", run.Input.Stage, run.Release.Text);
                return new Finished(run.Number, Done(new StageOutcome.Inconclusive(error.GetType().Name + ": " + error.Message)));
            });
    }

    private sealed record Finished(long Number, StageDone Done) : INoSerializationVerificationNeeded;
}
