using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Vault;

/// <summary>What a full read says of a copy on a real disk.</summary>
public sealed class ScrubTests : IDisposable
{
    private const int MiB = 1024 * 1024;

    private readonly SomeStores _stores = new(Some.Bytes(5 * MiB + 123, 1));

    public void Dispose() => _stores.Dispose();

    [Theory, InlineData(0), InlineData(1), InlineData(MiB - 1), InlineData(MiB), InlineData(MiB + 1), InlineData(7 * MiB)]
    public async Task A_whole_copy_of_any_size_is_ok_and_read_to_its_last_byte(int size)
    {
        using var stores = new SomeStores(Some.Bytes(size, 2));
        var check = await stores.LookAsync(stores.Primary);
        Assert.Equal((CopyState.Ok, (long)size, stores.Id), (check.State, check.Bytes, check.Found!.Value));
        Assert.Equal(size, stores.BytesRead);
        // Where there is more than one block, the first good read left a list of them.
        Assert.Equal(size > MiB, stores.Lists.Find(stores.Id) is not null);
    }

    [Theory, InlineData(0, 0), InlineData(MiB - 1, 0), InlineData(MiB, 1), InlineData(3 * MiB + 77, 3), InlineData(5 * MiB + 122, 5)]
    public async Task A_flipped_bit_is_a_mismatch_and_its_block_is_named_from_the_list(long offset, long block)
    {
        await _stores.LookAsync(_stores.Primary);
        _stores.Flip(_stores.Replica, offset);

        var check = await _stores.LookAsync(_stores.Replica);

        Assert.Equal(CopyState.Mismatch, check.State);
        Assert.Equal([block], check.Blocks);
        Assert.NotEqual(_stores.Id, check.Found);
    }

    [Fact]
    public async Task Without_a_list_the_broken_block_is_found_by_comparing_with_a_good_copy()
    {
        _stores.Flip(_stores.Primary, 2 * MiB);
        Assert.Empty((await _stores.LookAsync(_stores.Primary)).Blocks);
        Assert.Equal([2L], (await _stores.LookAsync(_stores.Primary, _stores.Replica)).Blocks);
    }

    [Fact]
    public async Task A_list_is_never_made_from_a_bad_copy()
    {
        _stores.Flip(_stores.Primary, 9);
        _stores.Flip(_stores.Replica, 9);
        await _stores.LookAsync(_stores.Primary, _stores.Replica);
        Assert.Null(_stores.Lists.Find(_stores.Id));
    }

    [Fact]
    public async Task A_damaged_list_is_put_aside_and_made_again()
    {
        await _stores.LookAsync(_stores.Primary);
        var list = Assert.Single(Directory.GetFiles(Path.Combine(_stores.RootOf("primary"), "derived"), "*.blocks", SearchOption.AllDirectories));
        var bytes = await File.ReadAllBytesAsync(list);
        bytes[200] ^= 1;
        await File.WriteAllBytesAsync(list, bytes);

        Assert.Null(_stores.Lists.Find(_stores.Id));
        Assert.Single(_stores.Quarantined("primary"));
        await _stores.LookAsync(_stores.Primary);
        Assert.NotNull(_stores.Lists.Find(_stores.Id));
    }

    [Fact]
    public async Task A_truncated_copy_is_a_mismatch_that_names_every_block_after_the_cut()
    {
        await _stores.LookAsync(_stores.Primary);
        _stores.Truncate(_stores.Replica, 3 * MiB + 1);
        var check = await _stores.LookAsync(_stores.Replica);
        Assert.Equal((CopyState.Mismatch, 3L * MiB + 1), (check.State, check.Bytes));
        Assert.Equal([3L, 4, 5], check.Blocks);
    }

    [Fact]
    public async Task A_deleted_copy_is_missing()
    {
        File.Delete(_stores.PathIn(_stores.Replica));
        var check = await _stores.LookAsync(_stores.Replica);
        Assert.Equal((CopyState.Missing, (Sha256Digest?)null), (check.State, check.Found));
    }

    [Fact]
    public async Task A_copy_that_cannot_be_opened_is_unreadable_and_says_why()
    {
        _stores.MakeUnreadable(_stores.Replica);
        var check = await _stores.LookAsync(_stores.Replica);
        Assert.Equal((CopyState.Unreadable, (Sha256Digest?)null), (check.State, check.Found));
        Assert.NotEmpty(check.Problem);
    }

    [Fact]
    public async Task A_directory_in_place_of_a_copy_is_unreadable()
    {
        File.Delete(_stores.PathIn(_stores.Replica));
        Directory.CreateDirectory(_stores.PathIn(_stores.Replica));
        Assert.Equal(CopyState.Unreadable, (await _stores.LookAsync(_stores.Replica)).State);
    }

    [Fact]
    public async Task A_copy_that_rots_while_it_is_read_is_never_taken_for_good_by_the_next_look()
    {
        using var stores = new SomeStores(Some.Bytes(40 * MiB, 3));
        var flipped = false;
        var reader = new CopyReader(BandwidthBudget.Unlimited, _ =>
        {
            if (!flipped)
            {
                flipped = true;
                stores.Flip(stores.Primary, 39 * MiB);
            }
        });
        // Whether this read came before or after the bit, what it says is what it hashed.
        var during = await reader.ReadAsync(stores.Primary, stores.Id, withBlocks: false, null, CancellationToken.None);
        Assert.Equal(during.State == CopyState.Ok, during.Found == stores.Id);
        Assert.Equal(CopyState.Mismatch, (await stores.LookAsync(stores.Primary)).State);
    }

    [Fact]
    public async Task A_cancelled_read_ends_at_once_and_leaves_no_thread_behind_it()
    {
        using var stores = new SomeStores(Some.Bytes(30 * MiB, 4));
        using var stop = new CancellationTokenSource();
        var reader = new CopyReader(new BandwidthBudget(TimeProvider.System, FixityLimits.BytesPerMegabyte), _ => stop.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => reader.ReadAsync(stores.Primary, stores.Id, withBlocks: false, null, stop.Token).WaitAsync(TimeSpan.FromSeconds(20)));
    }
}
