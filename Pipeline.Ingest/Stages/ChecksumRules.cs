using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Ingest.Stages;

/// <summary>What the checksum stage can find. One function a rule; ids are for ever. Source: music-rights rules on files and hashes, DDEX ERN 4.3.</summary>
public static class ChecksumRules
{
    public static Finding FileNotNamed(UnvalidatedTrack track) => Finding.Block(
        "FILE_NOT_NAMED", track.Place, track.Reference,
        $"Track {track.Number} names no audio file: there is nothing to archive or to pay for.",
        "Name the file of this track in the message and send it along.");

    public static Finding PathOutside(Stated path, string why) => Finding.Reject(
        "PATH_OUTSIDE", path.Place, path.Value,
        $"The path must stay inside the release folder, but {why}.",
        "State a relative path below the folder of the message, with / between folders.");

    public static Finding FileMissing(Stated path) => Finding.Block(
        "FILE_MISSING", path.Place, path.Value,
        "The message names this file and the delivery does not hold it. Names are compared exactly, with their case.",
        "Send the release again with this file, or correct the path in the message.");

    public static Finding FileUnlisted(DeliveredFile file) => Finding.Warn(
        "FILE_UNLISTED", file.Path, file.Path,
        "The delivery holds this file and the message does not name it: it is kept as evidence and used for nothing.",
        "Name it in the message if it belongs to the release; otherwise leave it out.");

    public static Finding HashMissing(UnvalidatedFile file) => Finding.Warn(
        "HASH_MISSING", file.Path.Place, file.Path.Value,
        "The message declares no hash we can verify for this file: damage before it reached us cannot be noticed.",
        "Declare a SHA-256 (or at least an MD5) of the file.");

    public static Finding HashUnverifiable(UnvalidatedHash hash, string why) => Finding.Warn(
        "HASH_UNVERIFIABLE", hash.Algorithm.Place, hash.Algorithm.Value,
        $"The declared hash was not compared: {why}.",
        "Declare a SHA-256 or an MD5 of the file.");

    public static Finding HashMalformed(UnvalidatedHash hash, string why) => Finding.Block(
        "HASH_MALFORMED", hash.Value.Place, hash.Value.Value,
        $"This cannot be a {hash.Algorithm.Value} value: {why}.",
        "Compute the hash again and send the message with the corrected value.");

    public static Finding HashMismatch(UnvalidatedHash hash, string path, string declared, string found) => Finding.Block(
        "HASH_MISMATCH", hash.Value.Place, hash.Value.Value,
        $"{hash.Algorithm.Value} of {path} is {found}, declared is {declared}: what arrived is not what was sent.",
        "Send message and file again; if it repeats, compute the hash of your master again.");
}
