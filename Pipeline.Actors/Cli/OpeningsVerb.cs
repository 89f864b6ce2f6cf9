using System.CommandLine;
using System.Text;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Evidence;

namespace Pipeline.Actors.Cli;

/// <summary><c>mp log openings</c>: what lies behind the commitments of one's own entries, for an auditor of one's choice.</summary>
public static class OpeningsVerb
{
    public static Command Command()
    {
        var output = new Option<string>("-o", "--output") { Required = true, HelpName = "FILE", Description = "Where they are written, one JSON object a line; readable by you alone" };
        var from = new Option<long>("--from") { HelpName = "N", Description = "Only entries of this index and later" };
        var where = new Where();
        var command = new Command("openings", """
            Writes the private parts of your own entries with their salts. Whoever holds them can check the leaves; whoever does
            not, learns nothing. For label staff.

            Example:
              mp log openings --data ./data -o openings
              mp log fsck ./data/log --domain --openings openings
            """)
        { output, from };
        where.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var node = await where.ConnectAsync(parsed, cancel);
            var (count, next) = (0L, (long?)parsed.GetValue(from));
            await using var file = new FileStream(parsed.GetValue(output)!, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            await using var text = new StreamWriter(file, new UTF8Encoding(false)) { NewLine = "\n" };
            while (next is { } at)
            {
                var answer = await node.GetAsync($"api/v1/openings?from={at}", AnswerJson.Default.OpeningsAnswer, cancel)
                    ?? throw new CannotReachException("The node does not know openings: it is of an older release.");
                foreach (var opening in answer.Openings)
                {
                    await text.WriteLineAsync(Openings.Format(opening));
                }
                (count, next) = (count + answer.Openings.Count, answer.Next);
            }
            await Console.Error.WriteLineAsync($"mp: {count} openings; they name people, keep them as you keep your contracts");
            return ExitCode.Yes;
        });
        return command;
    }
}
