using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Ingest.Tests.Stages;

public sealed class ChecksumStageTests : IDisposable
{
    private static readonly byte[] Song = "not really a song"u8.ToArray();

    private readonly FolderVault _vault = new();

    public void Dispose() => _vault.Dispose();

    [Fact]
    public async Task A_release_whose_hashes_agree_passes_and_names_what_was_verified()
    {
        var outcome = await new SomeRelease(_vault).Deliver("a.wav", Song).Track("./a.wav", SomeRelease.Md5Of(Song)).Checksum();

        var passed = Assert.IsType<StageOutcome.Passed>(outcome);
        Assert.Empty(passed.Findings);
        var document = await _vault.ReadAsync(passed.Result, 10_000, CancellationToken.None);
        var result = System.Text.Json.JsonSerializer.Deserialize(document, StageJson.Default.ChecksumResult)!;
        var file = Assert.Single(result.Files);
        Assert.Equal(("T1", "audio", "a.wav", Sha256Digest.Of(Song), (long)Song.Length), (file.Reference, file.Kind, file.Path, file.Sha256, file.SizeBytes));
        Assert.Equal(["MD5"], file.Verified);
    }

    [Fact]
    public async Task A_release_whose_checksum_differs_is_stopped_and_told_both_values()
    {
        var outcome = await new SomeRelease(_vault).Deliver("a.wav", Song).Track("a.wav", SomeRelease.Md5Of([1, 2, 3])).Checksum();

        var finding = Assert.Single(Assert.IsType<StageOutcome.Failed>(outcome).Findings);
        Assert.Equal(("HASH_MISMATCH", Severity.Block, "/hash"), (finding.Rule, finding.Severity, finding.Place));
        Assert.Contains("5289df737df57326fcdd22597afb1fac", finding.Message, StringComparison.Ordinal);
        Assert.Contains(SomeRelease.Md5Of(Song).Value.Value.ToLowerInvariant(), finding.Message, StringComparison.Ordinal);
    }
}
