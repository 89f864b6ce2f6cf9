using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Hosting.SBR;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Pipeline.Actors.Backups;
using Pipeline.Actors.Claims;
using Pipeline.Actors.Deliveries;
using Pipeline.Actors.Erasure;
using Pipeline.Actors.Liveness;
using Pipeline.Actors.Messages;
using Pipeline.Actors.Patrol;
using Pipeline.Actors.Projections;
using Pipeline.Actors.Recordings;
using Pipeline.Actors.Releases;
using Pipeline.Actors.Splits;
using Pipeline.Actors.Stages;
using Pipeline.Actors.Uploads;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Ingest.Stages;

namespace Pipeline.Actors.Hosting;

/// <summary>The actor system of a node: what runs, where, and under which settings.</summary>
public static class NodeActors
{
    public const string SystemName = "mp";

    public const string KeeperRole = "keeper";

    private static readonly string[] AllRoles = ["edge", RegionSetup.PipelineRole, KeeperRole];

    public static void Add(IServiceCollection services, NodeOptions options, Stores stores, LogKeeping log, Func<string> versions) =>
        services.AddAkka(SystemName, (builder, sp) => Configure(builder, sp, options, stores, log, versions()));

    private static void Configure(
        AkkaConfigurationBuilder builder, IServiceProvider services, NodeOptions options, Stores stores, LogKeeping log,
        string versions)
    {
        var config = options.Config;
        var alone = config.Seeds is not { Count: > 0 };
        var port = alone && config.Port == 0 ? FreePort() : config.Port;
        string[] seeds = alone
            ? [$"akka.tcp://{SystemName}@{config.Host}:{port}"]
            : [.. config.Seeds!.Select(s => $"akka.tcp://{SystemName}@{s}")];
        var time = services.GetRequiredService<TimeProvider>();
        builder
            .ConfigureLoggers(l =>
            {
                l.ClearLoggers();
                l.AddLoggerFactory();
                l.LogLevel = Akka.Event.LogLevel.InfoLevel;
            })
            .WithRemoting(o =>
            {
                o.HostName = config.Host;
                o.Port = port;
            })
            .WithClustering(new ClusterOptions
            {
                Roles = config.Roles is { Count: > 0 } roles ? [.. roles] : AllRoles,
                SeedNodes = seeds,
                MinimumNumberOfMembers = 1,
                SplitBrainResolver = new KeepMajorityOption(),
            })
            .WithStrictSerialization()
            .WithCustomSerializer("mp", [typeof(IPipelineMessage), typeof(Fact)], system => new PipelineSerializer(system))
            .WithShardingDistributedData(o => o.Durable = new DurableOptions { Keys = [] })
            .AddHocon(StoreSettings(stores), HoconAddMode.Prepend)
            .AddHocon(Embedded(), HoconAddMode.Prepend)
            .AddHocon(
                $"akka.stdout-logger-class = \"{typeof(LastWordsLogger).FullName}, {typeof(LastWordsLogger).Assembly.GetName().Name}\"",
                HoconAddMode.Prepend)
            .WithActors((system, registry) =>
            {
                system.ActorOf(Props.Create(() => new DeadLetterWatch()), "dead-letter-watch");
                registry.Register<StageHouse>(system.ActorOf(
                    Props.Create(() => new StageHouse(
                        options.RunsStages ? services.GetRequiredService<StageRunner>() : null, () => registry.Get<ReleaseActor>())), "stages"));
            })
            .WithEntities<ClaimActor>("claim", _ => id => new ClaimActor(id))
            .WithEntities<RecordingActor>("recording", _ => id => new RecordingActor(id))
            .WithEntities<SplitActor>("split", _ => id => new SplitActor(id))
            .WithEntities<ReleaseActor>("release", registry => id => new ReleaseActor(
                id, registry.Get<StageHouse>(), services.GetRequiredService<IRightsDesk>(), versions, time))
            .WithEntities<UploadActor>("upload", _ => id => new UploadActor(id, services.GetRequiredService<UploadHouse>()))
            .WithActors((system, registry) => system.ActorOf(
                Props.Create(() => new SpoolSweeper(
                    services.GetRequiredService<UploadHouse>(), () => registry.Get<UploadActor>(),
                    () => !RecoveryMark.AreUploadsHeld(services.GetRequiredService<IDisk>(), options.Data))), "spool-sweeper"))
            .WithEntities<DeliveryActor>("delivery", registry => id => new DeliveryActor(id, () => registry.Get<ReleaseActor>(), time))
            .WithShardedDaemonProcess<SequencerDaemon>(
                "keeper", 3, (_, _, _) => number => number switch
                {
                    0 => SequencerDaemon.Props(log, services.GetRequiredService<JournalTail>()),
                    1 => ProgressProjection.Props(log, services.GetRequiredService<ReadModel>(), services.GetRequiredService<JournalTail>()),
                    _ => Reconciler.Props(
                        log, services.GetRequiredService<JournalTail>(), options.RunsStages ? (config.Census ?? new CensusConfig()).Every : null, time),
                },
                new ClusterDaemonOptions { Role = KeeperRole, KeepAliveInterval = TimeSpan.FromSeconds(2) })
            .WithSingleton<Sweeper>(
                "sweeper",
                Props.Create(() => new Sweeper(services.GetRequiredService<ReadModel>(), services.GetRequiredService<IReleaseRegions>())),
                new ClusterSingletonOptions { Role = KeeperRole },
                // Nobody talks to the sweeper.
                createProxyToo: false)
            .WithSingleton<PatrolActor>(
                "patrol",
                Props.Create(() => new PatrolActor(services.GetRequiredService<PatrolTools>())),
                new ClusterSingletonOptions { Role = KeeperRole })
            .WithSingleton<ErasureActor>(
                "erasure",
                Props.Create(() => new ErasureActor(services.GetRequiredService<JournalEraser>(), time)),
                new ClusterSingletonOptions { Role = KeeperRole });
    }

