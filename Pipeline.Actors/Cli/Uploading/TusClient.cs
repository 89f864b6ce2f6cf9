using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Cli.Uploading;

/// <summary>A file that is received.</summary>
/// <param name="Upload">The server's id of the upload.</param>
/// <param name="Local">SHA-256 of the file here, computed before it was sent.</param>
/// <param name="Server">SHA-256 of what the server holds, by its own account.</param>
public sealed record ReceivedFile(string Upload, long LengthBytes, Sha256Digest Local, Sha256Digest Server);

/// <summary>The upload of one file came to no good end; the message says why, and what is held stays held.</summary>
public sealed class UploadFailedException(string file, string why)
    : IOException($"{file} was not received: {why}. What the server holds of it stays; run the same again to go on.");

/// <summary>
/// tus 1.0.0 from a file: created under an id that is the same for the same bytes to the same server, so that a run after
/// a crash of either side finds its upload; sent in pieces; after any trouble gone on from where the server says it is.
/// </summary>
/// <param name="http">Its base address is the server's; <c>files/</c> is below.</param>
public sealed class TusClient(HttpClient http)
{
    /// <summary>Bytes of one PATCH: what is lost at most when a proxy keeps requests to itself until they end.</summary>
    public const long PatchBytes = 8 * 1024 * 1024;

    private const string Files = "files/";
    private const int HashBufferBytes = 1024 * 1024;

    /// <summary>Names longer than this are cut in the metadata: the server reads a header of 4,096 characters.</summary>
    private const int MaxNameBytes = 600;

    // Files with the same bytes are one upload to the server, and two that send it would pre-empt each other.
    private readonly ConcurrentDictionary<Sha256Digest, SemaphoreSlim> _oneOfEach = new();

