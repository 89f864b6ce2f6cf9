using System.Collections.Concurrent;
using System.Security.Cryptography;
using Pipeline.Audit.Durable;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Hosting;

/// <summary>A node's stores, the policy over them, and the vault over both.</summary>
public sealed class VaultStores : IDisposable
{
    private readonly List<IDisposable> _owned;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, StoreCapabilities> _capabilities = new(StringComparer.Ordinal);
    private readonly List<(AzureStore Store, Azure.Storage.Blobs.BlobContainerClient Container)> _azure;

    private VaultStores(
        IReadOnlyList<IObjectStore> stores, CopyPolicy policy, CopiedVault vault, List<IDisposable> owned,
        List<(AzureStore, Azure.Storage.Blobs.BlobContainerClient)> azure)
    {
        (Stores, Policy, Vault, _owned, _azure) = (stores, policy, vault, owned, azure);
        foreach (var files in stores.Where(s => s is not AzureStore))
        {
            _capabilities[files.Name] = StoreCapabilities.OfFiles(files.Name);
        }
    }

    /// <summary>The primary first.</summary>
    public IReadOnlyList<IObjectStore> Stores { get; }

    public CopyPolicy Policy { get; }

    public CopiedVault Vault { get; }

    /// <summary>What each store was found to offer so far, by name; of accounts only once they have answered.</summary>
    public IReadOnlyDictionary<string, StoreCapabilities> Capabilities => _capabilities;

    /// <summary>
    /// What this start's options and the data directory's memory make together; written down when it is news.
    /// Returns the options with the local folder of the vault in its place.
    /// </summary>
    /// <exception cref="StartupRefusedException">They contradict each other.</exception>
    public static (NodeOptions Options, StoreLayout Layout, StoreLayout? Kept) Settle(NodeOptions options, IDisk disk)
    {
        var kept = StoreLayout.Read(disk, options.Data);
        var replicas = options.ReplicaSpecs ?? options.Config.Replicas;
        var (layout, problem) = StoreLayout.Settle(
            kept, (options.VaultSpec ?? options.Config.Vault) is { } vault ? Parse(vault) : null,
            replicas is null ? null : replicas is ["none"] ? [] : [.. replicas.Select(r => Parse(r))],
            options.Copies ?? options.Config.Copies, options.Data);
        if (layout is null)
        {
            throw new StartupRefusedException($"The stores cannot be used together: {problem}. Nothing was changed.");
        }
        var files = StoreLayout.Parsed(layout.Stores[0], options.Data) as StoreSpec.Files;
        var local = files?.Path ?? Path.Combine(options.Data, "vault");
        if (files is not null && kept?.Stores[0].Name == layout.Stores[0].Name && !disk.DirectoryExists(local))
        {
            throw new StartupRefusedException($"The vault's primary store {local} is not there: is the disk mounted? Nothing was changed; see ops/docs/runbooks/copies-unproven.md.");
        }
        return (options with { Vault = local }, layout, kept);
    }

