using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Pipeline.Audit.Vocabulary;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Ingest.Vault;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

/// <summary>A replica in a blob service that acknowledges, is killed, and comes back without what it acknowledged.</summary>
public sealed class When_a_blob_service_forgets : IDisposable
{
    private const string Container = "masters";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Place _place = new();

    public void Dispose() => _place.Dispose();

    [SkippableFact]
    public async Task The_patrol_finds_what_is_missing_and_copies_it_again()
    {
        await using var azurite = await Azurite.StartAsync();
        var secret = _place.At("connection");
        await File.WriteAllTextAsync(secret, azurite.Connection);
        await using var node = await NodeProcess.StartAsync(_place.Data, null, "--replica", $"azure:{Container},connection-file={secret}");
        var client = new TusClient(() => node.Local, null);
        var received = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        // It writes its index down every few seconds: more than one try only where the kill fell right after that.
        for (var n = 0; n < 5; n++)
        {
            var bytes = Some.Bytes(50_000 + n, n);
            var location = (await client.CreateAsync(bytes.Length)).Location!;
            var done = await client.PatchAsync(location, 0, bytes);
            Assert.Equal((204, Convert.ToHexStringLower(SHA256.HashData(bytes))), (done.Status, done.Digest));
            received.Add(done.Digest!, bytes);
            await azurite.KillAsync();
            await azurite.RestartAsync();
            if ((await MissingAsync()).Count > 0)
            {
                break;
            }
        }
        var forgotten = await MissingAsync();
        Assert.True(forgotten.Count > 0, "Azurite has learnt to remember; nothing was tested");

        // What it has not read yet the patrol mends by itself; what it has read before, an operator's scrub and repair.
        MpProcess? said = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                await VaultAsync("scrub");
                await VaultAsync("repair");
                return (said = await VaultAsync("scrub")).ExitCode == 0 && (await MissingAsync()).Count == 0;
            },
            Patience, () => $"the forgotten blobs did not come back: {said}\n{node.LastWords()}");
        foreach (var (digest, bytes) in received)
        {
            Assert.Equal(bytes, (await BlobOf(digest).DownloadContentAsync()).Value.Content.ToArray());
        }

        async Task<List<string>> MissingAsync()
        {
            var missing = new List<string>();
            foreach (var digest in received.Keys)
            {
                if (!await BlobOf(digest).ExistsAsync())
                {
                    missing.Add(digest);
                }
            }
            return missing;
        }

        BlobClient BlobOf(string digest) =>
            new BlobContainerClient(azurite.Connection, Container, AzureLimits.Options()).GetBlobClient(AzureStore.BlobNameOf(Sha256Digest.Parse(digest)));
    }

    private Task<MpProcess> VaultAsync(string order) => MpProcess.RunAsync("vault", order, "--data", _place.Data, "--json");
}
