using System.Text.Json;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Ingest.Tests.Stages;

public sealed class ArchiveStageTests : IDisposable
{
    private readonly FolderVault _vault = new();

    public void Dispose() => _vault.Dispose();

    [Fact]
    public async Task The_archive_names_every_object_once_and_their_bytes()
    {
        var (delivery, earlier) = await Deliver();

        var passed = Assert.IsType<StageOutcome.Passed>(await ArchiveStage.Run(delivery, earlier, _vault, CancellationToken.None));

        Assert.Empty(passed.Findings);
        var result = JsonSerializer.Deserialize(
            await _vault.ReadAsync(passed.Result, 100_000, CancellationToken.None), StageJson.Default.ArchiveResult)!;
        Assert.Equal(Sha256Digest.Of(delivery.Encode()), result.Delivery);
        Assert.Equal(
            [result.Delivery, delivery.Message.Sha256, Sha256Digest.Of("song"u8), Sha256Digest.Of("cover"u8), .. earlier], result.Objects);
        Assert.Equal(delivery.Encode().Length + "{}".Length + "song".Length + "cover".Length + "result".Length, result.TotalBytes);
    }

    [Theory]
    [InlineData("song", true)]
    [InlineData("cover", false)]
    [InlineData("result", true)]
    [InlineData("{}", false)]
    public async Task Nothing_is_archived_while_one_object_is_lost_or_damaged(string content, bool lost)
    {
        var (delivery, earlier) = await Deliver();
        var id = Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes(content));
        if (lost)
        {
            _vault.Lose(id);
        }
        else
        {
            _vault.Rot(id);
        }

        var inconclusive = Assert.IsType<StageOutcome.Inconclusive>(await ArchiveStage.Run(delivery, earlier, _vault, CancellationToken.None));

        Assert.Contains(id.ToString(), inconclusive.Why, StringComparison.Ordinal);
    }

    private async Task<(DeliveryContents, Sha256Digest[])> Deliver()
    {
        // One content under two names is one object.
        var some = new SomeRelease(_vault).Deliver("a.wav", "song"u8.ToArray()).Deliver("b.wav", "song"u8.ToArray()).Deliver("c.png", "cover"u8.ToArray());
        some.Build();
        await _vault.StoreAsync(some.Delivery.Encode(), CancellationToken.None);
        var result = await _vault.StoreAsync("result"u8.ToArray(), CancellationToken.None);
        return (some.Delivery, [result.Id]);
    }
}
