using Akka.Hosting;
using Pipeline.Actors.Backups;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Durable;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>Puts the patrol together for a node. Which node runs it, the cluster decides.</summary>
public static class PatrolSetup
{
    /// <param name="temporary">This process's temporary names in the vault's directory.</param>
    public static void Add(IServiceCollection services, NodeOptions options, TemporaryFiles temporary) => services
        .AddSingleton(sp => new VaultTables(sp.GetRequiredService<Stores>().Read))
        .AddSingleton<VaultInventory>()
        .AddSingleton(sp => Strays(sp, options))
        .AddSingleton(sp => new PatrolTools(
            sp.GetRequiredService<VaultTables>(), sp.GetRequiredService<VaultInventory>(), sp.GetRequiredService<StraySweep>(),
            sp.GetRequiredService<IReadOnlyList<IObjectStore>>(), sp.GetRequiredService<CopyPolicy>().Wanted,
            new BlockLists(sp.GetRequiredService<IDisk>(), options.Vault, temporary), sp.GetRequiredService<IDisk>(), temporary,
            options.Config.Patrol ?? new PatrolConfig(), sp.GetRequiredService<TimeProvider>(), options.RunsStages))
        .AddSingleton(sp => new VaultReading(
            sp.GetRequiredService<VaultTables>(), sp.GetRequiredService<IReadOnlyList<IObjectStore>>(), sp.GetRequiredService<CopyPolicy>().Wanted,
            store => Offers(sp.GetRequiredService<VaultStores>(), store),
            () => sp.GetRequiredService<IReadOnlyActorRegistry>().Get<PatrolActor>()));

    private static StraySweep Strays(IServiceProvider services, NodeOptions options)
    {
        var log = services.GetRequiredService<LogKeeping>();
        var inventory = services.GetRequiredService<VaultInventory>();
        var disk = services.GetRequiredService<IDisk>();
        return new StraySweep(
            services.GetRequiredService<VaultTables>(),
            async cancel => !RecoveryMark.AreUploadsHeld(disk, options.Data) && log.Halted is null && await inventory.CatchUpAsync(cancel),
            services.GetRequiredService<StageCache>().Results, services.GetRequiredService<IReadOnlyList<IObjectStore>>(),
            disk, TimeSpan.FromDays((options.Config.Patrol ?? new PatrolConfig()).UnclaimedAfterDays),
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ReadModel>().OldestOpenAsync);
    }

    /// <summary>What was found to be there; what could not be tried is not claimed.</summary>
    private static IReadOnlyList<string> Offers(VaultStores stores, string store) =>
        !stores.Capabilities.TryGetValue(store, out var found) ? [] :
        [
            .. new[]
            {
                ("versioning", found.Versioning), ("soft delete", found.SoftDelete), ("immutability", found.Immutability),
                ("legal hold", found.LegalHold),
            }.Where(o => o.Item2.Offer == Offer.Offered).Select(o => o.Item1),
        ];
}
