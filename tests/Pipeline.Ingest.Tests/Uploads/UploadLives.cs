using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Uploads;

/// <summary>
/// Five uploads from creation to their end, and what their senders were told on the way. A process that dies leaves them
/// where they are; the next goes on with them as the node does.
/// </summary>
internal sealed class UploadLives
{
    /// <summary>With a parent of its own, so that nobody else makes its name durable.</summary>
    public const string Spool = "/uploads/spool";

    public const string Vault = "/data/vault";

    private const long Expires = Some.Time + 1000;

    private static readonly int[] Sizes = [1900, 1200, 1500, 700, 0];

    private readonly byte[][] _contents = [.. Sizes.Select((size, i) => Some.Bytes(size, i + 1))];
    private readonly Dictionary<int, long> _answered = [];
    private readonly HashSet<int> _received = [];
    private readonly HashSet<int> _refused = [];

    /// <summary>What is being done just now.</summary>
    public string Moment { get; private set; } = "";

    /// <summary>For whoever counts the syncs of a moment.</summary>
    public int Syncs { get; set; }

    /// <summary>True when all came to their end; false when the power went.</summary>
    public async Task<bool> GoOnAsync(SimulatedDisk disk, string start)
    {
        try
        {
            Do("open the spool");
            var spool = Ingest.Uploads.Spool.Open(disk, Spool, start);
            Do("open the vault");
            var vault = CopiedVault.Alone(disk, Vault, TemporaryFiles.Open(disk, Vault, start), TimeProvider.System, _ => { }, Spool);
            await PlainAsync(spool, vault);
            await TakenOverAsync(disk, start, spool, vault);
            await DistrustedAsync(spool, vault);
            Quarantined(spool);
            await EmptyAsync(spool, vault);
            return true;
        }
        catch (SimulatedPowerLossException)
        {
            return false;
        }
    }

