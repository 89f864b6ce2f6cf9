using System.Buffers;
using System.Net;

namespace Pipeline.Actors.Cli.Uploading;

/// <summary>
/// A range of a file as the body of one request. Gives up when nothing moves for <see cref="LongestStall"/>: a dead line
/// says nothing, and a slow one must not be taken for dead.
/// </summary>
/// <param name="moved">Told of bytes handed to the connection.</param>
/// <param name="stalled">Cancelled when nothing moves; armed anew with each piece.</param>
internal sealed class FileRange(FileStream file, long offsetBytes, long lengthBytes, Action<int> moved, CancellationTokenSource stalled) : HttpContent
{
    private const int PieceBytes = 256 * 1024;

    /// <summary>Between two pieces of a body.</summary>
    public static readonly TimeSpan LongestStall = TimeSpan.FromSeconds(60);

    /// <summary>For the answer once the last piece is away: a server that received all of a large file hashes it first.</summary>
    public static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(10);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (var done = 0L; done < lengthBytes;)
            {
                var piece = buffer.AsMemory(0, (int)Math.Min(PieceBytes, lengthBytes - done));
                var read = await RandomAccess.ReadAsync(file.SafeFileHandle, piece, offsetBytes + done, cancellationToken);
                if (read == 0)
                {
                    throw new FileChangedException(file.Name);
                }
                await stream.WriteAsync(piece[..read], cancellationToken);
                done += read;
                moved(read);
                stalled.CancelAfter(LongestStall);
            }
            stalled.CancelAfter(LongestAnswer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = lengthBytes;
        return true;
    }
}

/// <summary>The file became shorter while it was sent.</summary>
public sealed class FileChangedException(string path) : IOException($"{path} changed while it was sent; send it again when it is finished");
