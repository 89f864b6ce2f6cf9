using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Facts;

/// <summary>
/// Something that happened: past tense, never changed. Its public members become the leaf; a private part, where a
/// family has one, enters the leaf as a commitment only.
/// </summary>
public abstract record Fact
{
    /// <summary>Whose.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>Who did it, as a pseudonym.</summary>
    public required Pseudonym By { get; init; }

    /// <summary>The command that caused it: what makes a repeat recognisable.</summary>
    public required CommandId Command { get; init; }

    /// <summary>Milliseconds since 1970 UTC by the clock of the node that decided. A claim, not a proof.</summary>
    public required long At { get; init; }

    /// <summary>The release or recording whose thread in the log this belongs to; empty when none.</summary>
    /// <remarks>A method, because an override of an ignored property is not ignored, and the leaf has it in its envelope.</remarks>
    public abstract string GetAsset();

    /// <summary>Does it commit to something that is not in the leaf?</summary>
    internal virtual bool HasPrivatePart() => false;

    /// <summary>The bytes and salt behind the commitment, null without a private part or when erased.</summary>
    [JsonIgnore]
    internal virtual (byte[] Bytes, Salt Salt)? Opening => null;

    internal virtual Fact WithOpening(byte[] bytes, Salt salt) =>
        throw new InvalidDataException("this fact has no private part");
}

/// <summary>A fact that knows something only its owner and the label may read.</summary>
public abstract record FactWithPrivatePart<T> : Fact
    where T : class
{
    public required Sealed<T> Private { get; init; }

    internal override bool HasPrivatePart() => true;

    internal override (byte[] Bytes, Salt Salt)? Opening =>
        Private is { Bytes: { } bytes, Salt: { } salt } ? (bytes, salt) : null;

    internal override Fact WithOpening(byte[] bytes, Salt salt) =>
        this with { Private = Private.Open(bytes, salt, (JsonTypeInfo<T>)FactJson.Default.GetTypeInfo(typeof(T))!) };
}
