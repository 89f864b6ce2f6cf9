using System.Buffers;
using System.Security.Cryptography;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>Copies bytes into a new durable file and knows from the same pass what they are.</summary>
internal static class VerifiedCopy
{
    /// <summary>What is read and written at once.</summary>
    public const int BufferBytes = 1024 * 1024;

    /// <summary>What a stream holds to its end. The library's own way reads 4 KiB at a time.</summary>
    public static async Task<Sha256Digest> HashAsync(Stream source, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (await source.ReadAsync(buffer.AsMemory(0, BufferBytes), cancel) is > 0 and var read)
            {
                hash.AppendData(buffer, 0, read);
            }
            return new Sha256Digest(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>As <see cref="HashAsync"/>, on this thread.</summary>
    public static Sha256Digest Hash(Stream source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (source.Read(buffer, 0, BufferBytes) is > 0 and var read)
            {
                hash.AppendData(buffer, 0, read);
            }
            return new Sha256Digest(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes a stream to its end into a new synced file.</summary>
    public static async Task<StoredObject> SpoolAsync(IDisk disk, Stream source, string path, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var file = disk.CreateNew(path);
            var length = 0L;
            while (await source.ReadAtLeastAsync(buffer.AsMemory(0, BufferBytes), BufferBytes, throwOnEndOfStream: false, cancel)
                is > 0 and var read)
            {
                hash.AppendData(buffer, 0, read);
                file.Write(length, buffer.AsSpan(0, read));
                length += read;
            }
            disk.MakeReadOnly(path);
            // If we crash here, nobody was told of the bytes; the temporary file is swept at the next start.
            file.SyncData();
            return new StoredObject(new Sha256Digest(hash.GetHashAndReset()), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Copies a file into a new synced one, and refuses bytes that are not those of the name.</summary>
    /// <exception cref="IOException">The source holds something else, or one of the disks failed.</exception>
    public static void Write(IDisk disk, string from, string path, Sha256Digest id, long sizeBytes, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var source = disk.OpenRead(from);
            using var file = disk.CreateNew(path);
            var length = 0L;
            while (length <= sizeBytes && source.Read(buffer, 0, BufferBytes) is > 0 and var read)
            {
                cancel.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
                file.Write(length, buffer.AsSpan(0, read));
                length += read;
            }
            var found = new Sha256Digest(hash.GetHashAndReset());
            if (length != sizeBytes || found != id)
            {
                throw new IOException($"{from} does not hold vault object {id} of {sizeBytes} bytes: its first {length} bytes hash to {found}");
            }
            // If we crash here, nobody was told of the copy; the temporary file is swept at the next start.
            file.SyncData();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
