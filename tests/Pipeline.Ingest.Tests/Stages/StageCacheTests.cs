using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Stages;

public sealed class StageCacheTests
{
    private const string Root = "/vault";
    private static readonly Sha256Digest Input = Sha256Digest.Of("input"u8);

    private static readonly StageOutcome Failed =
        new StageOutcome.Failed([Finding.Reject("ISRC_SHAPE", "/tracks/0", "QZ", "no ISRC", "send one")]);

    private readonly SimulatedDisk _disk = new();
    private readonly StageCache _cache;

    public StageCacheTests() => _cache = new StageCache(_disk, Root, TemporaryFiles.Open(_disk, Root, "one"));

    private static string PathOf(Sha256Digest input) => $"{Root}/derived/metadata/{input.ToString()[..2]}/{input}.json";

    private static string Text(StageOutcome? outcome) =>
        System.Text.Json.JsonSerializer.Serialize(outcome, StageJson.Default.StageOutcome);

    [Fact]
    public void A_kept_outcome_is_found_also_after_a_power_cut()
    {
        var passed = new StageOutcome.Passed(Sha256Digest.Of("result"u8), []);
        Assert.Null(_cache.Find(Stage.Audio, Input));
        Assert.Equal(passed, _cache.Keep(Stage.Audio, Input, passed));
        Assert.Equal(Text(Failed), Text(_cache.Keep(Stage.Metadata, Input, Failed)));

        var after = _disk.AfterPowerLoss(null);
        var cache = new StageCache(after, Root, TemporaryFiles.Open(after, Root, "two"));
        Assert.Equal(Text(passed), Text(cache.Find(Stage.Audio, Input)));
        Assert.Equal(Text(Failed), Text(cache.Find(Stage.Metadata, Input)));
        Assert.Null(cache.Find(Stage.Metadata, Sha256Digest.Of("another"u8)));
    }

    [Fact]
    public void The_first_outcome_stands_when_two_runs_differ()
    {
        _cache.Keep(Stage.Metadata, Input, Failed);
        var second = new StageOutcome.Passed(Sha256Digest.Of("result"u8), []);
        Assert.Equal(Text(Failed), Text(_cache.Keep(Stage.Metadata, Input, second)));
        Assert.Equal(Text(Failed), Text(_cache.Find(Stage.Metadata, Input)));
    }

    [Fact]
    public void Every_damaged_byte_makes_the_outcome_absent_and_the_file_quarantined()
    {
        _cache.Keep(Stage.Metadata, Input, Failed);
        var length = _disk.FileLength(PathOf(Input));
        for (var at = 0L; at < length; at++)
        {
            _cache.Keep(Stage.Metadata, Input, Failed);
            _disk.Rot(PathOf(Input), at);
            Assert.Null(_cache.Find(Stage.Metadata, Input));
            Assert.False(_disk.FileExists(PathOf(Input)));
            _disk.Unlink($"{Root}/quarantine/0-metadata-{Input}.json");
        }
    }

    [Fact]
    public void A_damaged_file_does_not_keep_a_new_outcome_from_being_kept()
    {
        _cache.Keep(Stage.Metadata, Input, Failed);
        _disk.Rot(PathOf(Input), 100);
        Assert.Equal(Text(Failed), Text(_cache.Keep(Stage.Metadata, Input, Failed)));
        Assert.Equal(Text(Failed), Text(_cache.Find(Stage.Metadata, Input)));
        Assert.Single(_disk.ListFiles($"{Root}/quarantine"));
    }

    [Fact]
    public void A_file_copied_to_another_inputs_name_answers_for_nobody()
    {
        var other = Sha256Digest.Of("other"u8);
        _cache.Keep(Stage.Metadata, Input, Failed);
        _cache.Keep(Stage.Metadata, other, Failed);
        _disk.Rename(PathOf(Input), PathOf(other));
        Assert.Null(_cache.Find(Stage.Metadata, other));
    }

    [Fact]
    public void What_is_not_conclusive_or_depends_on_others_is_never_kept()
    {
        Assert.Throws<InvariantBrokenException>(() => _cache.Keep(Stage.Audio, Input, new StageOutcome.Inconclusive("killed")));
        Assert.Throws<InvariantBrokenException>(() => _cache.Keep(Stage.Rights, Input, Failed));
    }
}
