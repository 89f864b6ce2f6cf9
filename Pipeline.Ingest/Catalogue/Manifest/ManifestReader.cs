using System.Text.Json;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue.Manifest;

/// <summary>
/// Reads <c>release.json</c>, our own manifest, whose schema is <c>ops/docs/release.schema.json</c>. Everything that
/// schema demands of structure is demanded here; what its patterns say of single values is for the rules.
/// </summary>
internal static class ManifestReader
{
    internal const string Format = "release.json/1";

    /// <summary>Longest <c>id</c>, in UTF-16 code units.</summary>
    private const int MaxIdCharacters = 200;

    private const int MaxArtists = 500;

    private const int MaxSplits = 500;

    internal static ReadMessage Read(ReadOnlyMemory<byte> message)
    {
        if (message.Length > CatalogueLimits.MaxManifestBytes)
        {
            return ReadMessage.Refuse(Rules.MessageTooLarge.Broken("/", null,
                $"release.json is longer than {CatalogueLimits.MaxManifestBytes} bytes.", "Remove what is not part of the format."));
        }
        if (JsonShape.Fault(message.Span) is { } fault)
        {
            return ReadMessage.Refuse(fault);
        }
        using var document = JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = CatalogueLimits.MaxJsonDepth });
        var findings = new List<Finding>();
        var release = Release(new ManifestObject(document.RootElement, "", findings), findings);
        return findings.Refuse() ? ReadMessage.Refuse(findings) : Identity.Complete(release, findings);
    }

    private static UnvalidatedRelease Release(ManifestObject json, List<Finding> findings)
    {
        _ = json.Text("$schema");
        var id = json.RequiredText("id");
        if (id?.Value.Length > MaxIdCharacters)
        {
            findings.Add(Rules.JsonWrongType.Broken(id, $"The id is longer than {MaxIdCharacters} characters.", "Shorten it."));
        }
        var revision = json.RequiredInteger("revision", 1, int.MaxValue);
        var artist = json.RequiredText("artist");
        var artists = Artists(json, artist, []);
        var release = new UnvalidatedRelease(
            Format, json.Text("sender"),
            id is null || revision is null ? null : id with { Value = $"{id.Value}#{revision.Value}" },
            json.RequiredText("created"), IsTest: false, json.Text("grid"), json.Text("gtin"), id,
            json.RequiredText("title"), artist, artists, json.Text("releaseDate"), json.Text("originalReleaseDate"),
            Tracks(json, artist, artists), Cover(json), json.Place);
        json.WarnOfUnknown();
        return release;
    }

    private static List<UnvalidatedTrack> Tracks(ManifestObject json, Stated? artist, List<UnvalidatedArtist> artists)
    {
        if (!json.Has("tracks"))
        {
            json.Missing("tracks");
        }
        var tracks = new List<UnvalidatedTrack>();
        foreach (var track in json.Objects("tracks", CatalogueLimits.MaxTracks, Rules.TracksTooMany))
        {
            var number = tracks.Count + 1;
            var own = track.Text("artist");
            tracks.Add(new UnvalidatedTrack(
                $"T{number}", number, track.Text("isrc"), track.RequiredText("title"), own ?? artist,
                Artists(track, own, artists), track.Text("duration"), track.Integer("pLineYear", 1, 9999), File(track),
                Splits(track), track.Place));
            track.WarnOfUnknown();
        }
        return tracks;
    }

    /// <summary>
    /// The artists with their roles. Who gives only a display artist has named the main artist; a track that says
    /// nothing has the release's.
    /// </summary>
    private static List<UnvalidatedArtist> Artists(ManifestObject json, Stated? display, List<UnvalidatedArtist> inherited)
    {
        var stated = json.Has("artists");
        var artists = new List<UnvalidatedArtist>();
        foreach (var artist in json.Objects("artists", MaxArtists, Rules.MessageTooLarge))
        {
            if (artist.RequiredText("name") is { } name && artist.RequiredText("role") is { } role)
            {
                artists.Add(new UnvalidatedArtist(name, role));
            }
            artist.WarnOfUnknown();
        }
        return stated ? artists
            : display is null ? inherited
            : [new UnvalidatedArtist(display, display with { Value = "MainArtist" })];
    }

    private static List<UnvalidatedImage> Cover(ManifestObject json)
    {
        if (json.Object("cover") is not { } cover)
        {
            return [];
        }
        var image = new UnvalidatedImage("COVER", File(cover), cover.Place);
        cover.WarnOfUnknown();
        return [image];
    }

    private static UnvalidatedFile? File(ManifestObject json)
    {
        // All four are asked for, whatever the first says, so that none of them counts as unknown.
        var path = json.RequiredText("file");
        Stated?[] hashes = [json.Text("sha256"), json.Text("sha1"), json.Text("md5")];
        return path is null ? null : new UnvalidatedFile(path,
        [
            .. hashes.Zip([("SHA-256", 32), ("SHA1", 20), ("MD5", 16)], (hash, kind) => (hash, kind)).Where(h => h.hash is not null)
                .Select(h => Hash(h.hash!, h.kind.Item1, h.kind.Item2)),
        ]);
    }

    /// <summary>Hexadecimal and base64 of one hash differ in length, so the encoding need not be stated.</summary>
    private static UnvalidatedHash Hash(Stated value, string algorithm, int sizeBytes)
    {
        var encoding = value.Value.Length == 2 * sizeBytes ? "hex"
            : value.Value.Length == (sizeBytes + 2) / 3 * 4 ? "base64"
            : null;
        return new UnvalidatedHash(value with { Value = algorithm }, value, encoding);
    }

    /// <summary>Counted here; who gets what is agreed by the parties themselves, not by a message.</summary>
    private static int Splits(ManifestObject track)
    {
        var splits = track.Objects("splits", MaxSplits, Rules.MessageTooLarge);
        foreach (var split in splits)
        {
            _ = split.RequiredText("party");
            _ = split.RequiredText("share");
            split.WarnOfUnknown();
        }
        return splits.Count;
    }
}
