using System.Diagnostics;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Vault;

/// <summary>Damage on a real disk, in one copy and in all.</summary>
public sealed class When_a_copy_is_mended : IDisposable
{
    private const int MiB = 1024 * 1024;

    private readonly byte[] _bytes = Some.Bytes(3 * MiB + 5, 1);
    private readonly SomeStores _stores;

    public When_a_copy_is_mended() => _stores = new SomeStores(_bytes);

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData("flip", "mismatch")]
    [InlineData("truncate", "mismatch")]
    [InlineData("delete", "missing")]
    [InlineData("unreadable", "unreadable")]
    public async Task A_bad_primary_is_kept_as_evidence_and_mended_from_the_replica(string how, string state)
    {
        Damage(_stores.Primary, how);

        var outcome = await _stores.MendAsync();

        Assert.False(outcome.Alarm);
        Assert.Empty(outcome.GivenUp);
        Assert.Equal([("primary", "replica-1")], outcome.Repaired);
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(_stores.PathIn(_stores.Primary)));
        Assert.Equal(how == "delete" ? 0 : 1, _stores.Quarantined("primary").Length);
        Assert.Equal([$"damaged primary {state}", "repaired primary from replica-1"], _stores.Record.Said);
        Assert.Empty(_stores.Temporary("primary"));
        Assert.All(outcome.Checks, check => Assert.Equal(CopyState.Ok, check.State));
    }

    [Theory, InlineData("flip"), InlineData("truncate"), InlineData("delete"), InlineData("unreadable")]
    public async Task When_all_copies_are_bad_there_is_an_alarm_and_nothing_is_touched(string how)
    {
        foreach (var store in _stores.All)
        {
            Damage(store, how);
        }
        var before = Tree();

        var outcome = await _stores.MendAsync();

        Assert.True(outcome.Alarm);
        Assert.Empty(outcome.Repaired);
        Assert.Equal(2, _stores.Record.Damages.Count);
        Assert.Equal(before, Tree());
    }

    [Fact]
    public async Task A_copy_that_is_good_is_not_touched()
    {
        var before = Tree();
        var outcome = await _stores.MendAsync();
        Assert.Equal((false, 0, 2), (outcome.Alarm, outcome.Repaired.Count, outcome.Checks.Count));
        Assert.Empty(_stores.Record.Said);
        Assert.Equal(before, Tree().Where(f => !f.Contains(".blocks", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_damage_is_written_down_before_the_bad_copy_is_moved()
    {
        _stores.Flip(_stores.Primary, 100);
        var quarantinedWhenSaid = -1;
        _stores.Record.OnSaid = word => quarantinedWhenSaid = word.StartsWith("damaged", StringComparison.Ordinal) ? _stores.Quarantined("primary").Length : quarantinedWhenSaid;
        await _stores.MendAsync();
        Assert.Equal(0, quarantinedWhenSaid);
    }

    [Fact]
    public async Task A_source_that_rots_between_its_proof_and_its_use_mends_nobody()
    {
        _stores.Flip(_stores.Primary, 100);
        // The damage of the primary is said first; then the replica is read and proven, and rots before it is copied.
        var replica = new RottingOnce(_stores.Replica, () => _stores.Flip(_stores.Replica, 7), afterReads: 1);

        var outcome = await _stores.Mender.MendAsync(_stores.Id, -1, [_stores.Primary, replica], CancellationToken.None);

        Assert.True(outcome.Alarm);
        Assert.Empty(outcome.Repaired);
        Assert.Empty(_stores.Quarantined("primary"));
        Assert.Equal(["damaged primary mismatch", "damaged replica-1 mismatch"], _stores.Record.Said);
        Assert.Empty(_stores.Temporary("primary"));
    }

    [Fact]
    public async Task Of_three_copies_one_good_one_mends_both_others()
    {
        using var stores = new SomeStores(_bytes, stores: 3);
        stores.Flip(stores.All[0], 1);
        File.Delete(stores.PathIn(stores.All[1]));
        var outcome = await stores.MendAsync();
        Assert.Equal([("primary", "replica-2"), ("replica-1", "primary")], outcome.Repaired);
        Assert.All(stores.All, store => Assert.Equal(stores.Id, Sha256Digest.Of(File.ReadAllBytes(stores.PathIn(store)))));
    }

    [SkippableFact]
    public async Task A_full_disk_while_repairing_loses_nothing_and_is_named()
    {
        using var small = SmallDisk.Mount(2);
        Skip.If(small is null, "needs root to mount a small tmpfs");
        using var stores = new SomeStores(_bytes, temporaryRoot: small.Path);
        stores.Flip(stores.Primary, 100);
        var bad = await File.ReadAllBytesAsync(stores.PathIn(stores.Primary));

        var outcome = await stores.MendAsync();

        Assert.Contains("28", Assert.Single(outcome.GivenUp).Why, StringComparison.Ordinal);
        Assert.Equal(bad, await File.ReadAllBytesAsync(stores.PathIn(stores.Primary)));
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(stores.PathIn(stores.Replica)));
        Assert.Empty(stores.Quarantined("primary"));
    }

    private void Damage(FileStore store, string how)
    {
        switch (how)
        {
            case "flip":
                _stores.Flip(store, 2 * MiB);
                break;
            case "truncate":
                _stores.Truncate(store, MiB);
                break;
            case "delete":
                File.Delete(_stores.PathIn(store));
                break;
            default:
                _stores.MakeUnreadable(store);
                break;
        }
    }

    /// <summary>Every file of both stores with what it holds.</summary>
    private List<string> Tree() =>
    [
        .. _stores.All.SelectMany(s => Directory.GetFiles(_stores.RootOf(s.Name), "*", SearchOption.AllDirectories))
            .Where(f => !f.EndsWith("/changing", StringComparison.Ordinal) && !f.EndsWith(".lock", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(f => $"{f} {(new FileInfo(f).LinkTarget is { } target ? target : Convert.ToHexString(File.ReadAllBytes(f).AsSpan(0, Math.Min(9, (int)new FileInfo(f).Length))))} {new FileInfo(f).Length}"),
    ];
}

/// <summary>A store whose medium fails after so many reads.</summary>
internal sealed class RottingOnce(IObjectStore inner, Action rot, int afterReads) : IObjectStore
{
    private int _reads;

    public string Name => inner.Name;

    public string Domain => inner.Domain;

    public StoreAccess Access => inner.Access;

    public Task<bool> PutAsync(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel) => inner.PutAsync(id, localPath, sizeBytes, cancel);

    public Task<QuarantinedObject?> ReplaceAsync(Sha256Digest id, string localPath, long sizeBytes, CancellationToken cancel) => inner.ReplaceAsync(id, localPath, sizeBytes, cancel);

    public Task<Stream> OpenAsync(Sha256Digest id, bool fresh, CancellationToken cancel)
    {
        if (_reads++ == afterReads)
        {
            rot();
        }
        return inner.OpenAsync(id, fresh, cancel);
    }

    public Task<bool> ExistsAsync(Sha256Digest id, CancellationToken cancel) => inner.ExistsAsync(id, cancel);

    public IAsyncEnumerable<StoredObject> ListAsync(CancellationToken cancel) => inner.ListAsync(cancel);

    public Task<string> QuarantineAsync(Sha256Digest id, CancellationToken cancel) => inner.QuarantineAsync(id, cancel);

    public Task<string> UnclaimAsync(Sha256Digest id, CancellationToken cancel) => inner.UnclaimAsync(id, cancel);
}

/// <summary>A file system of a few megabytes, gone after the test.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Null where this user may not mount.</summary>
    public static SmallDisk? Mount(int megabytes)
    {
        var path = Directory.CreateTempSubdirectory("mp-small-").FullName;
        return Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path) ? new SmallDisk(path) : null;
    }

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
