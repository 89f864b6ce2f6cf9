using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

/// <summary>
/// A log on a real disk that grows by one batch, in this process or in one of its own: the test assembly, run as a program
/// with a folder. All on one thread, so that the same folder gives the same system calls.
/// </summary>
internal static class OneBatch
{
    /// <summary>Entries before and after: the batch fills a tile and begins the next.</summary>
    public const int SizeBefore = 250;
    public const int SizeAfter = 260;

    public static NoteSigner Signer { get; } = NoteSigner.FromSeed(SomeJournal.Origin, Some.Bytes(32, 11));

    public static string LogOf(string folder) => Path.Combine(folder, "log");

    /// <summary>Takes over, hands in the journal up to a size, publishes.</summary>
    public static PublishResult Run(string folder, int size)
    {
        using var source = DatabaseOf(folder);
        using var store = StoreOf(source);
        var epoch = store.TakeOver(SomeJournal.Origin);
        return store.Sequence(epoch, SomeJournal.SomeFacts(size), size) is SequenceResult.Sequenced
            ? new Publisher(new PosixDisk(), LogOf(folder), store, epoch, Signer, parallelism: 1).Publish()
            : new PublishResult.Fenced();
    }

    public static DbDataSource DatabaseOf(string folder) =>
        SqliteFactory.Instance.CreateDataSource($"Data Source={folder}/log.db;Pooling=False");

    public static SequencerStore StoreOf(DbDataSource source) => new(source, SqlDialect.Sqlite, RandomNumberGenerator.GetBytes);

    private static int Main(string[] arguments)
    {
        try
        {
            return arguments is [var folder] && Run(folder, SizeAfter) is PublishResult.Published ? 0 : 1;
        }
        catch (Exception broken) when (broken is DbException or IOException)
        {
            Console.Error.WriteLine(broken.Message);
            return 1;
        }
    }
}
