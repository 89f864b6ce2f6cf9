using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;

namespace Pipeline.Ingest.Stages;

/// <summary>What the checksum stage can find. One function a rule; the rules stand in <see cref="Rules"/>. Source: music-rights rules on files and hashes, DDEX ERN 4.3.</summary>
public static class ChecksumRules
{
    public static Finding FileNotNamed(UnvalidatedTrack track) => Rules.FileNotNamed.Broken(
        track.Place, track.Reference,
        $"Track {track.Number} names no audio file: there is nothing to archive or to pay for.",
        "Name the file of this track in the message and send it along.");

    public static Finding PathOutside(Stated path, string why) => Rules.PathOutside.Broken(
        path.Place, path.Value,
        $"The path must stay inside the release folder, but {why}.",
        "State a relative path below the folder of the message, with / between folders.");

    public static Finding FileMissing(Stated path) => Rules.FileMissing.Broken(
        path.Place, path.Value,
        "The message names this file and the delivery does not hold it. Names are compared exactly, with their case.",
        "Send the release again with this file, or correct the path in the message.");

    public static Finding FileUnlisted(DeliveredFile file) => Rules.FileUnlisted.Broken(
        file.Path, file.Path,
        "The delivery holds this file and the message does not name it: it is kept as evidence and used for nothing.",
        "Name it in the message if it belongs to the release; otherwise leave it out.");

    public static Finding HashMissing(UnvalidatedFile file) => Rules.HashMissing.Broken(
        file.Path.Place, file.Path.Value,
        "The message declares no hash we can verify for this file: damage before it reached us cannot be noticed.",
        "Declare a SHA-256 (or at least an MD5) of the file.");

    public static Finding HashUnverifiable(UnvalidatedHash hash, string why) => Rules.HashUnverifiable.Broken(
        hash.Algorithm.Place, hash.Algorithm.Value,
        $"The declared hash was not compared: {why}.",
        "Declare a SHA-256 or an MD5 of the file.");

    public static Finding HashMalformed(UnvalidatedHash hash, string why) => Rules.HashMalformed.Broken(
        hash.Value.Place, hash.Value.Value,
        $"This cannot be a {hash.Algorithm.Value} value: {why}.",
        "Compute the hash again and send the message with the corrected value.");

    public static Finding HashMismatch(UnvalidatedHash hash, string path, string declared, string found) => Rules.HashMismatch.Broken(
        hash.Value.Place, hash.Value.Value,
        $"{hash.Algorithm.Value} of {path} is {found}, declared is {declared}: what arrived is not what was sent.",
        "Send message and file again; if it repeats, compute the hash of your master again.");
}
