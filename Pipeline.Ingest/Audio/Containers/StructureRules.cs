using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>
/// What the bytes of a file can be found to be, before any decoder sees them. All that stops is <c>block</c>: the
/// sender can always send a better file. Sources: the delivery specifications gathered in the audio rulebook; RIFF, EBU
/// Tech 3306, AIFF 1.3, RFC 9639.
/// </summary>
public static class StructureRules
{
    /// <summary>Also asked for by id, so that one appended archive is reported once.</summary>
    public const string ForeignBytesAppendedId = "FOREIGN_BYTES_APPENDED";

    private const string ExportAgain = "Export the file again from your session and send it again.";

    public static Finding ContainerUnknown(string place, string? foreign) => Finding.Block(
        "CONTAINER_UNKNOWN", place, foreign,
        foreign is null ? "The bytes are no sound or picture format we know." : $"The bytes are {foreign}, not sound or picture.",
        "Send WAV, FLAC or AIFF for sound and JPEG or PNG for pictures.");

    public static Finding FileEmpty(string place) => Finding.Block(
        "FILE_EMPTY", place, null, "The file has no bytes.", "Send the file again; the first attempt was cut off before it began.");

    public static Finding ContainerNotAsNamed(string place, Container found) => Finding.Block(
        "CONTAINER_NOT_AS_NAMED", place, found.Name,
        $"The name does not end like a {found.Name} file, and the bytes are {found.Name}: stores go by the name and would refuse it.",
        $"Send what the name says, or give it a name that ends in .{found.Extensions[0]}.");

    public static Finding WrongKind(string place, Container found, string wanted) => Finding.Block(
        "WRONG_KIND", place, found.Name, $"The message names this file as {wanted}, and the bytes are {found.Name}.",
        "Correct the message or send the file that was meant.");

    public static Finding Truncated(string place, long claimedBytes, long presentBytes) => Finding.Block(
        "TRUNCATED", place, $"{presentBytes} bytes",
        $"The file says it goes on to byte {claimedBytes} and ends at byte {presentBytes}: the end of the recording is missing.",
        "Send the file again in full; compare its size with your master first.");

    public static Finding SizeMiscounted(string place, long claimedBytes, long presentBytes) => Finding.Warn(
        "SIZE_MISCOUNTED", place, $"{presentBytes} bytes",
        $"The header says the file ends at byte {claimedBytes} and it ends at byte {presentBytes}, with all of its chunks whole.",
        "Nothing to do; saving the file in an editor corrects the header.");

    public static Finding ForeignBytesAppended(string place, long offsetBytes, string what) => Finding.Block(
        ForeignBytesAppendedId, place, $"byte {offsetBytes}",
        $"At byte {offsetBytes}, after the sound, the file goes on as {what}.", ExportAgain);

    public static Finding BytesAfterEnd(string place, long offsetBytes, long countBytes) => Finding.Warn(
        "BYTES_AFTER_END", place, $"{countBytes} bytes",
        $"After its end at byte {offsetBytes} the file has {countBytes} more bytes that no player reads.", ExportAgain);

    public static Finding ChunksAfterData(string place, string names) => Finding.Warn(
        "CHUNKS_AFTER_DATA", place, names,
        "Chunks follow the sound data. Some stores accept nothing there; they are dropped from what we deliver.",
        "Export without metadata chunks after the sound.");

    public static Finding StructureBroken(string place, string why) => Finding.Block(
        "STRUCTURE_BROKEN", place, null, $"The file's structure is broken: {why}.", ExportAgain);

    public static Finding HeaderImpossible(string place, string value, string why) => Finding.Block(
        "HEADER_IMPOSSIBLE", place, value, $"The header cannot be true: {why}.", ExportAgain);

    public static Finding SizesUnset(string place) => Finding.Block(
        "SIZES_UNSET", place, null,
        "The size fields were never filled in (a streamed or interrupted recording): nobody can tell whether the end is missing.",
        "Open and save the file in an editor, or export it again.");

    public static Finding NotPcm(string place, int formatTag) => Finding.Block(
        "WAV_NOT_PCM", place, $"0x{formatTag:X4}",
        $"The WAV file holds format 0x{formatTag:X4} and not PCM: stores take only PCM in WAV.", "Export as PCM, 16 or 24 bits.");

    public static Finding Extensible(string place) => Finding.Warn(
        "WAV_EXTENSIBLE", place, "0xFFFE",
        "The WAV header is WAVE_FORMAT_EXTENSIBLE, which some stores refuse; what we deliver is rewritten without loss.",
        "Nothing to do; to avoid the rewrite, export as plain PCM WAV.");

    public static Finding FloatSamples(string place) => Finding.Warn(
        "FLOAT_SAMPLES", place, null, "The samples are floating point; stores take 16 or 24 bit integers.", "Export with 24 bits.");

    public static Finding FlacMd5Unset(string place) => Finding.Warn(
        "FLAC_MD5_UNSET", place, null,
        "The FLAC file carries no MD5 of its sound: damage from before it reached us cannot be noticed.",
        "Encode with the reference encoder, which writes it.");

    public static Finding Id3BeforeFlac(string place) => Finding.Warn(
        "ID3_BEFORE_FLAC", place, null, "An ID3 tag stands before the FLAC stream, where RFC 9639 has none.", "Remove the ID3 tag.");
}
