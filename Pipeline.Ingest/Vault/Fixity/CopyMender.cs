using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>What became of an object's copies.</summary>
/// <param name="Checks">The last read of each copy: what stands now.</param>
/// <param name="Repaired">Stores whose copy was replaced and then read again, each with the store it came from.</param>
/// <param name="GivenUp">Stores that could not be mended, with the reason.</param>
/// <param name="Alarm">True when no copy is right; nothing was touched.</param>
public sealed record MendOutcome(
    IReadOnlyList<CopyCheck> Checks, IReadOnlyList<(string Store, string Source)> Repaired,
    IReadOnlyList<(string Store, string Why)> GivenUp, bool Alarm);

/// <summary>Whom the mender tells, and waits for: facts are durable before bytes are moved, and after they are back.</summary>
public interface IMendingRecord
{
    /// <summary>Before anything is done about it.</summary>
    Task DamagedAsync(CopyCheck check, CancellationToken cancel);

    /// <summary>After the new copy was read back whole.</summary>
    Task RepairedAsync(Sha256Digest id, string store, string source, CancellationToken cancel);
}

/// <summary>
/// Carries out <see cref="RepairPlan"/> for one object: quarantines the bad copy, puts a good one in its place by way of a
/// local temporary file, reads it again.
/// </summary>
public sealed class CopyMender(Scrub scrub, CopyReader reader, IDisk disk, TemporaryFiles temporary, IMendingRecord record)
{
    /// <summary>Reads and repairs of one object in one attempt, for each of its copies; more, and its media come and go.</summary>
    public const int MaxStepsPerCopy = 8;

    /// <param name="stores">The stores that should hold it and can be read, best source first.</param>
    public async Task<MendOutcome> MendAsync(
        Sha256Digest id, long sizeBytes, IReadOnlyList<IObjectStore> stores, CancellationToken cancel)
    {
        var known = stores.ToDictionary(s => s.Name, _ => (CopyKnowledge)new CopyKnowledge.Unread(), StringComparer.Ordinal);
        var checks = new Dictionary<string, CopyCheck>(StringComparer.Ordinal);
        var repaired = new List<(string, string)>();
        IObjectStore Store(string name) => stores.Single(s => s.Name == name);
        for (var steps = 0; steps < MaxStepsPerCopy * stores.Count; steps++)
        {
            switch (RepairPlan.Next([.. stores.Select(s => new KnownCopy(s.Name, known[s.Name]))]))
            {
                case RepairStep.Read read:
                    checks[read.Store] = await LookAsync(Store(read.Store));
                    known[read.Store] = Knowledge(checks[read.Store]);
                    break;
                case RepairStep.Mend mend:
                    await MendAsync(mend);
                    break;
                case RepairStep.Alarm:
                    return Outcome(alarm: true);
                case RepairStep.Done:
                    return Outcome(alarm: false);
            }
        }
        foreach (var (name, _) in known.Where(k => k.Value is CopyKnowledge.Bad or CopyKnowledge.Unread).ToList())
        {
            known[name] = new CopyKnowledge.GivenUp("copies went bad while they were being read; the medium is not to be trusted");
        }
        return Outcome(alarm: true);

        MendOutcome Outcome(bool alarm) => new(
            [.. checks.Values], repaired,
            [.. known.Where(k => k.Value is CopyKnowledge.GivenUp).Select(k => (k.Key, ((CopyKnowledge.GivenUp)k.Value).Why))], alarm);

        async Task<CopyCheck> LookAsync(IObjectStore store)
        {
            var check = await scrub.LookAsync(store, id, sizeBytes, [.. stores.Where(s => known[s.Name] is CopyKnowledge.Proven)], cancel);
            if (check.State != CopyState.Ok)
            {
                await record.DamagedAsync(check, cancel);
            }
            return check;
        }

        async Task MendAsync(RepairStep.Mend mend)
        {
            var path = temporary.Next();
            try
            {
                var (read, length) = await FetchAsync(Store(mend.Source), id, path, cancel);
                if (read.State != CopyState.Ok)
                {
                    // Right a moment ago: what is believed of it now is what this read says.
                    checks[mend.Source] = new CopyCheck(id, mend.Source, read.State, read.Bytes, read.Found, [], read.Problem);
                    await record.DamagedAsync(checks[mend.Source], cancel);
                    known[mend.Source] = new CopyKnowledge.Bad(read.State);
                    return;
                }
                await PlaceAsync(Store(mend.Target), id, path, length, mend.Quarantine, cancel);
                var again = await scrub.LookAsync(Store(mend.Target), id, length, [], cancel);
                checks[mend.Target] = again;
                if (again.State != CopyState.Ok)
                {
                    known[mend.Target] = new CopyKnowledge.GivenUp($"the new copy was read back and is {again.State.Word()}");
                    return;
                }
                await record.RepairedAsync(id, mend.Target, mend.Source, cancel);
                repaired.Add((mend.Target, mend.Source));
                known[mend.Target] = new CopyKnowledge.Proven();
            }
            catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or TimeoutException)
            {
                known[mend.Target] = new CopyKnowledge.GivenUp(trouble.Message);
            }
            finally
            {
                RemoveLeftover(path);
            }
        }
    }

    private static CopyKnowledge Knowledge(CopyCheck check) =>
        check.State == CopyState.Ok ? new CopyKnowledge.Proven() : new CopyKnowledge.Bad(check.State);

    /// <summary>The bytes of a copy as a durable local file, if they are still right.</summary>
    private async Task<(CopyRead Read, long Length)> FetchAsync(IObjectStore source, Sha256Digest id, string path, CancellationToken cancel)
    {
        using var file = disk.CreateNew(path);
        var length = 0L;
        var read = await reader.ReadAsync(source, id, withBlocks: false, Write, cancel);
        if (read.State == CopyState.Ok)
        {
            // If we crash here, a temporary file is left, and swept at the next start; the bad copy was not touched.
            file.SyncData();
        }
        return (read, length);

        void Write(ReadOnlyMemory<byte> bytes)
        {
            file.Write(length, bytes.Span);
            length += bytes.Length;
        }
    }

    private static async Task PlaceAsync(
        IObjectStore target, Sha256Digest id, string path, long length, bool quarantine, CancellationToken cancel)
    {
        // If we crash here, the copy is bad, gone or whole, and what was bad is kept as evidence: the next attempt reads which.
        if (quarantine)
        {
            await target.ReplaceAsync(id, path, length, cancel);
        }
        else
        {
            await target.PutAsync(id, path, length, cancel);
        }
    }

    /// <summary>A leftover costs space, never truth: failing to remove it must not hide the result or the error.</summary>
    private void RemoveLeftover(string path)
    {
        try
        {
            disk.Unlink(path);
        }
        catch (IOException)
        {
            // Swept at the next start.
        }
    }
}
