using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Persistence;
using Pipeline.Audit.Facts;

namespace Pipeline.Actors.Messages;

/// <summary>Told to the local event stream after facts became durable: wakes the journal tail, carries nothing.</summary>
public sealed class FactsPersisted
{
    public static readonly FactsPersisted Instance = new();
}

/// <summary>
/// The plumbing every entity shares: replay, decide, persist, then reply. It holds no rule. The reply leaves only in the
/// last persist callback: a crash before it means the caller hears nothing and asks again.
/// </summary>
public abstract class FactSourcedActor<TState> : ReceivePersistentActor
{
    private readonly Func<TState, Fact, TState> _apply;

    protected FactSourcedActor(string persistenceId, TState initial, Func<TState, Fact, TState> apply)
    {
        PersistenceId = persistenceId;
        State = initial;
        _apply = apply;
        Recover<Fact>(fact => State = _apply(State, fact));
        Recover<RecoveryCompleted>(_ => Continue());
        Command<ReadAnew>(_ => Context.Parent.Tell(new Passivate(StopEntity.Instance)));
        Command<StopEntity>(_ =>
        {
            if (MayStop())
            {
                Context.Stop(Self);
            }
        });
    }

    public override string PersistenceId { get; }

    /// <summary>A handful of facts an entity: the snapshot query would cost more than it saves.</summary>
    public override Recovery Recovery => new(SnapshotSelectionCriteria.None);

    /// <summary>Owned by the actor: replaced only in persist callbacks and replay.</summary>
    protected TState State { get; private set; }

    /// <summary>Registers a command with its pure decision.</summary>
    protected void Decide<TCommand>(Func<TState, TCommand, Salts, Decision> decide) =>
        Command<TCommand>(command => Carry(decide(State, command, DrawSalts()), Sender));

    /// <summary>Persists a decision and answers <paramref name="asker"/> when it is durable.</summary>
    protected void Carry(Decision decision, IActorRef? asker)
    {
        if (decision.Facts.Count == 0)
        {
            Reply(decision, asker);
            return;
        }
        // If we crash here, nothing happened and nobody was told: the caller repeats the command.
        PersistAll(
            decision.Facts,
            fact => State = _apply(State, fact),
            () =>
            {
                Context.System.EventStream.Publish(FactsPersisted.Instance);
                // If we crash here, the facts stand and the repeat is recognised.
                Reply(decision, asker);
                Continue();
            });
    }

    /// <summary>For an actor that persists one fact itself: what a persist callback must do first.</summary>
    protected void Applied(Fact fact)
    {
        State = _apply(State, fact);
        Context.System.EventStream.Publish(FactsPersisted.Instance);
    }

    /// <summary>Called after replay and after each decision that wrote something: goes on with what is unfinished.</summary>
    protected virtual void Continue()
    {
    }

    /// <summary>False to stay until something that was given out has come back; then the actor stops itself.</summary>
    protected virtual bool MayStop() => true;

    protected static Salts DrawSalts() => Salts.Draw(RandomNumberGenerator.GetBytes);

    /// <summary>A rejected event burns a sequence number in the journal; a hole in the log is worse than a dead entity.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        throw new InvalidOperationException($"{@event.GetType().Name} of {PersistenceId} could not be encoded", cause);

    private static void Reply(Decision decision, IActorRef? asker)
    {
        if (decision.Reply is not null && asker is not null && !asker.IsNobody())
        {
            asker.Tell(decision.Reply);
        }
    }
}
