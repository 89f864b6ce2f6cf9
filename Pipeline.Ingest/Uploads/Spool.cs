using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Uploads;

/// <summary>There are files of this upload, and no state among them that is whole: its bytes cannot be continued.</summary>
public sealed class SpoolStateLostException(string id) : IOException($"upload {id}: its state in the spool is lost or damaged");

/// <summary>
/// The folder of unfinished uploads, one process's own or shared by a cluster: <c>ID.EPOCH</c> holds bytes,
/// <c>ID.EPOCH.state</c> says how many of them count, <c>INSTANCE.lock</c> is held by each living process. An epoch
/// belongs to one process for ever. Taking over begins with making the next epoch's state file, so that a frozen former
/// owner that wakes up can see, after each of its commits, that the upload is no longer its own; it writes only into files
/// that nobody reads any more.
/// </summary>
/// <remarks>Only the entity that owns an upload calls this for its id; different ids may be used at once.</remarks>
public sealed class Spool : IDisposable
{
    /// <summary>Changes of owner that one upload may live through.</summary>
    public const int MaxEpochs = 10_000;

    private const string StateSuffix = ".state";
    private const string LockSuffix = ".lock";
    private const string StartingSuffix = ".starting";
    private const string NewSuffix = ".new";
    private const int MaxStateBytes = 64 * 1024;
    private const int CopyBufferBytes = 1024 * 1024;

    private readonly IDisk _disk;
    private readonly string _root;
    private readonly string _instance;
    private readonly IDisposable _lock;

    private Spool(IDisk disk, string root, string instance, IDisposable held) => (_disk, _root, _instance, _lock) = (disk, root, instance, held);

    /// <summary>Where it is.</summary>
    public string Root => _root;

    /// <param name="root">Absolute; made when missing.</param>
    /// <param name="instance">Unique to this start of this process, for ever: letters, digits and hyphens.</param>
    public static Spool Open(IDisk disk, string root, string instance)
    {
        DurableFile.EnsureDirectory(disk, root);
        var starting = Path.Combine(root, instance + StartingSuffix);
        var held = disk.TryLock(starting);
        Invariant.Require(held is not null, "no two starts of a process have one id");
        // Under its final name a lock is never without its holder, so one that can be taken is a dead process's.
        disk.Rename(starting, Path.Combine(root, instance + LockSuffix));
        var spool = new Spool(disk, root, instance, held);
        spool.SweepBehindTheDead();
        return spool;
    }

    /// <summary>Creates an upload; it is durable when this returns.</summary>
    /// <exception cref="IOException">There is one of this id.</exception>
    public SpooledUpload Create(Upload upload)
    {
        Invariant.Require(upload.Offset == 0, "an upload begins at 0");
        // Whole before it has its name: a creation that is cut short must not look like a state that was lost.
        var whole = Path.Combine(_root, $"{_instance}.{upload.Id.Text}{NewSuffix}");
        _disk.Unlink(whole);
        try
        {
            WriteState(upload, whole, 1, create: true);
            if (!_disk.Link(whole, StatePath(upload.Id, 1)))
            {
                throw new IOException($"upload {upload.Id.Text} is here already");
            }
        }
        finally
        {
            _disk.Unlink(whole);
        }
        _disk.Unlink(DataPath(upload.Id, 1));
        _disk.CreateNew(DataPath(upload.Id, 1)).Dispose();
        // If we crash here, nobody was told of the upload; what is left of it expires.
        _disk.SyncDirectory(_root);
        // A power cut may have kept the name of a take-over and not that of the creation before it: go on behind both.
        return _disk.FileExists(StatePath(upload.Id, 2)) ? Find(upload.Id)! : Session(upload, 1, 1);
    }

