using System.Globalization;
using Microsoft.Data.Sqlite;
using Pipeline.Audit.Durable;

namespace Pipeline.Benchmarks;

/// <summary>The limit the log is held against: the same bytes in a table and in files, with the same syncs and nothing else.</summary>
internal sealed class BareDisk : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly PosixDisk _disk = new();
    private readonly string _folder;
    private readonly byte[] _row = new byte[LogUnderTest.PublicBytes + 200];
    private long _next;

    public BareDisk(string folder)
    {
        _folder = Path.Combine(folder, "bare");
        DurableFile.EnsureDirectory(_disk, _folder);
        _connection = new SqliteConnection($"Data Source={_folder}/bare.db;Pooling=False");
        _connection.Open();
        using var create = _connection.CreateCommand();
        create.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (i INTEGER PRIMARY KEY, b BLOB)";
        create.ExecuteNonQuery();
    }

    /// <summary>One transaction, one sync.</summary>
    public void Insert(int rows)
    {
        using var transaction = _connection.BeginTransaction();
        using var insert = _connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO t VALUES (@i, @b)";
        var index = insert.Parameters.Add("@i", SqliteType.Integer);
        insert.Parameters.Add("@b", SqliteType.Blob).Value = _row;
        for (var i = 0; i < rows; i++)
        {
            index.Value = _next++;
            insert.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    /// <summary>Files of a full tile's size, each written once and synced.</summary>
    public void WriteFiles(int files)
    {
        var tile = new byte[8192];
        for (var i = 0; i < files; i++)
        {
            DurableFile.WriteOnce(_disk, Path.Combine(_folder, (_next++).ToString(CultureInfo.InvariantCulture)), tile);
        }
    }

    /// <summary>One small file, replaced.</summary>
    public void Replace() => DurableFile.Replace(_disk, Path.Combine(_folder, "replaced"), _row.AsSpan(0, 200));

    public void Dispose() => _connection.Dispose();
}
