using System.Buffers;

namespace Pipeline.Ingest.Export;

/// <summary>
/// Validates a directory as a bag: RFC 8493 strictly, the drafts 0.93 to 0.97 by what they asked. Every file is read in
/// full; nothing is fetched, followed or changed. Other people's bags are hostile: no path leads out of the directory.
/// </summary>
public sealed class BagValidator
{
    private const int BufferBytes = 1024 * 1024;

    private const string AskForAnother = "Ask the bag's maker for a bag that follows RFC 8493.";
    private const string GetItAgain = "Get the bag again from where it came from; keep this one as evidence.";

    private readonly BagFindings _findings = new();
    private readonly BagInventory _inventory;
    private readonly List<BagManifest> _manifests = [];
    private IReadOnlyDictionary<string, (int Line, long? SizeBytes)> _fetch = new Dictionary<string, (int Line, long? SizeBytes)>();

    private BagValidator(string directory) => _inventory = BagInventory.Of(directory, _findings);

    /// <summary>What is to be said of the bag.</summary>
    /// <exception cref="IOException">The directory or a file in it cannot be read: no verdict.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static BagReport Validate(string directory, CancellationToken cancel)
    {
        var full = Path.GetFullPath(directory);
        if (!Directory.Exists(full))
        {
            throw new DirectoryNotFoundException($"{directory} is no directory; a bag that is packed must be unpacked first");
        }
        return new BagValidator(full).Run(cancel);
    }

    private IEnumerable<KeyValuePair<string, long>> Payload => _inventory.Files.Where(f => IsPayload(f.Key));

    private IEnumerable<BagManifest> PayloadManifests => _manifests.Where(m => !m.OfTags);

    private static bool IsPayload(string path) => path.StartsWith(BagPath.Payload, StringComparison.Ordinal);

    private BagReport Run(CancellationToken cancel)
    {
        var declared = ReadDeclaration();
        if (declared is not null)
        {
            if (!_inventory.HasPayloadDirectory)
            {
                _findings.Reject("BAG_NO_PAYLOAD", "data/", null, "There is no directory data/, which holds a bag's payload.", AskForAnother);
            }
            ReadManifests(declared);
            ReadFetchList(declared);
            CheckCompleteness(declared.Version);
            CheckInfo(declared);
            BagNames.Warn(_inventory.Files.Keys, _findings);
            CheckDigests(cancel);
        }
        return new BagReport(
            !_findings.Refused, declared?.Version.ToString() ?? "", Payload.LongCount(), Payload.Sum(f => f.Value),
            [.. PayloadManifests.Select(m => m.Algorithm.Name)], _findings.Kept, _findings.More);
    }

    private BagDeclaration? ReadDeclaration()
    {
        if (!_inventory.Files.TryGetValue(BagDeclaration.FileName, out var length))
        {
            _findings.Reject("BAG_NO_DECLARATION", BagDeclaration.FileName, null, "There is no bagit.txt: this is no bag, or one that was never finished.", AskForAnother);
            return null;
        }
        if (length > BagDeclaration.MaxBytes)
        {
            _findings.Reject("BAG_DECLARATION_FORM", BagDeclaration.FileName, null, $"bagit.txt has {length} bytes; two short lines are wanted.", AskForAnother);
            return null;
        }
        using var source = _inventory.Open(BagDeclaration.FileName);
        var bytes = new byte[length];
        source.ReadExactly(bytes);
        return BagDeclaration.Read(bytes, _findings);
    }

