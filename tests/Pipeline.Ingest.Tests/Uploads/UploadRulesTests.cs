using System.Text;
using FsCheck.Xunit;
using Pipeline.Ingest.Uploads;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Uploads;

public sealed class UploadRulesTests
{
    private static readonly UploadLimits Limits = new(MaxUploadBytes: 10_000, MaxOpenUploads: 3, MaxOpenBytes: 20_000, IdleHours: 1, MaxAgeHours: 2, ReserveBytes: 1_000);

    private static Upload At(long offset, long? length, string concat = "") =>
        new(Some.Upload(), Some.Person, length, offset, "", concat, Some.Time, Limits.ExpiresAt(Some.Time, Some.Time));

    private static AppendRequest Patch(long offset, long? body, long? length = null) => new(offset, length, null, false, body);

    private static CreationRequest Creation(string length) => CreationRequest.Parse(length, null, null, null, Limits).Value!;

    private static int? Status(AppendDecision decision) => (decision as AppendDecision.Refuse)?.Refusal.Status;

    [Property(MaxTest = 500)]
    public void Room_is_given_only_at_the_offset_and_only_up_to_the_length(ushort offset, ushort length, ushort at, ushort body)
    {
        var upload = At(Math.Min(offset, length), length);
        switch (UploadRules.Append(upload, Patch(at, body), Some.Time))
        {
            case AppendDecision.Take take:
                Assert.Equal(upload.Offset, at);
                Assert.Equal(length - upload.Offset, take.RoomBytes);
                Assert.True(body <= take.RoomBytes);
                break;
            case AppendDecision.NothingLeft:
                Assert.True(upload.IsWhole && at == upload.Offset && body == 0);
                break;
            case AppendDecision.Refuse refuse:
                Assert.True(at != upload.Offset || body > length - upload.Offset);
                Assert.Equal(at != upload.Offset ? 409 : 413, refuse.Refusal.Status);
                break;
            default:
                Assert.Fail("no such decision");
                break;
        }
    }

    [Fact]
    public void A_deferred_length_is_set_once_and_not_below_what_is_held()
    {
        Assert.Equal(new AppendDecision.Take(30, 80), UploadRules.Append(At(50, null), Patch(50, null, 80), Some.Time));
        Assert.Equal(400, Status(UploadRules.Append(At(50, null), Patch(50, null, 49), Some.Time)));
        Assert.Equal(400, Status(UploadRules.Append(At(50, 80), Patch(50, null, 81), Some.Time)));
        Assert.Equal(new AppendDecision.Take(30, 80), UploadRules.Append(At(50, 80), Patch(50, null, 80), Some.Time));
    }

    [Fact]
    public void Nothing_is_taken_once_the_time_is_over()
    {
        var upload = At(50, 80);
        Assert.Null(Status(UploadRules.Append(upload, Patch(50, 1), upload.Expires - 1)));
        Assert.Equal(410, Status(UploadRules.Append(upload, Patch(50, 1), upload.Expires)));
    }

    [Fact]
    public void No_touch_holds_an_upload_beyond_its_age()
    {
        const long Hour = 3_600_000;
        Assert.Equal(Some.Time + Hour, Limits.ExpiresAt(Some.Time, Some.Time));
        Assert.Equal(Some.Time + (2 * Hour), Limits.ExpiresAt(Some.Time, Some.Time + (2 * Hour) - 1));
    }

    [Fact]
    public void A_final_upload_takes_no_bytes() =>
        Assert.Equal(403, Status(UploadRules.Append(At(0, 10, "final;/files/a"), Patch(0, 10), Some.Time)));

    [Theory]
    [InlineData(2, 10_000, "10000", 11_000, null)]
    [InlineData(3, 0, "0", 11_000, 429)]
    [InlineData(0, 10_001, "10000", 11_000, 413)]
    [InlineData(0, 0, "10000", 10_999, 507)]
    [InlineData(0, 0, "0", 1_000, null)]
    [InlineData(0, 0, "0", 999, 507)]
    public void An_owner_has_limits_and_a_disk_has_its_reserve(int open, long openBytes, string length, long free, int? status) =>
        Assert.Equal(status, UploadRules.Create(Creation(length), new OwnerUse(open, openBytes), Limits, free)?.Status);

