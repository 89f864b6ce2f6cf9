using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Cluster.Tests.Support;

/// <summary>What a server said of an upload.</summary>
/// <param name="Status">0 when nobody answered.</param>
/// <param name="Offset">Upload-Offset; null when absent.</param>
/// <param name="Digest">Repr-Digest, in hex; null when absent.</param>
internal sealed record TusAnswer(int Status, long? Offset = null, string? Location = null, string? Digest = null, string Body = "")
{
    public static readonly TusAnswer None = new(0);
}

/// <summary>tus 1.0.0 as a careful sender speaks it: it keeps its bytes until it is told that they are received.</summary>
internal sealed class TusClient(Func<HttpClient> server, string? key)
{
    private const string ContentType = "application/offset+octet-stream";

    public static string Metadata(string name, string value) => $"{name} {Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}";

    public Task<TusAnswer> CreateAsync(long? length, string? metadata = null, string? concat = null, HttpContent? body = null, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "files", cancel, body, ("Upload-Length", Number(length)), ("Upload-Metadata", metadata), ("Upload-Concat", concat));

    public Task<TusAnswer> HeadAsync(string location, CancellationToken cancel = default) => SendAsync(HttpMethod.Head, location, cancel);

    public Task<TusAnswer> DeleteAsync(string location, CancellationToken cancel = default) => SendAsync(HttpMethod.Delete, location, cancel);

    public Task<TusAnswer> PatchAsync(string location, long offset, byte[] bytes, CancellationToken cancel = default) =>
        PatchAsync(location, offset, new ByteArrayContent(bytes), cancel);

    public Task<TusAnswer> PatchAsync(string location, long offset, HttpContent body, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Patch, location, cancel, body, ("Upload-Offset", Number(offset)));

    public async Task<byte[]> GetAsync(string location)
    {
        using var request = Request(HttpMethod.Get, location);
        using var response = await server().SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>One request; status 0 when the connection broke or nobody was there.</summary>
    private async Task<TusAnswer> SendAsync(
        HttpMethod method, string address, CancellationToken cancel, HttpContent? body = null, params (string Name, string? Value)[] headers)
    {
        using var request = Request(method, address);
        foreach (var (name, value) in headers.Where(h => h.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        if (body is not null)
        {
            request.Content = body;
            body.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        }
        try
        {
            using var response = await server().SendAsync(request, cancel);
            return new TusAnswer(
                (int)response.StatusCode, long.TryParse(One(response, "Upload-Offset"), CultureInfo.InvariantCulture, out var at) ? at : null,
                One(response, "Location"), DigestOf(One(response, "Repr-Digest")), await response.Content.ReadAsStringAsync(cancel));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return TusAnswer.None;
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string address)
    {
        var request = new HttpRequestMessage(method, address.TrimStart('/'));
        request.Headers.TryAddWithoutValidation("Tus-Resumable", "1.0.0");
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        return request;
    }

    private static string? One(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? values.Single() : null;

    private static string? DigestOf(string? header) =>
        header is null ? null : Convert.ToHexStringLower(Convert.FromBase64String(header["sha-256=:".Length..^1]));

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// One file on its way: asks, goes on from there, and again, until it is received. Whatever it was answered it holds the
/// server to.
/// </summary>
/// <param name="bytes">The file.</param>
/// <param name="random">Sizes of requests and broken connections; not shared.</param>
internal sealed class TusSender(TusClient client, string name, byte[] bytes, Random random)
{
    private const int MaxChunkBytes = 700_000;

    private string? _location;
    private long _answered;

    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(bytes));

    public int Requests { get; private set; }

    /// <summary>Address of the upload.</summary>
    public string Location => _location ?? throw new InvalidOperationException("not created yet");

    /// <summary>Until the server says that it is received.</summary>
    public async Task SendAsync(CancellationToken cancel)
    {
        while (!await StepAsync(cancel))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancel);
        }
    }

    /// <summary>One request; true once the file is received.</summary>
    private async Task<bool> StepAsync(CancellationToken cancel)
    {
        Requests++;
        if (_location is null)
        {
            var created = await client.CreateAsync(
                bytes.Length, $"{TusClient.Metadata("client_upload_id", name)},{TusClient.Metadata("sha256", Sha256)}", cancel: cancel);
            Assert.True(created.Status is 0 or 201 or 503, $"{name}: creation answered {created}");
            _location = created.Location;
            return false;
        }
        var standing = await client.HeadAsync(_location, cancel);
        Assert.True(standing.Status is 0 or 200 or 503, $"{name}: HEAD answered {standing}");
        if (standing.Status != 200)
        {
            return false;
        }
        if (Answered(standing))
        {
            return true;
        }
        var at = standing.Offset!.Value;
        if (at == bytes.Length)
        {
            return false;
        }
        var count = (int)Math.Min(random.Next(1, MaxChunkBytes), bytes.Length - at);
        var chunk = new CutContent(bytes.AsMemory((int)at, count), random.Next(4) == 0 ? random.Next(count) : null);
        var answer = await client.PatchAsync(_location, at, chunk, cancel);
        Assert.True(answer.Status is 0 or 204 or 409 or 503, $"{name}: PATCH answered {answer}");
        return answer.Status == 204 && Answered(answer);
    }

    private bool Answered(TusAnswer answer)
    {
        Assert.True(answer.Offset >= _answered, $"{name}: {_answered} bytes were answered, then {answer}");
        _answered = answer.Offset!.Value;
        if (answer.Digest is { } digest)
        {
            Assert.Equal(Sha256, digest);
            Assert.Equal(bytes.Length, _answered);
        }
        return answer.Digest is not null;
    }
}

/// <summary>A body whose connection breaks after so many bytes; null sends all.</summary>
internal sealed class CutContent(ReadOnlyMemory<byte> bytes, int? cutAfter) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(bytes[..(cutAfter ?? bytes.Length)]);
        if (cutAfter is not null)
        {
            await stream.FlushAsync();
            throw new IOException("cut");
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
