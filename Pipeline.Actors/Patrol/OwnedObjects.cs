using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Patrol;

/// <summary>An object that must exist because a fact names it.</summary>
/// <param name="SizeBytes">-1 when the fact does not say.</param>
/// <param name="Owner">Id of the release, delivery or upload it belongs to.</param>
/// <param name="ProvenIn">Stores whose copy the fact says was proven; null when it says only that it was stored.</param>
/// <param name="NamesMore">True for the document of a delivery, whose files belong to the same owner.</param>
public sealed record OwnedObject(
    Sha256Digest Id, long SizeBytes, string Owner, IReadOnlyList<string>? ProvenIn = null, bool NamesMore = false);

/// <summary>What each fact says must be in the vault. Pure.</summary>
public static class OwnedObjects
{
    public static IReadOnlyList<OwnedObject> Of(Fact fact) => fact switch
    {
        UploadCompleted f => [new(f.Digest, f.SizeBytes, f.Upload.Text, f.Copies)],
        DeliveryReceived f =>
        [
            new(f.Contents, -1, (f.Release ?? f.Delivery).Text, NamesMore: true),
            new(f.Message, -1, (f.Release ?? f.Delivery).Text),
        ],
        ReleaseReceived f =>
        [
            new(f.Contents, -1, f.Release.Text, NamesMore: true),
            new(f.Message, -1, f.Release.Text),
        ],
        // An archive document names what the documents before it name; each of them came with a fact of its own.
        StagePassed f => [new(f.Result, -1, f.Release.Text)],
        _ => [],
    };
}
