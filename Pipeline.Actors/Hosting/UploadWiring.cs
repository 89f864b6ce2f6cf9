using Pipeline.Actors.Uploads;
using Pipeline.Actors.Web.Uploads;
using Pipeline.Ingest.Uploads;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Hosting;

/// <summary>Puts the parts that uploads need together.</summary>
public static class UploadWiring
{
    public static UploadHouse House(NodeOptions options, DataDirectory data, Spool spool, string instance, IVault vault, TimeProvider time)
    {
        var alone = options.Config.Seeds is not { Count: > 0 };
        var disk = new DriveInfo(options.Config.Spool ?? data.Root);
        return new UploadHouse(
            spool, new SpoolUse(), vault, options.Config.Uploads ?? UploadLimits.Default, time,
            (options.Config.AdvertisedUrl ?? (options.Urls is [var first, ..] ? first : "")).TrimEnd('/'), instance,
            alone || options.Config.Spool is not null, () => disk.AvailableFreeSpace);
    }

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<UploadGateway>().AddSingleton<UploadAppending>().AddSingleton<UploadAssembly>()
            .AddSingleton<UploadForwarding>().AddSingleton<UploadEndpoints>();
        services.AddHttpClient(UploadForwarding.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // The request's own abort ends a forwarded one; only finding its node has a time of its own.
                ConnectTimeout = TimeSpan.FromSeconds(5),
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
            });
    }
}
