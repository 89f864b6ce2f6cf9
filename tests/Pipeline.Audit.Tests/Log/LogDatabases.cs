using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Npgsql;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

/// <summary>An empty log database of either kind, gone when disposed.</summary>
public sealed class LogDatabase : IDisposable
{
    private readonly string? _folder;

    private LogDatabase(DbDataSource source, SqlDialect dialect, string? folder) =>
        (Source, Dialect, _folder) = (source, dialect, folder);

    public static TheoryData<string> Kinds => ["sqlite", "postgresql"];

    public DbDataSource Source { get; }

    public SqlDialect Dialect { get; }

    public static LogDatabase Create(string kind)
    {
        if (kind == "postgresql")
        {
            return new LogDatabase(NpgsqlDataSource.Create(PostgresServer.NewDatabase()), SqlDialect.PostgreSql, null);
        }
        var folder = Directory.CreateTempSubdirectory("mp-log-").FullName;
        return new LogDatabase(
            SqliteFactory.Instance.CreateDataSource($"Data Source={folder}/log.db"), SqlDialect.Sqlite, folder);
    }

    /// <summary>Of the files of a SQLite database.</summary>
    public long SizeBytes => new DirectoryInfo(_folder!).EnumerateFiles().Sum(file => file.Length);

    public SequencerStore Store() => new(Source, Dialect, RandomNumberGenerator.GetBytes);

    public void Dispose()
    {
        Source.Dispose();
        if (_folder is not null)
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
