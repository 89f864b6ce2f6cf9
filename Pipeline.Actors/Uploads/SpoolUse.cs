using System.Collections.Concurrent;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Uploads;

/// <summary>Who holds how much in this node's spool: what the limits of an owner are counted by. Thread-safe.</summary>
public sealed class SpoolUse
{
    private readonly ConcurrentDictionary<EntityId, (TenantId Tenant, Pseudonym Owner, long Bytes)> _open = new();

    public void Opened(Upload upload) =>
        _open[upload.Id] = (upload.Id.Tenant, upload.Owner, upload.LengthBytes ?? upload.Offset);

    public void Ended(EntityId upload) => _open.TryRemove(upload, out _);

    public OwnerUse Of(Principal principal)
    {
        var own = _open.Values.Where(u => u.Tenant == principal.Tenant && u.Owner == principal.Pseudonym).ToList();
        return new OwnerUse(own.Count, own.Sum(u => u.Bytes));
    }

    /// <summary>What this owner has unfinished here.</summary>
    public IReadOnlyList<EntityId> IdsOf(Principal principal) =>
        [.. _open.Where(u => u.Value.Tenant == principal.Tenant && u.Value.Owner == principal.Pseudonym).Select(u => u.Key)];

    /// <summary>Of all owners: for metrics.</summary>
    public (int Uploads, long Bytes) All => (_open.Count, _open.Values.Sum(u => u.Bytes));
}
