using System.CommandLine;
using System.Net;
using System.Text;
using Pipeline.Actors.Web.Witness;
using Pipeline.Actors.Witness;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Cli;

/// <summary>
/// <c>mp log witness</c>: a witness for others' logs. Needs no node, no database server and no part of the log: meant to run
/// where the operators of the log have no say.
/// </summary>
public static class WitnessVerb
{
    public static Command Command()
    {
        var data = new Option<string>("--data") { Required = true, HelpName = "DIR", Description = "What it saw, and evidence; made when missing" };
        var keys = new Option<string?>("--keys") { HelpName = "DIR", Description = "Where its key lies; beside --data otherwise" };
        var name = new Option<string?>("--name") { HelpName = "NAME", Description = "Of a new key, e.g. witness.example.org/1; drawn otherwise" };
        var logs = new Option<string[]>("--log-vkey") { Required = true, HelpName = "FILE", Description = "Verifier key of a log to cosign, or several of its origin one a line; repeatable" };
        var listen = new Option<string?>("--listen") { HelpName = "ADDRESS:PORT", Description = "Serve there until told to stop" };
        var printVkey = new Option<bool>("--print-vkey") { Description = "Print the witness's own verifier key first, one line" };
        var printPolicy = new Option<bool>("--print-policy") { Description = "Print a policy that trusts these logs and requires this witness" };
        var command = new Command("witness", """
            Cosigns checkpoints of other people's logs, and never two histories of one (C2SP tlog-witness).

            Examples:
              mp log witness --data ./witness --log-vkey label.vkey --listen 127.0.0.1:5090 --print-vkey
              mp log witness --data ./witness --log-vkey label.vkey --listen 10.0.0.7:5090 --print-policy > policy
            """)
        {
            data, keys, name, logs, listen, printVkey, printPolicy,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetValue(data)!));
            var known = parsed.GetValue(logs)!.SelectMany(NoteFiles.ReadKeys).DistinctBy(k => k.Vkey, StringComparer.Ordinal).ToList();
            IPEndPoint? address = null;
            if (parsed.GetValue(listen) is { } text && (!IPEndPoint.TryParse(text, out address) || address.Port == 0))
            {
                await Console.Error.WriteLineAsync($"mp: '{text}' is no ADDRESS:PORT");
                return ExitCode.Usage;
            }
            var disk = new PosixDisk();
            DurableFile.EnsureDirectory(disk, folder);
            // Two of one store would each cosign what the other does not know of.
            using var only = disk.TryLock(Path.Combine(folder, "lock")) ?? throw new IOException($"another witness runs on {folder}");
            using var book = WitnessBook.Open(
                disk, folder, known, WitnessKey.OpenOrMake(disk, Path.GetFullPath(parsed.GetValue(keys) ?? folder + ".keys"), parsed.GetValue(name)), TimeProvider.System);
            if (parsed.GetValue(printVkey))
            {
                Console.Out.WriteLine(book.Key.Vkey);
            }
            if (parsed.GetValue(printPolicy))
            {
                Console.Out.Write(Policy(book.Key, known, address));
            }
            await Console.Out.FlushAsync(cancel);
            if (address is null)
            {
                return ExitCode.Yes;
            }
            await using var server = await WitnessServer.StartAsync(book, address, cancel);
            await Console.Error.WriteLineAsync($"mp witness: {book.Key.Name} serves {string.Join(", ", known.Select(k => k.Name).Distinct(StringComparer.Ordinal))} at http://{address}");
            await server.WaitForShutdownAsync(cancel);
            return ExitCode.Yes;
        });
        return command;
    }

    private static string Policy(NoteVerifierKey own, IReadOnlyList<NoteVerifierKey> logs, IPEndPoint? address)
    {
        var policy = new StringBuilder();
        foreach (var log in logs)
        {
            policy.Append("log ").Append(log.Vkey).Append('\n');
        }
        policy.Append("witness w1 ").Append(own.Vkey);
        if (address is not null)
        {
            policy.Append(" http://").Append(address);
        }
        return policy.Append("\nquorum w1\n").ToString();
    }
}
