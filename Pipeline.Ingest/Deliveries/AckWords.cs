using System.Collections.Frozen;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Ingest.Deliveries;

/// <summary>
/// DDEX's word for whatever can be found: rules on messages and batches carry their own, what sound, pictures and claims
/// are found to be is said here. Source: ErncFileStatus.
/// </summary>
public static class AckWords
{
    private static readonly FrozenDictionary<string, string> Words = Rules.All.Concat(BatchRules.All)
        .Where(r => r.AckCode.Length > 0).Select(r => (r.Id, r.AckCode))
        .Concat(Elsewhere("ResourceCorrupt", "FILE_EMPTY", "TRUNCATED", "STRUCTURE_BROKEN", "DECODE_FAILED", "FLAC_TEST_FAILED",
            "HEADER_IMPOSSIBLE", "HEADER_NOT_AS_DECODED", "SAMPLES_NOT_AS_CLAIMED", "SIZE_MISCOUNTED", "PICTURE_BROKEN", "PICTURE_NOT_AS_CLAIMED"))
        .Concat(Elsewhere("ResourceNotMeetingSpecifications", "SAMPLE_RATE_LOW", "BIT_DEPTH_LOW", "STEREO_EXPECTED", "LOSSY_SOURCE", "SILENT",
            "DURATION_SHORT", "DURATION_TOO_SHORT", "DECODER_LIMIT", "FOREIGN_BYTES_APPENDED", "BYTES_AFTER_END", "CHUNKS_AFTER_DATA",
            "CONTAINER_UNKNOWN", "CONTAINER_NOT_AS_NAMED", "WRONG_KIND", "FLOAT_SAMPLES", "SIZES_UNSET", "WAV_EXTENSIBLE", "WAV_NOT_PCM",
            "COVER_SMALL", "COVER_BELOW_RECOMMENDED", "COVER_NOT_SQUARE", "PICTURE_TOO_LARGE"))
        .Concat(Elsewhere("IdentifierInvalid", "MESSAGE_ID_REUSED", "ISRC_REUSED", "GTIN_REUSED", "ISRC_NEW_AUDIO"))
        .Concat(Elsewhere("NewReleaseMessageInvalid", "CREATED_EQUAL", "MESSAGE_ALREADY_APPLIED", "FILE_TWICE", "TOO_MANY_FILES"))
        .Concat(Elsewhere("InternalError", "STAGE_EXHAUSTED"))
        .DistinctBy(w => w.Item1).ToFrozenDictionary(w => w.Item1, w => w.Item2, StringComparer.Ordinal);

    /// <summary>The word of a rule, by its id; <c>UserDefined</c> for one that has none (a contested claim).</summary>
    public static AckCode Of(string rule) => AckCode.Of(Words.GetValueOrDefault(rule, "UserDefined"));

    /// <summary>The finding an acknowledgement is named after: the first of the worst. Null when nothing stops the message.</summary>
    public static Finding? Worst(IReadOnlyList<Finding> findings) =>
        findings.Where(f => f.Severity >= Severity.Block).OrderByDescending(f => f.Severity).FirstOrDefault();

    private static IEnumerable<(string, string)> Elsewhere(string word, params string[] rules) => rules.Select(r => (r, word));
}
