using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Uploads;

/// <summary>
/// A process is frozen before any one of its calls to the disk, another takes its upload over, goes on and answers; then
/// the first wakes up and goes on where it stopped.
/// </summary>
public sealed class When_an_owner_freezes
{
    private const string Root = "/data/spool";
    private const string VaultRoot = "/data/vault";
    private const long Expires = Some.Time + 1000;

    private static readonly byte[] Content = Some.Bytes(3000, 5);
    private static readonly EntityId Id = Some.Upload();

    private readonly SimulatedDisk _disk = new();
    private long _answered;

    public When_an_owner_freezes()
    {
        _disk.MakeDirectory("/data");
        _disk.SyncDirectory("/");
    }

    public enum Former
    {
        /// <summary>Nobody had the upload: the frozen process creates it.</summary>
        None,

        /// <summary>A process that died.</summary>
        Dead,

        /// <summary>A process that is frozen itself.</summary>
        Frozen,
    }

    [Theory]
    [InlineData(Former.None, false), InlineData(Former.None, true)]
    [InlineData(Former.Dead, false), InlineData(Former.Dead, true)]
    [InlineData(Former.Frozen, false), InlineData(Former.Frozen, true)]
    public async Task Nothing_that_anybody_answered_is_harmed(Former former, bool otherFinishes)
    {
        var freezes = 0;
        for (var at = 1; ; at++)
        {
            var run = new When_an_owner_freezes();
            if (!await run.RunAsync(former, at, otherFinishes))
            {
                break;
            }
            freezes++;
        }
        Assert.InRange(freezes, 30, 1000);
    }

    /// <summary>False when the process came to its end before it could freeze.</summary>
    private async Task<bool> RunAsync(Former former, int at, bool otherFinishes)
    {
        if (former != Former.None)
        {
            var first = Spool.Open(_disk, Root, "first");
            GoOn(first.Create(New()), 700);
            if (former == Former.Dead)
            {
                _disk.AfterProcessDeath();
            }
        }
        using var third = Spool.Open(_disk, Root, "third");
        SpooledUpload? taken = null;
        Sha256Digest? received = null;
        var disk = new InterruptedDisk(_disk, at, () =>
        {
            taken = third.Find(Id) ?? third.Create(New());
            GoOn(taken, 2000);
            if (otherFinishes)
            {
                GoOn(taken, Content.Length);
                received = Adopt(taken);
            }
        });
        try
        {
            var second = Spool.Open(disk, Root, "second");
            var session = second.Find(Id) ?? second.Create(New());
            GoOn(session, 1300);
            if (!session.Upload.IsWhole)
            {
                session.Write(Some.Bytes(100, 8));
                session.Rollback();
            }
            GoOn(session, Content.Length);
            Adopt(session);
        }
        catch (IOException) when (disk.HasFrozen)
        {
            // It found out, and answered nothing more.
        }
        if (!disk.HasFrozen)
        {
            return false;
        }
        if (taken is { Upload.IsWhole: false })
        {
            // Whoever took over goes on after the other woke up, unless it was overtaken itself.
            TryGoOn(taken);
        }
        await AllAnsweredIsThereAsync(received);
        return true;
    }

    private void GoOn(SpooledUpload session, int to)
    {
        session.RequireOwned();
        var from = (int)session.Upload.Offset;
        Assert.True(from >= _answered, $"{_answered} bytes were answered, the next owner begins at {from}");
        if (from < to)
        {
            Append(session, from, to);
        }
    }

    private void Append(SpooledUpload session, int from, int to)
    {
        session.Write(Content.AsSpan(from, to - from));
        var held = session.Commit(null, Expires).Offset;
        Assert.True(held >= _answered, $"two owners answered: {_answered}, then {held}");
        _answered = held;
    }

    private void TryGoOn(SpooledUpload session)
    {
        try
        {
            Append(session, (int)session.Upload.Offset, (int)session.Upload.Offset + 500);
        }
        catch (UploadMovedException)
        {
            // Overtaken.
        }
    }

    private Sha256Digest Adopt(SpooledUpload session)
    {
        var digest = session.Seal();
        Assert.Equal(Sha256Digest.Of(Content), digest);
        using var temporary = TemporaryFiles.Open(_disk, VaultRoot, "adopting");
        CopiedVault.Alone(_disk, VaultRoot, temporary, TimeProvider.System, _ => { }, Root)
            .AdoptAsync(session.Path, digest, Content.Length, CancellationToken.None).GetAwaiter().GetResult();
        return digest;
    }

    private async Task AllAnsweredIsThereAsync(Sha256Digest? received)
    {
        using var last = Spool.Open(_disk, Root, "last");
        using var session = last.Find(Id);
        Assert.NotNull(session);
        Assert.True(session.Upload.Offset >= _answered, $"{_answered} bytes were answered, {session.Upload.Offset} are held");
        Assert.Equal(
            Content.AsSpan(0, (int)session.Upload.Offset).ToArray(), DurableFile.ReadAll(_disk, session.Path, 10_000));
        if (received is { } digest)
        {
            using var temporary = TemporaryFiles.Open(_disk, VaultRoot, "reading");
            var vault = CopiedVault.Alone(_disk, VaultRoot, temporary, TimeProvider.System, _ => { }, Root);
            Assert.Equal(Content, await vault.ReadAsync(digest, 10_000, CancellationToken.None));
        }
    }

    private static Upload New() => new(Id, Some.Person, Content.Length, 0, "", "", Some.Time, Expires);
}
