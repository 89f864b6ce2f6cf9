using Akka.Actor;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Messages;

namespace Pipeline.Actors.Projections;

/// <summary>
/// Writes every change of the log's key into the log, so that its readers find in it which key follows the one they trust.
/// Keys change only while a node is stopped, so one look at its start is enough. Child of the <see cref="Reconciler"/>,
/// which is one in the cluster, so this source has one writer.
/// </summary>
public sealed class LogKeyActor : FactSourcedActor<LogKeyState>
{
    /// <summary>The persistence id.</summary>
    public const string Source = "log-keys:log";

    public LogKeyActor(LogKeeping log, TimeProvider time)
        : base(Source, LogKeyState.Initial, LogKeyState.Apply)
    {
        Command<Look>(_ => Carry(
            LogKeyDecider.Decide(State, new NoteLogKeys(log.Keys, time.GetUtcNow().ToUnixTimeMilliseconds()), DrawSalts()), ActorRefs.NoSender));
        // Handled after replay.
        Self.Tell(Look.Instance);
    }

    public static Props Props(LogKeeping log, TimeProvider time) => Restarted.Forever(
        Akka.Actor.Props.Create(() => new LogKeyActor(log, time)), "log-keys");

    private sealed class Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }
}
