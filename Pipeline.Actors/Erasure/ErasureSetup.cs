using Akka.Hosting;
using Pipeline.Actors.Hosting;

namespace Pipeline.Actors.Erasure;

/// <summary>Puts erasure together for a node. Which node carries it out, the cluster decides.</summary>
public static class ErasureSetup
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton(sp => new JournalEraser(
            sp.GetRequiredService<Stores>().Journal, sp.GetRequiredService<Stores>().Dialect,
            index => sp.GetRequiredService<LogKeeping>() is var log && log.Head() is not null && log.Store.ReadEntries(index, 1) is [var entry] ? entry : null))
        .AddSingleton<ErasureScope>()
        .AddSingleton(sp => ActivatorUtilities.CreateInstance<ErasureGateway>(
            sp, () => sp.GetRequiredService<IReadOnlyActorRegistry>().Get<ErasureActor>()));
}
