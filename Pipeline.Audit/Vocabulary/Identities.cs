using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Audit.Vocabulary;

/// <summary>An id of ours that is a short text. <typeparamref name="T"/> parses it once, at the edge.</summary>
public interface ITextId<T>
    where T : struct, ITextId<T>
{
    /// <summary>The text; what is written down.</summary>
    string Text { get; }

    /// <summary>True when <paramref name="text"/> has the form of this id.</summary>
    static abstract bool TryParse(string? text, out T id);
}

/// <summary>Writes an <see cref="ITextId{T}"/> as a JSON string.</summary>
public sealed class TextIdJson<T> : JsonConverter<T>
    where T : struct, ITextId<T>
{
    /// <summary>Ids come again and again in a log; one that this thread read lately is not parsed and not kept twice.</summary>
    private const int Remembered = 512;

    [ThreadStatic]
    private static T?[]? _lately;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence || reader.ValueIsEscaped)
        {
            return Parse(reader.GetString());
        }
        var text = reader.ValueSpan;
        var hash = default(HashCode);
        hash.AddBytes(text);
        ref var place = ref (_lately ??= new T?[Remembered])[(uint)hash.ToHashCode() % Remembered];
        if (place is not { } known || !Ascii.Equals(text, known.Text))
        {
            place = known = Parse(reader.GetString());
        }
        return known;
    }

    private static T Parse(string? text) => T.TryParse(text, out var id) ? id : throw new JsonException($"not a {typeof(T).Name}");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}

/// <summary>A label or artist whose things nobody else may see. 1 to 32 of <c>a-z 0-9 _</c>, beginning with a letter.</summary>
[JsonConverter(typeof(TextIdJson<TenantId>))]
public readonly record struct TenantId : ITextId<TenantId>
{
    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    private TenantId(string text) => Text = text;

    /// <summary>The tenant of the machine's own administrator and of open loopback (design, section 9).</summary>
    public static readonly TenantId Local = new("local");

    public string Text { get; }

    public static bool TryParse(string? text, out TenantId id)
    {
        id = default;
        if (text is not { Length: >= 1 and <= 32 } || !char.IsAsciiLetterLower(text[0])
            || text.AsSpan().ContainsAnyExcept(Characters))
        {
            return false;
        }
        id = new TenantId(text);
        return true;
    }

    /// <exception cref="FormatException">Not the form of a tenant id.</exception>
    public static TenantId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a tenant: 1 to 32 of a-z, 0-9 and _, beginning with a letter");

    public override string ToString() => Text;
}