    /// <summary>Sends a file, or finds that it was sent.</summary>
    /// <param name="name">What the server is told the file is called.</param>
    /// <param name="progress">Told of bytes that the server holds from before, and of bytes sent.</param>
    /// <exception cref="UploadFailedException">It is not received.</exception>
    public async Task<ReceivedFile> UploadAsync(string path, string name, IUploadProgress progress, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
        var length = file.Length;
        var local = await HashAsync(file, cancel);
        var turn = _oneOfEach.GetOrAdd(local, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancel);
        try
        {
            return await UploadAsync(file, length, local, name, progress, cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The same for the same bytes to the same server and attempt, and nobody else's guess of it opens anything.</summary>
    public static string ClientUploadId(Uri server, Sha256Digest digest, long lengthBytes, int attempt) => Sha256Digest.Of(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"mp-client-upload-v1\0{server.AbsoluteUri}\0{digest}\0{lengthBytes}\0{attempt}"))).ToString();

    private async Task<ReceivedFile> UploadAsync(
        FileStream file, long length, Sha256Digest local, string name, IUploadProgress progress, CancellationToken cancel)
    {
        var state = TusState.Of(length);
        TusStep step = new TusStep.Create(0);
        string? upload = null;
        var counted = 0L;
        while (true)
        {
            TusEvent happened;
            switch (step)
            {
                case TusStep.Done(var digest):
                    progress.Moved(length - counted, sent: false);
                    return new ReceivedFile(upload!, length, local, digest);
                case TusStep.GiveUp(var why):
                    throw new UploadFailedException(file.Name, why);
                case TusStep.Create(var attempt):
                    (upload, happened) = await CreateAsync(length, local, name, attempt, cancel);
                    break;
                case TusStep.Ask(var after):
                    await Task.Delay(after, cancel);
                    // Without an id the POST was never answered: the same POST finds what it made.
                    (upload, happened) = upload is null
                        ? await CreateAsync(length, local, name, state.Attempt, cancel)
                        : (upload, await ExchangeAsync(() => new HttpRequestMessage(HttpMethod.Head, Files + upload), null, cancel));
                    break;
                case TusStep.Send(var offset):
                    progress.Moved(offset - counted, sent: false);
                    counted = offset;
                    happened = await SendAsync(file, upload!, offset, Math.Min(PatchBytes, length - offset), moved =>
                    {
                        counted += moved;
                        progress.Moved(moved, sent: true);
                    }, cancel);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
            (state, step) = TusRules.Next(state, happened);
            upload = step is TusStep.Create ? null : upload;
        }
    }

    private async Task<(string? Upload, TusEvent Event)> CreateAsync(long length, Sha256Digest digest, string name, int attempt, CancellationToken cancel)
    {
        string? location = null;
        var happened = await ExchangeAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, Files);
                request.Headers.Add("Upload-Length", length.ToString(CultureInfo.InvariantCulture));
                request.Headers.Add("Upload-Metadata", string.Join(',', new (string Key, string Value)[]
                {
                    ("filename", Cut(name)), ("sha256", digest.ToString()), ("client_upload_id", ClientUploadId(http.BaseAddress!, digest, length, attempt)),
                }.Select(m => $"{m.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(m.Value))}")));
                request.Content = new ByteArrayContent([]);
                return request;
            },
            response => location = response.Headers.Location?.OriginalString, cancel);
        if (happened is TusEvent.Stands && location?.TrimEnd('/').Split('/')[^1] is not { Length: > 0 })
        {
            return (null, new TusEvent.Refused(501, "the server made an upload and did not say where"));
        }
        if (happened is TusEvent.Refused { Status: 409 } taken)
        {
            // The same bytes under another name were begun and not finished: that upload is not ours to go on with.
            return (null, taken with { Status = 410 });
        }
        // A creation that says nothing of its offset holds nothing yet.
        return (location?.TrimEnd('/').Split('/')[^1], happened);
    }

    private async Task<TusEvent> SendAsync(FileStream file, string upload, long offset, long length, Action<int> moved, CancellationToken cancel)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stalled.CancelAfter(FileRange.LongestStall);
        return await ExchangeAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Patch, Files + upload) { Content = new FileRange(file, offset, length, moved, stalled) };
                request.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
                return request;
            },
            null, cancel, stalled);
    }

    /// <summary>One request and what is to be learned of it.</summary>
    /// <param name="stalled">Whoever watches the body; the answer's own limit otherwise.</param>
    private async Task<TusEvent> ExchangeAsync(
        Func<HttpRequestMessage> make, Action<HttpResponseMessage>? look, CancellationToken cancel, CancellationTokenSource? stalled = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stalled?.Token ?? cancel);
        if (stalled is null)
        {
            limit.CancelAfter(FileRange.LongestAnswer);
        }
        try
        {
            using var request = make();
            request.Headers.Add("Tus-Resumable", "1.0.0");
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            look?.Invoke(response);
            return response.IsSuccessStatusCode
                ? Read(response)
                : new TusEvent.Refused((int)response.StatusCode, await WhyAsync(response, limit.Token));
        }
        catch (FileChangedException)
        {
            throw;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException && !cancel.IsCancellationRequested)
        {
            return broken.InnerException is FileChangedException changed ? throw changed : new TusEvent.Broken(broken.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new TusEvent.Broken("nothing moved for too long");
        }
    }

    private static TusEvent Read(HttpResponseMessage response)
    {
        var offset = 0L;
        if (response.Headers.TryGetValues("Upload-Offset", out var offsets)
            && !long.TryParse(offsets.First(), NumberStyles.None, CultureInfo.InvariantCulture, out offset))
        {
            return new TusEvent.Refused(501, "the server states an offset that is no number");
        }
        return offsets is null && response.RequestMessage!.Method != HttpMethod.Post
            ? new TusEvent.Refused(501, "the server does not state an offset: this is no tus server, or something between changes its answers")
            : new TusEvent.Stands(offset, DigestOf(response));
    }

    /// <summary>RFC 9530, the member <c>sha-256</c>.</summary>
    private static Sha256Digest? DigestOf(HttpResponseMessage response)
    {
        const string start = "sha-256=:";
        var header = response.Headers.TryGetValues("Repr-Digest", out var values) ? string.Join(',', values) : "";
        var member = header.Split(',').Select(m => m.Trim()).FirstOrDefault(m => m.StartsWith(start, StringComparison.OrdinalIgnoreCase) && m.EndsWith(':'));
        Span<byte> bytes = stackalloc byte[Sha256Digest.SizeBytes];
        return member is not null && Convert.TryFromBase64String(member[start.Length..^1], bytes, out var written) && written == bytes.Length
            ? new Sha256Digest(bytes)
            : null;
    }

    private static async Task<string> WhyAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            if (response.Content.Headers.ContentType?.MediaType == "application/json"
                && JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancel), AnswerJson.Default.ProblemAnswer) is { Findings: [var first, ..] })
            {
                return $"{first.Rule}: {first.Message} {first.Remedy}";
            }
        }
        catch (JsonException)
        {
            // Not ours: a proxy's page.
        }
        return (int)response.StatusCode switch
        {
            401 => "the server does not know this key (--key KEY, made by 'mp key add')",
            403 => "this key may not do that",
            var status => $"the server answered {status}",
        };
    }

    private static async Task<Sha256Digest> HashAsync(FileStream file, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[HashBufferBytes];
        for (int read; (read = await file.ReadAsync(buffer, cancel)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
        }
        return new Sha256Digest(hash.GetHashAndReset());
    }

    private static string Cut(string name)
    {
        while (Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
        {
            name = name[..^1];
        }
        return name;
    }
}

/// <summary>Who is told how an upload goes. Two: the line on a terminal, and tests.</summary>
public interface IUploadProgress
{
    /// <param name="bytes">How far it went; negative when the server holds less than was sent.</param>
    /// <param name="sent">False for bytes that were there from before: they say nothing of the rate.</param>
    void Moved(long bytes, bool sent);
}
