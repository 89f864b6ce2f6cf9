using System.Net;
using System.Net.Http.Headers;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Log;

namespace Pipeline.Actors.Cli;

/// <summary>Somebody's log over HTTP (C2SP tlog-tiles): read, and believed in nothing.</summary>
internal sealed class RemoteLog : IDisposable
{
    private const int Tries = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http;

    /// <param name="url">Its address, http or https.</param>
    /// <param name="key">An auditor's key; without one the public half alone can be read.</param>
    public RemoteLog(string url, string? key)
    {
        _http = new HttpClient { BaseAddress = new Uri(url.TrimEnd('/') + "/"), Timeout = Patience };
        HasKey = key is not null;
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>Were entries asked for, not hashes alone?</summary>
    public bool HasKey { get; }

    /// <summary>Is this an address, not a directory?</summary>
    public static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    /// <summary>A key as the option gave it, else that of the environment.</summary>
    public static string? KeyOf(string? option) => (option ?? Environment.GetEnvironmentVariable("MP_KEY")) is { Length: > 0 } given ? given : null;

    /// <summary>Copies into a directory what is not there yet, each file checked.</summary>
    public Task<MirrorResult> MirrorAsync(string directory, IReadOnlyList<NoteVerifierKey> logKeys, CancellationToken cancel) =>
        new LogMirror(new PosixDisk(), directory, logKeys, FetchAsync, HasKey).RunAsync(cancel);

    /// <summary>The key that the log shows of itself: nobody's word but its own.</summary>
    /// <exception cref="CannotReachException">It shows none.</exception>
    /// <exception cref="InvalidDataException">It is no key.</exception>
    public async Task<IReadOnlyList<NoteVerifierKey>> OwnKeysAsync(CancellationToken cancel)
    {
        var bytes = await FetchAsync(LogLayout.Vkey, LogVkeys.MaxBytes, cancel) ?? throw new CannotReachException("The log shows no vkey: give --vkey FILE.");
        return LogVkeys.TryParseLines(bytes, out var keys, out var problem)
            ? keys
            : throw new InvalidDataException($"the log's vkey: {problem}");
    }

    public void Dispose() => _http.Dispose();

    private async Task<byte[]?> FetchAsync(string path, int maxBytes, CancellationToken cancel)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                using var response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancel);
                if (response.StatusCode == HttpStatusCode.NotFound)
                {
                    return null;
                }
                if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                {
                    throw new CannotReachException("This key may not read entries: it needs the role auditor.");
                }
                response.EnsureSuccessStatusCode();
                await using var body = await response.Content.ReadAsStreamAsync(cancel);
                using var bytes = new MemoryStream();
                var buffer = new byte[64 * 1024];
                for (int read; (read = await body.ReadAsync(buffer, cancel)) > 0;)
                {
                    bytes.Write(buffer, 0, read);
                    if (bytes.Length > maxBytes)
                    {
                        throw new InvalidDataException($"{path} is longer than the {maxBytes} bytes that are read");
                    }
                }
                return bytes.ToArray();
            }
            catch (Exception e) when (tried < Tries && !cancel.IsCancellationRequested && e is HttpRequestException or IOException or TaskCanceledException)
            {
                await Task.Delay(TimeSpan.FromSeconds(tried), cancel);
            }
        }
    }
}
