using System.Globalization;
using System.Text;
using System.Xml;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Tests.Support;

namespace Pipeline.Benchmarks;

/// <summary>What reading a message costs, what cutting a catalogue's claims costs, and what asking who owned what costs.</summary>
internal static class CatalogueBenchmark
{
    private const int MessageBytes = 700_000;
    private const int MessageRounds = 20;
    private const int Claims = 100_000;
    private const int ClaimsOfARecording = 10;
    private const int Recordings = 1_000_000;
    private const int Queries = 2_000;

    private static readonly DateOnly Today = new(2026, 11, 23);

    public static IEnumerable<Row> Run()
    {
        yield return Message();
        yield return Slices();
        yield return Ownership();
    }

    private static Row Message()
    {
        var message = Encoding.UTF8.GetBytes(OfSize(MessageBytes));
        var megabytes = message.Length / 1e6;
        if (CatalogueInspection.Of("m.xml", message, Today) is { WouldPass: false } refused)
        {
            throw new InvalidOperationException($"the benchmark's own message does not pass: {refused.Findings[0]}");
        }
        return new Row(
            $"catalogue: ERN 4.3 of {message.Length / 1000} kB, read and judged; theirs: XmlReader", "MB/s",
            megabytes / Timing.BestSeconds(MessageRounds, () => CatalogueInspection.Of("m.xml", message, Today)),
            megabytes / Timing.BestSeconds(MessageRounds, () => ReadThrough(message)), 20, MoreIsBetter: true);
    }

    private static string OfSize(int bytes)
    {
        var one = new ErnMessage { Tracks = Tracks(1) }.Xml().Length;
        var perTrack = (new ErnMessage { Tracks = Tracks(101) }.Xml().Length - one) / 100;
        return new ErnMessage { Tracks = Tracks((bytes - one) / perTrack) }.Xml();

        static IReadOnlyList<ErnTrack> Tracks(int count) => [.. Enumerable.Range(1, count).Select(i => new ErnTrack
        {
            Isrc = string.Create(CultureInfo.InvariantCulture, $"QZZZZ26{i:00000}"),
            Title = string.Create(CultureInfo.InvariantCulture, $"Room {i}"),
            File = new ErnFile(string.Create(CultureInfo.InvariantCulture, $"resources/{i}.flac"), "MD5", i.ToString("x32", CultureInfo.InvariantCulture)),
        })];
    }

    private static void ReadThrough(byte[] message)
    {
        using var reader = XmlReader.Create(new MemoryStream(message), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        while (reader.Read())
        {
        }
    }

    /// <summary>Ten claims a recording: three parties, hand-overs in time, one territory carved out, some too much.</summary>
    private static Row Slices()
    {
        var claims = Enumerable.Range(0, Claims).Select(Claim).ToArray();
        if (Slicing.Cut(claims) is not { TooFine.Count: 0, Slices.Count: > Claims / ClaimsOfARecording })
        {
            throw new InvalidOperationException("the catalogue was not cut");
        }
        return new Row(
            "catalogue: 100,000 claims cut into slices; theirs: the same, grouped and sorted", "s",
            Timing.BestSeconds(4, () => Slicing.Cut(claims)),
            Timing.BestSeconds(4, () => Require(claims.GroupBy(c => (c.Subject, c.Right)).Sum(g => g.OrderBy(c => c.Days.FromDay).ToArray().Length) == Claims)),
            1, MoreIsBetter: false);
    }

    private static ShareClaim Claim(int number)
    {
        var (recording, i) = (number / ClaimsOfARecording, number % ClaimsOfARecording);
        return new ShareClaim(
            Some.Recording(recording.ToString(CultureInfo.InvariantCulture)), Right.Master, PartyId.Parse($"party{i % 3}"), Share.From(1 + (i % 2), 6),
            SplitTerritories.Parse(i % 4 == 0 ? "GB" : "Worldwide -GB"), UseSet.All,
            DateInterval.Create(new DateOnly(2020 + (i / 3), 1, 1), i / 3 == 3 ? null : new DateOnly(2021 + (i / 3), 1, 1)));
    }

    private static Row Ownership()
    {
        var history = new OwnershipHistory();
        var (proposed, inForce) = (SomeFacts.OfEveryKind.OfType<SplitProposed>().Single(), SomeFacts.OfEveryKind.OfType<SplitInForce>().Single());
        var bare = new Dictionary<EntityId, SplitProposed>();
        var subjects = Enumerable.Range(0, Recordings).Select(i => Some.Recording(i.ToString(CultureInfo.InvariantCulture))).ToArray();
        for (var i = 0; i < Recordings; i++)
        {
            history.Follow(2 * i, proposed with { Subject = subjects[i] });
            history.Follow((2 * i) + 1, inForce with { Subject = subjects[i] });
            bare[subjects[i]] = proposed;
        }
        var random = new Random(1);
        return new Row(
            "catalogue: who owned what, 1,000,000 recordings, p50; theirs: a bare look-up", "us",
            1000 * Timing.MedianMilliseconds(Queries, () => Require(history.At(subjects[random.Next(Recordings)], Today, "GB", 2 * Recordings) is [{ Holders.Length: 2 }])),
            1000 * Timing.MedianMilliseconds(Queries, () => Require(bare.ContainsKey(subjects[random.Next(Recordings)]))), 5_000, MoreIsBetter: false);
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("another result than the benchmark made");
        }
    }
}
