using Dapper;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>
/// Looks through the stores for objects that no fact owns: bytes whose sender went away before it was answered. What is
/// found so again after the grace time moves to <c>unclaimed/</c>, after its fact. Nothing is deleted, and what turns out
/// to be owned after all is put back.
/// </summary>
/// <param name="isComplete">True when everything that facts own is in the tables; while there may be gaps, nothing is called unowned.</param>
/// <param name="kept">Documents that kept outcomes of stages name: a later run will ask for them, though no fact owns them yet.</param>
/// <param name="graceTime">How long nothing may own an object before it moves.</param>
/// <param name="oldestOpen">When the oldest delivery or upload that is still open came, ms since 1970 UTC; null when none is.</param>
public sealed class StraySweep(
    VaultTables tables, Func<CancellationToken, Task<bool>> isComplete, Func<IReadOnlySet<Sha256Digest>> kept,
    IReadOnlyList<IObjectStore> stores, IDisk disk, TimeSpan graceTime, TimeProvider time, Func<Task<long?>> oldestOpen)
{
    /// <summary>Names compared with the tables in one question.</summary>
    private const int MaxBatch = 500;

    /// <param name="note">Writes the fact, before the bytes move.</param>
    public async Task SweepAsync(Func<string, Sha256Digest, long, Task> note, CancellationToken cancel)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var store in stores.Where(s => s.Access != StoreAccess.WriteOnly))
        {
            await ListAsync(store, now, cancel);
        }
        var open = await oldestOpen() ?? long.MaxValue;
        var before = Math.Min(now - (long)graceTime.TotalMilliseconds, open);
        var strays = await StraysAsync(before);
        foreach (var (digest, storeName, size) in strays)
        {
            // Asked anew for each: the same bytes may come from a sender while a long list is worked through. Should that
            // happen in the instant between, the object is missing to its new owner and is given back.
            if (!await isComplete(cancel))
            {
                return;
            }
            var wanted = kept();
            var id = Sha256Digest.Parse(digest);
            if (!wanted.Contains(id) && !await IsOwnedAsync(digest))
            {
                await UnclaimAsync(stores.Single(s => s.Name == storeName), id, size, note, cancel);
            }
        }
    }

    /// <summary>An object that is missing, and was taken for unowned before, goes back to its place.</summary>
    public async Task GiveBackAsync(Sha256Digest id, long sizeBytes, CancellationToken cancel)
    {
        var digest = id.ToString();
        await using var open = await tables.Database.OpenConnectionAsync(cancel);
        var places = await open.QueryAsync<(string Store, string Place)>(
            "SELECT store, place FROM vault_unclaimed WHERE digest = @digest", new { digest });
        foreach (var (name, place) in places.ToList())
        {
            if (stores.FirstOrDefault(s => s.Name == name) is not { } store || !disk.FileExists(place) || await store.ExistsAsync(id, cancel))
            {
                continue;
            }
            try
            {
                // If we crash here, it is missing still, and given back by the next who misses it.
                await store.PutAsync(id, place, sizeBytes >= 0 ? sizeBytes : disk.FileLength(place), cancel);
                await open.ExecuteAsync("DELETE FROM vault_unclaimed WHERE digest = @digest AND store = @name", new { digest, name });
            }
            catch (IOException)
            {
                // As it lies there it is no good either: it stays, and the mender says what is missing.
            }
        }
    }

    private async Task ListAsync(IObjectStore store, long now, CancellationToken cancel)
    {
        var batch = new List<StoredObject>(MaxBatch);
        await foreach (var stored in store.ListAsync(cancel))
        {
            batch.Add(stored);
            if (batch.Count == MaxBatch)
            {
                await NoteStraysAsync(store, batch, now);
                batch.Clear();
            }
        }
        await NoteStraysAsync(store, batch, now);
        await using var open = await tables.Database.OpenConnectionAsync(cancel);
        // Gone, or owned by now.
        await open.ExecuteAsync("DELETE FROM vault_stray WHERE store = @Name AND seen < @now", new { store.Name, now });
    }

    private async Task NoteStraysAsync(IObjectStore store, List<StoredObject> listed, long now)
    {
        if (listed.Count == 0)
        {
            return;
        }
        var asked = new DynamicParameters();
        var digests = SqlList.Add(asked, [.. listed.Select(l => l.Id.ToString())]);
        await using var open = await tables.Database.OpenConnectionAsync();
        var known = (await open.QueryAsync<string>($"SELECT digest FROM vault_object WHERE digest IN {digests}", asked)).ToHashSet(StringComparer.Ordinal);
        foreach (var stray in listed.Where(l => !known.Contains(l.Id.ToString())))
        {
            await open.ExecuteAsync(
                """
                INSERT INTO vault_stray (digest, store, size, since, seen) VALUES (@digest, @Name, @SizeBytes, @now, @now)
                ON CONFLICT (digest, store) DO UPDATE SET seen = @now
                """,
                new { digest = stray.Id.ToString(), store.Name, stray.SizeBytes, now });
        }
    }

    private async Task<IReadOnlyList<(string Digest, string Store, long Size)>> StraysAsync(long before)
    {
        await using var open = await tables.Database.OpenConnectionAsync();
        return [.. await open.QueryAsync<(string, string, long)>(
            "SELECT digest, store, size FROM vault_stray WHERE since < @before ORDER BY since, digest, store", new { before })];
    }

    private async Task<bool> IsOwnedAsync(string digest)
    {
        await using var open = await tables.Database.OpenConnectionAsync();
        return await open.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM vault_object WHERE digest = @digest", new { digest }) > 0;
    }

    private async Task UnclaimAsync(IObjectStore store, Sha256Digest id, long size, Func<string, Sha256Digest, long, Task> note, CancellationToken cancel)
    {
        await note(store.Name, id, size);
        string place;
        try
        {
            // If we crash here, the fact stands and the bytes are where they were: the next sweep moves them, with a fact.
            place = await store.UnclaimAsync(id, cancel);
        }
        catch (ObjectMissingException)
        {
            return;
        }
        var digest = id.ToString();
        await using var open = await tables.Database.OpenConnectionAsync(cancel);
        await open.ExecuteAsync(
            "INSERT INTO vault_unclaimed (digest, store, place) VALUES (@digest, @Name, @place) ON CONFLICT (digest, store) DO UPDATE SET place = @place",
            new { digest, store.Name, place });
        await open.ExecuteAsync("DELETE FROM vault_stray WHERE digest = @digest AND store = @Name", new { digest, store.Name });
        PatrolMetrics.Unclaimed.Inc();
    }
}
