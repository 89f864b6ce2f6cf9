using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Stages;

namespace Pipeline.Ingest.Catalogue;

/// <summary>
/// What a message alone tells of the files it names: for a look at the message. With the files at hand the checksum
/// stage says the same and more, so these findings are not said twice.
/// </summary>
internal static class FileRules
{
    internal static IEnumerable<Finding> Check(UnvalidatedRelease release)
    {
        var files = release.Tracks.SelectMany(t => t.Editions.Select(e => e.File).Append(t.File))
            .Concat(release.Images.Select(i => i.File)).OfType<UnvalidatedFile>().Distinct();
        foreach (var file in files)
        {
            if (DeliveryPath.Resolve("message", file.Path.Value, out var why) is null)
            {
                yield return ChecksumRules.PathOutside(file.Path, why);
            }
            if (file.Hashes.Count == 0)
            {
                yield return ChecksumRules.HashMissing(file);
            }
            foreach (var hash in file.Hashes)
            {
                switch (DeclaredHash.Parse(hash))
                {
                    case DeclaredHash.Malformed malformed:
                        yield return ChecksumRules.HashMalformed(hash, malformed.Why);
                        break;
                    case DeclaredHash.Unverifiable unverifiable:
                        yield return ChecksumRules.HashUnverifiable(hash, unverifiable.Why);
                        break;
                }
            }
        }
    }
}
