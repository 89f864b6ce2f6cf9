using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Pipeline.Actors.Claims;
using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Recordings;
using Pipeline.Actors.Releases;
using Pipeline.Actors.Splits;
using Pipeline.Actors.Uploads;

namespace Pipeline.Actors.Hosting;

/// <summary>The sharded entities and where this node reaches them.</summary>
/// <param name="registry">Asked at each use: the regions come into being with the actor system, which itself is built
/// from things that know them.</param>
public sealed class Regions(Func<IReadOnlyActorRegistry> registry) : IReleaseRegions
{
    public IActorRef Deliveries => registry().Get<DeliveryActor>();

    public IActorRef Releases => registry().Get<ReleaseActor>();

    public IActorRef Recordings => registry().Get<RecordingActor>();

    public IActorRef Claims => registry().Get<ClaimActor>();

    public IActorRef Splits => registry().Get<SplitActor>();

    public IActorRef Uploads => registry().Get<UploadActor>();
}

/// <summary>Which entity a message is for, and its shard.</summary>
public sealed class EntityExtractor() : HashCodeMessageExtractor(DataDirectory.Shards)
{
    public override string? EntityId(object message) => (message as IEntityMessage)?.EntityKey;
}

/// <summary>One way to shard, for every kind of entity.</summary>
public static class RegionSetup
{
    public const string PipelineRole = "pipeline";

    public static AkkaConfigurationBuilder WithEntities<TActor>(
        this AkkaConfigurationBuilder builder, string name, Func<IActorRegistry, Func<string, TActor>> maker)
        where TActor : ActorBase =>
        builder.WithShardRegion<TActor>(
            name, (_, registry) => PropsOf(maker(registry)), new EntityExtractor(),
            new ShardOptions
            {
                Role = PipelineRole,
                StateStoreMode = StateStoreMode.DData,
                RememberEntities = false,
                // PoisonPill would overtake commands stashed behind a persist, and lose them.
                HandOffStopMessage = StopEntity.Instance,
            });

    /// <summary>Props of an expression compile it anew for every entity that wakes up, which costs more than the entity.</summary>
    private static Func<string, Props> PropsOf<TActor>(Func<string, TActor> make)
        where TActor : ActorBase =>
        id => Props.CreateBy(new Maker<TActor>(() => make(id)));

    private sealed class Maker<TActor>(Func<TActor> make) : IIndirectActorProducer
        where TActor : ActorBase
    {
        public Type ActorType => typeof(TActor);

        public ActorBase Produce() => make();

        public void Release(ActorBase actor)
        {
        }
    }
}
