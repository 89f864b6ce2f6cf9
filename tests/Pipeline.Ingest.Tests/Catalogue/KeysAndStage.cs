using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Catalogue;

public class KeysAndStage
{
    private static readonly DateOnly Day = new(2026, 10, 1);

    [Fact]
    public void A_release_is_known_by_sender_and_its_strongest_id()
    {
        var all = new ErnMessage { Grid = "A1ZZZZZ0000000001R", ProprietaryId = "cat-1" };
        Assert.Equal(new ReleaseKey("PADPIDA0000000001O", "grid", "A1ZZZZZ0000000001R"), Key(all));
        Assert.Equal(new ReleaseKey("PADPIDA0000000001O", "gtin", "00200000000011"), Key(all with { Grid = null }));
        Assert.Equal(new ReleaseKey("PADPIDA0000000001O", "id", "cat-1"), Key(all with { Grid = null, Gtin = null }));
    }

    [Fact]
    public void A_correction_is_the_same_release_and_another_delivery()
    {
        var first = ReadingErn.Read(new ErnMessage());
        var second = ReadingErn.Read(new ErnMessage { MessageId = "MSG-0002", Title = "Ten Rooms", Gtin = "00200000000011" });
        var other = ReadingErn.Read(new ErnMessage { Sender = "PADPIDA2013042401U" });
        Assert.Equal(ReleaseKey.Of(first)!.Entity(TenantId.Local), ReleaseKey.Of(second)!.Entity(TenantId.Local));
        Assert.NotEqual(DeliveryKey.Of(first).Entity(TenantId.Local), DeliveryKey.Of(second).Entity(TenantId.Local));
        Assert.NotEqual(ReleaseKey.Of(first)!.Entity(TenantId.Local), ReleaseKey.Of(other)!.Entity(TenantId.Local));
        Assert.NotEqual(DeliveryKey.Of(first).Entity(TenantId.Local), DeliveryKey.Of(other).Entity(TenantId.Local));
        Assert.NotEqual(ReleaseKey.Of(first)!.Entity(TenantId.Local), ReleaseKey.Of(first)!.Entity(TenantId.Parse("other")));
    }

    [Fact]
    public async Task A_release_that_keeps_the_rules_leaves_its_metadata_in_the_vault()
    {
        var vault = new OneDocument();
        var release = ReadingErn.Read(new ErnMessage { Title = " Nine \"Rooms\" ", Tracks = [new ErnTrack { Isrc = null }] });
        var outcome = await MetadataStage.Run(release, EveryRule.Audio(("A1", "x", 2_000, 0)), Day, vault, default);
        var passed = Assert.IsType<StageOutcome.Passed>(outcome);
        Assert.Equal(Sha256Digest.Of(vault.Bytes), passed.Result);
        Assert.Equal(
            "{\"displayArtist\":\"The Sample Rates\",\"gtin\":\"0200000000011\",\"sender\":\"PADPIDA0000000001O\",\"title\":\"Nine \\\"Rooms\\\"\","
            + "\"tracks\":[{\"displayArtist\":\"The Sample Rates\",\"number\":1,\"reference\":\"A1\",\"title\":\"First Room\"}]}",
            System.Text.Encoding.UTF8.GetString(vault.Bytes));
        Assert.Contains(passed.Findings, f => f.Rule == "ISRC_MISSING");
    }

    [Fact]
    public async Task A_release_that_breaks_a_stopping_rule_leaves_nothing()
    {
        var vault = new OneDocument();
        var release = ReadingErn.Read(new ErnMessage { Tracks = [new ErnTrack { Duration = "PT1M" }] });
        var outcome = await MetadataStage.Run(release, EveryRule.Audio(("A1", "x", 2_000, 0)), Day, vault, default);
        Assert.Contains(Assert.IsType<StageOutcome.Failed>(outcome).Findings, f => f.Rule == "DURATION_WRONG");
        Assert.Empty(vault.Bytes);
    }

    private static ReleaseKey? Key(ErnMessage message) => ReleaseKey.Of(ReadingErn.Read(message));

    /// <summary>The vault as far as this stage uses it: the last document stored.</summary>
    private sealed class OneDocument : IVault
    {
        internal byte[] Bytes { get; private set; } = [];

        public Task<StoredObject> StoreAsync(ReadOnlyMemory<byte> document, CancellationToken cancel)
        {
            Bytes = document.ToArray();
            return Task.FromResult(new StoredObject(Sha256Digest.Of(Bytes), Bytes.Length));
        }

        public Task<StoredObject> StoreAsync(Stream source, CancellationToken cancel) => throw new NotSupportedException();

        public Task<Custody> AdoptAsync(string durablePath, Sha256Digest id, long sizeBytes, CancellationToken cancel) => throw new NotSupportedException();

        public Task<Stream> OpenVerifiedAsync(Sha256Digest id, CancellationToken cancel) => throw new ObjectMissingException(id);

        public Task<byte[]> ReadAsync(Sha256Digest id, int maxBytes, CancellationToken cancel) => throw new ObjectMissingException(id);

        public Task<bool> ContainsAsync(Sha256Digest id, CancellationToken cancel) => Task.FromResult(false);

        public Task<string> LocalPathAsync(Sha256Digest id, CancellationToken cancel) => throw new ObjectMissingException(id);
    }
}
