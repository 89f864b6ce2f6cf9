using System.CommandLine;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Patrol;

namespace Pipeline.Actors.Cli;

/// <summary><c>mp vault status|scrub|repair</c>: how the copies stand, whether they are still right, and mending them.</summary>
public static class VaultVerb
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Between looks at an order's progress.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>A patrol that moved to another node is given the order again, so often.</summary>
    private const int MaxOrders = 5;

    public static Command Command() => new("vault", "The vault: its stores, its copies, whether they are right.")
    {
        Verb("status", """
            How the vault stands: stores, copies, the age of the oldest check, what is damaged. Reads no bytes.
            Exit 1 when a copy is bad or an object has fewer proven copies than wanted.

            Example:
              mp vault status --data ./data
            """, null),
        Verb("scrub", """
            Reads every copy in full, now, and names what is bad. Changes nothing. Exit 1 after damage.

            Example:
              mp vault scrub --data ./data --limit 50
            """, PatrolOrder.Scrub),
        Verb("repair", """
            Mends what is known to be bad, each copy from one that is first read in full. What is bad is kept in quarantine.
            Exit 1 when something cannot be mended. Run 'mp vault scrub' first to know what is bad.

            Example:
              mp vault repair --data ./data
            """, PatrolOrder.Repair),
    };

    private static Command Verb(string name, string description, PatrolOrder? order)
    {
        var limit = new Option<int?>("--limit") { HelpName = "MB/s", Description = "Read no faster than this many megabytes a second" };
        var where = new Where();
        var command = new Command(name, description);
        if (order is not null)
        {
            command.Options.Add(limit);
        }
        where.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var node = await where.ConnectAsync(parsed, cancel);
            var json = parsed.GetValue(where.Json);
            try
            {
                if (order is { } ordered)
                {
                    await CarryOutAsync(node, ordered, parsed.GetValue(limit), json, cancel);
                }
                return await ReportAsync(node, order, json, cancel);
            }
            catch (NodeRefusedException e)
            {
                await Console.Error.WriteLineAsync($"mp: {e.Message}");
                return ExitCode.Usage;
            }
        });
        return command;
    }

    private static async Task CarryOutAsync(NodeConnection node, PatrolOrder order, int? limit, bool json, CancellationToken cancel)
    {
        var word = order.ToString().ToLowerInvariant();
        var draws = !json && !Console.IsErrorRedirected;
        for (var orders = 1; orders <= MaxOrders; orders++)
        {
            var given = await NodeApi.SendAsync(
                node, () => new HttpRequestMessage(HttpMethod.Post, $"api/v1/vault/{word}{(limit is { } l ? $"?limit={l}" : "")}"),
                AnswerJson.Default.VaultRunAnswer, RequestTimeout, cancel);
            var run = given;
            while (run is { Running: true } && run.Patrol == given!.Patrol && run.Run == given.Run)
            {
                if (draws)
                {
                    await Console.Error.WriteAsync($"\r\u001b[K{run.Order}: {run.CopiesRead} of {run.Copies} copies, {Printer.Size(run.BytesRead)} of {Printer.Size(run.Bytes)}");
                }
                await Task.Delay(Look, cancel);
                run = await node.GetAsync("api/v1/vault/run", AnswerJson.Default.VaultRunAnswer, cancel);
            }
            if (draws)
            {
                await Console.Error.WriteAsync("\r\u001b[K");
            }
            if (run is null || run.Patrol != given!.Patrol || run.Run != given.Run || run.Order != word)
            {
                // The patrol began anew elsewhere, or another order was before ours.
                continue;
            }
            if (run.Problem is { } problem)
            {
                throw new CannotReachException($"The {word} ended before its end: {problem}");
            }
            if (!json)
            {
                Console.Out.WriteLine($"{word}: {run.CopiesRead} copies, {Printer.Size(run.BytesRead)} read");
            }
            return;
        }
        throw new CannotReachException($"The patrol did not take the {word}. Run the same again.");
    }

    private static async Task<int> ReportAsync(NodeConnection node, PatrolOrder? order, bool json, CancellationToken cancel)
    {
        var vault = await node.GetAsync("api/v1/vault", AnswerJson.Default.VaultAnswer, cancel)
            ?? throw new CannotReachException("The node knows nothing of a vault.");
        var bad = await node.GetAsync("api/v1/vault/bad", AnswerJson.Default.IReadOnlyListBadCopyAnswer, cancel) ?? [];
        if (json)
        {
            foreach (var copy in bad)
            {
                Printer.Json(copy, AnswerJson.Default.BadCopyAnswer);
            }
            Printer.Json(vault, AnswerJson.Default.VaultAnswer);
        }
        else
        {
            Print(vault, bad, order);
        }
        return vault.Well ? ExitCode.Yes : ExitCode.No;
    }

    private static void Print(VaultAnswer vault, IReadOnlyList<BadCopyAnswer> bad, PatrolOrder? order)
    {
        foreach (var copy in bad)
        {
            Console.Out.WriteLine($"{copy.Digest}  {copy.State} in {copy.Store}{(copy.Blocks.Count > 0 ? $", blocks {string.Join(", ", copy.Blocks)}" : "")}");
            if (copy.Problem.Length > 0)
            {
                Console.Out.WriteLine($"    {Printer.Clean(copy.Problem)}");
            }
            if (copy.Owners.Count > 0)
            {
                Console.Out.WriteLine($"    of {string.Join(", ", copy.Owners)}");
            }
            Console.Out.WriteLine($"    To do: {copy.Remedy}");
        }
        foreach (var store in vault.Stores)
        {
            Console.Out.WriteLine(
                $"{store.Store,-12} domain {store.Domain}, {store.Access}: {store.Proven} of {store.Copies} copies proven, {Printer.Size(store.Bytes)}"
                + $"{(store.Offers.Count > 0 ? $", {string.Join(", ", store.Offers)}" : "")}{(store.Away is { } away ? $", AWAY: {Printer.Clean(away)}" : "")}"
                + $"{(store.Unread > 0 ? $", {store.Unread} not yet read" : "")}{(store.Bad > 0 ? $", {store.Bad} BAD" : "")}");
        }
        Console.Out.WriteLine(
            $"{vault.Objects} objects, {Printer.Size(vault.Bytes)}; copies wanted in {vault.Wanted} failure domain{(vault.Wanted == 1 ? "" : "s")}, "
            + $"{(vault.BelowWanted == 0 ? "none has fewer" : $"{vault.BelowWanted} HAVE FEWER")}; oldest check {vault.OldestCheck ?? "none yet"}");
        if (bad.Count > 0 && order == PatrolOrder.Scrub)
        {
            Console.Out.WriteLine("Nothing was changed. 'mp vault repair' mends what another copy can mend.");
        }
    }
}
