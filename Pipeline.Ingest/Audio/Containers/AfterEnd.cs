using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>What stands behind the end that a container states.</summary>
internal static class AfterEnd
{
    private const int LookBytes = 64;

    /// <summary>Nothing, foreign bytes (stop) or bytes nobody reads (warn).</summary>
    public static IEnumerable<Finding> Look(MediaBytes file, long end, string place)
    {
        if (file.LengthBytes <= end)
        {
            return [];
        }
        Span<byte> start = stackalloc byte[LookBytes];
        // A writer may or may not count the last pad byte, so what was appended may begin one byte earlier or later.
        foreach (var from in (ReadOnlySpan<long>)[end, end - 1, end + 1])
        {
            if (ContainerSniffer.ForeignMagic(file.At(from, start)) is { } foreign)
            {
                return [StructureRules.ForeignBytesAppended(place, from, foreign)];
            }
        }
        return [StructureRules.BytesAfterEnd(place, end, file.LengthBytes - end)];
    }
}
