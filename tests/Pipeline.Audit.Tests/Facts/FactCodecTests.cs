using System.Text;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Facts;

/// <summary>The bytes of facts: what a journal and a log of any age must be read from.</summary>
public sealed class FactCodecTests
{
    public static TheoryData<string> Manifests => [.. FactManifest.Known];

    private static Fact Of(string manifest) => SomeFacts.OfEveryKind.Single(f => FactManifest.Of(f) == manifest);

    [Fact]
    public void Every_fact_has_a_manifest_and_an_example() =>
        Assert.Equal(
            FactManifest.Known.Order(StringComparer.Ordinal),
            SomeFacts.OfEveryKind.Select(FactManifest.Of).Order(StringComparer.Ordinal));

    [Fact]
    public void No_kind_of_fact_was_forgotten() =>
        Assert.Equal(
            typeof(Fact).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Fact)) && !t.IsAbstract).Select(t => t.Name).Order(StringComparer.Ordinal),
            SomeFacts.OfEveryKind.Select(f => f.GetType().Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_fact_has_the_bytes_it_had_when_it_was_first_released(string manifest) =>
        AssertGolden(manifest + ".fact", FactCodec.ToJournal(Of(manifest)));

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_leaf_has_the_bytes_it_had_when_it_was_first_released(string manifest)
    {
        var part = FactCodec.ReadPublic(manifest, FactCodec.ToJournal(Of(manifest)));
        var envelope = new LeafEnvelope(manifest, part.Tenant, new string('a', 32), 7, part.Asset, part.Asset.Length == 0 ? -1 : 41, new string('0', 32));
        AssertGolden(manifest + ".leaf", envelope.Encode(part.Bytes));
    }

    private static void AssertGolden(string name, byte[] bytes)
    {
        var golden = Path.Combine(AppContext.BaseDirectory, "Facts", "golden", name);
        if (!File.Exists(golden) && Environment.GetEnvironmentVariable("MP_WRITE_GOLDEN") is { } folder)
        {
            // For a new manifest only: golden bytes are written once and never again.
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
            return;
        }
        Assert.Equal(Encoding.UTF8.GetString(File.ReadAllBytes(golden)), Encoding.UTF8.GetString(bytes));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void What_is_read_back_is_what_was_written(string manifest)
    {
        var bytes = FactCodec.ToJournal(Of(manifest));
        var read = FactCodec.FromJournal(manifest, bytes);
        Assert.Equal(bytes, FactCodec.ToJournal(read));
        Assert.Equal(Of(manifest).GetType(), read.GetType());
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void An_erased_fact_keeps_its_leaf_to_the_byte(string manifest)
    {
        var whole = FactCodec.ToJournal(Of(manifest));
        byte[] erased = [.. FactCodec.PublicBytes(Of(manifest)), (byte)'\n', (byte)'\n'];
        var read = FactCodec.FromJournal(manifest, erased);
        Assert.Equal(FactCodec.PublicBytes(Of(manifest)), FactCodec.PublicBytes(read));
        Assert.Equal(FactCodec.ReadPublic(manifest, whole).Bytes, FactCodec.ReadPublic(manifest, erased).Bytes);
    }

    [Fact]
    public void A_leaf_tells_nothing_of_the_private_part()
    {
        foreach (var fact in SomeFacts.OfEveryKind)
        {
            var leaf = Encoding.UTF8.GetString(FactCodec.PublicBytes(fact));
            Assert.DoesNotContain("Anna", leaf, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("QZMP12600001", leaf, StringComparison.Ordinal);
            Assert.DoesNotContain("PADPIDA2013042401U", leaf, StringComparison.Ordinal);
            Assert.DoesNotContain("It is wrong", leaf, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_private_part_of_another_fact_does_not_open_the_commitment()
    {
        var bytes = FactCodec.ToJournal(Of("release.received.1"));
        var text = Encoding.UTF8.GetString(bytes).Replace("Anna", "Otto", StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => FactCodec.FromJournal("release.received.1", Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void An_unknown_manifest_is_refused_by_name() =>
        Assert.Contains("nobody.wrote.9", Assert.Throws<InvalidDataException>(() => FactCodec.Decode("nobody.wrote.9", "{}"u8)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_public_part_that_does_not_fit_a_leaf_is_refused_before_it_is_persisted()
    {
        var fact = (ReleaseQuarantined)Of("release.quarantined.1") with { Rules = [.. Enumerable.Range(0, 1000).Select(i => $"RULE_{i:0000}")] };
        Assert.Throws<FactTooLargeException>(() => FactCodec.ToJournal(fact));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{}\n")]
    [InlineData("{}\n\n\n")]
    [InlineData("{}\n{}\nnothex")]
    [InlineData("not json\n\n")]
    public void A_row_that_is_not_three_lines_of_a_fact_is_refused(string row) =>
        Assert.Throws<InvalidDataException>(() => FactCodec.FromJournal("release.received.1", Encoding.UTF8.GetBytes(row)));

    [Fact]
    public void The_same_value_under_another_salt_has_another_commitment()
    {
        var one = Sealed<Reason>.Close(new Reason("x"), Some.Salts[0], FactJson.Default.Reason);
        var other = Sealed<Reason>.Close(new Reason("x"), new Salt(new byte[32]), FactJson.Default.Reason);
        Assert.NotEqual(one.Commitment, other.Commitment);
    }
}
