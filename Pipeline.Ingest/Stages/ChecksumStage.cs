using System.Buffers;
using System.Security.Cryptography;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Vault;

namespace Pipeline.Ingest.Stages;

/// <summary>
/// First stage: every file the message names is in the delivery, inside its folder, and has each hash the message
/// declares. Leaves a <see cref="ChecksumResult"/>.
/// </summary>
public static class ChecksumStage
{
    private const int ReadBufferBytes = 256 * 1024;

    /// <summary>Reads each named file once, computing all its declared hashes in that one pass.</summary>
    /// <returns>Inconclusive when our own vault cannot give the bytes it promised.</returns>
    public static async Task<StageOutcome> Run(
        UnvalidatedRelease release, DeliveryContents delivery, IVault vault, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        var present = delivery.Files.ToLookup(f => f.Path, StringComparer.Ordinal);
        var named = NamedFiles(release, findings);
        var verified = new List<VerifiedFile>();
        var listed = new HashSet<string>(StringComparer.Ordinal) { delivery.Message.Path };
        try
        {
            foreach (var (reference, kind, file) in named)
            {
                if (Find(file, delivery.Message.Path, present, findings) is { } found)
                {
                    listed.Add(found.Path);
                    verified.Add(await Verify(reference, kind, file, found, vault, findings, cancel));
                }
            }
            findings.AddRange(delivery.Files.Where(f => !listed.Contains(f.Path)).Select(ChecksumRules.FileUnlisted));
            if (findings.Stop())
            {
                return new StageOutcome.Failed(findings);
            }
            var result = CanonicalJson.Encode(new ChecksumResult(verified), StageJson.Default.ChecksumResult);
            // If we crash here, the stage runs again and stores the same document under the same name.
            var stored = await vault.StoreAsync(result, cancel);
            return new StageOutcome.Passed(stored.Id, findings);
        }
        catch (Exception ours) when (ours is IOException or UnauthorizedAccessException)
        {
            return new StageOutcome.Inconclusive(ours.Message);
        }
    }

    private static List<(string Reference, string Kind, UnvalidatedFile File)> NamedFiles(
        UnvalidatedRelease release, List<Finding> findings)
    {
        findings.AddRange(release.Tracks.Where(t => t.File is null).Select(ChecksumRules.FileNotNamed));
        return
        [
            .. release.Tracks.Where(t => t.File is not null).Select(t => (t.Reference, "audio", t.File!)),
            .. release.Images.Where(i => i.File is not null).Select(i => (i.Reference, "image", i.File!)),
        ];
    }

    private static DeliveredFile? Find(
        UnvalidatedFile file, string messagePath, ILookup<string, DeliveredFile> present, List<Finding> findings)
    {
        if (DeliveryPath.Resolve(messagePath, file.Path.Value, out var why) is not { } path)
        {
            findings.Add(ChecksumRules.PathOutside(file.Path, why));
            return null;
        }
        if (present[path].FirstOrDefault() is { } found)
        {
            return found;
        }
        findings.Add(ChecksumRules.FileMissing(file.Path));
        return null;
    }

    private static async Task<VerifiedFile> Verify(
        string reference, string kind, UnvalidatedFile file, DeliveredFile found, IVault vault,
        List<Finding> findings, CancellationToken cancel)
    {
        var wanted = new List<(UnvalidatedHash Stated, DeclaredHash.Verifiable Declared)>();
        foreach (var stated in file.Hashes)
        {
            switch (DeclaredHash.Parse(stated))
            {
                case DeclaredHash.Verifiable declared:
                    wanted.Add((stated, declared));
                    break;
                case DeclaredHash.Malformed malformed:
                    findings.Add(ChecksumRules.HashMalformed(stated, malformed.Why));
                    break;
                case DeclaredHash.Unverifiable unverifiable:
                    findings.Add(ChecksumRules.HashUnverifiable(stated, unverifiable.Why));
                    break;
            }
        }
        if (file.Hashes.Count == 0)
        {
            findings.Add(ChecksumRules.HashMissing(file));
        }
        var computed = await HashAll(vault, found, [.. wanted.Select(w => w.Declared.Algorithm).Distinct()], cancel);
        var agreed = new List<string>();
        foreach (var (stated, declared) in wanted)
        {
            var digest = computed[declared.Algorithm];
            if (declared.Matches(digest))
            {
                agreed.Add(declared.Algorithm.Name!);
            }
            else
            {
                findings.Add(ChecksumRules.HashMismatch(stated, found.Path, declared.Write(declared.Expected.Span), declared.Write(digest)));
            }
        }
        return new VerifiedFile(reference, kind, found.Path, found.Sha256, found.SizeBytes, [.. agreed.Distinct()]);
    }

    /// <summary>One pass for all algorithms; the vault's own check of the bytes happens at the end of the stream.</summary>
    private static async Task<Dictionary<HashAlgorithmName, byte[]>> HashAll(
        IVault vault, DeliveredFile file, IReadOnlyList<HashAlgorithmName> algorithms, CancellationToken cancel)
    {
        var hashes = algorithms.ToDictionary(a => a, IncrementalHash.CreateHash);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBufferBytes);
        try
        {
            await using var bytes = await vault.OpenVerifiedAsync(file.Sha256, cancel);
            long size = 0;
            for (int read; (read = await bytes.ReadAsync(buffer, cancel)) > 0; size += read)
            {
                foreach (var hash in hashes.Values)
                {
                    hash.AppendData(buffer, 0, read);
                }
            }
            return size == file.SizeBytes
                ? hashes.ToDictionary(h => h.Key, h => h.Value.GetHashAndReset())
                : throw new IOException($"vault object {file.Sha256} has {size} bytes, the delivery says {file.SizeBytes}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            foreach (var hash in hashes.Values)
            {
                hash.Dispose();
            }
        }
    }
}
