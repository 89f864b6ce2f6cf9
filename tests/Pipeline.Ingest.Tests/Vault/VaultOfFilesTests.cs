using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Ingest.Tests.Vault;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class VaultOfFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mp-vault-").FullName;
    private readonly PosixDisk _disk = new();
    private readonly List<QuarantinedObject> _quarantined = [];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private CopiedVault Vault(string start) => CopiedVault.Alone(
        _disk, _root, TemporaryFiles.Open(_disk, _root, start), TimeProvider.System,
        trouble => _quarantined.Add(Assert.IsType<CopyTrouble.Replaced>(trouble).Kept));

    private string PathOf(Sha256Digest id) => $"{_root}/cas/sha256/{id.ToString()[..2]}/{id.ToString()[2..4]}/{id}";

    private static void Damage(string path, Action<FileStream> how)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        how(file);
    }

    [Fact]
    public async Task An_object_reads_back_under_the_name_of_its_bytes()
    {
        var vault = Vault("one");
        var bytes = new byte[3 * 1024 * 1024 + 17];
        new Random(5).NextBytes(bytes);

        using var source = new TrickleStream(bytes);
        var stored = await vault.StoreAsync(source, CancellationToken.None);

        Assert.Equal(new StoredObject(Sha256Digest.Of(bytes), bytes.Length), stored);
        Assert.True(await vault.ContainsAsync(stored.Id, CancellationToken.None));
        Assert.Equal(bytes, await vault.ReadAsync(stored.Id, bytes.Length, CancellationToken.None));
        Assert.Equal(PathOf(stored.Id), await vault.LocalPathAsync(stored.Id, CancellationToken.None));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(PathOf(stored.Id)));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            File.GetUnixFileMode(PathOf(stored.Id)));
        Assert.DoesNotContain(_disk.ListFiles($"{_root}/tmp"), name => name.Contains('_', StringComparison.Ordinal));
        await Assert.ThrowsAsync<InvalidDataException>(() => vault.ReadAsync(stored.Id, bytes.Length - 1, CancellationToken.None));
    }

    [Fact]
    public async Task A_store_whose_directories_went_with_their_disk_takes_objects_again()
    {
        var vault = Vault("one");
        var id = (await vault.StoreAsync("before"u8.ToArray(), CancellationToken.None)).Id;
        Directory.Delete($"{_root}/cas", recursive: true);
        Assert.False(await vault.ContainsAsync(id, CancellationToken.None));
        await vault.StoreAsync("before"u8.ToArray(), CancellationToken.None);
        Assert.Equal("before"u8.ToArray(), await vault.ReadAsync(id, 100, CancellationToken.None));
    }

    [Fact]
    public async Task The_empty_object_is_an_object()
    {
        var vault = Vault("one");
        var stored = await vault.StoreAsync(ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        Assert.Empty(await vault.ReadAsync(stored.Id, 0, CancellationToken.None));
    }

    [Fact]
    public async Task A_missing_object_is_said_to_be_missing()
    {
        var vault = Vault("one");
        var id = Sha256Digest.Of("never stored"u8);
        Assert.False(await vault.ContainsAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectMissingException>(() => vault.OpenVerifiedAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectMissingException>(() => vault.LocalPathAsync(id, CancellationToken.None));
        await Assert.ThrowsAsync<ObjectMissingException>(() => vault.ReadAsync(id, 10, CancellationToken.None));
    }

    public static TheoryData<string> Damages => ["flipped", "shortened", "lengthened"];

    [Theory, MemberData(nameof(Damages))]
    public async Task A_damaged_object_throws_in_place_of_its_end_and_gives_way_to_a_good_one(string damage)
    {
        var vault = Vault("one");
        var stored = await vault.StoreAsync("the only take"u8.ToArray(), CancellationToken.None);
        Damage(PathOf(stored.Id), file =>
        {
            switch (damage)
            {
                case "flipped":
                    file.WriteByte((byte)'T');
                    break;
                case "shortened":
                    file.SetLength(5);
                    break;
                default:
                    file.SetLength(50);
                    break;
            }
        });
        var damaged = File.ReadAllBytes(PathOf(stored.Id));

        using (var stream = await vault.OpenVerifiedAsync(stored.Id, CancellationToken.None))
        {
            await Assert.ThrowsAsync<ObjectDamagedException>(() => stream.CopyToAsync(Stream.Null));
        }
        await Assert.ThrowsAsync<ObjectDamagedException>(() => vault.ReadAsync(stored.Id, 100, CancellationToken.None));

        Assert.Equal(stored, await vault.StoreAsync("the only take"u8.ToArray(), CancellationToken.None));
        Assert.Equal("the only take"u8.ToArray(), await vault.ReadAsync(stored.Id, 100, CancellationToken.None));
        var told = Assert.Single(_quarantined);
        Assert.Equal((stored.Id, Sha256Digest.Of(damaged)), (told.Id, told.Found));
        Assert.Equal(damaged, File.ReadAllBytes(told.Path));
        Assert.Equal($"{_root}/quarantine/0-{stored.Id}", told.Path);
    }

    [Fact]
    public async Task Only_a_dead_process_loses_its_temporary_files()
    {
        using var living = TemporaryFiles.Open(_disk, _root, "living");
        var dead = TemporaryFiles.Open(_disk, _root, "dead");
        await File.WriteAllTextAsync(living.Next(), "in use");
        await File.WriteAllTextAsync(dead.Next(), "left");
        await File.WriteAllTextAsync($"{_root}/tmp/ancient_7", "left without a lock file");
        dead.Dispose();

        using var next = TemporaryFiles.Open(_disk, _root, "next");

        Assert.Equal(["living.lock", "living_1", "next.lock"], _disk.ListFiles($"{_root}/tmp"));
    }

    [Fact]
    public async Task Two_processes_storing_the_same_and_other_objects_at_once_lose_none()
    {
        var vaults = new[] { Vault("one"), Vault("two") };
        var rotten = await vaults[0].StoreAsync(BitConverter.GetBytes(7), CancellationToken.None);
        Damage(PathOf(rotten.Id), file => file.WriteByte(8));

        await Parallel.ForEachAsync(Enumerable.Range(0, 400), async (i, cancel) =>
            await vaults[i % 2].StoreAsync(BitConverter.GetBytes(i / 4 % 50), cancel));

        for (var i = 0; i < 50; i++)
        {
            var bytes = BitConverter.GetBytes(i);
            Assert.Equal(bytes, await vaults[0].ReadAsync(Sha256Digest.Of(bytes), 4, CancellationToken.None));
        }
        Assert.NotEmpty(_quarantined);
        Assert.All(_quarantined, q => Assert.Equal(rotten.Id, q.Id));
    }

    [Fact]
    public async Task A_source_that_breaks_leaves_nothing_behind()
    {
        var vault = Vault("one");
        using var source = new TrickleStream(new byte[100_000], breakAt: 50_000);
        await Assert.ThrowsAsync<IOException>(() => vault.StoreAsync(source, CancellationToken.None));
        Assert.Equal(["one.lock"], _disk.ListFiles($"{_root}/tmp"));
        Assert.False(Directory.Exists($"{_root}/cas"));
    }

    /// <summary>Gives a few bytes at a time, as a network does.</summary>
    private sealed class TrickleStream(byte[] bytes, int breakAt = int.MaxValue) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position >= breakAt
                ? throw new IOException("the line broke")
                : base.ReadAsync(buffer[..Math.Min(buffer.Length, 9_001)], cancellationToken);
    }
}
