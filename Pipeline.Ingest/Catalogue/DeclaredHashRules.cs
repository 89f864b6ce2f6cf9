using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>What the files that a message names say against each other, before a byte of them is looked at.</summary>
internal static class DeclaredHashRules
{
    /// <param name="hashesAreAll">The sound itself is not known yet. Once it is, it decides: silence may have one hash everywhere.</param>
    internal static IEnumerable<Finding> Check(UnvalidatedRelease release, bool hashesAreAll)
    {
        var paths = new Dictionary<string, UnvalidatedTrack>(StringComparer.Ordinal);
        var hashes = new Dictionary<(string Algorithm, string Value), UnvalidatedTrack>();
        foreach (var track in release.Tracks)
        {
            if (track.File is not { } file)
            {
                continue;
            }
            if (!paths.TryAdd(file.Path.Value, track))
            {
                yield return Rules.FileTwice.Broken(file.Path,
                    $"Track {paths[file.Path.Value].Number} names this file too.", "Name the file of this recording.");
            }
            foreach (var hash in file.Hashes.Where(h => hashesAreAll && h.Value.Value.Length > 0))
            {
                var key = (hash.Algorithm.Value, hash.Value.Value);
                if (!hashes.TryAdd(key, track) && Differ(hashes[key].Isrc, track.Isrc))
                {
                    yield return Rules.SameHashDifferentIsrc.Broken(hash.Value,
                        $"Tracks {hashes[key].Number} and {track.Number} declare one hash under two ISRCs: one of the files or ISRCs is wrong.",
                        "Send the right file and hash for one of them, or give both the one ISRC.");
                }
            }
        }
    }

    private static bool Differ(Stated? one, Stated? other) => one is not null && other is not null && one.Value != other.Value;
}
