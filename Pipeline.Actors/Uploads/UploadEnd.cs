using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Uploads;

/// <summary>An upload's fate as its facts tell it; while there is none it is open, and its state is the spool's.</summary>
/// <param name="Fact">The one fact of its life; null while open.</param>
public sealed record UploadEnd(Fact? Fact)
{
    public static readonly UploadEnd None = new((Fact?)null);

    public static UploadEnd Apply(UploadEnd state, Fact fact) =>
        fact is UploadCompleted or UploadRefused or UploadDiscarded ? new UploadEnd(fact) : state;

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
