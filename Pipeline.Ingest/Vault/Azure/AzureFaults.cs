using Azure;
using Azure.Storage.Blobs.Models;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>What the client library throws, as the errors of a store.</summary>
internal static class AzureFaults
{
    private const int NotFound = 404;
    private const int Conflict = 409;
    private const int PreconditionFailed = 412;

    public static async Task<T> GuardAsync<T>(string doing, Func<Task<T>> work, CancellationToken cancel)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (IsOfTheService(e, cancel))
        {
            throw AsIo(doing, e);
        }
    }

    /// <summary>The library gives up with an AggregateException of its tries, and cancels a try that took too long.</summary>
    public static bool IsOfTheService(Exception e, CancellationToken cancel) =>
        e is RequestFailedException or AggregateException or InvalidDataException
        || (e is OperationCanceledException && !cancel.IsCancellationRequested);

    public static IOException AsIo(string doing, Exception e) => e switch
    {
        RequestFailedException { Status: > 0 } refused => new IOException($"{doing}: {refused.Status} {refused.ErrorCode}", refused),
        AggregateException { InnerExceptions: [.., var last] } => new IOException($"{doing}: {FirstLine(last.Message)}", e),
        _ => new IOException($"{doing}: {FirstLine(e.Message)}", e),
    };

    public static bool IsMissing(RequestFailedException e) =>
        e.Status == NotFound && e.ErrorCode != BlobErrorCode.ContainerNotFound.ToString();

    public static bool IsContainerMissing(RequestFailedException e) =>
        e.Status == NotFound && e.ErrorCode == BlobErrorCode.ContainerNotFound.ToString();

    /// <summary>Something is there already, or is no longer what we looked at.</summary>
    public static bool IsTaken(RequestFailedException e) => e.Status is Conflict or PreconditionFailed;

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd();
}

/// <summary>A download whose breaks are errors of a medium.</summary>
internal sealed class AzureReader(Stream source, Sha256Digest id, string store) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (AzureFaults.IsOfTheService(e, cancellationToken))
        {
            throw AzureFaults.AsIo($"reading {id} from {store}", e);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return source.Read(buffer);
        }
        catch (Exception e) when (AzureFaults.IsOfTheService(e, CancellationToken.None))
        {
            throw AzureFaults.AsIo($"reading {id} from {store}", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }
        base.Dispose(disposing);
    }
}
