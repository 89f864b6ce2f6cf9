using Azure.Storage.Blobs;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Vault;

/// <summary>What a vault of several stores does when one of them is slow, full, dead, or holds rot.</summary>
public sealed class CopiedVaultTests
{
    private const int ErrnoNoSpace = 28;

    private readonly SimulatedDisk _disk = new() { Mounts = ["/mnt/1", "/mnt/2"] };
    private readonly List<CopyTrouble> _troubles = [];
    private readonly TemporaryFiles _staging;

    private static readonly byte[] Take = Enumerable.Repeat((byte)'t', 3000).ToArray();
    private static readonly Sha256Digest TakeId = Sha256Digest.Of(Take);

    public CopiedVaultTests()
    {
        foreach (var directory in new[] { "/data", "/data/spool", "/mnt", "/mnt/1", "/mnt/2" })
        {
            _disk.MakeDirectory(directory);
        }
        using (var file = _disk.CreateNew("/data/spool/take"))
        {
            file.Write(0, Take);
        }
        _staging = TemporaryFiles.Open(_disk, "/data/vault", "one");
    }

    private FileStore Files(string name, string root, bool links = false) => new(
        _disk, name, name, root, root == "/data/vault" ? _staging : TemporaryFiles.Open(_disk, root, "one"), links ? ["/data/spool", _staging.Folder] : []);

    private FileStore[] Three() => [Files("primary", "/data/vault", links: true), Files("replica-1", "/mnt/1/vault"), Files("replica-2", "/mnt/2/vault")];

    private CopiedVault Vault(IReadOnlyList<IObjectStore> stores, int? copies = null, CopyLimits? limits = null) => new(
        _disk, stores, CopyPolicy.For([.. stores.Select(PlacedStore.Of)], copies).Policy!, limits ?? new CopyLimits(), _staging,
        new FetchedObjects(_disk, "/data/fetched"), TimeProvider.System, trouble =>
        {
            lock (_troubles)
            {
                _troubles.Add(trouble);
            }
        });

    private static Task<Custody> AdoptAsync(CopiedVault vault) =>
        vault.AdoptAsync("/data/spool/take", TakeId, Take.Length, CancellationToken.None);

    private static async Task<bool> HoldsAsync(IObjectStore store) =>
        await store.ExistsAsync(TakeId, CancellationToken.None)
        && await ReadAsync(await store.OpenAsync(TakeId, fresh: true, CancellationToken.None)) is var bytes && bytes.AsSpan().SequenceEqual(Take);

    private static async Task<byte[]> ReadAsync(Stream source)
    {
        await using (source)
        {
            using var copy = new MemoryStream();
            await source.CopyToAsync(copy);
            return copy.ToArray();
        }
    }

    [Fact]
    public async Task A_received_object_stands_in_every_store_and_links_nothing_but_the_primary()
    {
        var stores = Three();
        var custody = await AdoptAsync(Vault(stores, copies: 3));
        Assert.Equal(["primary", "replica-1", "replica-2"], custody.Copies);
        Assert.Equal((3, 3), (custody.Domains, custody.Wanted));
        // Rot in the spool's file is rot in the primary's, which is a second name of it, and in nobody else's.
        _disk.Rot("/data/spool/take", 0);
        var whole = await Task.WhenAll(stores.Select(HoldsAsync));
        Assert.Equal((false, true, true), (whole[0], whole[1], whole[2]));
    }

    [Fact]
    public async Task A_full_replica_is_passed_over_where_two_others_suffice()
    {
        var stores = Three();
        _disk.IsFull = path => path.StartsWith("/mnt/1/", StringComparison.Ordinal);
        await using (var vault = Vault(stores))
        {
            var custody = await AdoptAsync(vault);
            Assert.Equal((2, 3), (custody.Domains, custody.Wanted));
            Assert.Equal(["primary", "replica-2"], custody.Copies);
        }
        var trouble = Assert.IsType<CopyTrouble.NotTaken>(Assert.Single(_troubles));
        Assert.Equal("replica-1", trouble.Store);
        Assert.False(await stores[1].ExistsAsync(TakeId, CancellationToken.None));
        Assert.Equal(["one.lock"], _disk.ListFiles("/mnt/1/vault/tmp"));
    }

    [Fact]
    public async Task With_too_few_copies_nothing_is_received_and_asking_again_finishes_it()
    {
        var stores = Three()[..2];
        var vault = Vault(stores);
        _disk.IsFull = path => path.StartsWith("/mnt/1/", StringComparison.Ordinal);
        var unproven = await Assert.ThrowsAsync<CopiesUnprovenException>(() => AdoptAsync(vault));
        Assert.Equal(ErrnoNoSpace, unproven.InnerException!.HResult);
        Assert.True(_disk.FileExists("/data/spool/take"));
        _disk.IsFull = _ => false;
        Assert.Equal(2, (await AdoptAsync(vault)).Domains);
    }

