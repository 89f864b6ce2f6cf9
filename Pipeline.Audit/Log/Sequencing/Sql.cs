using System.Data.Common;
using System.Globalization;
using System.Text;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>Statements with named values, for any provider.</summary>
internal static class Sql
{
    /// <summary>Values in one IN list.</summary>
    private const int MaxValuesInList = 200;

    public static DbCommand Command(
        this DbConnection connection, DbTransaction? transaction, string text, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        foreach (var (name, value) in values)
        {
            command.Add(name, value);
        }
        return command;
    }

    public static int Execute(
        this DbConnection connection, DbTransaction? transaction, string text, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(transaction, text, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>Every row of a query, read by <paramref name="read"/>.</summary>
    public static List<T> Query<T>(
        this DbConnection connection, DbTransaction? transaction, string text, Func<DbDataReader, T> read,
        params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(transaction, text, values);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    /// <summary>Rows whose key is among <paramref name="keys"/>; the query ends in <c>IN</c>.</summary>
    public static IEnumerable<T> QueryIn<T>(
        this DbConnection connection, string text, IReadOnlyCollection<string> keys, Func<DbDataReader, T> read)
    {
        foreach (var some in keys.Chunk(MaxValuesInList))
        {
            var names = string.Join(", ", some.Select((_, i) => Name(0, i)));
            (string, object)[] values = [.. some.Select((key, i) => (Name(0, i), (object)key))];
            foreach (var row in connection.Query(null, $"{text} ({names})", read, values))
            {
                yield return row;
            }
        }
    }

    /// <summary>Inserts rows, several to a statement.</summary>
    /// <param name="into"><c>INSERT INTO t (a, b)</c>.</param>
    /// <param name="afterwards">What follows the values, or nothing.</param>
    public static void Insert(
        this DbConnection connection, DbTransaction transaction, int rowsPerStatement, string into, string afterwards,
        IReadOnlyCollection<object[]> rows)
    {
        DbCommand? command = null;
        try
        {
            foreach (var some in rows.Chunk(rowsPerStatement))
            {
                var values = some.Length * some[0].Length;
                if (command?.Parameters.Count != values)
                {
                    command?.Dispose();
                    command = connection.Command(transaction, InsertText(into, afterwards, some.Length, some[0].Length));
                    for (var i = 0; i < values; i++)
                    {
                        command.Add(Name(i / some[0].Length, i % some[0].Length), some[i / some[0].Length][i % some[0].Length]);
                    }
                    command.Prepare();
                }
                for (var i = 0; i < values; i++)
                {
                    command.Parameters[i].Value = some[i / some[0].Length][i % some[0].Length];
                }
                Invariant.Require(command.ExecuteNonQuery() == some.Length, "every row inserted is one row");
            }
        }
        finally
        {
            command?.Dispose();
        }
    }

    public static byte[] GetBytes(this DbDataReader reader, int column) => reader.GetFieldValue<byte[]>(column);

    public static Sha256Digest GetDigest(this DbDataReader reader, int column) => new(reader.GetBytes(column));

    private static void Add(this DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }

    private static string InsertText(string into, string afterwards, int rows, int columns)
    {
        var text = new StringBuilder(into).Append(" VALUES ");
        for (var row = 0; row < rows; row++)
        {
            text.Append(row == 0 ? "(" : ", (")
                .AppendJoin(", ", Enumerable.Range(0, columns).Select(column => Name(row, column))).Append(')');
        }
        return text.Append(' ').Append(afterwards).ToString();
    }

    private static string Name(int row, int column) => string.Create(CultureInfo.InvariantCulture, $"@r{row}c{column}");
}
