using System.Security.Cryptography;
using System.Text.Json;
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
        var file = Assert.Single((await Result(passed)).Files);
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

    [Theory]
    [InlineData("d41d8cd98f00b204e9800998ecf8427ea")]
    [InlineData("")]
    [InlineData("zz1d8cd98f00b204e9800998ecf8427e")]
    public async Task A_value_that_cannot_be_an_MD5_is_malformed_and_stops(string value)
    {
        var outcome = await new SomeRelease(_vault).Deliver("a.wav", Song).Track("a.wav", SomeRelease.Hash("MD5", value)).Checksum();

        var finding = Assert.Single(Assert.IsType<StageOutcome.Failed>(outcome).Findings);
        Assert.Equal(("HASH_MALFORMED", Severity.Block), (finding.Rule, finding.Severity));
    }

    [Fact]
    public async Task Every_algorithm_we_compute_is_compared_in_one_pass()
    {
        var sha256 = SHA256.HashData(Song);
        var outcome = await new SomeRelease(_vault).Deliver("a.wav", Song).Track(
            "a.wav",
            SomeRelease.Md5Of(Song),
#pragma warning disable CA5350 // SHA-1 is what senders declare; it is matched, never trusted.
            SomeRelease.Hash("SHA-1", Convert.ToHexStringLower(SHA1.HashData(Song))),
#pragma warning restore CA5350
            SomeRelease.Hash("SHA256", Convert.ToBase64String(sha256), "base64"),
            SomeRelease.Hash("SHA-384", Convert.ToHexString(SHA384.HashData(Song))),
            SomeRelease.Hash("SHA2", Convert.ToHexString(SHA512.HashData(Song)))).Checksum();

        var passed = Assert.IsType<StageOutcome.Passed>(outcome);
        Assert.Empty(passed.Findings);
        Assert.Equal(["MD5", "SHA1", "SHA256", "SHA384", "SHA512"], (await Result(passed)).Files[0].Verified);
    }

    [Fact]
    public async Task One_wrong_hash_among_right_ones_stops_the_release()
    {
        var outcome = await new SomeRelease(_vault).Deliver("a.wav", Song)
            .Track("a.wav", SomeRelease.Md5Of(Song), SomeRelease.Hash("SHA-256", new string('0', 64))).Checksum();

        Assert.Equal(["HASH_MISMATCH"], Assert.IsType<StageOutcome.Failed>(outcome).Findings.Select(f => f.Rule));
    }

    [Fact]
    public async Task What_cannot_be_verified_is_said_and_lets_the_release_pass()
    {
        var outcome = await new SomeRelease(_vault)
            .Deliver("a.wav", Song).Deliver("b.wav", [1]).Deliver("notes.txt", [2])
            .Track("a.wav", SomeRelease.Hash("MD4(MLNET)", "00")).Track("b.wav").Checksum();

        var passed = Assert.IsType<StageOutcome.Passed>(outcome);
        Assert.Equal(["HASH_UNVERIFIABLE", "HASH_MISSING", "FILE_UNLISTED"], passed.Findings.Select(f => f.Rule));
        Assert.All(passed.Findings, f => Assert.Equal(Severity.Warn, f.Severity));
        Assert.Equal("notes.txt", passed.Findings[2].Place);
    }

    [Theory]
    [InlineData("b.wav")]
    [InlineData("A.wav")]
    [InlineData("a%2Ewav")]
    [InlineData("folder/a.wav")]
    public async Task A_file_that_is_not_there_under_exactly_its_name_is_missing(string path)
    {
        var outcome = await new SomeRelease(_vault).Deliver("a.wav", Song).Track(path, SomeRelease.Md5Of(Song)).Checksum();

        var finding = Assert.IsType<StageOutcome.Failed>(outcome).Findings[0];
        Assert.Equal(("FILE_MISSING", Severity.Block, "/tracks/1/file", path), (finding.Rule, finding.Severity, finding.Place, finding.Value));
    }

    [Theory]
    [InlineData("../a.wav")]
    [InlineData("x/../a.wav")]
    [InlineData("/a.wav")]
    [InlineData("file:///a.wav")]
    [InlineData("https://example.org/a.wav")]
    [InlineData("C:a.wav")]
    [InlineData("x\\a.wav")]
    [InlineData("a.wav\0")]
    [InlineData("a\n.wav")]
    [InlineData("")]
    [InlineData("./")]
    public async Task A_path_that_leaves_the_folder_refuses_the_message(string path)
    {
        var outcome = await new SomeRelease(_vault).Deliver("a.wav", Song).Track(path, SomeRelease.Md5Of(Song)).Checksum();

        var finding = Assert.IsType<StageOutcome.Failed>(outcome).Findings[0];
        Assert.Equal(("PATH_OUTSIDE", Severity.Reject), (finding.Rule, finding.Severity));
    }

    [Fact]
    public async Task Paths_are_meant_from_the_folder_of_the_message()
    {
        var some = new SomeRelease(_vault).Deliver("batch/resources/a.wav", Song).Track("./resources/a.wav", SomeRelease.Md5Of(Song));
        var release = some.Build("batch/message.xml");

        Assert.Empty(Assert.IsType<StageOutcome.Passed>(await ChecksumStage.Run(release, some.Delivery, _vault, CancellationToken.None)).Findings);
    }

    [Fact]
    public async Task A_track_that_names_no_file_stops_the_release()
    {
        var outcome = await new SomeRelease(_vault).Track(null).Checksum();

        Assert.Equal("FILE_NOT_NAMED", Assert.Single(Assert.IsType<StageOutcome.Failed>(outcome).Findings).Rule);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_fault_of_our_vault_is_never_the_senders(bool lost)
    {
        // The declared hash is wrong as well: with our own copy in doubt nobody may say so.
        var some = new SomeRelease(_vault).Deliver("a.wav", Song).Track("a.wav", SomeRelease.Md5Of([1]));
        var release = some.Build();
        if (lost)
        {
            _vault.Lose(Sha256Digest.Of(Song));
        }
        else
        {
            _vault.Rot(Sha256Digest.Of(Song));
        }

        Assert.IsType<StageOutcome.Inconclusive>(await ChecksumStage.Run(release, some.Delivery, _vault, CancellationToken.None));
    }

    [Fact]
    public async Task A_delivery_document_of_ours_that_misstates_a_size_is_never_the_senders_fault()
    {
        var some = new SomeRelease(_vault).Deliver("a.wav", Song).Track("a.wav", SomeRelease.Md5Of(Song));
        var release = some.Build();
        var misstated = some.Delivery with { Files = [some.Delivery.Files[0] with { SizeBytes = Song.Length + 1 }] };

        Assert.IsType<StageOutcome.Inconclusive>(await ChecksumStage.Run(release, misstated, _vault, CancellationToken.None));
    }

    private async Task<ChecksumResult> Result(StageOutcome.Passed passed) =>
        JsonSerializer.Deserialize(await _vault.ReadAsync(passed.Result, 100_000, CancellationToken.None), StageJson.Default.ChecksumResult)!;
}
