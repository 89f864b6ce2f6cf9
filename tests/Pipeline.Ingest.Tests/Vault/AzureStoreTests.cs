using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Vault;

/// <summary>The store that speaks to Azure Blob Storage, against Azurite, with the line between them in our hands.</summary>
public sealed class AzureStoreTests : IAsyncLifetime
{
    private static int _containers;

    private readonly string _folder = Directory.CreateTempSubdirectory("mp-azure-").FullName;
    private readonly string _container = $"vault-{Interlocked.Increment(ref _containers)}";
    private Azurite? _azurite;
    private TcpProxy? _line;

    private Azurite Service => _azurite!;

    private BlobContainerClient Direct => new(Service.Connection, _container, AzureLimits.Options());

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_line is not null)
        {
            await _line.DisposeAsync();
        }
        if (_azurite is not null)
        {
            await _azurite.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<AzureStore> StartAsync()
    {
        _azurite = await Azurite.StartAsync();
        _line = new TcpProxy(Service.Port);
        return Store(new BlobContainerClient(Service.ConnectionThrough(_line.Port), _container, AzureLimits.Options()));
    }

    private static AzureStore Store(BlobContainerClient client, StoreAccess access = StoreAccess.ReadWrite, BlobContainerClient? reader = null) =>
        new("replica-1", "azure", access, client, reader);

    private (Sha256Digest Id, string Path, byte[] Bytes) SomeFile(int lengthBytes, int seed = 7)
    {
        var bytes = new byte[lengthBytes];
        new Random(seed).NextBytes(bytes);
        return FileOf(bytes);
    }

    private (Sha256Digest Id, string Path, byte[] Bytes) FileOf(byte[] bytes)
    {
        var id = Sha256Digest.Of(bytes);
        var path = Path.Combine(_folder, id.ToString());
        File.WriteAllBytes(path, bytes);
        return (id, path, bytes);
    }

    private static async Task<byte[]> ReadAsync(AzureStore store, Sha256Digest id)
    {
        using var copy = new MemoryStream();
        await using var source = await store.OpenAsync(id, fresh: true, CancellationToken.None);
        await source.CopyToAsync(copy);
        return copy.ToArray();
    }

    private async Task<byte[]> BlobAsync(string name) => (await Direct.GetBlobClient(name).DownloadContentAsync()).Value.Content.ToArray();

    [SkippableFact]
    public async Task Objects_of_no_one_and_several_blocks_come_back_as_they_went()
    {
        using var store = await StartAsync();
        var files = new[] { 0, 1, AzureLimits.BlockBytes, 2 * AzureLimits.BlockBytes + 17 }.Select(n => SomeFile(n)).ToList();
        foreach (var (id, path, bytes) in files)
        {
            Assert.False(await store.ExistsAsync(id, CancellationToken.None));
            Assert.True(await store.PutAsync(id, path, bytes.Length, CancellationToken.None));
            Assert.True(await store.ExistsAsync(id, CancellationToken.None));
            Assert.Equal(bytes, await ReadAsync(store, id));
            // And again, which is no error.
            Assert.True(await store.PutAsync(id, path, bytes.Length, CancellationToken.None));
            var properties = (await Direct.GetBlobClient(AzureStore.BlobNameOf(id)).GetPropertiesAsync()).Value;
            Assert.Equal(id.ToString(), properties.Metadata["sha256"]);
        }
        Assert.Equal(
            files.Select(f => new StoredObject(f.Id, f.Bytes.Length)).OrderBy(o => o.Id.ToString(), StringComparer.Ordinal),
            await store.ListAsync(CancellationToken.None).ToListAsync());
    }

    [SkippableFact]
    public async Task A_missing_object_is_said_to_be_missing()
    {
        using var store = await StartAsync();
        var (id, _, _) = SomeFile(10);
        var (other, path, _) = SomeFile(11);
        Assert.True(await store.PutAsync(other, path, 11, CancellationToken.None));
        Assert.False(await store.ExistsAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectMissingException>(() => store.OpenAsync(id, fresh: false, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectMissingException>(() => store.QuarantineAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectMissingException>(() => store.UnclaimAsync(id, CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_file_that_is_not_what_it_should_be_gets_no_name()
    {
        using var store = await StartAsync();
        var (id, path, bytes) = SomeFile(3000);
        bytes[1000] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        await Assert.ThrowsAsync<IOException>(() => store.PutAsync(id, path, bytes.Length, CancellationToken.None));
        Assert.False(await store.ExistsAsync(id, CancellationToken.None));
    }

    private static void Change(Memory<byte> piece)
    {
        if (piece.Span.IndexOf("only take"u8) is >= 0 and var at)
        {
            piece.Span[at] = (byte)'O';
        }
    }

    [SkippableFact]
    public async Task Bytes_that_change_on_the_way_there_are_refused_by_their_MD5()
    {
        using var store = await StartAsync();
        var (id, path, bytes) = FileOf(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("the only take, ", 5000))));
        _line!.OnTheWayThere = Change;
        var refused = await Assert.ThrowsAsync<IOException>(() => store.PutAsync(id, path, bytes.Length, CancellationToken.None));
        Assert.Contains("400 Md5Mismatch", refused.Message, StringComparison.Ordinal);
        _line.OnTheWayThere = null;
        Assert.False(await store.ExistsAsync(id, CancellationToken.None));
        Assert.True(await store.PutAsync(id, path, bytes.Length, CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_copy_that_does_not_read_back_is_not_proven_and_left_alone()
    {
        using var store = await StartAsync();
        var (id, path, bytes) = FileOf(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("the only take, ", 5000))));
        _line!.OnTheWayBack = Change;
        var damaged = await Assert.ThrowsAsync<ObjectDamagedException>(() => store.PutAsync(id, path, bytes.Length, CancellationToken.None));
        Assert.NotEqual(id, damaged.Found);
        _line.OnTheWayBack = null;
        Assert.Equal(bytes, await BlobAsync(AzureStore.BlobNameOf(id)));
    }

    [SkippableFact]
    public async Task A_blob_with_other_content_is_left_until_it_is_replaced_and_then_kept_as_evidence()
    {
        using var store = await StartAsync();
        var (id, path, bytes) = SomeFile(5000);
        await Direct.CreateIfNotExistsAsync();
        await Direct.GetBlobClient(AzureStore.BlobNameOf(id)).UploadAsync(BinaryData.FromString("something else"));

        var damaged = await Assert.ThrowsAsync<ObjectDamagedException>(() => store.PutAsync(id, path, bytes.Length, CancellationToken.None));
        Assert.Equal(Sha256Digest.Of("something else"u8), damaged.Found);
        Assert.Equal("something else"u8.ToArray(), await BlobAsync(AzureStore.BlobNameOf(id)));

        var kept = await store.ReplaceAsync(id, path, bytes.Length, CancellationToken.None);
        Assert.Equal((id, damaged.Found, $"quarantine/0-{id}"), (kept!.Id, kept.Found, kept.Path));
        Assert.Equal("something else"u8.ToArray(), await BlobAsync(kept.Path));
        Assert.Equal(bytes, await ReadAsync(store, id));
        Assert.Null(await store.ReplaceAsync(id, path, bytes.Length, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Only_a_damaged_copy_goes_to_quarantine_and_each_has_a_name_of_its_own()
    {
        using var store = await StartAsync();
        var (id, path, bytes) = SomeFile(5000);
        Assert.True(await store.PutAsync(id, path, bytes.Length, CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => store.QuarantineAsync(id, CancellationToken.None));
        Assert.Equal(bytes, await ReadAsync(store, id));
        for (var n = 0; n < 2; n++)
        {
            await Direct.GetBlobClient(AzureStore.BlobNameOf(id)).UploadAsync(BinaryData.FromString($"rotten {n}"), overwrite: true);
            Assert.Equal($"quarantine/{n}-{id}", await store.QuarantineAsync(id, CancellationToken.None));
            Assert.False(await store.ExistsAsync(id, CancellationToken.None));
            Assert.Equal(Encoding.ASCII.GetBytes($"rotten {n}"), await BlobAsync($"quarantine/{n}-{id}"));
        }
        Assert.True(await store.PutAsync(id, path, bytes.Length, CancellationToken.None));
        Assert.Equal($"unclaimed/0-{id}", await store.UnclaimAsync(id, CancellationToken.None));
        Assert.False(await store.ExistsAsync(id, CancellationToken.None));
        Assert.Equal(bytes, await BlobAsync($"unclaimed/0-{id}"));
        Assert.Empty(await store.ListAsync(CancellationToken.None).ToListAsync());
    }

    [SkippableFact]
    public async Task A_write_only_copy_is_proven_only_by_the_separate_reader()
    {
        using var _ = await StartAsync();
        await Direct.CreateIfNotExistsAsync();
        BlobContainerClient With(BlobContainerSasPermissions permissions) => new(
            Direct.GenerateSasUri(permissions, DateTimeOffset.MaxValue), AzureLimits.Options());
        var writer = With(BlobContainerSasPermissions.Create | BlobContainerSasPermissions.Write);
        var (id, path, bytes) = SomeFile(5000);

        using var blind = Store(writer, StoreAccess.WriteOnly);
        Assert.False(await blind.PutAsync(id, path, bytes.Length, CancellationToken.None));
        Assert.Equal(bytes, await BlobAsync(AzureStore.BlobNameOf(id)));
        Assert.False(await blind.PutAsync(id, path, bytes.Length, CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => blind.OpenAsync(id, fresh: false, CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => blind.QuarantineAsync(id, CancellationToken.None));

        using var seen = Store(writer, StoreAccess.WriteOnlyWithReader, With(BlobContainerSasPermissions.Read | BlobContainerSasPermissions.List));
        Assert.True(await seen.PutAsync(id, path, bytes.Length, CancellationToken.None));
        Assert.Equal(bytes, await ReadAsync(seen, id));
        await Direct.GetBlobClient(AzureStore.BlobNameOf(id)).UploadAsync(BinaryData.FromString("something else"), overwrite: true);
        await Assert.ThrowsAsync<ObjectDamagedException>(() => seen.PutAsync(id, path, bytes.Length, CancellationToken.None));
    }

    [SkippableFact]
    public async Task What_a_killed_service_forgot_is_seen_to_be_missing_and_put_again()
    {
        using var store = await StartAsync();
        var forgotten = false;
        // It writes its index down every few seconds: more than one try only where the kill fell right after that.
        for (var n = 0; n < 5 && !forgotten; n++)
        {
            var (id, path, bytes) = SomeFile(5000, seed: n);
            Assert.True(await store.PutAsync(id, path, bytes.Length, CancellationToken.None));
            await Service.KillAsync();
            await Assert.ThrowsAsync<IOException>(() => store.ExistsAsync(id, CancellationToken.None));
            await Service.RestartAsync();
            forgotten = !await store.ExistsAsync(id, CancellationToken.None);
            Assert.True(await store.PutAsync(id, path, bytes.Length, CancellationToken.None));
            Assert.Equal(bytes, await ReadAsync(store, id));
        }
        Assert.True(forgotten, "Azurite has learnt to remember; nothing was tested");
    }

    [SkippableFact]
    public async Task What_an_account_does_not_offer_is_not_claimed()
    {
        using var store = await StartAsync();
        var found = await AzureProbe.RunAsync("replica-1", Direct, "one", TimeProvider.System, CancellationToken.None);
        Assert.Equal(
            [Offer.NotOffered, Offer.NotOffered, Offer.NotOffered, Offer.NotOffered],
            [found.Versioning.Offer, found.SoftDelete.Offer, found.Immutability.Offer, found.LegalHold.Offer]);
        Assert.StartsWith("501", found.LegalHold.Evidence, StringComparison.Ordinal);
        Assert.False(await Direct.GetBlobClient("probe/one").ExistsAsync());

        await Service.KillAsync();
        found = await AzureProbe.RunAsync("replica-1", Direct, "two", TimeProvider.System, CancellationToken.None);
        Assert.Equal([Offer.NotKnown, Offer.NotKnown], [found.Versioning.Offer, found.Immutability.Offer]);
    }
}
