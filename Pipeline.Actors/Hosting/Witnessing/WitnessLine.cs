using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Hosting.Witnessing;

/// <summary>
/// Our line to one witness: remembers the size it cosigned last and asks with a proof from there. A question that another
/// size answers is asked once more; the next round tries again.
/// </summary>
/// <param name="proofs">Consistency proof from an old size to a new one.</param>
internal sealed class WitnessLine(PolicyWitness witness, HttpClient http, Func<long, long, IReadOnlyList<Sha256Digest>> proofs)
{
    private long _size;

    public PolicyWitness Witness => witness;

    /// <summary>Size it cosigned last, as far as we know.</summary>
    public long? Size { get; private set; }

    /// <summary>Asks for a cosignature of this checkpoint, within the time of the token.</summary>
    public async Task<WitnessAnswer> AskAsync(SignedNote note, long size, CancellationToken cancel)
    {
        for (var again = false; ; again = true)
        {
            var old = Math.Min(_size, size);
            var answer = await PostAsync(note, size, old, cancel);
            switch (answer)
            {
                case WitnessAnswer.Cosigned:
                    Size = _size = size;
                    return answer;
                case WitnessAnswer.SawSize(var seen) when seen <= size && !again:
                    Size = _size = seen;
                    continue;
                case WitnessAnswer.SawSize(var seen):
                    Size = _size = seen;
                    return answer;
                default:
                    return answer;
            }
        }
    }

    /// <summary>The checkpoint it shows of our log, verbatim; null where it shows none.</summary>
    public async Task<byte[]?> ShownAsync(string origin, CancellationToken cancel)
    {
        try
        {
            var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));
            using var response = await http.GetAsync(At($"{name}/checkpoint"), HttpCompletionOption.ResponseHeadersRead, cancel);
            return response.IsSuccessStatusCode ? await ReadAsync(response, SignedNote.MaxNoteBytes, cancel) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<WitnessAnswer> PostAsync(SignedNote note, long size, long old, CancellationToken cancel)
    {
        try
        {
            var request = new AddCheckpoint(old, old == 0 || old == size ? [] : proofs(old, size), note);
            using var content = new ByteArrayContent(request.Format());
            content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
            using var response = await http.PostAsync(At("add-checkpoint"), content, cancel);
            return await ReadAsync(response, WitnessAnswer.MaxBytes, cancel) is { } body
                ? WitnessAnswer.Read((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), body, witness.Key, note, old, size)
                : new WitnessAnswer.Unusable("its answer is too long");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or UriFormatException)
        {
            return new WitnessAnswer.Unusable(e is OperationCanceledException ? "it did not answer in time" : e.Message);
        }
    }

    /// <summary>Null when there is more than that.</summary>
    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancel)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var bytes = new byte[maxBytes + 1];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        return read > maxBytes ? null : bytes[..read];
    }

    private Uri At(string path) => new(string.Create(CultureInfo.InvariantCulture, $"{witness.Url!.TrimEnd('/')}/{path}"), UriKind.Absolute);
}