    [Fact]
    public void An_id_of_the_client_stands_for_one_upload()
    {
        var request = Creation("80");
        Assert.Null(UploadRules.Again(At(50, 80), request));
        Assert.Equal(409, UploadRules.Again(At(50, 81), request)?.Status);
        Assert.Equal(409, UploadRules.Again(At(50, 80) with { Metadata = "other" }, request)?.Status);
        Assert.Equal(409, UploadRules.Again(At(50, 80, "partial"), request)?.Status);
    }

    [Theory]
    [InlineData("10000", null, null), InlineData("0", null, null), InlineData(null, "1", null)]
    [InlineData("10001", null, 413), InlineData("99999999999999999999999999", null, 413)]
    [InlineData("-1", null, 400), InlineData("+1", null, 400), InlineData("1e3", null, 400), InlineData("0x10", null, 400), InlineData(" 1", null, 400), InlineData("", null, 400), InlineData("١", null, 400)]
    [InlineData(null, null, 400), InlineData("1", "1", 400), InlineData(null, "2", 400), InlineData(null, "", 400)]
    public void A_length_is_plain_digits_or_deferred(string? length, string? defer, int? status) =>
        Assert.Equal(status, CreationRequest.Parse(length, defer, null, null, Limits).Refusal?.Status);

    [Property(MaxTest = 500)]
    public void Any_text_is_parsed_or_refused_and_never_an_error(string? one, string? two, string? three, string? four)
    {
        Answers(CreationRequest.Parse(one, two, three, four, Limits));
        Answers(AppendRequest.Parse(AppendRequest.ContentType, one, two, three, false, null, Limits));
        Answers(UploadMetadata.Parse($"sha256 {one},filename {two}"));
        Answers(UploadConcat.Parse($"final;{one} {two}"));
        Answers(ChunkChecksum.Parse($"sha1 {one}"));
    }

    [Property(MaxTest = 300)]
    public void A_file_name_reads_back_whatever_it_holds(string? name)
    {
        var sent = Encoding.UTF8.GetBytes(name ?? "");
        var (metadata, _) = UploadMetadata.Parse($"filename {Convert.ToBase64String(sent)},other");
        Assert.Equal(sent.Length > UploadMetadata.MaxValueBytes ? "" : Encoding.UTF8.GetString(sent), metadata!.FileName);
    }

    [Fact]
    public void A_declared_sha256_is_hex_or_base64_or_the_bytes()
    {
        var digest = Some.Digest("bytes");
        string Declared(byte[] value) => UploadMetadata.Parse($"sha256 {Convert.ToBase64String(value)}").Value!.Sha256!.Value.ToString();
        Assert.Equal(digest.ToString(), Declared(Encoding.ASCII.GetBytes(digest.ToString())));
        Assert.Equal(digest.ToString(), Declared(Encoding.ASCII.GetBytes(digest.ToString().ToUpperInvariant())));
        Assert.Equal(digest.ToString(), Declared(Encoding.ASCII.GetBytes(Convert.ToBase64String(digest.ToArray()))));
        Assert.Equal(digest.ToString(), Declared(digest.ToArray()));
        Assert.Equal(400, UploadMetadata.Parse("sha256 YWJj").Refusal?.Status);
    }

    [Theory, InlineData("sha1"), InlineData("sha256"), InlineData("md5"), InlineData("crc32")]
    public void A_checksum_matches_its_bytes_and_no_others(string algorithm)
    {
        byte[] Sum(byte[] bytes)
        {
            using var sum = ChunkChecksum.Start(algorithm);
            sum.Append(bytes.AsSpan(0, bytes.Length / 2));
            sum.Append(bytes.AsSpan(bytes.Length / 2));
            return sum.Finish();
        }
        var bytes = Some.Bytes(1000, 1);
        var declared = ChunkChecksum.Parse($"{algorithm} {Convert.ToBase64String(Sum(bytes))}").Value!;
        Assert.True(declared.Matches(Sum(bytes)));
        bytes[500] ^= 1;
        Assert.False(declared.Matches(Sum(bytes)));
    }

    private static void Answers<T>(Parsed<T> parsed)
        where T : class => Assert.True(parsed.Value is null != parsed.Refusal is null);
}
