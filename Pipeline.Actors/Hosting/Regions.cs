using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Pipeline.Actors.Claims;
using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Recordings;
using Pipeline.Actors.Releases;
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
        this AkkaConfigurationBuilder builder, string name, Func<IActorRegistry, Func<string, Props>> props)
        where TActor : ActorBase =>
        builder.WithShardRegion<TActor>(
            name, (_, registry) => props(registry), new EntityExtractor(),
            new ShardOptions
            {
                Role = PipelineRole,
                StateStoreMode = StateStoreMode.DData,
                RememberEntities = false,
                // PoisonPill would overtake commands stashed behind a persist, and lose them.
                HandOffStopMessage = StopEntity.Instance,
            });
}