    [Fact]
    public async Task A_full_primary_does_not_stop_two_replicas()
    {
        var stores = Three();
        _disk.IsFull = path => path.StartsWith("/data/vault/", StringComparison.Ordinal);
        _disk.MakeDirectory("/mnt/1/spool");
        using (var file = _disk.CreateNew("/mnt/1/spool/take"))
        {
            file.Write(0, Take);
        }
        var custody = await Vault(stores).AdoptAsync("/mnt/1/spool/take", TakeId, Take.Length, CancellationToken.None);
        Assert.Equal(["replica-1", "replica-2"], custody.Copies);
        Assert.Equal(Take, await Vault(stores).ReadAsync(TakeId, Take.Length, CancellationToken.None));
    }

    [Theory, InlineData("missing"), InlineData("damaged"), InlineData("unreadable")]
    public async Task Reading_passes_over_a_bad_copy_tells_of_it_and_leaves_it(string how)
    {
        var stores = Three()[..2];
        var vault = Vault(stores);
        await AdoptAsync(vault);
        var primary = stores[0].PathOf(TakeId);
        switch (how)
        {
            case "missing":
                _disk.Unlink(primary);
                break;
            case "damaged":
                _disk.Rot(primary, 100);
                break;
            default:
                _disk.IsUnreadable = path => path == primary;
                break;
        }
        Assert.Equal(Take, await vault.ReadAsync(TakeId, Take.Length, CancellationToken.None));
        Assert.Equal(Take, await ReadAsync(await vault.OpenVerifiedAsync(TakeId, CancellationToken.None)));
        Assert.Equal(stores[1].PathOf(TakeId), await vault.LocalPathAsync(TakeId, CancellationToken.None));
        Assert.Equal(how != "missing", _disk.FileExists(primary));
        Assert.Equal(
            how switch { "missing" => [], "damaged" => [typeof(CopyTrouble.Damaged)], _ => [typeof(CopyTrouble.Unreadable)] },
            _troubles.Select(t => t.GetType()).Distinct());
        Assert.All(_troubles, t => Assert.Equal((TakeId, "primary"), (t.Id, t.Store)));
    }

    [Fact]
    public async Task When_every_copy_is_damaged_that_is_said_and_nothing_is_touched()
    {
        var stores = Three()[..2];
        var vault = Vault(stores);
        await AdoptAsync(vault);
        _disk.Rot(stores[0].PathOf(TakeId), 100);
        _disk.Rot(stores[1].PathOf(TakeId), 200);
        await Assert.ThrowsAsync<ObjectDamagedException>(() => vault.OpenVerifiedAsync(TakeId, CancellationToken.None));
        Assert.All(stores, s => Assert.True(_disk.FileExists(s.PathOf(TakeId))));
    }

    [Theory, InlineData(0), InlineData(1)]
    public async Task A_damaged_copy_met_on_storing_gives_way_in_whichever_store_it_is(int where)
    {
        var stores = Three()[..2];
        var vault = Vault(stores);
        await AdoptAsync(vault);
        _disk.Unlink("/data/spool/take");
        _disk.Rot(stores[where].PathOf(TakeId), 100);
        await vault.StoreAsync(Take, CancellationToken.None);
        Assert.All(await Task.WhenAll(stores.Select(HoldsAsync)), Assert.True);
        var told = Assert.IsType<CopyTrouble.Replaced>(Assert.Single(_troubles));
        Assert.Equal(stores[where].Name, told.Store);
        Assert.True(_disk.FileExists(told.Kept.Path));
    }

