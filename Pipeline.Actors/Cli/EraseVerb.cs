using System.CommandLine;
using Pipeline.Actors.Erasure;
using Pipeline.Audit.Facts;

namespace Pipeline.Actors.Cli;

/// <summary><c>mp erase ID</c>: destroys what lies behind the commitments of a thing that has its fate.</summary>
public static class EraseVerb
{
    public static Command Command()
    {
        var id = new Argument<string>("id") { Description = "Release, delivery or upload" };
        var reason = new Option<string>("--reason") { Required = true, HelpName = "WORD", Description = $"{string.Join(", ", ErasureReason.All)}: stands in the log for ever" };
        reason.AcceptOnlyFromAmong([.. ErasureReason.All]);
        var commit = new Option<bool>("--commit") { Description = "Destroy; without it nothing is changed" };
        var where = new Where();
        var command = new Command("erase", """
            Destroys names, titles and other private parts of a thing, with their salts: in the journal, in lists and search. The
            log stays as it is and has two entries more, which say that it was done and why. This cannot be undone. Only the
            machine's administrator may. See ops/docs/runbooks/erase-personal-data.md.

            Examples:
              mp erase release-local-… --reason request --data ./data             # what would go, what is kept
              mp erase release-local-… --reason request --data ./data --commit
            """)
        { id, reason, commit };
        where.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var path = $"api/v1/erasures?id={Uri.EscapeDataString(parsed.GetValue(id)!)}&reason={parsed.GetValue(reason)}{(parsed.GetValue(commit) ? "&commit=true" : "")}";
            await using var node = await where.ConnectAsync(parsed, cancel);
            return await node.ShowAsync(
                () => new HttpRequestMessage(HttpMethod.Post, path), ErasureJson.Default.ErasureAnswer, TimeSpan.FromMinutes(3),
                "the log knows nothing of this id", parsed.GetValue(where.Json), Print, cancel);
        });
        return command;
    }

    private static void Print(ErasureAnswer answer)
    {
        foreach (var entry in answer.Entries)
        {
            Console.Out.WriteLine($"{entry.Fate,-7} entry {entry.Index}  {entry.Fact}{(entry.Why is { } why ? $"  ({why})" : "")}");
        }
        foreach (var stays in answer.Stays)
        {
            Console.Out.WriteLine($"stays   {stays}");
        }
        var going = answer.Entries.Count(e => e.Fate == "erase");
        Console.Out.WriteLine(
            answer.Committed ? $"{answer.Destroyed} private parts are destroyed"
            : going == 0 ? "nothing is left to erase"
            : $"preview: {going} private parts would be destroyed, nothing was changed; do it with --commit");
    }
}
