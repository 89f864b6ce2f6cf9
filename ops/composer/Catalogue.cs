using System.Globalization;

namespace Composer;

/// <summary>A file as it lies in the release folder.</summary>
internal sealed record Delivered(string Path, string Sha256);

/// <summary>A piece that has been rendered.</summary>
internal sealed record Track(Piece Piece, int Number, int Frames, Delivered File)
{
    /// <summary>
    /// The two letters are Antarctica's, which has no ISRC agency to assign the code to somebody; the rest is ours.
    /// </summary>
    public string Isrc => string.Create(CultureInfo.InvariantCulture, $"AQMPD24{Number:D5}");

    public long DurationMilliseconds => Frames * 1000L / Piece.SampleRateHz;
}

/// <summary>
/// Names, ids and dates of the demo's release: constants, so that a second run delivers the same release. The ids have
/// right check characters and belong to nobody: 952 is GS1's prefix for examples, a DDEX party number begins with the
/// year of its issue and ours with 0000, 00000 is no issuer of GRids.
/// </summary>
internal static class Catalogue
{
    public const string Artist = "The Sequencers";
    public const string Label = "Demo Tape Records";
    public const string Title = "Three Proofs";
    public const string Genre = "Instrumental";
    public const string Created = "2024-10-01T09:00:00Z";
    public const string ReleaseDate = "2024-11-01";
    public const string MessageId = "three-proofs-1";
    public const int Year = 2024;

    public static readonly string Gtin = WithGtinCheck("952000000042");
    public static readonly string Grid = WithMod37Check("A100000THREEPROOF");
    public static readonly string Sender = WithMod37Check("PADPIDA0000000001");
    public static readonly string Recipient = WithMod37Check("PADPIDA0000000002");

    /// <summary>GS1: weights 3 and 1 from the right.</summary>
    private static string WithGtinCheck(string digits)
    {
        var sum = digits.Reverse().Select((digit, index) => (digit - '0') * (index % 2 == 0 ? 3 : 1)).Sum();
        return digits + (char)('0' + (10 - sum % 10) % 10);
    }

    /// <summary>ISO 7064 MOD 37,36: the check character of GRids and DDEX party ids.</summary>
    private static string WithMod37Check(string text)
    {
        const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        var check = 36;
        foreach (var character in text)
        {
            check = (check + Alphabet.IndexOf(character)) % 36;
            check = (check == 0 ? 36 : check) * 2 % 37;
        }
        return text + Alphabet[(37 - check) % 36];
    }
}
