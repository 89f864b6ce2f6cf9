using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>
/// What a release is known by, message after message: its sender and the strongest id it has. A correction of any other
/// member finds the same release again.
/// </summary>
/// <param name="Sender">The sender's DPID; empty for the tenant itself.</param>
/// <param name="Scheme"><c>grid</c>, <c>gtin</c> or <c>id</c> (proprietary, or the manifest's own).</param>
/// <param name="Value">The id; a GTIN padded to 14 digits, because leading zeros do not make another barcode.</param>
public sealed record ReleaseKey(string Sender, string Scheme, string Value)
{
    /// <summary>Null when the release has none of the ids; <see cref="CatalogueReader"/> refuses such a message.</summary>
    public static ReleaseKey? Of(UnvalidatedRelease release) =>
        (release.Grid?.Value, release.Gtin?.Value, release.ProprietaryId?.Value) switch
        {
            ({ Length: > 0 } grid, _, _) => new ReleaseKey(SenderOf(release), "grid", grid),
            (_, { Length: > 0 } gtin, _) => new ReleaseKey(SenderOf(release), "gtin", Gtin.Pad(gtin)),
            (_, _, { Length: > 0 } id) => new ReleaseKey(SenderOf(release), "id", id),
            _ => null,
        };

    /// <summary>The release's entity.</summary>
    public EntityId Entity(TenantId tenant) => EntityId.From("release", tenant, Sender, Scheme, Value);

    private static string SenderOf(UnvalidatedRelease release) => release.Sender?.Value ?? "";
}

/// <summary>What a delivery is known by: a sender never uses a message id twice.</summary>
public sealed record DeliveryKey(string Sender, string MessageId)
{
    /// <exception cref="InvariantBrokenException">The release was not read by <see cref="CatalogueReader"/>.</exception>
    public static DeliveryKey Of(UnvalidatedRelease release)
    {
        Invariant.Require(release.MessageId is not null, "a message that was read has an id");
        return new DeliveryKey(release.Sender?.Value ?? "", release.MessageId.Value);
    }

    /// <summary>The delivery's entity.</summary>
    public EntityId Entity(TenantId tenant) => EntityId.From("delivery", tenant, Sender, MessageId);
}
