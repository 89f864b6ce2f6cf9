using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Uploads;

/// <summary>An upload as its spool knows it: what was said at its creation, and how far it has come.</summary>
/// <param name="Owner">Only this principal of the id's tenant sees it.</param>
/// <param name="LengthBytes">Null while deferred.</param>
/// <param name="Offset">Bytes that are held: synced, and counted in synced state.</param>
/// <param name="Metadata">Upload-Metadata as sent.</param>
/// <param name="Concat">Upload-Concat as sent.</param>
/// <param name="Created">Ms since 1970 UTC.</param>
/// <param name="Expires">Ms since 1970 UTC; held until then.</param>
public sealed record Upload(
    EntityId Id, Pseudonym Owner, long? LengthBytes, long Offset, string Metadata, string Concat, long Created, long Expires)
{
    /// <summary>All bytes are here.</summary>
    public bool IsWhole => LengthBytes == Offset;

    public bool IsPartial => Concat == "partial";

    public bool IsFinal => Concat.StartsWith("final;", StringComparison.Ordinal);
}