    /// <summary>A node alone has no fellows to tell its port to, so any free one will do.</summary>
    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        return ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static Config Embedded()
    {
        using var stream = typeof(NodeActors).Assembly.GetManifestResourceStream("Pipeline.Actors.Hosting.pipeline.conf")
            ?? throw new InvalidOperationException("pipeline.conf is not embedded");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    private static Config StoreSettings(Stores stores)
    {
        var sqlite = stores.Dialect == SqlDialect.Sqlite;
        // SQLite: reads inside a transaction would take the write lock; read-uncommitted lifts new entities from 20/s to
        // 900/s (the journal's rows are immutable once visible). One writer, so one connection writes.
        var shared = $$"""
            connection-string = "{{stores.JournalConnection.Replace("\"", "\\\"", StringComparison.Ordinal)}}"
            provider-name = "{{(sqlite ? "SQLite.MS" : "PostgreSQL.15")}}"
            {{(sqlite ? "read-isolation-level = read-uncommitted" : "")}}
            """;
        return ConfigurationFactory.ParseString($$"""
            akka.persistence {
              journal.sql {
                {{shared}}
                parallelism = {{(sqlite ? 1 : 3)}}
              }
              query.journal.sql {
                {{shared}}
              }
              snapshot-store.sql {
                {{shared}}
              }
            }
            """);
    }
}

/// <summary>One gate for each stage, under one parent.</summary>
public sealed class StageHouse : ReceiveActor
{
    /// <param name="runner">Null on a node that runs no stages: everything is told to come again, and nothing is counted.</param>
    public StageHouse(StageRunner? runner, Func<IActorRef> releases)
    {
        if (runner is null)
        {
            Receive<RequestSlot>(request => Sender.Tell(new SlotRefused(request.Stage)));
            return;
        }
        var gates = Release.Stages.ToDictionary(stage => stage, stage => Gate(stage, runner, releases));
        Receive<RequestSlot>(request => gates[request.Stage].Forward(request));
    }

    private static IActorRef Gate(Stage stage, StageRunner runner, Func<IActorRef> releases)
    {
        var dispatcher = stage == Stage.Audio ? "mp.decode-dispatcher" : "mp.stage-dispatcher";
        var worker = Props.Create(() => new StageWorker(runner, releases, dispatcher));
        return Context.ActorOf(
            Props.Create(() => new StageGate(stage, worker, StageLimits.Workers(stage))), stage.ToString().ToLowerInvariant());
    }
}