    /// <summary>
    /// Opens an upload that is here, as its owner: cut to what is held, and taken over from whoever had it. Null when
    /// there is nothing of it.
    /// </summary>
    /// <param name="distrust">A sync failed in this process: go on with a copy of what was held.</param>
    /// <exception cref="SpoolStateLostException">Files are here, but no state that is whole.</exception>
    public SpooledUpload? Find(EntityId id, bool distrust = false)
    {
        var top = TopEpoch(id);
        if (top == 0)
        {
            return null;
        }
        if (!distrust && ReadState(id, top) is { } own && own.Header.Instance == _instance)
        {
            return Continue(UploadOf(own), top, own.Slot.Sequence);
        }
        Invariant.Require(top < MaxEpochs, "an upload does not change its owner for ever");
        // From here on a former owner that is merely frozen finds itself fenced; its last commit is read below, or it
        // never answers for it.
        using (_disk.CreateNew(StatePath(id, top + 1)))
        {
        }
        // If we crash here, an empty state is passed over by the next owner.
        _disk.SyncDirectory(_root);
        if (_disk.FileExists(StatePath(id, top + 2)))
        {
            // A power cut kept the name of a later epoch and not that of the one before; the gap is closed now.
            return Find(id, distrust);
        }
        for (var epoch = top; epoch >= 1; epoch--)
        {
            if (ReadState(id, epoch) is { } held)
            {
                // An epoch between may be that of a process that froze while it took over, the file already under its name.
                var isNobodys = epoch == top && !distrust && IsDead(held.Header.Instance);
                return TakeOver(UploadOf(held), epoch, top + 1, isNobodys, held.Slot.Offset);
            }
        }
        throw new SpoolStateLostException(id.Text);
    }

    /// <summary>Every upload of which something is here.</summary>
    public IReadOnlyList<EntityId> List() =>
    [
        .. _disk.ListFiles(_root)
            .Where(name => name.Contains('.', StringComparison.Ordinal))
            .Select(name => EntityId.TryParse(name[..name.IndexOf('.', StringComparison.Ordinal)], out var id) ? id : default)
            .Where(id => id != default)
            .Distinct(),
    ];

    /// <summary>How an upload stands, without opening it; null when its state cannot be read.</summary>
    public Upload? Look(EntityId id)
    {
        for (var epoch = TopEpoch(id); epoch >= 1; epoch--)
        {
            if (ReadState(id, epoch) is { } state)
            {
                return UploadOf(state);
            }
        }
        return null;
    }

    /// <summary>Removes all that is here of an upload whose fate is recorded. What a crash leaves is removed another time.</summary>
    public void Remove(EntityId id)
    {
        var top = TopEpoch(id);
        if (top == 0)
        {
            foreach (var name in FilesOf(id))
            {
                _disk.Unlink(Path.Combine(_root, name));
            }
            return;
        }
        for (var epoch = 1; epoch <= top; epoch++)
        {
            _disk.Unlink(DataPath(id, epoch));
        }
        // Ascending: a former owner's look for its own state must fail before its look for the next can.
        for (var epoch = 1; epoch <= top; epoch++)
        {
            _disk.Unlink(StatePath(id, epoch));
        }
    }

    /// <summary>Moves all that is here of an upload to <c>FOLDER</c> beside the spool's files, durably; returns how much.</summary>
    /// <param name="folder"><c>unclaimed</c> or <c>quarantine</c>.</param>
    public long MoveTo(string folder, EntityId id)
    {
        var target = Path.Combine(_root, folder);
        DurableFile.EnsureDirectory(_disk, target);
        var bytes = 0L;
        foreach (var name in FilesOf(id))
        {
            var path = Path.Combine(_root, name);
            bytes += name.EndsWith(StateSuffix, StringComparison.Ordinal) ? 0 : _disk.FileLength(path);
            // If we crash here, some files are in both places or in the new one: moving them again ends the same.
            _disk.Link(path, Path.Combine(target, name));
        }
        _disk.SyncDirectory(target);
        foreach (var name in FilesOf(id))
        {
            _disk.Unlink(Path.Combine(_root, name));
        }
        return bytes;
    }

