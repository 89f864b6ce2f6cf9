using System.CommandLine;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Cli;

/// <summary><c>mp resolve ID</c>: answers a quarantine by trying the stage again, with a reason that is kept.</summary>
public static class ResolveVerb
{
    public static Command Command()
    {
        var id = new Argument<string>("id") { Description = "Release id" };
        var note = new Option<string>("--note") { Required = true, HelpName = "TEXT", Description = "Why; kept with the fact" };
        var where = new Where();
        var command = new Command("resolve", """
            Answers a quarantine whose cause was not in the files: the stage is tried again.

            Example:
              mp resolve release-local-… --note "case decided by A.B." --data ./data
            """)
        { id, note };
        where.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (!EntityId.TryParse(parsed.GetValue(id), out var release) || release.Kind != "release")
            {
                await Console.Error.WriteLineAsync("mp: not the id of a release (release-TENANT-…)");
                return ExitCode.Usage;
            }
            await using var node = await where.ConnectAsync(parsed, cancel, runsStages: true);
            var answer = await NodeApi.SendAsync(
                node, () => new HttpRequestMessage(HttpMethod.Post, $"api/v1/releases/{release.Text}/resolve?note={Uri.EscapeDataString(parsed.GetValue(note)!)}"),
                AnswerJson.Default.ReleaseAnswer, TimeSpan.FromMinutes(2), cancel);
            if (answer is null)
            {
                await Console.Error.WriteLineAsync("mp: no such release of yours");
                return ExitCode.No;
            }
            if (parsed.GetValue(where.Json))
            {
                Printer.Json(answer, AnswerJson.Default.ReleaseAnswer);
            }
            else
            {
                Printer.Release(answer);
            }
            return answer.State == "archived" ? ExitCode.Yes : ExitCode.No;
        });
        return command;
    }
}
