using System.CommandLine;
using System.Text.Json.Serialization;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Deliveries;

namespace Pipeline.Actors.Cli;

/// <summary>A rule as <c>--json</c> prints it.</summary>
/// <param name="Means">What DDEX's word means here; empty without one.</param>
/// <param name="Resend">What the sender is asked to do (ErncProposedActionType); empty without a word.</param>
public sealed record RuleLine(string Rule, string Severity, string Says, string AckCode, string Means, string Resend);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RuleLine))]
public sealed partial class RuleJson : JsonSerializerContext;

/// <summary><c>mp rules</c>: what a message, and a batch of them, is held to.</summary>
public static class RulesVerb
{
    public static Command Command()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("rules", "Lists every rule on messages and batches: id, what follows, what it says, DDEX's word for it.") { json };
        command.SetAction(parsed =>
        {
            foreach (var rule in Rules.All.Concat(BatchRules.All))
            {
                if (parsed.GetValue(json))
                {
                    Printer.Json(new RuleLine(rule.Id, rule.Severity.ToString().ToLowerInvariant(), rule.Says, rule.AckCode, rule.Ack?.Means ?? "", rule.Ack?.Resend.ToString() ?? ""), RuleJson.Default.RuleLine);
                }
                else
                {
                    Console.Out.WriteLine($"{rule.Severity.ToString().ToLowerInvariant(),-6} {rule.Id,-28} {rule.Says}{(rule.AckCode.Length > 0 ? $" [{rule.AckCode}, {rule.Ack!.Resend}]" : "")}");
                }
            }
            return ExitCode.Yes;
        });
        return command;
    }
}
