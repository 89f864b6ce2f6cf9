using Microsoft.AspNetCore.Server.Kestrel.Core;
using Pipeline.Actors.Claims;
using Pipeline.Actors.Erasure;
using Pipeline.Actors.Patrol;
using Pipeline.Actors.People;
using Pipeline.Actors.Projections;
using Pipeline.Actors.Stages;
using Pipeline.Actors.Web;
using Pipeline.Actors.Web.Api;
using Pipeline.Actors.Web.Uploads;
using Pipeline.Audit.Durable;
using Pipeline.Ingest.Audio;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Uploads;
using Pipeline.Ingest.Vault;
using Prometheus;
using Serilog;
using Serilog.Events;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// Builds a node: its directory, stores, log, actors and HTTP. Nothing answers before every start-up check has passed.
/// </summary>
public sealed class NodeHost : IAsyncDisposable
{
    /// <summary>Any request but a submission: a key request, a sign-in.</summary>
    private const long MaxRequestBytes = 64 * 1024;

    /// <summary>sun_path less its terminating zero.</summary>
    private const int MaxSocketPathBytes = 107;

    private readonly WebApplication _app;
    private readonly List<IDisposable> _owned;
    private readonly Stores _stores;

    private NodeHost(WebApplication app, Stores stores, List<IDisposable> owned) => (_app, _stores, _owned) = (app, stores, owned);

    public IServiceProvider Services => _app.Services;

