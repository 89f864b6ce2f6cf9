using System.Data.Common;
using System.Text.Json;
using Dapper;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Stages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>
/// Follows the log and keeps the list of what must be in the vault, so that an object missing from every store is noticed.
/// One runs in the cluster, inside the patrol.
/// </summary>
public sealed class VaultInventory(LogKeeping log, VaultTables tables, IVault vault, IReadOnlyList<IObjectStore> stores)
{
    /// <summary>Entries, and documents, of one transaction.</summary>
    private const int MaxBatch = 500;

    /// <summary>
    /// Reads the log to its end. True when the list is complete: every entry was read, and every document that names more
    /// objects. Only then may something be called unowned.
    /// </summary>
    public async Task<bool> CatchUpAsync(CancellationToken cancel)
    {
        while (log.Head() is not null)
        {
            var position = await PositionAsync();
            var entries = log.Store.ReadEntries(position, MaxBatch);
            if (entries.Count == 0)
            {
                return await ListDocumentsAsync(cancel) == 0;
            }
            cancel.ThrowIfCancellationRequested();
            await ApplyAsync(position, entries);
        }
        return false;
    }

    public async Task<long> PositionAsync()
    {
        await using var open = await tables.Database.OpenConnectionAsync();
        return await open.ExecuteScalarAsync<long?>("SELECT position FROM vault_progress WHERE name = 'inventory'") ?? 0;
    }

    private async Task ApplyAsync(long position, IReadOnlyList<SequencedEntry> entries)
    {
        await using var open = await tables.Database.OpenConnectionAsync();
        await using var transaction = await open.BeginTransactionAsync();
        foreach (var entry in entries)
        {
            if (!LeafEnvelope.TryDecode(entry.Leaf, out var envelope, out var publicBytes))
            {
                throw new InvalidDataException($"entry {entry.Index} of the log store is no leaf of ours");
            }
            var fact = FactCodec.Decode(envelope.Manifest, publicBytes.Span);
            foreach (var owned in OwnedObjects.Of(fact))
            {
                await OwnAsync(open, transaction, owned, fact.At);
            }
        }
        await open.ExecuteAsync(
            "INSERT INTO vault_progress (name, position) VALUES ('inventory', @to) ON CONFLICT (name) DO UPDATE SET position = @to",
            new { to = position + entries.Count }, transaction);
        // If we crash here, the same entries are read again, to the same rows.
        await transaction.CommitAsync();
    }

    private async Task OwnAsync(DbConnection open, DbTransaction transaction, OwnedObject owned, long at)
    {
        var digest = owned.Id.ToString();
        await open.ExecuteAsync(
            """
            INSERT INTO vault_object (digest, size, since) VALUES (@digest, @SizeBytes, @at)
            ON CONFLICT (digest) DO UPDATE SET size = CASE WHEN vault_object.size < 0 THEN @SizeBytes ELSE vault_object.size END
            """,
            new { digest, owned.SizeBytes, at }, transaction);
        await open.ExecuteAsync(
            "INSERT INTO vault_owner (digest, owner) VALUES (@digest, @Owner) ON CONFLICT DO NOTHING", new { digest, owned.Owner }, transaction);
        foreach (var store in stores)
        {
            // What was stored stands in the primary at least; a fact that names more stores proved those as well.
            var proven = owned.ProvenIn?.Contains(store.Name) ?? store == stores[0];
            await open.ExecuteAsync(
                """
                INSERT INTO vault_copy (digest, store, state, expected, checked, tried, blocks, problem)
                VALUES (@digest, @Name, @state, @expected, 0, 0, '', '')
                ON CONFLICT (digest, store) DO UPDATE SET
                  expected = CASE WHEN @expected = 1 THEN 1 ELSE vault_copy.expected END,
                  state = CASE WHEN @expected = 1 AND vault_copy.state = 'unread' THEN 'ok' ELSE vault_copy.state END
                """,
                new { digest, store.Name, state = proven ? CopyWords.Ok : CopyWords.Unread, expected = proven ? 1 : 0 }, transaction);
        }
        if (owned.NamesMore)
        {
            await open.ExecuteAsync(
                "INSERT INTO vault_document (digest, owner, since, listed) VALUES (@digest, @Owner, @at, 0) ON CONFLICT DO NOTHING",
                new { digest, owned.Owner, at }, transaction);
        }
        await open.ExecuteAsync("DELETE FROM vault_stray WHERE digest = @digest", new { digest }, transaction);
    }

    /// <summary>Reads the documents that name more objects; how many could not be read, and are tried again.</summary>
    private async Task<int> ListDocumentsAsync(CancellationToken cancel)
    {
        while (true)
        {
            var failed = 0;
            var pending = await PendingAsync();
            foreach (var (digest, owner, since) in pending)
            {
                cancel.ThrowIfCancellationRequested();
                if (await FilesOfAsync(Sha256Digest.Parse(digest), cancel) is { } files)
                {
                    await ListAsync(digest, owner, since, files);
                }
                else
                {
                    failed++;
                }
            }
            if (failed > 0 || pending.Count == 0)
            {
                return failed;
            }
        }
    }

    private async Task<IReadOnlyList<(string Digest, string Owner, long Since)>> PendingAsync()
    {
        await using var open = await tables.Database.OpenConnectionAsync();
        return [.. await open.QueryAsync<(string, string, long)>(
            "SELECT digest, owner, since FROM vault_document WHERE listed = 0 ORDER BY since, digest LIMIT @MaxBatch", new { MaxBatch })];
    }

    /// <summary>Null when the document cannot be read now: damaged, missing, its stores away. The patrol finds that out.</summary>
    private async Task<IReadOnlyList<DeliveredFile>?> FilesOfAsync(Sha256Digest document, CancellationToken cancel)
    {
        try
        {
            return DeliveryContents.Decode(await vault.ReadAsync(document, StageRunner.MaxDocumentBytes, cancel)).Files;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task ListAsync(string document, string owner, long since, IReadOnlyList<DeliveredFile> files)
    {
        await using var open = await tables.Database.OpenConnectionAsync();
        await using var transaction = await open.BeginTransactionAsync();
        foreach (var file in files)
        {
            await OwnAsync(open, transaction, new OwnedObject(file.Sha256, file.SizeBytes, owner), since);
        }
        await open.ExecuteAsync(
            "UPDATE vault_document SET listed = 1 WHERE digest = @document AND owner = @owner", new { document, owner }, transaction);
        // If we crash here, the document is read again, to the same rows.
        await transaction.CommitAsync();
    }
}
