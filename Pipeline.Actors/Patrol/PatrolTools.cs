using Pipeline.Audit.Durable;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>All that the patrol works with.</summary>
/// <param name="Wanted">Failure domains in which an object should have a proven copy.</param>
/// <param name="Reads">False on a node that lives only as long as a question: it reads nothing unasked.</param>
public sealed record PatrolTools(
    VaultTables Tables, VaultInventory Inventory, StraySweep Strays, IReadOnlyList<IObjectStore> Stores, int Wanted, BlockLists Lists,
    IDisk Disk, TemporaryFiles Temporary, PatrolConfig Config, TimeProvider Time, bool Reads);
