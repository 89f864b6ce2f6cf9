using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Projections;

/// <summary>A release as pages and lists show it.</summary>
/// <param name="Pending">1 while the release, not a person, must do something next: what the sweeper wakes.</param>
public sealed record ReleaseRow(
    string ReleaseId, string Tenant, long Revision, string State, string Stages, string Title, string Artist,
    string Findings, string DeliveryId, long Received, long Updated, long Position, long Pending)
{
    public IReadOnlyList<Finding> FindingList =>
        JsonSerializer.Deserialize(Findings, FactJson.Default.FindingList)?.Findings ?? [];

    /// <summary>Stage and light, in order.</summary>
    public IReadOnlyList<(string Stage, string Light)> Lights =>
        [.. Stages.Split(',').Select(s => s.Split(':')).Select(s => (s[0], s[1]))];
}

/// <summary>A delivery as lists show it.</summary>
public sealed record DeliveryRow(
    string DeliveryId, string Tenant, string ReleaseId, long Round, string Fate, string Findings, long Received, long Updated, long Position);

/// <summary>
/// What pages, lists and search read: derived from the log by index, thrown away and made again at will. Every question
/// takes the tenant; a foreign id is not found.
/// </summary>
public sealed class ReadModel(DbDataSource db)
{
    /// <summary>Longest list one question gives.</summary>
    public const int MaxRows = 200;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS read_progress (name TEXT PRIMARY KEY, position BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS read_release (
          release_id TEXT PRIMARY KEY, tenant TEXT NOT NULL, revision BIGINT NOT NULL, state TEXT NOT NULL, stages TEXT NOT NULL,
          title TEXT NOT NULL, artist TEXT NOT NULL, findings TEXT NOT NULL, delivery_id TEXT NOT NULL,
          received BIGINT NOT NULL, updated BIGINT NOT NULL, position BIGINT NOT NULL, pending BIGINT NOT NULL);
        CREATE INDEX IF NOT EXISTS read_release_tenant ON read_release (tenant, received);
        CREATE INDEX IF NOT EXISTS read_release_pending ON read_release (pending, updated);
        CREATE TABLE IF NOT EXISTS read_delivery (
          delivery_id TEXT PRIMARY KEY, tenant TEXT NOT NULL, release_id TEXT NOT NULL, round BIGINT NOT NULL, fate TEXT NOT NULL,
          findings TEXT NOT NULL, received BIGINT NOT NULL, updated BIGINT NOT NULL, position BIGINT NOT NULL);
        CREATE INDEX IF NOT EXISTS read_delivery_fate ON read_delivery (fate, updated);
        CREATE TABLE IF NOT EXISTS read_upload (
          upload_id TEXT PRIMARY KEY, tenant TEXT NOT NULL, owner TEXT NOT NULL, state TEXT NOT NULL, file_name TEXT NOT NULL,
          digest TEXT NOT NULL, size_bytes BIGINT NOT NULL, updated BIGINT NOT NULL, position BIGINT NOT NULL);
        CREATE INDEX IF NOT EXISTS read_upload_owner ON read_upload (tenant, owner, state, updated);
        CREATE TABLE IF NOT EXISTS read_alias (
          tenant TEXT NOT NULL, alias TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (tenant, alias, target));
        """;

    private const string ReleaseColumns =
        "release_id AS ReleaseId, tenant AS Tenant, revision AS Revision, state AS State, stages AS Stages, title AS Title, artist AS Artist, "
        + "findings AS Findings, delivery_id AS DeliveryId, received AS Received, updated AS Updated, position AS Position, pending AS Pending";

    private const string DeliveryColumns =
        "delivery_id AS DeliveryId, tenant AS Tenant, release_id AS ReleaseId, round AS Round, fate AS Fate, findings AS Findings, "
        + "received AS Received, updated AS Updated, position AS Position";

    private const string UploadColumns =
        "upload_id AS UploadId, tenant AS Tenant, owner AS Owner, state AS State, file_name AS FileName, digest AS Digest, "
        + "size_bytes AS SizeBytes, updated AS Updated, position AS Position";

    public async Task InitialiseAsync()
    {
        await using var open = await db.OpenConnectionAsync();
        foreach (var statement in Schema.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await open.ExecuteAsync(statement);
        }
    }

    /// <summary>The log index up to which (exclusive) this model has read.</summary>
    public async Task<long> PositionAsync()
    {
        await using var open = await db.OpenConnectionAsync();
        return await open.ExecuteScalarAsync<long?>("SELECT position FROM read_progress WHERE name = 'progress'") ?? 0;
    }

    /// <summary>
    /// Applies entries and moves the position, in one transaction. False when another projection moved it first: stop.
    /// </summary>
    public async Task<bool> AdvanceAsync(long from, IReadOnlyList<(long Index, Fact Fact)> entries)
    {
        await using var open = await db.OpenConnectionAsync();
        await using var transaction = await open.BeginTransactionAsync();
        var to = entries[^1].Index + 1;
        var moved = from == 0
            ? await open.ExecuteAsync(
                "INSERT INTO read_progress (name, position) VALUES ('progress', @to) ON CONFLICT (name) DO UPDATE SET position = @to WHERE read_progress.position = 0",
                new { to }, transaction)
            : await open.ExecuteAsync(
                "UPDATE read_progress SET position = @to WHERE name = 'progress' AND position = @from", new { to, from }, transaction);
        if (moved != 1)
        {
            return false;
        }
        foreach (var (index, fact) in entries)
        {
            await ApplyAsync(open, transaction, index, fact);
        }
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>
    /// Takes out of the rows, and out of the database's files, what came from private parts that are erased. Before the
    /// position moves past what says so: a crash in between does it again.
    /// </summary>
    public async Task ForgetAsync(IReadOnlyCollection<Fact> erased)
    {
        await using var open = await db.OpenConnectionAsync();
        await using (var transaction = await open.BeginTransactionAsync())
        {
            await ErasedRows.ForgetAsync(open, transaction, erased);
            await transaction.CommitAsync();
        }
        await Overwriting.FinishAsync(open, "read_release, read_delivery, read_upload, read_alias");
    }

    public async Task<IReadOnlyList<ReleaseRow>> ReleasesAsync(TenantId tenant, int max = MaxRows)
    {
        await using var open = await db.OpenConnectionAsync();
        return [.. await open.QueryAsync<ReleaseRow>(
            $"SELECT {ReleaseColumns} FROM read_release WHERE tenant = @tenant ORDER BY received DESC, release_id LIMIT @max",
            new { tenant = tenant.Text, max = Math.Min(max, MaxRows) })];
    }

    /// <summary>An owner's uploads that wait for somebody: received and in no release, or refused. Newest first.</summary>
    public async Task<IReadOnlyList<UploadRow>> OpenUploadsAsync(TenantId tenant, string owner)
    {
        await using var open = await db.OpenConnectionAsync();
        return [.. await open.QueryAsync<UploadRow>(
            $"SELECT {UploadColumns} FROM read_upload WHERE tenant = @tenant AND owner = @owner AND state IN ('received', 'refused') ORDER BY updated DESC LIMIT @max",
            new { tenant = tenant.Text, owner, max = MaxRows })];
    }

    /// <summary>A tenant's uploads that brought these bytes, whoever sent them.</summary>
    public async Task<IReadOnlyList<string>> UploadsOfAsync(TenantId tenant, IReadOnlyCollection<Sha256Digest> files)
    {
        await using var open = await db.OpenConnectionAsync();
        var uploads = new List<string>();
        foreach (var file in files)
        {
            uploads.AddRange(await open.QueryAsync<string>(
                "SELECT upload_id FROM read_upload WHERE tenant = @tenant AND digest = @digest ORDER BY upload_id",
                new { tenant = tenant.Text, digest = file.ToString() }));
        }
        return uploads;
    }

    public async Task<UploadRow?> UploadAsync(TenantId tenant, string uploadId)
    {
        await using var open = await db.OpenConnectionAsync();
        return await open.QuerySingleOrDefaultAsync<UploadRow>(
            $"SELECT {UploadColumns} FROM read_upload WHERE tenant = @tenant AND upload_id = @uploadId", new { tenant = tenant.Text, uploadId });
    }

    /// <summary>The recordings that have an edition in a release.</summary>
    public async Task<IReadOnlyList<EntityId>> RecordingsOfAsync(EntityId release)
    {
        var tenant = release.Tenant.Text;
        await using var open = await db.OpenConnectionAsync();
        // Aliases have no hyphens; after the tenant comes the key, 40 hex digits.
        var found = await open.QueryAsync<string>(
            "SELECT alias FROM read_alias WHERE tenant = @tenant AND alias >= @from AND alias < @to AND target = @release LIMIT @max",
            new { tenant, from = $"recording{tenant}0", to = $"recording{tenant}g", release = release.Text, max = MaxRows });
        return [.. found.Select(a => EntityId.TryParse($"recording-{tenant}-{a[("recording".Length + tenant.Length)..]}", out var id) ? id : (EntityId?)null).OfType<EntityId>()];
    }

    /// <summary>The newest of an owner's uploads that brought these bytes; null when none did.</summary>
    public async Task<string?> UploadOfAsync(TenantId tenant, string owner, Sha256Digest bytes)
    {
        await using var open = await db.OpenConnectionAsync();
        return await open.ExecuteScalarAsync<string?>(
            "SELECT upload_id FROM read_upload WHERE tenant = @tenant AND owner = @owner AND state <> 'refused' AND digest = @digest ORDER BY updated DESC LIMIT 1",
            new { tenant = tenant.Text, owner, digest = bytes.ToString() });
    }

    public async Task<ReleaseRow?> ReleaseAsync(TenantId tenant, string releaseId)
    {
        await using var open = await db.OpenConnectionAsync();
        return await open.QuerySingleOrDefaultAsync<ReleaseRow>(
            $"SELECT {ReleaseColumns} FROM read_release WHERE tenant = @tenant AND release_id = @releaseId",
            new { tenant = tenant.Text, releaseId });
    }

    public async Task<DeliveryRow?> DeliveryAsync(TenantId tenant, string deliveryId)
    {
        await using var open = await db.OpenConnectionAsync();
        return await open.QuerySingleOrDefaultAsync<DeliveryRow>(
            $"SELECT {DeliveryColumns} FROM read_delivery WHERE tenant = @tenant AND delivery_id = @deliveryId",
            new { tenant = tenant.Text, deliveryId });
    }

    /// <summary>
    /// Anything by any id: entity ids, ISRC, barcode, message id, digest, case. One indexed look-up in the reader's own
    /// scope, whether it exists elsewhere or not: the time it takes tells nothing.
    /// </summary>
    public async Task<IReadOnlyList<string>> FindAsync(TenantId tenant, string text)
    {
        await using var open = await db.OpenConnectionAsync();
        return [.. await open.QueryAsync<string>(
            "SELECT target FROM read_alias WHERE tenant = @tenant AND alias = @alias ORDER BY target LIMIT 50",
            new { tenant = tenant.Text, alias = AliasOf(text) })];
    }

    /// <summary>What has not reached its fate and is not waiting for people: the sweeper's list, oldest first.</summary>
    public async Task<IReadOnlyList<string>> UnfinishedAsync(int max)
    {
        await using var open = await db.OpenConnectionAsync();
        return [.. await open.QueryAsync<string>(
            """
            SELECT id FROM (
              SELECT release_id AS id, updated FROM read_release WHERE pending = 1
              UNION ALL SELECT delivery_id AS id, updated FROM read_delivery WHERE fate = 'open') AS unfinished
            ORDER BY updated LIMIT @max
            """,
            new { max })];
    }

    /// <summary>When the oldest delivery that is still open came, ms since 1970 UTC; null when none is.</summary>
    public async Task<long?> OldestOpenAsync()
    {
        await using var open = await db.OpenConnectionAsync();
        return await open.ExecuteScalarAsync<long?>("SELECT MIN(received) FROM read_delivery WHERE fate = 'open'");
    }

    /// <summary>How many releases stand where, of all tenants: for operators and metrics, no names.</summary>
    public async Task<IReadOnlyList<(string State, long Count)>> CountsAsync()
    {
        await using var open = await db.OpenConnectionAsync();
        return [.. await open.QueryAsync<(string, long)>("SELECT state, COUNT(*) FROM read_release GROUP BY state ORDER BY state")];
    }

    /// <summary>
    /// One spelling for storing and for asking: without hyphens, in small letters; a barcode of 8, 12 or 13 digits as
    /// the 14 of its GTIN (GS1 General Specifications, 3.3). PostgreSQL's texts hold no NUL, so no id does.
    /// </summary>
    internal static string AliasOf(string text)
    {
        var plain = text.Trim().Replace("-", "", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal)
            .ToLower(CultureInfo.InvariantCulture);
        return plain.Length is 8 or 12 or 13 && plain.All(char.IsAsciiDigit) ? plain.PadLeft(14, '0') : plain;
    }

    private static async Task ApplyAsync(DbConnection open, DbTransaction transaction, long index, Fact fact)
    {
        foreach (var (alias, target) in Aliases.Of(fact))
        {
            await open.ExecuteAsync(
                "INSERT INTO read_alias (tenant, alias, target) VALUES (@tenant, @alias, @target) ON CONFLICT DO NOTHING",
                new { tenant = fact.Tenant.Text, alias = AliasOf(alias), target }, transaction);
        }
        if (RowChanges.ReleaseOf(fact) is { } releaseId)
        {
            var before = await open.QuerySingleOrDefaultAsync<ReleaseRow>(
                $"SELECT {ReleaseColumns} FROM read_release WHERE release_id = @releaseId", new { releaseId }, transaction);
            if (RowChanges.Next(before, fact, index) is { } after)
            {
                await open.ExecuteAsync(
                    """
                    INSERT INTO read_release (release_id, tenant, revision, state, stages, title, artist, findings, delivery_id, received, updated, position, pending)
                    VALUES (@ReleaseId, @Tenant, @Revision, @State, @Stages, @Title, @Artist, @Findings, @DeliveryId, @Received, @Updated, @Position, @Pending)
                    ON CONFLICT (release_id) DO UPDATE SET revision = @Revision, state = @State, stages = @Stages, title = @Title,
                      artist = @Artist, findings = @Findings, delivery_id = @DeliveryId, updated = @Updated, position = @Position, pending = @Pending
                    """,
                    after, transaction);
            }
        }
        if (UploadRows.UploadOf(fact) is { } uploadId)
        {
            var before = await open.QuerySingleOrDefaultAsync<UploadRow>(
                $"SELECT {UploadColumns} FROM read_upload WHERE upload_id = @uploadId", new { uploadId }, transaction);
            if (UploadRows.Next(before, fact, index) is { } after)
            {
                await open.ExecuteAsync(
                    """
                    INSERT INTO read_upload (upload_id, tenant, owner, state, file_name, digest, size_bytes, updated, position)
                    VALUES (@UploadId, @Tenant, @Owner, @State, @FileName, @Digest, @SizeBytes, @Updated, @Position)
                    ON CONFLICT (upload_id) DO UPDATE SET state = @State, updated = @Updated, position = @Position
                    """,
                    after, transaction);
            }
        }
        if (RowChanges.DeliveryOf(fact) is { } deliveryId)
        {
            var before = await open.QuerySingleOrDefaultAsync<DeliveryRow>(
                $"SELECT {DeliveryColumns} FROM read_delivery WHERE delivery_id = @deliveryId", new { deliveryId }, transaction);
            if (RowChanges.Next(before, fact, index) is { } after)
            {
                await open.ExecuteAsync(
                    """
                    INSERT INTO read_delivery (delivery_id, tenant, release_id, round, fate, findings, received, updated, position)
                    VALUES (@DeliveryId, @Tenant, @ReleaseId, @Round, @Fate, @Findings, @Received, @Updated, @Position)
                    ON CONFLICT (delivery_id) DO UPDATE SET release_id = @ReleaseId, round = @Round, fate = @Fate, findings = @Findings,
                      updated = @Updated, position = @Position
                    """,
                    after, transaction);
            }
        }
    }
}
