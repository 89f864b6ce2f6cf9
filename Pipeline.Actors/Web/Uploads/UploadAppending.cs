using Pipeline.Actors.Hosting;
using Pipeline.Actors.Uploads;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Web.Uploads;

/// <summary>Takes the bytes of one request: a lease, the rules, the bytes, a commit, and the lease back.</summary>
public sealed class UploadAppending(UploadGateway uploads, ILogger<UploadAppending> logger)
{
    /// <summary>How the upload stands afterwards, or the refusal; null when nobody is there to be answered.</summary>
    public async Task<UploadStanding?> AppendAsync(HttpContext context, Principal principal, EntityId id, AppendRequest request)
    {
        var (lease, standing) = await uploads.OpenAsync(principal, id, context.RequestAborted);
        if (lease is null)
        {
            return standing is { Status: 0, OwnerUrl: null } ? WithoutLease(standing, request) : standing;
        }
        var house = uploads.House;
        UploadRefusal? refusal = null;
        Exception? failure = null;
        var gone = false;
        try
        {
            switch (UploadRules.Append(lease.Spooled.Upload, request, house.Time.GetUtcNow().ToUnixTimeMilliseconds()))
            {
                case AppendDecision.Refuse refuse:
                    refusal = refuse.Refusal;
                    break;
                case AppendDecision.Take take:
                    refusal = UploadRules.NoRoom(request.BodyBytes ?? 0, house.FreeBytes(), house.Limits);
                    if (refusal is null)
                    {
                        (refusal, gone) = await TakeAsync(context, lease, request, take);
                    }
                    break;
            }
        }
        catch (Exception e)
        {
            // Whatever it was, the lease goes back.
            failure = e;
            UploadLog.NotTaken(logger, id.Text, e.Message);
        }
        var after = await UploadGateway.EndAsync(lease, failure);
        if (failure is IOException disk)
        {
            refusal = UploadFailures.Of(disk);
        }
        else if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
        if (gone)
        {
            // Also what keeps the server from waiting for the rest of a body that it can no longer read.
            context.Abort();
            return null;
        }
        return refusal is null ? after : UploadStanding.Refused(id, refusal);
    }

    /// <summary>It needs no more bytes: the sender lost the answer, or is at the wrong place.</summary>
    private static UploadStanding WithoutLease(UploadStanding standing, AppendRequest request)
    {
        if (standing.Concat.StartsWith("final;", StringComparison.Ordinal))
        {
            return UploadStanding.Refused(standing.Upload, UploadRules.Final(standing.Concat));
        }
        return request.Offset == standing.Offset && request.BodyBytes == 0
            ? standing
            : UploadStanding.Refused(standing.Upload, request.Offset == standing.Offset ? UploadRules.TooLong(standing.Offset) : UploadRules.WrongOffset(request.Offset, standing.Offset));
    }

    private async Task<(UploadRefusal? Refusal, bool Gone)> TakeAsync(
        HttpContext context, UploadLease lease, AppendRequest request, AppendDecision.Take take)
    {
        using var sum = request.Checksum is { } declared ? ChunkChecksum.Start(declared.Algorithm) : null;
        using var sums = request.ChecksumFollows ? new AnySum() : null;
        var end = await new BodyToSpool(lease, take.RoomBytes, sum ?? sums, () => uploads.Keep(lease.Spooled.Upload.Id)).RunAsync(
            context.Request.BodyReader, request.AllOrNothing ? null : () => Commit(lease, take), uploads.House.Time, context.RequestAborted);
        if (end == BodyEnd.TooLong)
        {
            lease.Spooled.Rollback();
            return (UploadRules.TooLong(take.LengthBytes ?? uploads.House.Limits.MaxUploadBytes), false);
        }
        if (request.AllOrNothing)
        {
            if (end is BodyEnd.Cut or BodyEnd.Lost)
            {
                lease.Spooled.Rollback();
                return (UploadRules.Cut(lease.Spooled.Upload.Offset), end == BodyEnd.Lost);
            }
            if (CheckSums(context.Request, request, sum, sums) is { } mismatch)
            {
                lease.Spooled.Rollback();
                return (mismatch, false);
            }
        }
        Commit(lease, take);
        var upload = lease.Spooled.Upload;
        return end == BodyEnd.Cut && !upload.IsWhole ? (UploadRules.Cut(upload.Offset), false) : (null, end == BodyEnd.Lost);
    }

    private void Commit(UploadLease lease, AppendDecision.Take take)
    {
        var house = uploads.House;
        lease.Spooled.Commit(take.LengthBytes, house.Limits.ExpiresAt(lease.Spooled.Upload.Created, house.Time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    private static UploadRefusal? CheckSums(HttpRequest http, AppendRequest request, IRunningSum? sum, AnySum? sums)
    {
        if (request.Checksum is { } declared)
        {
            var found = sum!.Finish();
            return declared.Matches(found) ? null : declared.Mismatch(found);
        }
        var trailer = http.CheckTrailersAvailable() ? http.GetTrailer(TusHeaders.ChecksumHeader).ToString() : "";
        var (trailed, bad) = ChunkChecksum.Parse(trailer);
        if (bad is not null)
        {
            return bad;
        }
        var trailedSum = sums!.Finish(trailed!.Algorithm);
        return trailed.Matches(trailedSum) ? null : trailed.Mismatch(trailedSum);
    }

    /// <summary>A trailer names its algorithm only when all bytes are gone by: all of them are summed.</summary>
    private sealed class AnySum : IRunningSum
    {
        private readonly Dictionary<string, IRunningSum> _all = ChunkChecksum.Algorithms.ToDictionary(a => a, ChunkChecksum.Start, StringComparer.Ordinal);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            foreach (var sum in _all.Values)
            {
                sum.Append(bytes);
            }
        }

        public byte[] Finish() => throw new NotSupportedException("a trailer's sum is finished by its name");

        public byte[] Finish(string algorithm) => _all[algorithm].Finish();

        public void Dispose()
        {
            foreach (var sum in _all.Values)
            {
                sum.Dispose();
            }
        }
    }
}

internal static partial class UploadLog
{
    [LoggerMessage(1, LogLevel.Warning, "Bytes of upload {Upload} could not be taken: {Why}")]
    public static partial void NotTaken(ILogger logger, string upload, string why);
}
