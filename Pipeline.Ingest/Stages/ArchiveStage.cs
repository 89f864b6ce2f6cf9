using System.Buffers;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Vault;

namespace Pipeline.Ingest.Stages;

/// <summary>
/// Last stage: every object of the release (delivery document, message, files, results of the earlier stages) is read
/// back from the vault in full and hashed again. Leaves an <see cref="ArchiveResult"/> that names them all.
/// </summary>
public static class ArchiveStage
{
    private const int ReadBufferBytes = 256 * 1024;

    /// <param name="earlierResults">Result documents of the stages before, in stage order.</param>
    /// <returns>
    /// Passed without findings, or inconclusive: an object that is missing or damaged here is our loss, never a fault
    /// of the sender.
    /// </returns>
    public static async Task<StageOutcome> Run(
        DeliveryContents delivery, IReadOnlyList<Sha256Digest> earlierResults, IVault vault, CancellationToken cancel)
    {
        var document = Sha256Digest.Of(delivery.Encode());
        Sha256Digest[] objects =
        [
            .. new[] { document, delivery.Message.Sha256 }
                .Concat(delivery.Files.Select(f => f.Sha256))
                .Concat(earlierResults)
                .Distinct(),
        ];
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBufferBytes);
        try
        {
            long totalBytes = 0;
            foreach (var id in objects)
            {
                await using var bytes = await vault.OpenVerifiedAsync(id, cancel);
                for (int read; (read = await bytes.ReadAsync(buffer, cancel)) > 0; totalBytes += read)
                {
                }
            }
            var result = CanonicalJson.Encode(new ArchiveResult(document, objects, totalBytes), StageJson.Default.ArchiveResult);
            // If we crash here, the stage runs again and stores the same document under the same name.
            var stored = await vault.StoreAsync(result, cancel);
            return new StageOutcome.Passed(stored.Id, []);
        }
        catch (Exception ours) when (ours is IOException or UnauthorizedAccessException)
        {
            return new StageOutcome.Inconclusive(ours.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