    private void ReadManifests(BagDeclaration declared)
    {
        var unknown = 0;
        foreach (var name in _inventory.Files.Keys.Where(p => !p.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            if (!BagManifest.IsName(name, out var ofTags, out var algorithmName))
            {
                continue;
            }
            if (DigestAlgorithm.Find(algorithmName) is not { IsSupported: true } algorithm)
            {
                unknown += ofTags ? 0 : 1;
                _findings.Warn("BAG_ALGORITHM_UNKNOWN", name, algorithmName, "This checksum algorithm is not known here; the manifest was not checked.", "Ask for a manifest of SHA-256 or SHA-512.");
                continue;
            }
            if (name != BagManifest.NameOf(algorithm, ofTags))
            {
                _findings.Warn("BAG_MANIFEST_NAME", name, name, $"The name of this manifest is {BagManifest.NameOf(algorithm, ofTags)}.", AskForAnother);
            }
            using var source = _inventory.Open(name);
            _manifests.Add(BagManifest.Read(name, ofTags, algorithm, source, declared, _findings));
        }
        if (!PayloadManifests.Any())
        {
            _findings.Reject(
                "BAG_NO_MANIFEST", "manifest-*.txt", null,
                unknown > 0 ? "No payload manifest has an algorithm known here, so nothing can be said of the payload." : "There is no payload manifest.", AskForAnother);
        }
    }

    private void ReadFetchList(BagDeclaration declared)
    {
        if (!_inventory.Files.ContainsKey(FetchList.FileName))
        {
            return;
        }
        using (var source = _inventory.Open(FetchList.FileName))
        {
            _fetch = FetchList.Read(source, declared, _findings);
        }
        foreach (var (path, (line, size)) in _fetch)
        {
            if (PayloadManifests.FirstOrDefault(m => !m.Entries.ContainsKey(path)) is { } without)
            {
                _findings.Since(
                    BagVersion.Rfc8493, declared.Version, "BAG_FETCH_UNLISTED", $"{FetchList.FileName}:{line}", path,
                    $"The file is not in {without.Name}, so nobody could check what is fetched.", AskForAnother);
            }
            if (size is { } stated && _inventory.Files.TryGetValue(path, out var length) && stated != length)
            {
                _findings.Warn("BAG_FETCH_LENGTH", $"{FetchList.FileName}:{line}", path, $"The line states {stated} bytes, the file has {length}.", AskForAnother);
            }
        }
    }

    /// <summary>Everything listed is there; everything of the payload is listed (RFC 8493, section 3).</summary>
    private void CheckCompleteness(BagVersion version)
    {
        foreach (var manifest in _manifests)
        {
            foreach (var (path, entry) in manifest.Entries)
            {
                if (!_inventory.Files.ContainsKey(path))
                {
                    Missing(manifest, path, entry.Line);
                }
            }
        }
        foreach (var path in Payload.Select(f => f.Key))
        {
            var without = PayloadManifests.Where(m => !m.Entries.ContainsKey(path)).Select(m => m.Name).ToList();
            if (without.Count > 0 && without.Count == PayloadManifests.Count())
            {
                _findings.Reject("BAG_UNLISTED", path, null, $"The file is in no manifest ({string.Join(", ", without)}): nobody vouches for it.", GetItAgain);
            }
            else if (without.Count > 0)
            {
                _findings.Since(
                    BagVersion.Rfc8493, version, "BAG_UNLISTED_SOMEWHERE", path, null,
                    $"The file is not in {string.Join(", ", without)}; each manifest lists the whole payload.", AskForAnother);
            }
        }
        foreach (var manifest in _manifests.Where(m => m.OfTags))
        {
            foreach (var path in _inventory.Files.Keys.Where(p => !IsPayload(p) && !manifest.Entries.ContainsKey(p)))
            {
                if (!(BagManifest.IsName(path, out var ofTags, out _) && ofTags))
                {
                    _findings.Warn("BAG_TAG_FILE_UNLISTED", path, null, $"The file is not in {manifest.Name}.", "A bag's maker should list every tag file there.");
                }
            }
        }
    }

    private void Missing(BagManifest manifest, string path, int line)
    {
        var place = $"{manifest.Name}:{line}";
        if (_fetch.TryGetValue(path, out var elsewhere))
        {
            _findings.Reject(
                "BAG_NOT_FETCHED", place, path, $"The file is not here; line {elsewhere.Line} of fetch.txt says where it can be had. Nothing is fetched by itself.",
                "Decide whether to trust the address, fetch the file, then validate again.");
            return;
        }
        var alike = _inventory.Files.Keys.FirstOrDefault(p => BagNames.Fold(p) == BagNames.Fold(path));
        _findings.Reject(
            "BAG_MISSING", place, path,
            alike is null ? "The file is not there." : $"The file is not there; one whose name differs in case or Unicode form is: {alike}.", GetItAgain);
    }

    private void CheckInfo(BagDeclaration declared)
    {
        foreach (var name in (string[])[BagInfo.FileName, BagInfo.EarlyFileName])
        {
            if (!_inventory.Files.ContainsKey(name) || (name == BagInfo.EarlyFileName && declared.Version.IsAtLeast(BagVersion.Draft96)))
            {
                continue;
            }
            using var source = _inventory.Open(name);
            var oxums = BagInfo.Read(name, source, declared, _findings)
                .Where(e => e.Element.Label.Equals(BagInfo.PayloadOxum, StringComparison.OrdinalIgnoreCase)).ToList();
            foreach (var (line, (_, value)) in oxums)
            {
                CheckOxum($"{name}:{line}", value);
            }
            if (oxums.Count > 1)
            {
                _findings.Since(BagVersion.Rfc8493, declared.Version, "BAG_OXUM_TWICE", $"{name}:{oxums[1].Line}", oxums[1].Element.Value, "Payload-Oxum stands more than once.", AskForAnother);
            }
        }
    }

    private void CheckOxum(string place, string value)
    {
        var (bytes, files) = (Payload.Sum(f => f.Value), Payload.LongCount());
        switch (BagInfo.ParseOxum(value))
        {
            case null:
                _findings.Reject("BAG_OXUM_FORM", place, value, "Payload-Oxum is a number of bytes, a full stop, and a number of files.", AskForAnother);
                break;
            case var (statedBytes, statedFiles) when statedBytes != bytes || statedFiles != files:
                _findings.Reject("BAG_OXUM", place, value, $"The payload has {bytes} bytes in {files} files.", GetItAgain);
                break;
            default:
                break;
        }
    }

    /// <summary>Reads every listed file once, whatever number of manifests lists it.</summary>
    private void CheckDigests(CancellationToken cancel)
    {
        var listed = from manifest in _manifests
                     from entry in manifest.Entries
                     where _inventory.Files.ContainsKey(entry.Key)
                     group (Manifest: manifest, Entry: entry.Value) by entry.Key;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            foreach (var file in listed.OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                cancel.ThrowIfCancellationRequested();
                using var digests = new DigestSet(file.Select(f => f.Manifest.Algorithm).Distinct());
                using (var source = _inventory.Open(file.Key))
                {
                    for (int read; (read = source.Read(buffer)) > 0;)
                    {
                        cancel.ThrowIfCancellationRequested();
                        digests.Append(buffer.AsSpan(0, read));
                    }
                }
                var found = digests.Finish();
                foreach (var (manifest, entry) in file.Where(f => f.Entry.Digest != found[f.Manifest.Algorithm]))
                {
                    _findings.Reject(
                        "BAG_CHECKSUM", $"{manifest.Name}:{entry.Line}", file.Key,
                        $"The file's {manifest.Algorithm.Name} is {found[manifest.Algorithm]}, the manifest has {entry.Digest}.", GetItAgain);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
