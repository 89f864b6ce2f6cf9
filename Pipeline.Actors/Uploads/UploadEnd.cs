using System.Collections.Immutable;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Uploads;

/// <summary>An upload's fate as its facts tell it; while there is none it is open, and its state is the spool's.</summary>
/// <param name="Fact">What it came to; null while open.</param>
/// <param name="Deliveries">Those that brought it into a release's story.</param>
public sealed record UploadEnd(Fact? Fact, ImmutableHashSet<EntityId> Deliveries)
{
    public static readonly UploadEnd None = new(null, []);

    public static UploadEnd Apply(UploadEnd state, Fact fact) => fact switch
    {
        UploadCompleted or UploadRefused or UploadDiscarded => state with { Fact = fact },
        UploadDelivered delivered => state with { Deliveries = state.Deliveries.Add(delivered.Delivery) },
        _ => state,
    };

    /// <summary>May this principal know of it? Its owner may, and whoever is more than an artist in the same tenant.</summary>
    public static bool IsSeenBy(Principal principal, EntityId upload, Pseudonym owner) =>
        principal.Tenant == upload.Tenant && (principal.Pseudonym == owner || principal.Role != Role.Artist);

    /// <summary>Null while open.</summary>
    public UploadStanding? Standing(EntityId upload) => Fact switch
    {
        UploadCompleted done => new UploadStanding(
            upload, 0, null, done.SizeBytes, done.SizeBytes, done.Private.Value?.Metadata ?? "", done.Private.Value?.Concat ?? "", 0, done.Digest, done.Copies,
            done.Domains, done.Wanted, null),
        UploadRefused refused => UploadStanding.Refused(upload, new UploadRefusal(
            422, refused.Private.Value?.Findings is [var finding, ..] ? finding : UploadRules.WrongBytes(refused.Found, refused.Found).Finding)),
        UploadDiscarded discarded => UploadStanding.Refused(upload, UploadDecider.Gone(upload, discarded.Why)),
        _ => null,
    };
}
