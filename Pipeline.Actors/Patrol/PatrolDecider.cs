using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Patrol;

/// <summary>What the patrol writes down. A damage is one fact until it is mended or changes; pure.</summary>
public static class PatrolDecider
{
    /// <summary>Is this very damage written down, and not mended?</summary>
    public static bool IsKnown(PatrolState state, CopyCheck check) =>
        state.Open.GetValueOrDefault((check.Id, check.Store)) == new OpenDamage(check.State.Word(), check.Found);

    public static Decision Decide(PatrolState state, NoteDamage note, Salts salts)
    {
        var (id, store) = (note.Check.Id, note.Check.Store);
        Invariant.Require(note.Check.State != CopyState.Ok, "a damaged copy is not ok");
        return IsKnown(state, note.Check)
            ? Decision.Answer(PatrolNoted.Instance)
            : Decision.Write(PatrolNoted.Instance, new CopyDamaged
            {
                Tenant = TenantId.Local,
                By = Pseudonym.System,
                Command = Command("damaged", id, note.At),
                At = note.At,
                Digest = id,
                Store = store,
                State = note.Check.State.Word(),
                Found = note.Check.Found,
                Blocks = [.. note.Check.Blocks.Take(BlockDigests.MaxNamedBlocks)],
            });
    }

    /// <summary>A copy that was never damaged, only not there yet, is no repair.</summary>
    public static Decision Decide(PatrolState state, NoteWhole note, Salts salts) =>
        !state.Open.ContainsKey((note.Id, note.Store))
            ? Decision.Answer(PatrolNoted.Instance)
            : Decision.Write(PatrolNoted.Instance, new CopyRepaired
            {
                Tenant = TenantId.Local,
                By = Pseudonym.System,
                Command = Command("repaired", note.Id, note.At),
                At = note.At,
                Digest = note.Id,
                Store = note.Store,
                Source = note.Source,
            });

    /// <summary>A round that began no later than the last one was told before.</summary>
    public static Decision Decide(PatrolState state, NoteRound note, Salts salts) =>
        note.Started <= state.LastStarted
            ? Decision.Answer(PatrolNoted.Instance)
            : Decision.Write(PatrolNoted.Instance, new PatrolRound
            {
                Tenant = TenantId.Local,
                By = Pseudonym.System,
                Command = CommandId.Parse($"patrol/round/{state.Round + 1}"),
                At = note.At,
                Round = state.Round + 1,
                Started = note.Started,
                Objects = note.Objects,
                Copies = note.Copies,
                Bytes = note.Bytes,
                Damaged = state.Damaged,
                Repaired = state.Repaired,
                BelowWanted = note.BelowWanted,
            });

    public static Decision Decide(PatrolState state, NoteUnclaimed note, Salts salts) =>
        Decision.Write(PatrolNoted.Instance, new BytesUnclaimed
        {
            Tenant = TenantId.Local,
            By = Pseudonym.System,
            Command = CommandId.Parse($"patrol/unclaimed/{note.At}"),
            At = note.At,
            Store = note.Store,
            Name = note.Name,
            SizeBytes = note.SizeBytes,
        });

    private static CommandId Command(string what, Sha256Digest id, long at) => CommandId.Parse($"patrol/{what}/{id.ToString()[..16]}/{at}");
}
