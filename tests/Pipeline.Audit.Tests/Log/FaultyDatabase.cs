using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Pipeline.Audit.Tests.Log;

/// <summary>What a broken database says.</summary>
internal sealed class FaultyDatabaseException(string message) : DbException(message);

/// <summary>A database one of whose calls goes wrong: opening, each statement, beginning, committing and rolling back are steps.</summary>
internal sealed class FaultyDatabase(DbDataSource database, OneFault fault) : DbDataSource
{
    public override string ConnectionString => database.ConnectionString;

    protected override DbConnection CreateDbConnection() => new Connection(database.CreateConnection(), fault);

    private static FaultyDatabaseException Error(string what) => new(what);

    private sealed class Connection(DbConnection inner, OneFault fault) : DbConnection
    {
        [AllowNull]
        public override string ConnectionString
        {
            get => inner.ConnectionString;
            set => inner.ConnectionString = value;
        }

        public override string Database => inner.Database;

        public override string DataSource => inner.DataSource;

        public override string ServerVersion => inner.ServerVersion;

        public override ConnectionState State => inner.State;

        public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

        public override void Open() => fault.Pass("open the database", inner.Open, Error);

        public override void Close() => inner.Close();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
            new Transaction(fault.Pass("BEGIN", () => inner.BeginTransaction(isolationLevel), Error), this, fault);

        protected override DbCommand CreateDbCommand() => new Command(inner.CreateCommand(), fault);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class Transaction(DbTransaction inner, Connection connection, OneFault fault) : DbTransaction
    {
        public DbTransaction Inner => inner;

        public override IsolationLevel IsolationLevel => inner.IsolationLevel;

        protected override DbConnection DbConnection => connection;

        public override void Commit() => fault.Pass("COMMIT", inner.Commit, Error);

        public override void Rollback() => fault.Pass("ROLLBACK", inner.Rollback, Error);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class Command(DbCommand inner, OneFault fault) : DbCommand
    {
        private DbTransaction? _transaction;

        [AllowNull]
        public override string CommandText
        {
            get => inner.CommandText;
            set => inner.CommandText = value;
        }

        public override int CommandTimeout
        {
            get => inner.CommandTimeout;
            set => inner.CommandTimeout = value;
        }

        public override CommandType CommandType
        {
            get => inner.CommandType;
            set => inner.CommandType = value;
        }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbParameterCollection DbParameterCollection => inner.Parameters;

        protected override DbTransaction? DbTransaction
        {
            get => _transaction;
            set
            {
                _transaction = value;
                inner.Transaction = (value as Transaction)?.Inner;
            }
        }

        private string Step => CommandText.Split('\n')[0];

        public override void Cancel() => inner.Cancel();

        public override int ExecuteNonQuery() => fault.Pass(Step, inner.ExecuteNonQuery, Error);

        public override object? ExecuteScalar() => fault.Pass(Step, inner.ExecuteScalar, Error);

        public override void Prepare() => inner.Prepare();

        protected override DbParameter CreateDbParameter() => inner.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
            fault.Pass(Step, () => inner.ExecuteReader(behavior), Error);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