/// <summary>
/// One of our entities: <c>kind-tenant-key</c>, e.g. <c>release-local-3f…</c>. The tenant stands in the id, so that a
/// scope check needs no look-up.
/// </summary>
[JsonConverter(typeof(TextIdJson<EntityId>))]
public readonly record struct EntityId : ITextId<EntityId>
{
    /// <summary>Characters of the key: 40 hex digits, 160 bits.</summary>
    private const int KeyCharacters = 40;

    private static readonly string[] Kinds = ["delivery", "release", "recording", "sender", "case", "upload", "payout", "work"];

    private static readonly SearchValues<char> KeyDigits = SearchValues.Create("0123456789abcdef");

    private EntityId(string kind, TenantId tenant, string text) => (Kind, Tenant, Text) = (kind, tenant, text);

    /// <summary><c>delivery</c>, <c>release</c>, <c>recording</c>, <c>sender</c>, <c>case</c>, <c>work</c>, <c>upload</c> or <c>payout</c>.</summary>
    public string Kind { get; }

    public TenantId Tenant { get; }

    public string Key => Text[^KeyCharacters..];

    public string Text { get; }

    /// <summary>An id from what the entity is known by: the same parts give the same id, on any node, for ever.</summary>
    public static EntityId From(string kind, TenantId tenant, params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder("mp-id-v1").Append('\0').Append(kind).Append('\0').Append(tenant.Text);
        foreach (var part in parts)
        {
            // The length keeps ("a", "bc") and ("ab", "c") apart.
            text.Append('\0').Append(part.Length).Append(':').Append(part);
        }
        return new EntityId(kind, tenant, $"{kind}-{tenant.Text}-{Sha256Digest.Of(Encoding.UTF8.GetBytes(text.ToString())).ToString().AsSpan(0, KeyCharacters)}");
    }

    public static bool TryParse(string? text, out EntityId id)
    {
        id = default;
        var (first, last) = (text?.IndexOf('-') ?? -1, text?.LastIndexOf('-') ?? -1);
        if (first < 0 || last == first || text!.Length - last - 1 != KeyCharacters || text.AsSpan(last + 1).ContainsAnyExcept(KeyDigits)
            || KindOf(text.AsSpan(0, first)) is not { } kind || !TenantId.TryParse(text[(first + 1)..last], out var tenant))
        {
            return false;
        }
        id = new EntityId(kind, tenant, text);
        return true;
    }

    /// <summary>By its text alone: kind and tenant stand in it.</summary>
    public bool Equals(EntityId other) => Text == other.Text;

    public override int GetHashCode() => Text?.GetHashCode(StringComparison.Ordinal) ?? 0;

    private static string? KindOf(ReadOnlySpan<char> text)
    {
        foreach (var kind in Kinds)
        {
            if (text.SequenceEqual(kind))
            {
                return kind;
            }
        }
        return null;
    }

    public override string ToString() => Text;
}

/// <summary>The caller's idempotency key: the same id with the same content is the same command. 1 to 100 printable ASCII.</summary>
[JsonConverter(typeof(TextIdJson<CommandId>))]
public readonly record struct CommandId : ITextId<CommandId>
{
    private CommandId(string text) => Text = text;

    public string Text { get; }

    public static bool TryParse(string? text, out CommandId id)
    {
        id = default;
        if (text is not { Length: >= 1 and <= 100 } || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }
        id = new CommandId(text);
        return true;
    }

    /// <exception cref="FormatException">Not 1 to 100 printable ASCII characters without spaces.</exception>
    public static CommandId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("a command id is 1 to 100 printable ASCII characters without spaces");

    public override string ToString() => Text;
}

/// <summary>A pseudonym of a person or key in facts: <c>p-</c> and 16 hex digits, or <c>system</c>. Never a name.</summary>
[JsonConverter(typeof(TextIdJson<Pseudonym>))]
public readonly record struct Pseudonym : ITextId<Pseudonym>
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private Pseudonym(string text) => Text = text;

    /// <summary>What the pipeline itself did, unasked.</summary>
    public static readonly Pseudonym System = new("system");

    public string Text { get; }

    public static bool TryParse(string? text, out Pseudonym id)
    {
        id = default;
        var ok = text == "system" || (text is { Length: 18 } && text.StartsWith("p-", StringComparison.Ordinal)
            && !text.AsSpan(2).ContainsAnyExcept(Digits));
        if (ok)
        {
            id = new Pseudonym(text!);
        }
        return ok;
    }

    /// <exception cref="FormatException">Neither <c>system</c> nor <c>p-</c> and 16 hex digits.</exception>
    public static Pseudonym Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("a pseudonym is 'system' or 'p-' and 16 hex digits");

    public override string ToString() => Text;
}

/// <summary>What a principal may do. Scopes of queries follow from the tenant; the auditor's role is the installation's.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
public enum Role
{
    [JsonStringEnumMemberName("artist")] Artist,
    [JsonStringEnumMemberName("label")] Label,
    [JsonStringEnumMemberName("operator")] Operator,
    [JsonStringEnumMemberName("auditor")] Auditor,
}

/// <summary>Who asks, and for whom: carried by every command, written into every fact as tenant and pseudonym.</summary>
public sealed record Principal(TenantId Tenant, Pseudonym Pseudonym, Role Role);
