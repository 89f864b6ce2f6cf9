using System.Security.Cryptography;
using System.Text;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Tests.Support;

/// <summary>Things a test needs and does not care about.</summary>
public static class Some
{
    public const long Time = 1_780_000_000_000;

    public static readonly TenantId Tenant = TenantId.Parse("bluehour");

    public static readonly Pseudonym Person = Pseudonym.Parse("p-00000000000000aa");

    /// <summary>Somebody else than <see cref="Person"/>.</summary>
    public static readonly Pseudonym Other = Pseudonym.Parse("p-00000000000000bb");

    public static readonly CommandId Command = CommandId.Parse("command-1");

    public static readonly Principal Artist = new(Tenant, Person, Role.Artist);

    /// <summary>The same salts every time: a test's bytes must not move.</summary>
    public static readonly Salts Salts = Salts.Draw(n => [.. Enumerable.Range(0, n).Select(i => (byte)i)]);

    public static Sha256Digest Digest(string of) => Sha256Digest.Of(Encoding.UTF8.GetBytes(of));

    public static EntityId Release(string name = "album") => EntityId.From("release", Tenant, name);

    public static EntityId Delivery(string name = "message") => EntityId.From("delivery", Tenant, name);

    public static EntityId Upload(string name = "upload") => EntityId.From("upload", Tenant, name);

    public static EntityId Recording(string name = "song") => EntityId.From("recording", Tenant, name);

    public static EntityId Sender(string name = "label") => EntityId.From("sender", Tenant, name);

    public static Finding Blocking(string rule = "HASH_MISMATCH") =>
        Finding.Block(rule, "track 1", "abc", "It is wrong.", "Send it again.");

    public static Finding Warning(string rule = "PLINE_MISSING") =>
        Finding.Warn(rule, "track 1", "", "It is missing.", "Add it.");

    public static Finding Rejecting(string rule = "ISRC_SHAPE") =>
        Finding.Reject(rule, "track 1", "x", "It has no such form.", "Correct it.");

    /// <summary>A log's verifier key; another for each seed.</summary>
    public static string Vkey(int seed, string origin = "log.example/2026")
    {
        using var signer = Pipeline.Audit.Log.NoteSigner.FromSeed(origin, Bytes(32, seed));
        return signer.VerifierKey.Vkey;
    }

    /// <summary>Random bytes whose seed is the test's own.</summary>
    public static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i += 32)
        {
            SHA256.HashData(BitConverter.GetBytes(seed * 7919L + i)).AsSpan(0, Math.Min(32, count - i)).CopyTo(bytes.AsSpan(i));
        }
        return bytes;
    }
}
