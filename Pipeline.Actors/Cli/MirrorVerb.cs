using System.CommandLine;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Cli;

/// <summary><c>mp log mirror</c>: keeps somebody else's log, checked file by file. Needs no node of one's own.</summary>
public static class MirrorVerb
{
    public static Command Command()
    {
        var url = new Argument<string>("url") { Description = "The log's address, e.g. https://label.example/log" };
        var directory = new Argument<string>("dir") { Description = "Where the mirror is; made when missing" };
        var vkey = new Option<string?>("--vkey") { HelpName = "FILE", Description = "The log's verifier key, from a source you trust; a mirror keeps the key it began with, and follows a change when given both, one a line" };
        var key = new Option<string?>("--key") { HelpName = "KEY", Description = "An auditor's key (or MP_KEY); without one the hashes alone are mirrored" };
        var command = new Command("mirror", """
            Copies a log, believing nothing of it, and goes on where it stopped. Exit 1 when the log does not continue what was
            mirrored before; both notes are then kept as evidence.

            Example:
              mp log mirror https://label.example/log ./mirror --vkey label.vkey --key KEY
              mp log fsck ./mirror
            """)
        { url, directory, vkey, key };
        command.SetAction(async (parsed, cancel) =>
        {
            var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetValue(directory)!));
            using var log = new RemoteLog(parsed.GetValue(url)!, RemoteLog.KeyOf(parsed.GetValue(key)));
            switch (await log.MirrorAsync(target, await KeysAsync(log, target, parsed.GetValue(vkey), cancel), cancel))
            {
                case MirrorResult.Mirrored(var checkpoint, var from, var files):
                    Console.Out.WriteLine($"mirrored: {checkpoint.Origin}, {checkpoint.Size} entries, {checkpoint.Size - from} of them new, {files} files came"
                        + (log.HasKey ? "" : "; hashes only, entries need an auditor's key"));
                    return ExitCode.Yes;
                case MirrorResult.NotContinued(var why, var evidence):
                    Console.Out.WriteLine(Printer.Clean($"NOT continued: {why}. Evidence: {evidence}. Keep it, and ask the log's operator."));
                    return ExitCode.No;
                case MirrorResult.Damaged(var why):
                    Console.Out.WriteLine(Printer.Clean($"NOT mirrored: {why}. The mirror stays as it was."));
                    return ExitCode.No;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        });
        return command;
    }

    /// <summary>The key given, or the one the mirror began with; a first mirror without a key takes the log's word, and says so.</summary>
    private static async Task<IReadOnlyList<NoteVerifierKey>> KeysAsync(RemoteLog log, string target, string? file, CancellationToken cancel)
    {
        var kept = Path.Combine(target, LogLayout.Vkey);
        var pinned = File.Exists(kept) ? NoteFiles.ReadKeys(kept) : null;
        if (file is not null)
        {
            var given = NoteFiles.ReadKeys(file);
            return pinned is null || given.Any(g => g.Vkey == pinned[0].Vkey)
                ? given
                : throw new InvalidDataException($"{target} mirrors {pinned[0].Name} under another key than that of {file}. To follow a change of key, give a file with both, one a line");
        }
        if (pinned is null)
        {
            await Console.Error.WriteLineAsync("mp: the log's key is taken from the log itself; compare DIR/vkey with one from a source you trust.");
        }
        return pinned ?? await log.OwnKeysAsync(cancel);
    }
}
