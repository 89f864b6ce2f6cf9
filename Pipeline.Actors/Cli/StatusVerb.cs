using System.CommandLine;
using Pipeline.Actors.Hosting;

namespace Pipeline.Actors.Cli;

/// <summary><c>mp status [ID]</c>: anything by any id, or everything that there is.</summary>
public static class StatusVerb
{
    public static Command Command()
    {
        var id = new Argument<string?>("id") { Arity = ArgumentArity.ZeroOrOne, Description = "Release, delivery, recording or case id, ISRC, barcode, message id, or a SHA-256" };
        var where = new Where();
        var command = new Command("status", """
            How things stand: anything of yours by any id, or all of it.

            Examples:
              mp status --data ./data
              mp status QZMP12600001 --data ./data --json
            """)
        { id };
        where.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var node = await where.ConnectAsync(parsed, cancel);
            var json = parsed.GetValue(where.Json);
            return parsed.GetValue(id) is { } text
                ? await OneAsync(node, text, json, cancel)
                : await AllAsync(node, json, cancel);
        });
        return command;
    }

    private static async Task<int> OneAsync(NodeConnection node, string id, bool json, CancellationToken cancel)
    {
        if (id.StartsWith("upload-", StringComparison.Ordinal)
            && await node.GetAsync($"api/v1/uploads/{Uri.EscapeDataString(id)}", AnswerJson.Default.UploadAnswer, cancel) is { } upload)
        {
            if (json)
            {
                Printer.Json(upload, AnswerJson.Default.UploadAnswer);
            }
            else
            {
                Printer.Upload(upload);
            }
            return ExitCode.Yes;
        }
        var found = await node.GetAsync($"api/v1/find?q={Uri.EscapeDataString(id)}", AnswerJson.Default.IReadOnlyListFoundAnswer, cancel) ?? [];
        if (found.Count == 0)
        {
            await Console.Error.WriteLineAsync($"mp: nothing of yours is known by '{Printer.Clean(id)}'");
            return ExitCode.No;
        }
        foreach (var one in found.Where(f => f.Release is not null))
        {
            if (json)
            {
                Printer.Json(one.Release!, AnswerJson.Default.ReleaseAnswer);
            }
            else
            {
                Printer.Release(one.Release!);
            }
        }
        return ExitCode.Yes;
    }

    private static async Task<int> AllAsync(NodeConnection node, bool json, CancellationToken cancel)
    {
        var releases = await node.GetAsync("api/v1/releases", AnswerJson.Default.IReadOnlyListReleaseAnswer, cancel) ?? [];
        var log = await node.GetAsync("api/v1/log", AnswerJson.Default.LogAnswer, cancel);
        foreach (var release in releases)
        {
            if (json)
            {
                Printer.Json(release, AnswerJson.Default.ReleaseAnswer);
            }
            else
            {
                Printer.Release(release);
            }
        }
        var uploads = await node.GetAsync("api/v1/uploads", AnswerJson.Default.IReadOnlyListUploadAnswer, cancel) ?? [];
        foreach (var upload in uploads)
        {
            if (json)
            {
                Printer.Json(upload, AnswerJson.Default.UploadAnswer);
            }
            else
            {
                Printer.Upload(upload);
            }
        }
        if (log is not null && json)
        {
            Printer.Json(log, AnswerJson.Default.LogAnswer);
        }
        else if (log is not null)
        {
            Console.Out.WriteLine($"{releases.Count} releases; log {log.Origin}: {log.Size} entries, {log.PublishedSize} published, root {log.Root[..16]}…");
            if (log.Halted is not null)
            {
                Console.Out.WriteLine($"    HALTED: {log.Halted}");
            }
            if (log.Restored is not null)
            {
                Console.Out.WriteLine($"    {log.Restored}");
            }
        }
        return log?.Halted is null ? ExitCode.Yes : ExitCode.No;
    }
}
