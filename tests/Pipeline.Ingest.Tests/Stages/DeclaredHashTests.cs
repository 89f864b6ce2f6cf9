using FsCheck.Xunit;
using Pipeline.Ingest.Stages;

namespace Pipeline.Ingest.Tests.Stages;

public sealed class DeclaredHashTests
{
    private static readonly (string Name, int SizeBytes)[] Algorithms =
        [("MD5", 16), ("SHA1", 20), ("SHA-1", 20), ("SHA-256", 32), ("sha256", 32), ("SHA-384", 48), ("SHA-512", 64), ("SHA2", 32), ("SHA2", 64)];

    [Property(MaxTest = 500)]
    public bool Exactly_equal_bytes_match_whatever_their_writing(int pick, int seed)
    {
        var (name, size) = Algorithms[(int)((uint)pick % Algorithms.Length)];
        var random = new Random(seed);
        var digest = new byte[size];
        random.NextBytes(digest);
        var mixedCase = string.Concat(Convert.ToHexString(digest).Select(c => random.Next(2) == 0 ? char.ToLowerInvariant(c) : c));

        return ((string Value, string? Encoding)[])[(mixedCase, null), (mixedCase, "hex"), (Convert.ToBase64String(digest), "base64")] is var writings
            && writings.All(w => DeclaredHash.Parse(SomeRelease.Hash(name, w.Value, w.Encoding)) is DeclaredHash.Verifiable parsed
                && parsed.Matches(digest)
                && !parsed.Matches(OneBitChanged(digest, random))
                && !parsed.Matches(digest.AsSpan(1)));
    }

    [Property(MaxTest = 500)]
    public bool Base64_is_recognised_by_its_length_when_no_encoding_is_stated(int seed)
    {
        var digest = new byte[16];
        new Random(seed).NextBytes(digest);

        return DeclaredHash.Parse(SomeRelease.Hash("MD5", Convert.ToBase64String(digest))) is DeclaredHash.Verifiable parsed && parsed.Matches(digest);
    }

    [Property(MaxTest = 1000)]
    public bool Any_text_is_parsed_or_refused_and_never_throws(FsCheck.NonNull<string> algorithm, FsCheck.NonNull<string> value, bool known) =>
        DeclaredHash.Parse(SomeRelease.Hash(known ? "SHA3" : algorithm.Get, value.Get)) is not null;

    [Theory]
    [InlineData("CRC32")]
    [InlineData("MD2")]
    [InlineData("SHA-224")]
    [InlineData("UserDefined")]
    [InlineData("")]
    public void An_algorithm_we_do_not_compute_is_unverifiable(string algorithm) =>
        Assert.IsType<DeclaredHash.Unverifiable>(DeclaredHash.Parse(SomeRelease.Hash(algorithm, "00")));

    [Property(MaxTest = 2000)]
    public bool A_resolved_path_never_leaves_its_folder(FsCheck.NonNull<string> junk, int pick)
    {
        string[] pieces = ["..", ".", "/", "\\", "a", "C:", "http://", "%2e%2e", "\0", " ", "é", junk.Get];
        var random = new Random(pick);
        var stated = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));

        return DeliveryPath.Resolve("in/message.xml", stated, out var why) is { } path
            ? path.StartsWith("in/", StringComparison.Ordinal) && why.Length == 0 && !path.Split('/').Contains("..")
                && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl)
            : why.Length > 0;
    }

    private static byte[] OneBitChanged(byte[] digest, Random random)
    {
        var changed = (byte[])digest.Clone();
        changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }
}