    /// <param name="temporary">This process's temporary names below <c>options.Vault</c>.</param>
    /// <param name="kept">What an earlier start wrote down; null without one.</param>
    /// <param name="instance">Unique to this start of this process.</param>
    /// <param name="spools">Folders whose files the primary may link.</param>
    /// <exception cref="StartupRefusedException">The primary is not there, or no policy fits.</exception>
    public static VaultStores Open(
        NodeOptions options, StoreLayout layout, StoreLayout? kept, string origin, IDisk disk, TemporaryFiles temporary, string instance,
        IReadOnlyList<string> spools, TimeProvider time)
    {
        var known = kept?.Stores.Concat(kept.Retired).Select(s => s.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        var owned = new List<IDisposable>();
        var azure = new List<(AzureStore, Azure.Storage.Blobs.BlobContainerClient)>();
        try
        {
            var stores = layout.Stores.Select((s, i) => OpenOne(s, isPrimary: i == 0)).ToList();
            var (policy, problem) = CopyPolicy.For([.. stores.Select(PlacedStore.Of)], layout.Copies);
            if (policy is null)
            {
                throw new StartupRefusedException($"The vault's stores cannot do what is asked: {problem}. See --copies and --replica.");
            }
            var vault = new CopiedVault(
                disk, stores, policy, new CopyLimits(), temporary, new FetchedObjects(disk, Path.Combine(options.Data, "fetched")), time, CopyWatch.Log);
            Remember(options, layout, kept, disk);
            return new VaultStores(stores, policy, vault, owned, azure);
        }
        catch
        {
            owned.ForEach(o => o.Dispose());
            throw;
        }

        IObjectStore OpenOne(NamedStore named, bool isPrimary)
        {
            switch (StoreLayout.Parsed(named, options.Data))
            {
                case StoreSpec.Azure spec:
                    var (container, reader) = AzureConnections.Open(spec, options.Config, Environment.GetEnvironmentVariable);
                    var access = !spec.WriteOnly ? StoreAccess.ReadWrite : reader is null ? StoreAccess.WriteOnly : StoreAccess.WriteOnlyWithReader;
                    var store = new AzureStore(named.Name, spec.Domain ?? $"azure {container.AccountName}", access, container, reader);
                    owned.Add(store);
                    azure.Add((store, access is StoreAccess.ReadWrite ? container : reader ?? container));
                    return store;
                case StoreSpec.Files spec:
                    return OpenFiles(spec, named.Name, isPrimary);
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        IObjectStore OpenFiles(StoreSpec.Files spec, string name, bool isPrimary)
        {
            string? wrong;
            try
            {
                var own = isPrimary ? temporary : OpenTemporary(spec.Path, known.Contains(name));
                // A vault that never had replicas has no mark, and needs none: there is nothing to mistake it for.
                wrong = layout.Stores.Count == 1 && kept is null ? null : StoreMark.Check(disk, spec.Path, origin, name, known.Contains(name), own.Next());
                if (wrong is null)
                {
                    return new FileStore(
                        disk, name, spec.Domain ?? $"device {PosixDisk.DeviceOf(spec.Path)}", spec.Path, own,
                        isPrimary ? [own.Folder, .. spools] : []);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException && !isPrimary)
            {
                wrong = e.Message;
            }
            if (isPrimary)
            {
                throw new StartupRefusedException($"The vault's primary store is not there: {wrong}. Nothing was changed; see ops/docs/runbooks/copies-unproven.md.");
            }
            Serilog.Log.Error("{Store} is absent and takes no copies: {Why}. See ops/docs/runbooks/copies-unproven.md", name, wrong);
            return new AbsentStore(name, spec.Domain ?? $"absent {name}", wrong);
        }

        TemporaryFiles OpenTemporary(string path, bool isKnown)
        {
            if (isKnown && !disk.DirectoryExists(path))
            {
                throw new IOException($"{path} is not there: is the disk mounted?");
            }
            var own = TemporaryFiles.Open(disk, path, instance);
            owned.Add(own);
            return own;
        }
    }

    /// <summary>Asks in the background what each account offers, and logs it. A slow account keeps nobody waiting.</summary>
    public void BeginProbing(TimeProvider time)
    {
        foreach (var (store, container) in _azure)
        {
            _ = Task.Run(async () =>
            {
                var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
                var found = await AzureProbe.RunAsync(store.Name, container, token, time, _stopping.Token);
                _capabilities[store.Name] = found;
                Serilog.Log.Information(
                    "{Store} offers: versioning {Versioning}, soft delete {SoftDelete}, immutability {Immutability}, legal hold {LegalHold}",
                    store.Name, found.Versioning, found.SoftDelete, found.Immutability, found.LegalHold);
            });
        }
    }

    /// <summary>What an operator should know of these stores before anything goes wrong.</summary>
    public void Report(StoreLayout layout)
    {
        Serilog.Log.Information(
            "Vault: {Stores}; {Required} failure domain(s) required, {Wanted} wanted",
            string.Join(", ", Stores.Select(s => $"{s.Name} in '{s.Domain}'{(s.Access is StoreAccess.ReadWrite ? "" : $" ({s.Access})")}")), Policy.Required, Policy.Wanted);
        foreach (var shared in Stores.GroupBy(s => s.Domain, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            Serilog.Log.Warning("{Stores} stand in one failure domain, '{Domain}': their copies count once", string.Join(", ", shared.Select(s => s.Name)), shared.Key);
        }
        foreach (var blind in Stores.Where(s => s.Access is StoreAccess.WriteOnly))
        {
            Serilog.Log.Warning("{Store} is write-only and has no separate reader: its copies are never proven and count for nothing", blind.Name);
        }
        foreach (var retired in layout.Retired)
        {
            Serilog.Log.Warning("{Store} at {Place} was a store of this vault and is no longer: its copies are neither counted nor checked", retired.Name, retired.Spec);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        // The host has stopped: nobody waits for this thread.
        Vault.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _owned.ForEach(o => o.Dispose());
        _stopping.Dispose();
    }

    private static void Remember(NodeOptions options, StoreLayout layout, StoreLayout? kept, IDisk disk)
    {
        var given = options.VaultSpec is not null || options.ReplicaSpecs is not null || options.Copies is not null
            || options.Config.Vault is not null || options.Config.Replicas is not null || options.Config.Copies is not null;
        if (given && !layout.Says(kept))
        {
            layout.Write(disk, options.Data);
        }
    }

    private static StoreSpec Parse(string text) =>
        // What is given on a command line is relative to where it was given; what is kept, to the data directory.
        StoreSpec.TryParse(text, Environment.CurrentDirectory, out var spec, out var problem)
            ? spec
            : throw new StartupRefusedException($"'{text}' names no store: {problem}. A store is DIR[,domain=NAME] or azure:CONTAINER[,domain=NAME][,write-only].");
}
