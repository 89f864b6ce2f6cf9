using System.CommandLine;
using System.Text;
using System.Text.Json.Serialization;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Cli;

/// <summary>What offline checks print with <c>--json</c>.</summary>
public sealed record ProofLine(bool Proven, long Index, string Origin, long Size, string Why, IReadOnlyList<string> Witnesses);

public sealed record FileLine(string File, string Text);

public sealed record ConsistencyLine(bool Consistent, string Says);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProofLine))]
[JsonSerializable(typeof(FileLine))]
[JsonSerializable(typeof(ConsistencyLine))]
public sealed partial class LogLineJson : JsonSerializerContext;

/// <summary><c>mp log …</c>: the log and its proofs. All but <c>prove</c> work on files alone, without a node or a network.</summary>
public static class LogVerb
{
    /// <summary>Largest entry file read: what a bundle can carry.</summary>
    private const int MaxEntryBytes = 65_535;

    public static Command Command() => new("log", "The append-only log: checkpoint, proofs, and checks that need nobody's word.")
    {
        Checkpoint(), Vkey(), Prove(), VerifyProof(), Consistency(), FsckVerb.Command(), OpeningsVerb.Command(), WitnessVerb.Command(), MirrorVerb.Command(), RotateKeyVerb.Command(),
    };

    private static Option<bool> Json() => new("--json") { Description = "One JSON object a line on stdout" };

    private static Command Checkpoint() => FileOfTheLog(
        "checkpoint", "Prints the published checkpoint verbatim, a signed note.", LogLayout.Checkpoint);

    private static Command Vkey() => FileOfTheLog("vkey", "Prints the log's verifier key, one line.", LogLayout.Vkey);

