using System.Data.Common;
using Microsoft.Data.Sqlite;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Facts;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Erasure;

/// <summary>Lists and search forget what came from private parts, on either database.</summary>
public sealed class ErasedRowsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mp-rows-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [SkippableTheory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task Title_findings_file_name_and_message_id_go_and_what_is_public_stays(string database)
    {
        await using DbDataSource source = database == "SQLite"
            ? SqliteFactory.Instance.CreateDataSource($"Data Source={_folder}/read.db")
            : Npgsql.NpgsqlDataSource.Create(PostgresServer.NewDatabase());
        var reads = new ReadModel(source);
        await reads.InitialiseAsync();
        Fact[] facts = [A<DeliveryReceived>(), A<ReleaseReceived>(), A<ReleaseQuarantined>(), A<UploadCompleted>()];
        Assert.True(await reads.AdvanceAsync(0, [.. facts.Select((f, i) => ((long)i, f))]));
        Assert.NotEmpty(await reads.FindAsync(Some.Tenant, "W1"));
        Assert.Equal("Blåa timmen", (await reads.ReleaseAsync(Some.Tenant, Some.Release().Text))!.Title);

        var erased = facts.Select(f => FactCodec.Decode(FactManifest.Of(f), FactCodec.PublicBytes(f))).ToList();
        await reads.ForgetAsync(erased);
        await reads.ForgetAsync(erased);

        var row = (await reads.ReleaseAsync(Some.Tenant, Some.Release().Text))!;
        Assert.Equal((ErasedText.Shown, ErasedText.Shown, "quarantined"), (row.Title, row.Artist, row.State));
        Assert.Empty(row.FindingList);
        Assert.Equal(ErasedText.Shown, (await reads.UploadAsync(Some.Tenant, Some.Upload().Text))!.FileName);
        Assert.Empty(await reads.FindAsync(Some.Tenant, "W1"));
        Assert.Equal([Some.Delivery().Text], await reads.FindAsync(Some.Tenant, Some.Digest("contents").ToString()));
        Assert.Equal([Some.Upload().Text], await reads.UploadsOfAsync(Some.Tenant, [Some.Digest("bytes"), Some.Digest("others")]));
        Assert.Empty(await reads.UploadsOfAsync(Some.Tenant, []));
    }

    [SkippableTheory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task A_later_revision_keeps_its_title(string database)
    {
        await using DbDataSource source = database == "SQLite"
            ? SqliteFactory.Instance.CreateDataSource($"Data Source={_folder}/later.db")
            : Npgsql.NpgsqlDataSource.Create(PostgresServer.NewDatabase());
        var reads = new ReadModel(source);
        await reads.InitialiseAsync();
        await reads.AdvanceAsync(0, [(0, A<ReleaseReceived>()), (1, A<ReleaseReceived>() with { Revision = 2 })]);
        await reads.ForgetAsync([FactCodec.Decode("release.received.1", FactCodec.PublicBytes(A<ReleaseReceived>()))]);
        Assert.Equal("Blåa timmen", (await reads.ReleaseAsync(Some.Tenant, Some.Release().Text))!.Title);
    }

    private static T A<T>()
        where T : Fact => SomeFacts.OfEveryKind.OfType<T>().Single();
}