    /// <summary>Opens everything and starts to serve. After it returns the socket answers; readiness comes with the cluster.</summary>
    /// <exception cref="StartupRefusedException">A check failed; the message says cause, evidence and the one safe command.</exception>
    public static async Task<NodeHost> StartAsync(NodeOptions options, LogEventLevel logLevel, CancellationToken cancel)
    {
        var time = TimeProvider.System;
        var disk = new PosixDisk();
        var owned = new List<IDisposable>();
        var data = DataDirectory.Open(options.Data, disk, () => Installation.ChooseOrigin(options.Config, time));
        owned.Add(data);
        WebApplication? app = null;
        try
        {
            // Two short processes; they run while the databases are opened.
            var tools = AudioTools.Installed();
            Installation.RequireSameOrigin(options.Config, data, time);
            StartupChecks.RequireWholeRestore(options, data, disk);
            if (System.Text.Encoding.UTF8.GetByteCount(data.Socket) > MaxSocketPathBytes)
            {
                throw new StartupRefusedException($"The path of the node's socket, {data.Socket}, is longer than the {MaxSocketPathBytes} bytes the system allows. Choose a shorter --data.");
            }
            var probing = ProbeAsync(tools, cancel);
            var stores = Stores.Open(options.Config, data);
            StartupChecks.RequireDurableCommits(stores);
            var log = LogKeeping.Open(options, data, stores, disk);
            owned.Add(log);
            (options, var layout, var kept) = VaultStores.Settle(options, disk);
            var instance = ProcessStart();
            var temporary = TemporaryFiles.Open(disk, options.Vault, instance);
            owned.Add(temporary);
            var spool = Spool.Open(disk, Path.GetFullPath(options.Config.Spool ?? Path.Combine(data.Root, "spool")), instance);
            owned.Add(spool);
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
            {
                // Nothing of ours is configured by files that change under a running node, so nothing watches for them.
                Args = ["--hostBuilder:reloadConfigOnChange=false"],
                ApplicationName = typeof(NodeHost).Assembly.GetName().Name,
                ContentRootPath = AppContext.BaseDirectory,
                WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
            });
            ConfigureLogging(builder, logLevel);
            ConfigureKestrel(builder, options, data);
            var custody = VaultStores.Open(
                options, layout, kept, data.Format.Origin, disk, temporary, instance, [spool.Root], time);
            owned.Add(custody);
            custody.Report(layout);
            custody.BeginProbing(time);
            var vault = custody.Vault;
            builder.Services
                .AddSingleton(options)
                .AddSingleton(data)
                .AddSingleton(stores)
                .AddSingleton(time)
                .AddSingleton(log)
                .AddSingleton<IVault>(vault)
                .AddSingleton(custody)
                .AddSingleton(custody.Stores)
                .AddSingleton(custody.Policy)
                .AddSingleton<IDisk>(disk)
                .AddSingleton(new StageCache(disk, options.Vault, temporary))
                .AddSingleton<IAudioDecoder>(_ => new FfmpegInSandbox(probing.Result.Sandbox, options.DemoFiles || options.Config.WeakSandbox == "allowed", tools))
                .AddSingleton<StageRunner>()
                .AddSingleton(new ReadModel(stores.Read))
                .AddSingleton(new ApiKeys(stores.People, time))
                .AddSingleton(new JournalTail(stores.Journal, stores.Dialect))
                .AddSingleton<LogReading>()
                .AddSingleton<ReleaseExports>()
                .AddSingleton<Regions>(sp => new Regions(() => sp.GetRequiredService<Akka.Hosting.IReadOnlyActorRegistry>()))
                .AddSingleton<IReleaseRegions>(sp => sp.GetRequiredService<Regions>())
                .AddSingleton<IRightsDesk>(sp => new RightsClearing(
                    () => sp.GetRequiredService<Regions>().Claims, () => sp.GetRequiredService<Regions>().Recordings, vault, time))
                .AddSingleton<PipelineGateway>()
                .AddSingleton<SplitGateway>()
                .AddSingleton(sp => UploadWiring.House(options, data, spool, instance, sp.GetRequiredService<IVault>(), time));
            UploadWiring.Add(builder.Services);
            PatrolSetup.Add(builder.Services, options, temporary);
            ErasureSetup.Add(builder.Services);
            builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(60));
            builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, AnswerJson.Default));
            NodeActors.Add(builder.Services, options, stores, log, () => probing.Result.Versions);
            Health.Add(builder.Services);
            PipelinePages.Add(builder.Services);
            app = builder.Build();
            PipelinePages.Use(app);
            app.UseMiddleware<WhoAsks>();
            Health.Map(app);
            app.MapMetrics("/metrics");
            ReleaseApi.Map(app);
            ReceiptApi.Map(app);
            UploadEndpoints.Map(app);
            ExportApi.Map(app);
            LogApi.Map(app);
            ProofApi.Map(app);
            KeyApi.Map(app);
            VaultApi.Map(app);
            SplitApi.Map(app);
            ErasureApi.Map(app);
            PipelinePages.Map(app);
            // Awaited before anything starts that asks for its result.
            StartupChecks.RequireSandbox((await probing).Sandbox, options);
            await Installation.StartAsync(
                stores,
                async () =>
                {
                    await app.Services.GetRequiredService<ReadModel>().InitialiseAsync();
                    await app.Services.GetRequiredService<ApiKeys>().InitialiseAsync();
                    await app.Services.GetRequiredService<VaultTables>().InitialiseAsync();
                },
                async () =>
                {
                    await app.StartAsync(cancel);
                    StartupChecks.RequireJournal(app.Services.GetRequiredService<Akka.Actor.ActorSystem>());
                },
                cancel);
            return new NodeHost(app, stores, owned);
        }
        catch
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }
            owned.Reverse();
            owned.ForEach(o => o.Dispose());
            throw;
        }
    }

    /// <summary>Returns when the host was told to stop, by a signal or because the cluster removed this node.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _stores.DisposeAsync();
        // The lock goes last: whoever gets it finds everything closed.
        for (var i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }
    }

    /// <summary>How strong a cage this machine allows, and the versions that go into every stage's input.</summary>
    private static async Task<(Sandbox Sandbox, string Versions)> ProbeAsync(AudioTools tools, CancellationToken cancel)
    {
        var sandbox = await SandboxProbe.Run(tools, cancel);
        return (sandbox, $"{StageVersions.Rules} {await SandboxProbe.ToolVersions(sandbox, tools, cancel)}");
    }

    /// <summary>Unique to this start of this process, so that what it leaves in tmp is known as its own.</summary>
    private static string ProcessStart() =>
        $"{Environment.ProcessId}-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8))}";

    private static void ConfigureLogging(WebApplicationBuilder builder, LogEventLevel level)
    {
        Log.Logger = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            .MinimumLevel.Override("Akka", level < LogEventLevel.Warning ? LogEventLevel.Warning : level)
            // stdout belongs to the answers of verbs.
            .WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}",
                standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .CreateLogger();
        builder.Services.AddSerilog(dispose: true);
    }

    private static void ConfigureKestrel(WebApplicationBuilder builder, NodeOptions options, DataDirectory data)
    {
        // A socket left by a killed node; the lock says that nobody listens on it.
        File.Delete(data.Socket);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            kestrel.ListenUnixSocket(data.Socket, l => l.Protocols = HttpProtocols.Http1);
            foreach (var url in options.Urls)
            {
                var address = BindingAddress.Parse(url);
                if (address.Host is "localhost" or "127.0.0.1")
                {
                    kestrel.Listen(System.Net.IPAddress.Loopback, address.Port);
                }
                else if (System.Net.IPAddress.TryParse(address.Host, out var ip))
                {
                    kestrel.Listen(ip, address.Port);
                }
                else
                {
                    kestrel.ListenAnyIP(address.Port);
                }
            }
        });
    }
}
