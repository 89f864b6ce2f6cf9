using System.CommandLine;
using Pipeline.Actors.Hosting;

namespace Pipeline.Actors.Cli;

/// <summary><c>mp key add</c>: a scoped key, printed once.</summary>
public static class KeyVerb
{
    public static Command Command()
    {
        var name = new Argument<string>("name") { Description = "Who will hold the key" };
        var tenant = new Option<string>("--tenant") { Required = true, HelpName = "T", Description = "Whose things it opens" };
        var role = new Option<string>("--role") { Required = true, HelpName = "R", Description = "artist, label, operator or auditor" };
        var where = new Where();
        var add = new Command("add", """
            Makes a key and prints it once; only its hash is kept.

            Example:
              mp key add anna --tenant bluehour --role artist --data ./data
            """)
        { name, tenant, role };
        where.AddTo(add);
        add.SetAction(async (parsed, cancel) =>
        {
            await using var node = await where.ConnectAsync(parsed, cancel);
            var asked = new KeyRequest(parsed.GetValue(name)!, parsed.GetValue(tenant)!, parsed.GetValue(role)!);
            try
            {
                // Not repeated on silence: a lost answer would mean a key nobody knows under a name nobody can use again.
                using var response = await node.Http.PostAsJsonAsync("api/v1/keys", asked, AnswerJson.Default.KeyRequest, cancel);
                var body = await response.Content.ReadAsByteArrayAsync(cancel);
                if (!response.IsSuccessStatusCode)
                {
                    throw response.StatusCode == System.Net.HttpStatusCode.BadRequest
                        ? new NodeRefusedException(System.Text.Json.JsonSerializer.Deserialize(body, AnswerJson.Default.ProblemAnswer)!.Findings)
                        : new CannotReachException("Keys are made by the machine's administrator, with --data on the node's own machine.");
                }
                var key = System.Text.Json.JsonSerializer.Deserialize(body, AnswerJson.Default.KeyAnswer)!;
                if (parsed.GetValue(where.Json))
                {
                    Printer.Json(key, AnswerJson.Default.KeyAnswer);
                }
                else
                {
                    Printer.Out.WriteLine(key.Key);
                    await Console.Error.WriteLineAsync($"Key '{key.Name}' of tenant {key.Tenant}, role {key.Role}. It is shown this once; keep it as a password.");
                }
                return ExitCode.Yes;
            }
            catch (NodeRefusedException e)
            {
                await Console.Error.WriteLineAsync($"mp: {e.Message}");
                return ExitCode.Usage;
            }
        });
        return new Command("key", "Scoped keys for artists, labels, operators and auditors.") { add };
    }
}