    public void Dispose()
    {
        try
        {
            _disk.Unlink(Path.Combine(_root, _instance + LockSuffix));
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private SpooledUpload Continue(Upload upload, int epoch, long sequence)
    {
        CutToHeld(upload, epoch);
        return Session(upload, epoch, sequence);
    }

    private SpooledUpload TakeOver(Upload upload, int from, int to, bool isNobodys, long held)
    {
        var (source, target) = (DataPath(upload.Id, from), DataPath(upload.Id, to));
        // A power cut may have kept the name of a take-over's data and not that of its state.
        _disk.Unlink(target);
        if (!_disk.FileExists(source) && held == 0)
        {
            _disk.CreateNew(target).Dispose();
        }
        else if (isNobodys)
        {
            // Nobody has the file open any more: it may go on under its new name.
            _disk.Link(source, target);
        }
        else
        {
            Copy(source, target, held);
        }
        CutToHeld(upload, to);
        // If we crash here, the former state still counts, and its bytes are still under their former name.
        _disk.SyncDirectory(_root);
        WriteState(upload, StatePath(upload.Id, to), 1, create: false);
        return Session(upload, to, 1);
    }

    private void Copy(string source, string target, long bytes)
    {
        using var from = _disk.OpenRead(source);
        using var to = _disk.CreateNew(target);
        var buffer = new byte[CopyBufferBytes];
        for (var at = 0L; at < bytes;)
        {
            var read = from.Read(buffer, 0, (int)Math.Min(buffer.Length, bytes - at));
            if (read == 0)
            {
                throw new IOException($"{source} ends before the {bytes} bytes that are held");
            }
            to.Write(at, buffer.AsSpan(0, read));
            at += read;
        }
        to.SyncData();
    }

    private void CutToHeld(Upload upload, int epoch)
    {
        var path = DataPath(upload.Id, epoch);
        if (!_disk.FileExists(path) && upload.Offset == 0)
        {
            // A creation that died half-way; the name is synced with the first commit's state.
            _disk.CreateNew(path).Dispose();
            _disk.SyncDirectory(_root);
            return;
        }
        var length = _disk.FileLength(path);
        if (length < upload.Offset)
        {
            throw new SpoolStateLostException(upload.Id.Text);
        }
        if (length > upload.Offset)
        {
            using var data = _disk.OpenExisting(path);
            data.Truncate(upload.Offset);
        }
    }

    private SpooledUpload Session(Upload upload, int epoch, long sequence)
    {
        var (own, next) = (StatePath(upload.Id, epoch), StatePath(upload.Id, epoch + 1));
        return new SpooledUpload(
            _disk, upload, sequence, own, DataPath(upload.Id, epoch), () => _disk.FileExists(own) && !_disk.FileExists(next));
    }

    private void WriteState(Upload upload, string path, long sequence, bool create)
    {
        var header = new SpoolHeader(upload.Id.Text, upload.Owner.Text, upload.Metadata, upload.Concat, upload.Created, _instance);
        var bytes = SpoolState.Encode(header, new SpoolSlot(sequence, upload.Offset, upload.LengthBytes, upload.Expires));
        using var file = create ? _disk.CreateNew(path) : _disk.OpenExisting(path);
        file.Write(0, bytes);
        // If we crash here, the state is not whole and is passed over.
        file.SyncData();
    }

    private (SpoolHeader Header, SpoolSlot Slot)? ReadState(EntityId id, int epoch)
    {
        var path = StatePath(id, epoch);
        if (!_disk.FileExists(path) || _disk.FileLength(path) > MaxStateBytes)
        {
            return null;
        }
        return SpoolState.Decode(DurableFile.ReadAll(_disk, path, MaxStateBytes)) is { } state && state.Header.Id == id.Text ? state : null;
    }

    private bool IsDead(string instance)
    {
        var path = Path.Combine(_root, instance + LockSuffix);
        if (instance == _instance)
        {
            return false;
        }
        if (!_disk.FileExists(path))
        {
            return true;
        }
        using var taken = _disk.TryLock(path);
        if (taken is not null)
        {
            _disk.Unlink(path);
        }
        return taken is not null;
    }

    /// <summary>Locks and unnamed states of processes that are no more.</summary>
    private void SweepBehindTheDead()
    {
        foreach (var name in _disk.ListFiles(_root).Where(n => n.EndsWith(LockSuffix, StringComparison.Ordinal) || n.EndsWith(NewSuffix, StringComparison.Ordinal)))
        {
            var instance = name[..name.IndexOf('.', StringComparison.Ordinal)];
            if (IsDead(instance))
            {
                _disk.Unlink(Path.Combine(_root, name));
            }
        }
    }

    private int TopEpoch(EntityId id)
    {
        var epoch = 0;
        while (_disk.FileExists(StatePath(id, epoch + 1)))
        {
            epoch++;
        }
        return epoch;
    }

    private List<string> FilesOf(EntityId id) =>
    [
        .. _disk.ListFiles(_root)
            .Where(name => name.StartsWith(id.Text + ".", StringComparison.Ordinal))
            .OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal),
    ];

    private static Upload UploadOf((SpoolHeader Header, SpoolSlot Slot) state) => new(
        EntityId.TryParse(state.Header.Id, out var id) ? id : throw new InvalidDataException("not an upload id"),
        Pseudonym.Parse(state.Header.Owner), state.Slot.LengthBytes, state.Slot.Offset, state.Header.Metadata, state.Header.Concat,
        state.Header.Created, state.Slot.Expires);

    private string StatePath(EntityId id, int epoch) => Path.Combine(_root, FormattableString.Invariant($"{id.Text}.{epoch}{StateSuffix}"));

    private string DataPath(EntityId id, int epoch) => Path.Combine(_root, FormattableString.Invariant($"{id.Text}.{epoch}"));
}
