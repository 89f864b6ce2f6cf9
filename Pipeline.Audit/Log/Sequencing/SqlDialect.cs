namespace Pipeline.Audit.Log;

/// <summary>
/// What differs between the two databases: the types, how a connection is made durable, and how many rows go into one
/// statement. Everything else is the same SQL.
/// </summary>
public sealed class SqlDialect
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS log_head (
            id INTEGER PRIMARY KEY CHECK (id = 1), origin TEXT NOT NULL, epoch {integer} NOT NULL,
            size {integer} NOT NULL, root {bytes} NOT NULL, compact_range {bytes} NOT NULL,
            tail {integer} NOT NULL, published_size {integer} NOT NULL, source_salt {bytes} NOT NULL){strict};
        CREATE TABLE IF NOT EXISTS log_entry (
            idx {integer} PRIMARY KEY, persistence_id TEXT NOT NULL, sequence_nr {integer} NOT NULL,
            leaf_hash {bytes} NOT NULL, leaf {bytes} NOT NULL, UNIQUE (persistence_id, sequence_nr)){strict};
        CREATE TABLE IF NOT EXISTS log_full_tile (
            level INTEGER NOT NULL, number {integer} NOT NULL, root {bytes} NOT NULL, PRIMARY KEY (level, number)){strict};
        CREATE TABLE IF NOT EXISTS log_source (
            persistence_id TEXT PRIMARY KEY, source TEXT NOT NULL UNIQUE, last_seq {integer} NOT NULL,
            last_idx {integer} NOT NULL, seen_seq {integer} NOT NULL){strict};
        CREATE INDEX IF NOT EXISTS log_source_parked ON log_source (persistence_id) WHERE seen_seq > last_seq;
        CREATE TABLE IF NOT EXISTS log_asset (asset TEXT PRIMARY KEY, last_idx {integer} NOT NULL){strict};
        CREATE TABLE IF NOT EXISTS log_checkpoint (
            size {integer} PRIMARY KEY, root {bytes} NOT NULL, note {bytes} NOT NULL){strict};
        CREATE TABLE IF NOT EXISTS log_halt (id INTEGER PRIMARY KEY CHECK (id = 1), reason TEXT NOT NULL){strict};
        CREATE TABLE IF NOT EXISTS log_witnessed (
            size {integer} PRIMARY KEY, root {bytes} NOT NULL, note {bytes} NOT NULL, at {integer} NOT NULL){strict};
        CREATE TABLE IF NOT EXISTS log_gate (cause TEXT PRIMARY KEY, why TEXT NOT NULL, since {integer} NOT NULL){strict};

        """;

    private SqlDialect(string schema, string schemaQuery, string onOpen, int rowsPerInsert) =>
        (Schema, SchemaQuery, OnOpen, RowsPerInsert) = (schema, schemaQuery, onOpen, rowsPerInsert);

    /// <summary>A file of ours. WAL, every commit synced, no two writers at once.</summary>
    public static SqlDialect Sqlite { get; } = new(
        Fill("INTEGER", "BLOB", " STRICT") + string.Concat(AppendOnly.Select(table => string.Concat(Changes.Select(change => $"""
            CREATE TRIGGER IF NOT EXISTS {table}_no_{change} BEFORE {change} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END;

            """)))),
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'log_gate'",
        // A waiting writer is woken by SQLite itself; the driver's own waiting sleeps 150 ms at a time.
        "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
        rowsPerInsert: 1);

    /// <summary>A server. Triggers stop accidents; the root and its witnesses stop an administrator.</summary>
    public static SqlDialect PostgreSql { get; } = new(
        // Two nodes may create the schema at once, and IF NOT EXISTS alone does not survive that.
        "SELECT pg_advisory_xact_lock(7078750);\n" + Fill("BIGINT", "BYTEA", "") + """
            CREATE OR REPLACE FUNCTION log_only_grows() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME; END $$;

            """ + string.Concat(AppendOnly.Select(table => $"""
            CREATE OR REPLACE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION log_only_grows();

            """)),
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'log_gate'",
        "SET synchronous_commit = on;",
        rowsPerInsert: 100);

    internal string Schema { get; }

    /// <summary>1 when the newest of its tables is there. Asked first: making it again would lock tables that a sequencer writes to.</summary>
    internal string SchemaQuery { get; }

    /// <summary>Run on every connection before anything else.</summary>
    internal string OnOpen { get; }

    /// <summary>1 where a statement costs no round trip.</summary>
    internal int RowsPerInsert { get; }

    private static string[] AppendOnly => ["log_entry", "log_full_tile", "log_checkpoint", "log_witnessed"];

    private static string[] Changes => ["update", "delete"];

    private static string Fill(string integer, string bytes, string strict) =>
        Tables.Replace("{integer}", integer, StringComparison.Ordinal)
            .Replace("{bytes}", bytes, StringComparison.Ordinal)
            .Replace("{strict}", strict, StringComparison.Ordinal);
}
