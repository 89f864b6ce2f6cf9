using System.Globalization;
using System.Text.Json;
using Pipeline.Actors.Hosting;
using Pipeline.Cluster.Tests.Support;
using static Pipeline.Cluster.Tests.Support.ReleaseFolders;

namespace Pipeline.Cluster.Tests;

public sealed class When_a_split_is_agreed : IDisposable
{
    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_sheet_from_a_file_is_previewed_proposed_accepted_by_each_and_shown_as_it_was_known()
    {
        await using var node = await NodeProcess.StartAsync(_place.Data, null);
        var ingest = await MpProcess.IngestAsync(_place.Data, Single(_place.Releases, 91));
        Assert.True(ingest.ExitCode == 0, ingest.ToString());
        await Task.WhenAll(((string[])["anna", "bo"]).Select(name => MpProcess.RunAsync("key", "add", name, "--tenant", "local", "--role", "artist", "--data", _place.Data)));
        await File.WriteAllTextAsync(_place.At("splits.csv"), $"""
            isrc,right,payee,weight,from,to,territories,uses
            {Isrc(91)},master,anna,1,2026-01-01,,Worldwide,All
            {Isrc(91)},master,bo,2,2026-01-01,,Worldwide,All
            """);

        var preview = Read(await SplitAsync("import", _place.At("splits.csv")), SplitJson.Default.SplitImportAnswer);
        Assert.False(preview.Committed);
        Assert.Equal([new HolderAnswer("anna", "1/3"), new HolderAnswer("bo", "2/3")], Assert.Single(preview.Sheets).Holders);
        Assert.Empty(Shown(await ShowAsync(null)).Proposals);

        var committed = Read(await SplitAsync("import", _place.At("splits.csv"), "--commit"), SplitJson.Default.SplitImportAnswer);
        var id = Assert.Single(committed.Sheets).Proposal!.Id;
        var first = Read(await SplitAsync("accept", id, "--as", "anna"), SplitJson.Default.ProposalAnswer);
        Assert.Equal(("open", "bo"), (first.State, Assert.Single(first.Silent)));
        Assert.Equal(1, (await ShowAsync(null)).ExitCode);
        var stranger = await SplitAsync("accept", id, "--as", "nobody");
        Assert.True(stranger.ExitCode == 3, stranger.ToString());

        var second = Read(await SplitAsync("accept", id, "--as", "bo"), SplitJson.Default.ProposalAnswer);
        Assert.Equal("in-force", second.State);
        var index = second.Log!.Index;
        var known = Shown(await ShowAsync(index));
        var owned = Assert.Single(known.Owned);
        Assert.Equal([new HolderAnswer("anna", "1/3"), new HolderAnswer("bo", "2/3")], owned.Holders);
        Assert.Equal(index, owned.KnownSince);
        var before = await ShowAsync(index - 1);
        Assert.Equal(1, before.ExitCode);
        Assert.Empty(Shown(before).Owned);
        await MpProcess.FsckIsCleanAsync(_place.Log);
    }

    private Task<MpProcess> SplitAsync(params string[] arguments) => MpProcess.RunAsync(["split", .. arguments, "--data", _place.Data, "--json"]);

    private Task<MpProcess> ShowAsync(long? knownAt) => SplitAsync(
        ["show", Isrc(91), "--at", "2026-09-01", "--territory", "GB", .. knownAt is { } index ? (string[])["--known-at", index.ToString(CultureInfo.InvariantCulture)] : []]);

    private static OwnershipAnswer Shown(MpProcess process) => JsonSerializer.Deserialize(process.Output, SplitJson.Default.OwnershipAnswer)!;

    private static T Read<T>(MpProcess process, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        Assert.True(process.ExitCode == 0, process.ToString());
        return JsonSerializer.Deserialize(process.Output, type)!;
    }
}