    /// <summary>Null, or the first promise that does not hold on <paramref name="disk"/>.</summary>
    public async Task<string?> BrokenAsync(SimulatedDisk disk)
    {
        try
        {
            using var spool = Ingest.Uploads.Spool.Open(disk, Spool, "after");
            var vault = CopiedVault.Alone(disk, Vault, TemporaryFiles.Open(disk, Vault, "after"), TimeProvider.System, _ => { }, Spool);
            for (var number = 0; number < Sizes.Length; number++)
            {
                if (await BrokenAsync(disk, spool, vault, number) is { } broken)
                {
                    return $"upload {number}: {broken}";
                }
            }
            // A start that died before it announced itself leaves an empty file, which nothing waits for.
            var left = disk.ListFiles(Spool).Where(name => name != "after.lock" && !name.EndsWith(".starting", StringComparison.Ordinal)).ToList();
            return left.Count == 0 ? null : $"left in the spool: {string.Join(' ', left)}";
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    private async Task<string?> BrokenAsync(SimulatedDisk disk, Spool spool, CopiedVault vault, int number)
    {
        var id = IdOf(number);
        if (_refused.Contains(number))
        {
            spool.MoveTo("quarantine", id);
            return disk.ListFiles($"{Spool}/quarantine").Any(name => name.StartsWith(id.Text, StringComparison.Ordinal)
                && DurableFile.ReadAll(disk, $"{Spool}/quarantine/{name}", 10_000).AsSpan().SequenceEqual(_contents[number]))
                ? null : "the refused bytes are not in quarantine";
        }
        if (!_received.Contains(number))
        {
            if (await ResumeAsync(disk, spool, vault, number) is { } broken)
            {
                return broken;
            }
        }
        var bytes = await vault.ReadAsync(Sha256Digest.Of(_contents[number]), 10_000, CancellationToken.None);
        // As the sweeper does: a removal that was cut short may take two more looks.
        for (var look = 0; look < 2 && spool.List().Contains(id); look++)
        {
            spool.Remove(id);
        }
        return bytes.AsSpan().SequenceEqual(_contents[number]) ? null : "the vault has other bytes";
    }

    /// <summary>As its sender would: ask, go on from there, finish.</summary>
    private async Task<string?> ResumeAsync(SimulatedDisk disk, Spool spool, CopiedVault vault, int number)
    {
        var id = IdOf(number);
        using var session = spool.Find(id) ?? (_answered.ContainsKey(number) ? null : spool.Create(New(number, Sizes[number])));
        if (session is null)
        {
            return "its sender had its address, and it is not there";
        }
        var held = session.Upload.Offset;
        if (held < _answered.GetValueOrDefault(number))
        {
            return $"{_answered[number]} bytes were answered, {held} are held";
        }
        if (!DurableFile.ReadAll(disk, session.Path, 10_000).AsSpan().SequenceEqual(_contents[number].AsSpan(0, (int)held)))
        {
            return "other bytes are held than came";
        }
        session.Write(_contents[number].AsSpan((int)held));
        session.Commit(Sizes[number], Expires);
        await vault.AdoptAsync(session.Path, session.Seal(), Sizes[number], CancellationToken.None);
        return null;
    }

    private async Task PlainAsync(Spool spool, CopiedVault vault)
    {
        const int Number = 0;
        if (Begin(spool, Number) is { } session)
        {
            Chunk(session, Number, 600);
            if (!session.Upload.IsWhole)
            {
                session.Write(Some.Bytes(300, 99));
                Do("roll back");
                session.Rollback();
            }
            Chunk(session, Number, 1300);
            Chunk(session, Number, Sizes[Number]);
            await FinishAsync(spool, vault, session, Number);
        }
        spool.Remove(IdOf(Number));
    }

    private async Task TakenOverAsync(SimulatedDisk disk, string start, Spool spool, CopiedVault vault)
    {
        const int Number = 1;
        if (Begin(spool, Number) is { } frozen)
        {
            Chunk(frozen, Number, 500);
            if (!frozen.Upload.IsWhole)
            {
                // Some are on their way while another node takes the upload over.
                frozen.Write(Some.Bytes(200, 98));
            }
            using var other = Ingest.Uploads.Spool.Open(disk, Spool, start + "-other");
            Do("take over from the frozen");
            using var session = other.Find(IdOf(Number))!;
            _answered[Number] = session.Upload.Offset;
            Chunk(session, Number, 900);
            Do("wake up");
            Assert.Throws<UploadMovedException>(() => frozen.Commit(null, Expires));
            Chunk(session, Number, Sizes[Number]);
            await FinishAsync(other, vault, session, Number);
        }
        spool.Remove(IdOf(Number));
    }

    private async Task DistrustedAsync(Spool spool, CopiedVault vault)
    {
        const int Number = 2;
        if (Begin(spool, Number) is { } failing)
        {
            Chunk(failing, Number, 700);
            failing.Dispose();
            Do("go on in distrust");
            using var session = spool.Find(IdOf(Number), distrust: true)!;
            Chunk(session, Number, 1100);
            Chunk(session, Number, Sizes[Number]);
            await FinishAsync(spool, vault, session, Number);
        }
        spool.Remove(IdOf(Number));
    }

    private void Quarantined(Spool spool)
    {
        const int Number = 3;
        if (!_refused.Contains(Number) && Begin(spool, Number) is { } session)
        {
            Chunk(session, Number, Sizes[Number]);
            session.Seal();
            _refused.Add(Number);
        }
        Do("put into quarantine");
        spool.MoveTo("quarantine", IdOf(Number));
    }

    private async Task EmptyAsync(Spool spool, CopiedVault vault)
    {
        const int Number = 4;
        if (Begin(spool, Number) is { } session)
        {
            await FinishAsync(spool, vault, session, Number);
        }
        spool.Remove(IdOf(Number));
    }

    /// <summary>Null when it is received already.</summary>
    private SpooledUpload? Begin(Spool spool, int number)
    {
        if (_received.Contains(number))
        {
            return null;
        }
        Do("take over from the dead");
        var session = spool.Find(IdOf(number));
        if (session is null)
        {
            Assert.False(_answered.ContainsKey(number), "its sender had its address, and it is not there");
            Do("create");
            session = spool.Create(New(number, number == 2 ? null : Sizes[number]));
        }
        Assert.True(session.Upload.Offset >= _answered.GetValueOrDefault(number));
        _answered[number] = session.Upload.Offset;
        return session;
    }

    private void Chunk(SpooledUpload session, int number, int to)
    {
        var from = (int)session.Upload.Offset;
        if (from >= to)
        {
            return;
        }
        Do("write");
        session.Write(_contents[number].AsSpan(from, (to - from) / 2));
        session.Write(_contents[number].AsSpan(from + ((to - from) / 2), to - from - ((to - from) / 2)));
        Do("commit");
        _answered[number] = session.Commit(to == Sizes[number] ? to : null, Expires).Offset;
    }

    private async Task FinishAsync(Spool spool, CopiedVault vault, SpooledUpload session, int number)
    {
        Do("seal");
        var digest = session.Seal();
        Assert.Equal(Sha256Digest.Of(_contents[number]), digest);
        Do("adopt");
        await vault.AdoptAsync(session.Path, digest, Sizes[number], CancellationToken.None);
        // Where the node has its fact in the journal.
        _received.Add(number);
        Do("remove");
        spool.Remove(IdOf(number));
    }

    private void Do(string moment) => (Moment, Syncs) = (moment, 0);

    private static EntityId IdOf(int number) => Some.Upload($"upload {number}");

    private static Upload New(int number, long? length) => new(IdOf(number), Some.Person, length, 0, "", "", Some.Time, Expires);
}
