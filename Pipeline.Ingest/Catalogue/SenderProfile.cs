using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>
/// What was agreed with one sender beyond the rules for all: how severe a rule is for their messages. It is data, kept
/// by the operator. A profile may be stricter than the rules at will; it may turn a warning into mere information, but
/// what stops a release or refuses a message stays so, or the rules would be no promise to anybody.
/// </summary>
/// <param name="Name">For people; the sender's DPID as a rule.</param>
/// <param name="Severities">By rule id.</param>
public sealed record SenderProfile(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("severities")] IReadOnlyDictionary<string, Severity> Severities)
{
    /// <summary>The rules as they are listed.</summary>
    public static SenderProfile Default { get; } = new("default", FrozenDictionary<string, Severity>.Empty);

    /// <summary>
    /// Reads a profile, e.g. <c>{"name": "PADPIDA0000000001O", "severities": {"GTIN_CHECK_DIGIT": "reject"}}</c>.
    /// </summary>
    /// <param name="why">What is wrong with it, when the answer is null.</param>
    public static SenderProfile? Parse(ReadOnlySpan<byte> json, out string why)
    {
        SenderProfile? profile;
        try
        {
            profile = JsonSerializer.Deserialize(json, SenderProfileJson.Default.SenderProfile);
        }
        catch (JsonException broken)
        {
            why = $"it is no profile: {broken.Message}";
            return null;
        }
        why = profile switch
        {
            null or { Severities: null } or { Name: null } => "a profile has a name and severities",
            _ => profile.Severities.Select(s => WhyNot(s.Key, s.Value)).FirstOrDefault(w => w.Length > 0) ?? "",
        };
        return why.Length == 0 ? profile : null;
    }

    /// <summary>The findings with the severities of this profile.</summary>
    public IEnumerable<Finding> Judge(IEnumerable<Finding> findings) => Severities.Count == 0
        ? findings
        : findings.Select(f => Severities.TryGetValue(f.Rule, out var severity) ? f with { Severity = severity } : f);

    private static string WhyNot(string id, Severity severity) => Rules.All.FirstOrDefault(r => r.Id == id) switch
    {
        null => $"there is no rule {id}",
        { Severity: >= Severity.Block } rule when severity < rule.Severity => $"rule {id} may be made stricter, not milder",
        _ => "",
    };
}

[JsonSourceGenerationOptions(UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SenderProfile))]
public sealed partial class SenderProfileJson : JsonSerializerContext;
