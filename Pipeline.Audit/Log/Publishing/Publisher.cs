using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Log;

/// <summary>
/// Makes the committed log visible: tiles and bundles, the signed checkpoint, the history, the file <c>checkpoint</c>, in
/// that order, so that every checkpoint anybody was shown can be proven at once. All of it is derived from the database
/// and written once; after a crash anywhere, running it again finishes it.
/// </summary>
/// <param name="logDirectory">Absolute path; may be shared by the nodes of a cluster.</param>
/// <param name="epoch">Of the one sequencer: a publisher belongs to one epoch, and its temporary files carry it.</param>
/// <param name="signer">The keys of the log's origin. They sign only what is read from the head row.</param>
/// <param name="parallelism">Files written at once.</param>
/// <remarks>One call at a time, and one publisher for an epoch.</remarks>
public sealed class Publisher(
    IDisk disk, string logDirectory, SequencerStore store, long epoch, LogSigner signer,
    int parallelism = Publisher.DefaultParallelism)
{
    /// <summary>Enough to keep a disk's queue busy while others wait for their sync.</summary>
    public const int DefaultParallelism = 8;

    private readonly LogDirectoryWriter _directory = new(disk, logDirectory, epoch);
    private LogHistory? _history;
    private bool _prepared;

    /// <summary>For a log that has one key.</summary>
    public Publisher(
        IDisk disk, string logDirectory, SequencerStore store, long epoch, NoteSigner signer, int parallelism = DefaultParallelism)
        : this(disk, logDirectory, store, epoch, new LogSigner(signer), parallelism)
    {
    }

    /// <summary>Publishes the head as it is now.</summary>
    /// <exception cref="IOException">The disk failed; nothing wrong was shown, and the next call starts over.</exception>
    /// <exception cref="System.Data.Common.DbException">The database failed; likewise.</exception>
    public PublishResult Publish()
    {
        var head = store.ReadHead();
        Invariant.Require(head.Origin == signer.Keys.Current.Name, "a log is published under the key of its origin");
        if (head.Epoch != epoch)
        {
            return new PublishResult.Fenced();
        }
        var writer = new TileWriter(disk, _directory, store, parallelism);
        if (Prepare(head, writer, out var from) is { } unprepared)
        {
            return unprepared;
        }
        // If we crash here or anywhere below, published_size stands where it stood and all of it is done again.
        if (writer.Write(from, head.Size) is { } differs)
        {
            return differs;
        }
        if (store.FindCheckpoint(head.Size) is { } earlier && earlier.Root != head.Root)
        {
            return new PublishResult.Halted(
                $"another root was signed for size {head.Size} before: the log has forked", _directory.CheckpointPath);
        }
        var checkpoint = new Checkpoint(head.Origin, head.Size, head.Root);
        var note = signer.Sign(checkpoint).Format();
        if (!store.TryAddCheckpoint(epoch, new SignedCheckpoint(head.Size, head.Root, note)))
        {
            return new PublishResult.Fenced();
        }
        var shown = Show(head, note);
        if (shown is not null)
        {
            return shown;
        }
        writer.RemovePartials(from, head.Size);
        store.MarkPublished(head.Size);
        return new PublishResult.Published(checkpoint, note);
    }

    /// <summary>
    /// Shows a checkpoint again with its witnesses' lines, while it is the one that is shown. A newer one stays.
    /// </summary>
    /// <param name="cosigned">Of a size that this log has signed: the same text, more lines.</param>
    public void ShowCosigned(SignedCheckpoint cosigned)
    {
        using var held = disk.TryLock(_directory.LockPath);
        if (held is null || store.ReadHead().Epoch != epoch || !disk.FileExists(_directory.CheckpointPath))
        {
            return;
        }
        var shown = PublishedCheckpoint.Read(
            DurableFile.ReadAll(disk, _directory.CheckpointPath, SignedNote.MaxNoteBytes), signer.Keys);
        if (shown is PublishedCheckpoint.Ours(var ours) && ours.Size == cosigned.Size && ours.Root == cosigned.Root)
        {
            // If we crash here, it is shown without its witnesses until the next one; the database has both.
            _directory.ReplaceCheckpoint(cosigned.Note);
        }
    }

    /// <summary>Keeps what convicts: written once under <c>evidence/</c>, named by its content. Returns its path.</summary>
    public string KeepEvidence(string name, ReadOnlySpan<byte> evidence) => _directory.KeepEvidence(name, evidence);

    /// <summary>First call: folders, key file, and whether what is shown fits what we have. Null when all is well.</summary>
    /// <param name="from">The size whose files are known to be in place.</param>
    private PublishResult.Halted? Prepare(LogHead head, TileWriter writer, out long from)
    {
        from = head.PublishedSize;
        if (_prepared)
        {
            return null;
        }
        _directory.Prepare();
        if (_directory.WriteKeys(signer.Keys) is { } foreign)
        {
            return foreign;
        }
        if (Contradiction(out var shown) is { } halted)
        {
            return halted;
        }
        from = Math.Min(from, shown?.Size ?? 0);
        _prepared = from == head.PublishedSize;
        // A directory that is behind its database was restored or replaced: what it lacks is written again, with the
        // right edge of every size that was ever shown, for somebody may hold that checkpoint.
        return _prepared ? null : writer.WriteRightEdges(from, head.Size);
    }

    /// <summary>History and checkpoint, under the lock that keeps two epochs from crossing. Null when done.</summary>
    private PublishResult? Show(LogHead head, byte[] note)
    {
        using var held = disk.TryLock(_directory.LockPath);
        if (held is null)
        {
            return new PublishResult.Busy();
        }
        if (store.ReadHead().Epoch != epoch)
        {
            return new PublishResult.Fenced();
        }
        if (Contradiction(out var shown) is { } halted)
        {
            return halted;
        }
        _history ??= new LogHistory(disk, _directory, store);
        if (_history.CatchUp() is { } unknown)
        {
            return unknown;
        }
        if (shown is null || shown.Size < head.Size)
        {
            _directory.ReplaceCheckpoint(note);
        }
        else
        {
            // Whoever put it there may have died before this; if we crash here, the older one may come back and is replaced.
            disk.SyncDirectory(logDirectory);
        }
        return null;
    }

    /// <summary>Null unless the checkpoint on disk is one that this log cannot have grown from or into.</summary>
    /// <remarks>
    /// The file first, the head after it: what is shown was committed before, whoever showed it. The other way round a
    /// successor that publishes in between looks like an older database.
    /// </remarks>
    private PublishResult.Halted? Contradiction(out Checkpoint? shown)
    {
        var path = _directory.CheckpointPath;
        shown = null;
        if (!disk.FileExists(path))
        {
            return null;
        }
        var published = PublishedCheckpoint.Read(
            DurableFile.ReadAll(disk, path, SignedNote.MaxNoteBytes), signer.Keys);
        shown = (published as PublishedCheckpoint.Ours)?.Checkpoint;
        var head = store.ReadHead();
        // A size that was shown has its row; only a directory from elsewhere makes us compute.
        return StartupCheck.Decide(
            new Checkpoint(head.Origin, head.Size, head.Root), published,
            size => store.FindCheckpoint(size)?.Root ?? ProofBuilder.Root(size, store.ReadNodes)) is StartupVerdict.Halted halted
            ? new PublishResult.Halted($"{halted.Why} {halted.Remedy}", path)
            : null;
    }
}
