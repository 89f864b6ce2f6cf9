using System.Security.Cryptography;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Uploads;

/// <summary>This process no longer owns the upload, or its disk failed it: nothing more may be said about its bytes.</summary>
public sealed class UploadMovedException(string id, string why) : IOException($"upload {id}: {why}");

/// <summary>
/// One upload's files, open in the process that owns it. Bytes are appended by one request at a time and become held
/// with <see cref="Commit"/>: bytes synced, then the offset synced, then a look whether somebody took over meanwhile.
/// What was written and not committed is nobody's and is cut off. Safe to dispose while another thread writes.
/// </summary>
public sealed class SpooledUpload : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IDisk _disk;
    private readonly Func<bool> _isOwned;
    private readonly IDiskFile _state;
    private readonly IDiskFile? _data;
    private readonly string _statePath;

    // All of these are guarded by the gate. The hash covers exactly the bytes up to _written, or is null when it must be
    // made again from the file.
    private IncrementalHash? _hash;
    private long _sequence;
    private long _written;
    private bool _closed;
    private bool _failed;

    internal SpooledUpload(
        IDisk disk, Upload upload, long sequence, string statePath, string dataPath, Func<bool> isOwned)
    {
        (_disk, Upload, _sequence, _statePath, Path, _isOwned) = (disk, upload, sequence, statePath, dataPath, isOwned);
        _written = upload.Offset;
        _state = disk.OpenExisting(statePath);
        try
        {
            // What is whole may be the vault's already, under another name: no handle of ours could write to it.
            _data = upload.IsWhole ? null : disk.OpenExisting(dataPath);
        }
        catch
        {
            _state.Dispose();
            throw;
        }
        if (upload.Offset == 0)
        {
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
    }

    /// <summary>As committed.</summary>
    public Upload Upload { get; private set; }

    /// <summary>Bytes written, committed or not.</summary>
    public long WrittenBytes
    {
        get
        {
            lock (_gate)
            {
                return _written;
            }
        }
    }

    /// <summary>The data file of this epoch.</summary>
    public string Path { get; }

    /// <summary>A failed sync: the files may not be what they seem, and only a copy of what was held may go on.</summary>
    public bool HasFailed => _failed;

    /// <summary>Appends; nothing is promised of the bytes before <see cref="Commit"/>.</summary>
    /// <exception cref="IOException">The disk did not take them (HResult is the errno; 28 is disk full).</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            RequireOpen();
            if (bytes.IsEmpty)
            {
                return;
            }
            Invariant.Require(_data is not null, "a whole upload takes no bytes");
            Rehash();
            _data.Write(_written, bytes);
            _hash!.AppendData(bytes);
            _written += bytes.Length;
        }
    }

    /// <summary>Makes all that was written held, and sets the length if it was deferred until now.</summary>
    public Upload Commit(long? lengthBytes, long expires)
    {
        lock (_gate)
        {
            RequireOpen();
            var next = Upload with { Offset = _written, LengthBytes = lengthBytes ?? Upload.LengthBytes, Expires = expires };
            Invariant.Require(next.LengthBytes is null || next.Offset <= next.LengthBytes, "an upload never passes its length");
            try
            {
                if (next.Offset != Upload.Offset)
                {
                    // If we crash here, the bytes beyond the committed offset are cut off by whoever opens the upload next.
                    _data!.SyncData();
                }
                var slot = new SpoolSlot(_sequence + 1, next.Offset, next.LengthBytes, next.Expires);
                _state.Write(SpoolState.PositionOf(slot.Sequence), SpoolState.EncodeSlot(slot));
                // If we crash here, the old slot or the new one counts; the sender was told of neither.
                _state.SyncData();
                _sequence = slot.Sequence;
            }
            catch (IOException)
            {
                _failed = true;
                throw;
            }
            // Whoever took over read our state before or after this commit: only it may answer for the offset.
            RequireOurs();
            return Upload = next;
        }
    }

    /// <summary>Before anything is said of the upload: a process that was frozen may wake up with what was so before.</summary>
    /// <exception cref="UploadMovedException">Another process has taken it over.</exception>
    public void RequireOwned()
    {
        lock (_gate)
        {
            RequireOpen();
            RequireOurs();
        }
    }

    /// <summary>Forgets what was written since the last commit.</summary>
    public void Rollback()
    {
        lock (_gate)
        {
            RequireOpen();
            if (_written == Upload.Offset)
            {
                return;
            }
            _data!.Truncate(Upload.Offset);
            _written = Upload.Offset;
            // A hash cannot be wound back.
            _hash!.Dispose();
            _hash = _written == 0 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        }
    }

    /// <summary>
    /// All bytes are held: closes every handle and says what they are.
    /// </summary>
    public Sha256Digest Seal()
    {
        lock (_gate)
        {
            RequireOpen();
            Invariant.Require(_written == Upload.Offset && Upload.IsWhole, "only what is held in full is sealed");
            Rehash();
            var digest = new Sha256Digest(_hash!.GetCurrentHash());
            Close();
            RequireOurs();
            return digest;
        }
    }

    /// <summary>The held bytes, for whoever assembles parts.</summary>
    public Stream OpenRead() => _disk.OpenRead(Path);

    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }
    }

    private void RequireOpen()
    {
        if (_closed || _failed)
        {
            throw new UploadMovedException(Upload.Id.Text, _failed ? $"its disk failed it ({_statePath})" : "it was closed here");
        }
    }

    private void RequireOurs()
    {
        if (!_isOwned())
        {
            Close();
            throw new UploadMovedException(Upload.Id.Text, "another node has taken it over");
        }
    }

    /// <summary>After a restart, or a chunk that was not kept: the hash of what is held is made from the file.</summary>
    private void Rehash()
    {
        if (_hash is not null)
        {
            return;
        }
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var held = _disk.OpenRead(Path);
        var buffer = new byte[1024 * 1024];
        for (var left = _written; left > 0;)
        {
            var read = held.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (read == 0)
            {
                throw new IOException($"{Path} ends before the {_written} bytes that are held");
            }
            hash.AppendData(buffer, 0, read);
            left -= read;
        }
        _hash = hash;
    }

    private void Close()
    {
        _closed = true;
        _data?.Dispose();
        _state.Dispose();
        _hash?.Dispose();
        _hash = null;
    }
}