    [Fact]
    public async Task A_good_copy_is_never_quarantined_and_what_nothing_owns_is_moved_not_deleted()
    {
        var store = Three()[0];
        await AdoptAsync(Vault([store]));
        await Assert.ThrowsAsync<IOException>(() => store.QuarantineAsync(TakeId, CancellationToken.None));
        Assert.Equal($"/data/vault/unclaimed/0-{TakeId}", await store.UnclaimAsync(TakeId, CancellationToken.None));
        Assert.False(await store.ExistsAsync(TakeId, CancellationToken.None));
        Assert.True(_disk.FileExists($"/data/vault/unclaimed/0-{TakeId}"));
        await Assert.ThrowsAsync<ObjectMissingException>(() => store.UnclaimAsync(TakeId, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectMissingException>(() => store.QuarantineAsync(TakeId, CancellationToken.None));
    }

    [Fact]
    public async Task A_list_names_every_object_in_order_and_nothing_else()
    {
        var store = Three()[0];
        var vault = Vault([store]);
        var objects = new List<StoredObject>();
        for (var n = 0; n < 50; n++)
        {
            objects.Add(await vault.StoreAsync(BitConverter.GetBytes(n), CancellationToken.None));
        }
        using (_disk.CreateNew(store.PathOf(objects[0].Id) + ".stray"))
        {
        }
        Assert.Equal(
            objects.OrderBy(o => o.Id.ToString(), StringComparer.Ordinal),
            await store.ListAsync(CancellationToken.None).ToListAsync());
    }

    [SkippableFact]
    public async Task An_object_that_no_store_has_as_a_file_is_fetched_verified_and_bounded()
    {
        await using var azurite = await Azurite.StartAsync();
        using var far = new AzureStore("primary", "azure", StoreAccess.ReadWrite, new BlobContainerClient(azurite.Connection, "vault", AzureLimits.Options()), null);
        var folder = Directory.CreateTempSubdirectory("mp-far-").FullName;
        var disk = new Pipeline.Audit.Durable.PosixDisk();
        using var staging = TemporaryFiles.Open(disk, folder, "one");
        var fetched = new FetchedObjects(disk, Path.Combine(folder, "fetched"), roomBytes: 5000);
        await using (var vault = new CopiedVault(
            disk, [far], CopyPolicy.For([PlacedStore.Of(far)], null).Policy!, new CopyLimits(), staging, fetched, TimeProvider.System, _troubles.Add))
        {
            var first = await vault.StoreAsync(Take, CancellationToken.None);
            var second = await vault.StoreAsync(new byte[3000], CancellationToken.None);
            var path = await vault.LocalPathAsync(first.Id, CancellationToken.None);
            Assert.Equal(Take, await File.ReadAllBytesAsync(path));
            Assert.Equal(path, await vault.LocalPathAsync(first.Id, CancellationToken.None));
            Assert.Equal(new byte[3000], await vault.ReadAsync(second.Id, 3000, CancellationToken.None));
            Assert.Equal([second.Id.ToString()], disk.ListFiles(Path.Combine(folder, "fetched")));
            Assert.Equal(Take, await vault.ReadAsync(first.Id, 3000, CancellationToken.None));
        }
        Assert.Empty(_troubles);
        Directory.Delete(folder, recursive: true);
    }

    [SkippableFact]
    public async Task A_store_that_hangs_is_given_up_after_its_patience_and_then_not_asked_for_a_while()
    {
        await using var azurite = await Azurite.StartAsync();
        await using var line = new TcpProxy(azurite.Port);
        var client = new BlobContainerClient(azurite.ConnectionThrough(line.Port), "vault", AzureLimits.Options());
        using var far = new AzureStore("replica-1", "azure", StoreAccess.ReadWrite, client, null);
        var folder = Directory.CreateTempSubdirectory("mp-slow-").FullName;
        var disk = new Pipeline.Audit.Durable.PosixDisk();
        using var staging = TemporaryFiles.Open(disk, folder, "one");
        IObjectStore[] stores = [new FileStore(disk, "primary", "disk", folder, staging, [staging.Folder]), far];
        CopiedVault With(int? copies, int silenceSeconds) => new(
            disk, stores, CopyPolicy.For([.. stores.Select(PlacedStore.Of)], copies).Policy!,
            new CopyLimits { PutPatienceSeconds = 1, SilenceSeconds = silenceSeconds, StopPatienceSeconds = 0 }, staging,
            new FetchedObjects(disk, Path.Combine(folder, "fetched")), TimeProvider.System, trouble =>
            {
                lock (_troubles)
                {
                    _troubles.Add(trouble);
                }
            });
        line.Stall();

        // One copy is required: nobody waits for the second, nor is it lost sight of.
        await using (var one = With(copies: 1, silenceSeconds: 600))
        {
            var stored = await one.StoreAsync(Take, CancellationToken.None);
            Assert.True(await one.ContainsAsync(stored.Id, CancellationToken.None));
        }
        // Two are: the answer is no, in bounded time, and the next no comes without waiting.
        await using (var two = With(copies: null, silenceSeconds: 600))
        {
            await Assert.ThrowsAsync<CopiesUnprovenException>(() => two.StoreAsync("a"u8.ToArray(), CancellationToken.None));
            var quick = await Assert.ThrowsAsync<CopiesUnprovenException>(() => two.StoreAsync("b"u8.ToArray(), CancellationToken.None));
            Assert.Contains("is not asked now", quick.InnerException!.Message, StringComparison.Ordinal);
        }
        line.Resume();
        await using (var again = With(copies: null, silenceSeconds: 600))
        {
            var stored = await again.StoreAsync("a"u8.ToArray(), CancellationToken.None);
            Assert.True(await far.ExistsAsync(stored.Id, CancellationToken.None));
        }
        Directory.Delete(folder, recursive: true);
    }
}
