using Pipeline.Actors.Hosting;
using Pipeline.Actors.Uploads;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Web.Uploads;

/// <summary>The parts of a final upload, all of them whole.</summary>
public sealed record AssemblyParts(IReadOnlyList<EntityId> Ids, long TotalBytes);

/// <summary>Makes a final upload of its parts (tus 1.0.0, concatenation). Parts stay until they expire.</summary>
public sealed class UploadAssembly(UploadGateway uploads, UploadForwarding forwarding)
{
    private const string Root = "/files/";
    private const int BufferBytes = 1024 * 1024;

    /// <summary>Looks at each part: ours, the asker's, partial and whole.</summary>
    public async Task<Parsed<AssemblyParts>> PartsAsync(Principal principal, UploadConcat.Final final, HttpRequest request, CancellationToken cancel)
    {
        var ids = new List<EntityId>();
        var total = 0L;
        foreach (var address in final.Parts)
        {
            if (IdAt(address, request) is not { } id)
            {
                return Bad(address, "This is no address of an upload of this server.");
            }
            var standing = await uploads.StandingAsync(principal, id, cancel);
            if (standing.Status != 0)
            {
                return Bad(address, "There is no such partial upload.");
            }
            if (standing.Concat != "partial" || standing.LengthBytes != standing.Offset)
            {
                return Bad(address, standing.Concat == "partial" ? $"This part is not finished: it stands at {standing.Offset} bytes." : "This upload is not a partial one.");
            }
            ids.Add(id);
            total = checked(total + standing.Offset);
        }
        return total <= uploads.House.Limits.MaxUploadBytes
            ? new AssemblyParts(ids, total)
            : UploadRefusal.Of(413, "UPLOAD_TOO_LARGE", "Upload-Concat", "", $"The parts together have {total} bytes; one upload has at most {uploads.House.Limits.MaxUploadBytes}.", "Send a shorter file.");
    }

    /// <summary>Copies the parts into the final upload, which is received when this returns.</summary>
    public async Task<UploadStanding> AssembleAsync(Principal principal, EntityId id, AssemblyParts parts, HttpRequest request, CancellationToken cancel)
    {
        var (lease, standing) = await uploads.OpenAsync(principal, id, cancel);
        if (lease is null)
        {
            return standing!;
        }
        Exception? failure = null;
        try
        {
            // A former try may have died on the way: what it copied is copied again, over the same bytes.
            lease.Spooled.Rollback();
            var buffer = new byte[BufferBytes];
            foreach (var part in parts.Ids)
            {
                await using var bytes = await OpenPartAsync(principal, part, request, cancel);
                for (int read; (read = await bytes.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel)) > 0;)
                {
                    await Task.Run(() => lease.Spooled.Write(buffer.AsSpan(0, read)), CancellationToken.None);
                }
                uploads.Keep(id);
            }
            var upload = lease.Spooled.Upload;
            if (lease.Spooled.WrittenBytes == upload.LengthBytes)
            {
                lease.Spooled.Commit(null, upload.Expires);
            }
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            // A cut of the sender's line is no failure of the disk: what was copied is copied again.
            standing = await UploadGateway.EndAsync(lease, failure is OperationCanceledException ? null : failure);
        }
        return standing.Digest is not null || standing.Status != 0
            ? standing
            : UploadStanding.Refused(id, UploadRefusal.Of(409, "UPLOAD_CONCAT", "Upload-Concat", "", "A part changed its length while it was copied.", "Send the same again."));
    }

    /// <summary>The bytes of a whole part, from this node's spool or from the node that has it.</summary>
    /// <param name="request">Its credentials go along.</param>
    public async Task<Stream> OpenPartAsync(Principal principal, EntityId part, HttpRequest request, CancellationToken cancel)
    {
        var (lease, standing) = await uploads.OpenAsync(principal, part, cancel);
        if (lease is not null)
        {
            try
            {
                // The file of a whole part never changes: it may be read after the lease has gone back.
                return lease.Spooled.OpenRead();
            }
            finally
            {
                await UploadGateway.EndAsync(lease, null);
            }
        }
        return standing?.OwnerUrl is { } owner
            ? await forwarding.FetchAsync(request, owner, part, cancel)
            : throw new IOException(standing?.Finding?.Message ?? "the part is gone");
    }

    private static EntityId? IdAt(string address, HttpRequest request)
    {
        if (Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            if (!string.Equals(url.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
            address = url.AbsolutePath;
        }
        return address.StartsWith(Root, StringComparison.Ordinal) && EntityId.TryParse(address[Root.Length..], out var id) && id.Kind == "upload" ? id : null;
    }

    private static UploadRefusal Bad(string address, string message) =>
        UploadRefusal.Of(400, "UPLOAD_CONCAT", "Upload-Concat", address.Length <= 200 ? address : address[..200], message, "Name finished partial uploads of your own on this server.");
}
