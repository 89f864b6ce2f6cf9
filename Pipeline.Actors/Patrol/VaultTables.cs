using System.Data.Common;
using Dapper;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>
/// Which objects must exist, for whom, and when each copy was last read. Derived: objects come from the log, checks from
/// reading. Thrown away, it is made again and everything is read anew.
/// </summary>
public sealed class VaultTables(DbDataSource db)
{
    /// <summary>Longest list of bad copies that one question gives.</summary>
    public const int MaxBadRows = 1000;

    /// <summary>Owners that are named of one object.</summary>
    public const int MaxOwners = 20;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS vault_progress (name TEXT PRIMARY KEY, position BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS vault_object (digest TEXT PRIMARY KEY, size BIGINT NOT NULL, since BIGINT NOT NULL);
        CREATE INDEX IF NOT EXISTS vault_object_since ON vault_object (since);
        CREATE TABLE IF NOT EXISTS vault_owner (digest TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (digest, owner));
        CREATE TABLE IF NOT EXISTS vault_document (
          digest TEXT NOT NULL, owner TEXT NOT NULL, since BIGINT NOT NULL, listed BIGINT NOT NULL, PRIMARY KEY (digest, owner));
        CREATE INDEX IF NOT EXISTS vault_document_listed ON vault_document (listed);
        CREATE TABLE IF NOT EXISTS vault_copy (
          digest TEXT NOT NULL, store TEXT NOT NULL, state TEXT NOT NULL, expected BIGINT NOT NULL, checked BIGINT NOT NULL,
          tried BIGINT NOT NULL, blocks TEXT NOT NULL, problem TEXT NOT NULL, PRIMARY KEY (digest, store));
        CREATE INDEX IF NOT EXISTS vault_copy_checked ON vault_copy (checked, digest, store);
        CREATE INDEX IF NOT EXISTS vault_copy_state ON vault_copy (state, tried);
        CREATE TABLE IF NOT EXISTS vault_stray (
          digest TEXT NOT NULL, store TEXT NOT NULL, size BIGINT NOT NULL, since BIGINT NOT NULL, seen BIGINT NOT NULL, PRIMARY KEY (digest, store));
        CREATE TABLE IF NOT EXISTS vault_unclaimed (digest TEXT NOT NULL, store TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (digest, store))
        """;

    /// <summary>SQLite gives a column of nothing but NULL no type, so nothing is this number.</summary>
    private const long None = VaultCounts.None;

    private const string Due =
        "SELECT c.digest AS Digest, c.store AS Store, c.state AS State, c.expected AS Expected, c.checked AS Checked, o.size AS Size "
        + "FROM vault_copy c JOIN vault_object o ON o.digest = c.digest ";

    /// <summary>What a repair looks at: a copy nobody ever saw may be one that was never made.</summary>
    private const string NotProven = "('unread', 'missing', 'mismatch', 'unreadable')";

    private const string NotOk = "('missing', 'mismatch', 'unreadable')";

    public DbDataSource Database => db;

    public async Task InitialiseAsync()
    {
        await using var open = await db.OpenConnectionAsync();
        foreach (var statement in Schema.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await open.ExecuteAsync(statement);
        }
    }

    /// <summary>Every object should have a copy in this store: rows for those that have none yet.</summary>
    public async Task AddStoreAsync(string store)
    {
        await using var open = await db.OpenConnectionAsync();
        await open.ExecuteAsync(
            """
            INSERT INTO vault_copy (digest, store, state, expected, checked, tried, blocks, problem)
            SELECT o.digest, @store, 'unread', 0, 0, 0, '', '' FROM vault_object o
            WHERE NOT EXISTS (SELECT 1 FROM vault_copy c WHERE c.digest = o.digest AND c.store = @store)
            """,
            new { store });
    }

    /// <summary>Copies of these stores that were last read before this instant, oldest first.</summary>
    public async Task<IReadOnlyList<CopyToRead>> DueAsync(IReadOnlyList<string> stores, long before, int max)
    {
        var asked = new DynamicParameters(new { before, max });
        var listed = SqlList.Add(asked, stores);
        await using var open = await db.OpenConnectionAsync();
        return [.. await open.QueryAsync<CopyToRead>(
            Due + $"WHERE c.checked < @before AND c.store IN {listed} ORDER BY c.checked, c.digest, c.store LIMIT @max", asked)];
    }

    /// <summary>Copies that are bad, to be made or never seen, and that nobody tried to mend since this instant.</summary>
    public async Task<IReadOnlyList<CopyToRead>> ToMendAsync(IReadOnlyList<string> stores, long triedBefore, int max)
    {
        var asked = new DynamicParameters(new { triedBefore, max });
        var listed = SqlList.Add(asked, stores);
        await using var open = await db.OpenConnectionAsync();
        return [.. await open.QueryAsync<CopyToRead>(
            Due + $"WHERE c.state IN {NotProven} AND c.tried < @triedBefore AND c.store IN {listed} ORDER BY c.tried, c.digest, c.store LIMIT @max", asked)];
    }

    /// <summary>How much an order has before it.</summary>
    public async Task<(long Copies, long Bytes)> AmountAsync(IReadOnlyList<string> stores, long before, bool badOnly)
    {
        var asked = new DynamicParameters(new { before });
        var listed = SqlList.Add(asked, stores);
        await using var open = await db.OpenConnectionAsync();
        return await open.QuerySingleAsync<(long, long)>(
            "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN o.size > 0 THEN o.size ELSE 0 END), 0) AS BIGINT) "
            + $"FROM vault_copy c JOIN vault_object o ON o.digest = c.digest WHERE c.store IN {listed} AND c.checked < @before"
            + (badOnly ? $" AND c.state IN {NotProven}" : ""),
            asked);
    }

    /// <summary>Writes down what reads showed, all in one transaction.</summary>
    /// <param name="tried">True when mending was tried as well.</param>
    public async Task RecordAsync(IReadOnlyList<CopyCheck> checks, long at, bool tried)
    {
        await using var open = await db.OpenConnectionAsync();
        await using var transaction = await open.BeginTransactionAsync();
        foreach (var check in checks)
        {
            // A copy that was seen whole once is missed from then on.
            await open.ExecuteAsync(
                """
                UPDATE vault_copy SET state = @State, checked = @at, blocks = @Blocks, problem = @Problem,
                  expected = CASE WHEN @State = 'ok' THEN 1 ELSE expected END, tried = CASE WHEN @tried = 1 THEN @at ELSE tried END
                WHERE digest = @Digest AND store = @Store
                """,
                new
                {
                    State = check.State.Word(),
                    at,
                    Digest = check.Id.ToString(),
                    check.Store,
                    check.Problem,
                    Blocks = string.Join(',', check.Blocks),
                    tried = tried ? 1 : 0,
                },
                transaction);
            if (check.State == CopyState.Ok)
            {
                await open.ExecuteAsync(
                    "UPDATE vault_object SET size = @Bytes WHERE digest = @Digest AND size < 0", new { check.Bytes, Digest = check.Id.ToString() }, transaction);
            }
        }
        // If we crash here, the same copies are read again.
        await transaction.CommitAsync();
    }

    public async Task<IReadOnlyList<CopyToRead>> CopiesOfAsync(string digest)
    {
        await using var open = await db.OpenConnectionAsync();
        return [.. await open.QueryAsync<CopyToRead>(Due + "WHERE c.digest = @digest ORDER BY c.store", new { digest })];
    }

    /// <summary>Copies that are bad, and those that are wanted and not there.</summary>
    public async Task<IReadOnlyList<BadCopyRow>> BadAsync(IReadOnlyList<string> stores)
    {
        var asked = new DynamicParameters();
        var listed = SqlList.Add(asked, stores);
        await using var open = await db.OpenConnectionAsync();
        return [.. await open.QueryAsync<BadCopyRow>(
            $"""
            SELECT digest AS Digest, store AS Store, state AS State, expected AS Expected, blocks AS Blocks, problem AS Problem, checked AS Checked
            FROM vault_copy WHERE state IN {NotOk} AND store IN {listed} ORDER BY digest, store LIMIT {MaxBadRows}
            """,
            asked)];
    }

    /// <summary>Ids of the releases, deliveries and uploads that an object belongs to.</summary>
    public async Task<IReadOnlyList<string>> OwnersAsync(string digest)
    {
        await using var open = await db.OpenConnectionAsync();
        return [.. await open.QueryAsync<string>(
            $"SELECT owner FROM vault_owner WHERE digest = @digest ORDER BY owner LIMIT {MaxOwners}", new { digest })];
    }

    public async Task<IReadOnlyList<StoreCountRow>> StoreCountsAsync()
    {
        await using var open = await db.OpenConnectionAsync();
        return [.. await open.QueryAsync<StoreCountRow>(
            """
            SELECT c.store AS Store, c.state AS State, COUNT(*) AS Copies,
              CAST(COALESCE(SUM(CASE WHEN o.size > 0 THEN o.size ELSE 0 END), 0) AS BIGINT) AS Bytes
            FROM vault_copy c JOIN vault_object o ON o.digest = c.digest GROUP BY c.store, c.state ORDER BY c.store, c.state
            """)];
    }

    /// <summary>When the first object came, and the oldest check of any copy of these stores; null when there is none.</summary>
    public async Task<(long? FirstObject, long? OldestCheck)> OldestAsync(IReadOnlyList<string> stores)
    {
        var asked = new DynamicParameters();
        var listed = SqlList.Add(asked, stores);
        await using var open = await db.OpenConnectionAsync();
        var (first, oldest) = await open.QuerySingleAsync<(long, long)>(
            $"SELECT COALESCE((SELECT MIN(since) FROM vault_object), {None}), "
            + $"COALESCE((SELECT checked FROM vault_copy WHERE store IN {listed} ORDER BY checked LIMIT 1), {None})",
            asked);
        return (first == None ? null : first, oldest == None ? null : oldest);
    }

    /// <summary>Copies read since this instant and their bytes: what a round was.</summary>
    public async Task<(long Copies, long Bytes)> ReadSinceAsync(long instant)
    {
        await using var open = await db.OpenConnectionAsync();
        return await open.QuerySingleAsync<(long, long)>(
            "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN o.size > 0 THEN o.size ELSE 0 END), 0) AS BIGINT) "
            + "FROM vault_copy c JOIN vault_object o ON o.digest = c.digest WHERE c.checked >= @instant",
            new { instant });
    }

    /// <summary>The numbers of the whole; <paramref name="wanted"/> failure domains are wanted for each object.</summary>
    public async Task<VaultCounts> CountsAsync(IReadOnlyList<IObjectStore> stores, int wanted)
    {
        var places = new DynamicParameters(new { wanted });
        var readable = SqlList.Add(places, stores.Readable());
        for (var i = 0; i < stores.Count; i++)
        {
            places.Add($"s{i}", stores[i].Name);
            places.Add($"d{i}", stores[i].Domain);
        }
        var values = string.Join(", ", stores.Select((_, i) => $"(@s{i}, @d{i})"));
        await using var open = await db.OpenConnectionAsync();
        return await open.QuerySingleAsync<VaultCounts>(
            $"""
            WITH place (store, domain) AS (VALUES {values})
            SELECT (SELECT COUNT(*) FROM vault_object) AS Objects,
              (SELECT CAST(COALESCE(SUM(CASE WHEN size > 0 THEN size ELSE 0 END), 0) AS BIGINT) FROM vault_object) AS Bytes,
              (SELECT COUNT(*) FROM vault_object o WHERE (
                 SELECT COUNT(DISTINCT p.domain) FROM vault_copy c JOIN place p ON p.store = c.store
                 WHERE c.digest = o.digest AND c.state = 'ok') < @wanted) AS BelowWanted,
              (SELECT COUNT(*) FROM vault_copy WHERE checked = 0 AND store IN {readable}) AS Unread,
              COALESCE((SELECT checked FROM vault_copy WHERE checked > 0 AND store IN {readable} ORDER BY checked LIMIT 1), {None}) AS OldestCheckOrNone
            """,
            places);
    }
}

/// <summary>Which stores the patrol can read.</summary>
public static class ReadableStores
{
    /// <summary>Names of the stores somebody here can read: the others cannot be patrolled, and prove nothing.</summary>
    public static IReadOnlyList<string> Readable(this IReadOnlyList<IObjectStore> stores) =>
        [.. stores.Where(s => s.Access != StoreAccess.WriteOnly).Select(s => s.Name)];
}
