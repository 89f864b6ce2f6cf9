using System.Globalization;
using System.Text.Json;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue.Manifest;

/// <summary>
/// An object of <c>release.json</c> being read: remembers which members were asked for, and says of every member that is
/// missing, of another type or unknown.
/// </summary>
internal sealed class ManifestObject(JsonElement element, string pointer, List<Finding> findings)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>JSON pointer; <c>/</c> for the document itself.</summary>
    internal string Place => pointer.Length == 0 ? "/" : pointer;

    internal bool Has(string name) => element.TryGetProperty(name, out _);

    /// <summary>A string that may be absent.</summary>
    internal Stated? Text(string name)
    {
        if (!Member(name, JsonValueKind.String, "a string", out var value))
        {
            return null;
        }
        var text = value.GetString()!;
        if (text.Length > CatalogueLimits.MaxTextCharacters)
        {
            findings.Add(Rules.MessageTooLarge.Broken(At(name), text,
                $"A value is longer than {CatalogueLimits.MaxTextCharacters} characters.", "Shorten it."));
            return null;
        }
        return new Stated(text, At(name));
    }

    /// <summary>A string that must be there and not be empty.</summary>
    internal Stated? RequiredText(string name)
    {
        var missing = !Has(name);
        var text = Text(name);
        if (missing)
        {
            Missing(name);
        }
        else if (text?.Value.Length == 0)
        {
            findings.Add(Rules.JsonWrongType.Broken(At(name), "", $"The member {name} is empty.", "Give it a value."));
        }
        return text;
    }

    /// <summary>A whole number within bounds, written without fraction or exponent; as text, as it stands.</summary>
    internal Stated? Integer(string name, int least, int most)
    {
        if (!Member(name, JsonValueKind.Number, "a whole number", out var value))
        {
            return null;
        }
        if (value.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return new Stated(number.ToString(CultureInfo.InvariantCulture), At(name));
        }
        findings.Add(Rules.JsonWrongType.Broken(At(name), value.GetRawText(),
            $"The member {name} is not a whole number from {least} to {most}.", "Write such a number, without fraction or exponent."));
        return null;
    }

    internal Stated? RequiredInteger(string name, int least, int most)
    {
        if (!Has(name))
        {
            Missing(name);
        }
        return Integer(name, least, most);
    }

    /// <summary>An object that may be absent.</summary>
    internal ManifestObject? Object(string name) =>
        Member(name, JsonValueKind.Object, "an object", out var value)
            ? new ManifestObject(value, At(name), findings)
            : null;

    /// <summary>A list of objects, read up to <paramref name="most"/>; empty when absent.</summary>
    internal List<ManifestObject> Objects(string name, int most, Rule tooMany)
    {
        var objects = new List<ManifestObject>();
        if (!Member(name, JsonValueKind.Array, "a list", out var list))
        {
            return objects;
        }
        if (list.GetArrayLength() > most)
        {
            findings.Add(tooMany.Broken(At(name), null, $"The list {name} has more than {most} entries.", "Shorten it."));
            return objects;
        }
        foreach (var item in list.EnumerateArray())
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{At(name)}/{objects.Count}");
            if (item.ValueKind != JsonValueKind.Object)
            {
                WrongType(at, item, "an object");
                break;
            }
            objects.Add(new ManifestObject(item, at, findings));
        }
        return objects;
    }

    /// <summary>To be called when all members have been asked for: warns of the others.</summary>
    internal void WarnOfUnknown()
    {
        foreach (var member in element.EnumerateObject())
        {
            if (!_known.Contains(member.Name) && findings.Count <= CatalogueLimits.MaxFindings)
            {
                findings.Add(Rules.JsonUnknownMember.Broken(At(member.Name), member.Name,
                    "This member is not part of release.json and is not read.", "Check its spelling against the schema, or remove it."));
            }
        }
    }

    internal void Missing(string name) => findings.Add(Rules.JsonMemberMissing.Broken(Place, name,
        $"The member {name} is required.", $"Add \"{name}\"; the schema says what it holds."));

    private bool Member(string name, JsonValueKind kind, string wanted, out JsonElement value)
    {
        _known.Add(name);
        if (!element.TryGetProperty(name, out value))
        {
            return false;
        }
        if (value.ValueKind != kind)
        {
            WrongType(At(name), value, wanted);
            return false;
        }
        return true;
    }

    private void WrongType(string place, JsonElement value, string wanted) => findings.Add(Rules.JsonWrongType.Broken(
        place, value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? null : value.GetRawText(),
        $"Here stands {Spoken(value.ValueKind)} where {wanted} is wanted.", $"Write {wanted}, or leave the member out if it is optional."));

    private string At(string name) => $"{pointer}/{JsonShape.Segment(name)}";

    private static string Spoken(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