    private static Command FileOfTheLog(string name, string says, string file)
    {
        var data = new Option<string?>("--data") { HelpName = "DIR", Description = "Data directory" };
        var log = new Option<string?>("--log") { HelpName = "DIR", Description = "Log directory, where it is not inside --data" };
        var json = Json();
        var command = new Command(name, $"{says}\n\nExample:\n  mp log {name} --data ./data") { data, log, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(data) is null == result.GetValue(log) is null)
            {
                result.AddError("give --data DIR or --log DIR");
            }
        });
        command.SetAction(parsed =>
        {
            var path = Path.Combine(parsed.GetValue(log) ?? Path.Combine(parsed.GetValue(data)!, "log"), file);
            var bytes = ReadBounded(path, SignedNote.MaxNoteBytes);
            if (parsed.GetValue(json))
            {
                Printer.Json(new FileLine(file, Encoding.UTF8.GetString(bytes)), LogLineJson.Default.FileLine);
                return ExitCode.Yes;
            }
            using var stdout = Console.OpenStandardOutput();
            stdout.Write(bytes);
            return ExitCode.Yes;
        });
        return command;
    }

    private static Command Prove()
    {
        var release = new Option<string?>("--release") { HelpName = "ID", Description = "The release's (or delivery's, recording's) latest fact" };
        var upload = new Option<string?>("--upload") { HelpName = "ID", Description = "The receipt of an upload of yours" };
        var payout = new Option<string?>("--payout") { HelpName = "ID", Description = "A payout's latest fact" };
        var hash = new Option<string?>("--hash") { HelpName = "SHA-256", Description = "The receipt or edition of a file of yours by its bytes, or an entry by its leaf hash" };
        var index = new Option<long?>("--index") { HelpName = "N", Description = "The entry of this index (auditors)" };
        var output = new Option<string>("-o", "--output") { Required = true, HelpName = "DIR", Description = "Where entry and proof.tlog-proof are written" };
        var where = new Where();
        var command = new Command("prove", """
            Writes an entry of the log and the proof that it is in it: entry, proof.tlog-proof, and for its owner the
            private part as opening.json with its salt.

            Example:
              mp log prove --release release-local-… --data ./data -o ./proof
            """)
        { release, upload, payout, hash, index, output };
        where.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string?[] asked = [parsed.GetValue(release), parsed.GetValue(upload), parsed.GetValue(payout), parsed.GetValue(hash), parsed.GetValue(index)?.ToString(System.Globalization.CultureInfo.InvariantCulture)];
            if (asked.Count(a => a is not null) != 1)
            {
                await Console.Error.WriteLineAsync("mp: give one of --release ID, --upload ID, --payout ID, --hash SHA-256 and --index N");
                return ExitCode.Usage;
            }
            await using var node = await where.ConnectAsync(parsed, cancel);
            var found = parsed.GetValue(upload) is { } own
                ? (await node.GetAsync($"api/v1/uploads/{Uri.EscapeDataString(own)}/receipt", AnswerJson.Default.ReceiptAnswer, cancel))?.Proof
                : await node.GetAsync(
                    (parsed.GetValue(release) ?? parsed.GetValue(payout)) is { } id ? $"api/v1/proofs/{Uri.EscapeDataString(id)}"
                        : parsed.GetValue(hash) is { } digest ? $"api/v1/proofs/hash/{Uri.EscapeDataString(digest)}"
                        : $"api/v1/log/entries/{parsed.GetValue(index)}",
                    AnswerJson.Default.ProofAnswer, cancel);
            if (found is not { } proof)
            {
                await Console.Error.WriteLineAsync("mp: nothing of it is published (or it is not yours)");
                return ExitCode.No;
            }
            var folder = Directory.CreateDirectory(parsed.GetValue(output)!).FullName;
            await File.WriteAllBytesAsync(Path.Combine(folder, "entry"), Convert.FromBase64String(proof.Entry), cancel);
            await File.WriteAllTextAsync(Path.Combine(folder, "proof.tlog-proof"), proof.Proof, new UTF8Encoding(false), cancel);
            if (proof is { Opening: { } opening, Salt: { } salt })
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "opening.json"), opening, new UTF8Encoding(false), cancel);
                await File.WriteAllTextAsync(Path.Combine(folder, "opening.salt"), salt, cancel);
            }
            if (parsed.GetValue(where.Json))
            {
                Printer.Json(proof, AnswerJson.Default.ProofAnswer);
            }
            else
            {
                Console.Out.WriteLine($"entry {proof.Index}: {Path.Combine(folder, "entry")} and proof.tlog-proof");
            }
            return ExitCode.Yes;
        });
        return command;
    }

    private static Command VerifyProof()
    {
        var file = new Argument<string>("proof") { Description = "A .tlog-proof file" };
        var entry = new Option<string>("--entry") { Required = true, HelpName = "FILE", Description = "The entry's bytes" };
        var vkey = new Option<string?>("--vkey") { HelpName = "FILE", Description = "The log's verifier key, from a source you trust; several of its origin one a line" };
        var policy = new Option<string?>("--policy") { HelpName = "FILE", Description = "Whom you trust (C2SP tlog-policy): the log's key, and witnesses that must have cosigned" };
        var json = Json();
        var command = new Command("verify-proof", """
            Is this entry in the log? Offline: needs the proof, the entry and the log's key, and nobody's word.

            Example:
              mp log verify-proof proof/proof.tlog-proof --entry proof/entry --vkey ./data/log/vkey
              mp log verify-proof proof/proof.tlog-proof --entry proof/entry --policy policy
            """)
        { file, entry, vkey, policy, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(vkey) is null == result.GetValue(policy) is null)
            {
                result.AddError("give --vkey FILE or --policy FILE");
            }
        });
        command.SetAction(parsed =>
        {
            var trusted = parsed.GetValue(policy) is { } given ? NoteFiles.ReadPolicy(given) : null;
            var keys = parsed.GetValue(vkey) is { } own ? NoteFiles.ReadKeys(own) : null;
            var proofBytes = ReadBounded(parsed.GetValue(file)!, TLogProof.MaxFileBytes);
            var entryBytes = ReadBounded(parsed.GetValue(entry)!, MaxEntryBytes);
            if (!TLogProof.TryParse(proofBytes, out var proof, out var problem))
            {
                return Answer(new ProofLine(false, -1, "", 0, $"not a proof: {problem}", []));
            }
            return Answer((keys is null ? proof.Verify(entryBytes, trusted!) : proof.Verify(entryBytes, keys)) switch
            {
                ProofVerdict.Proven(var at) proven => new ProofLine(true, proof.Index, at.Origin, at.Size, "", proven.Witnesses),
                ProofVerdict.NotProven(var why) => new ProofLine(false, proof.Index, keys?[0].Name ?? "", 0, why, []),
                _ => throw new System.Diagnostics.UnreachableException(),
            });

            int Answer(ProofLine line)
            {
                if (parsed.GetValue(json))
                {
                    Printer.Json(line, LogLineJson.Default.ProofLine);
                }
                else
                {
                    Console.Out.WriteLine(line.Proven
                        ? $"proven: entry {line.Index} of {line.Origin}, under its checkpoint of {line.Size} entries ({Under(line.Witnesses, trusted)})"
                        : $"NOT proven: {line.Why}");
                }
                return line.Proven ? ExitCode.Yes : ExitCode.No;
            }
        });
        return command;
    }

    private static string Under(IReadOnlyList<string> witnesses, TrustPolicy? policy) =>
        policy is null ? "signed by its key; no witness asked"
        : policy.NeedsNobody ? "signed by its key; the policy needs no witness"
        : $"signed by its key, cosigned by {string.Join(", ", witnesses.Select(Printer.Clean))}";

    private static Command Consistency()
    {
        var old = new Argument<string>("old") { Description = "A checkpoint kept from earlier" };
        var log = new Argument<string>("new") { Description = "The log directory as it is now" };
        var vkey = new Option<string?>("--vkey") { HelpName = "FILE", Description = "The log's key, or several of its origin one a line; the directory's own otherwise" };
        var json = Json();
        var command = new Command("consistency", """
            Is the log of the old checkpoint a prefix of the log as it is now? Offline.

            Example:
              mp log consistency checkpoint.of.may ./data/log
            """)
        { old, log, vkey, json };
        command.SetAction(parsed =>
        {
            var directory = new LogDirectory(Path.GetFullPath(parsed.GetValue(log)!));
            var keys = parsed.GetValue(vkey) is { } own ? NoteFiles.ReadKeys(own) : NoteFiles.ReadKeysOf(parsed.GetValue(log)!);
            var oldNote = ReadBounded(parsed.GetValue(old)!, SignedNote.MaxNoteBytes);
            if (!Audit.Log.Checkpoint.TryOpen(oldNote, keys, out var earlier, out _, out var problem))
            {
                return Answer(false, $"NOT consistent: {parsed.GetValue(old)}: {problem}");
            }
            try
            {
                var prover = LogProver.Open(directory, keys);
                var now = prover.Checkpoint;
                var holds = now.Origin == earlier.Origin && earlier.Size <= now.Size
                    && (earlier.Size == 0 || Proofs.VerifyConsistency(
                        earlier.Size, now.Size, earlier.Root, now.Root, prover.ProveConsistency(earlier.Size)));
                return Answer(holds, holds
                    ? $"consistent: the log of {earlier.Size} entries is a prefix of the log of {now.Size}"
                    : $"NOT consistent: {earlier.Origin} with {earlier.Size} entries is no prefix of {now.Origin} with {now.Size}. Keep both files: they are evidence.");
            }
            catch (LogDamagedException e)
            {
                return Answer(false, $"NOT consistent: {e.Message}");
            }

            int Answer(bool consistent, string says)
            {
                if (parsed.GetValue(json))
                {
                    Printer.Json(new ConsistencyLine(consistent, says), LogLineJson.Default.ConsistencyLine);
                }
                else
                {
                    Console.Out.WriteLine(Printer.Clean(says));
                }
                return consistent ? ExitCode.Yes : ExitCode.No;
            }
        });
        return command;
    }

    private static byte[] ReadBounded(string path, int maxBytes) => NoteFiles.ReadBounded(path, maxBytes);
}
