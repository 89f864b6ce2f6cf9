using System.Text;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Export;

namespace Pipeline.Ingest.Tests.Export;

/// <summary>A bag written plainly, so that a test can break one thing of it. Valid as it is.</summary>
internal sealed class SomeBag : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mp-bag-").FullName;
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>Declared version.</summary>
    public string Version { get; init; } = "1.0";

    /// <summary>Payload manifests.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = ["sha256"];

    /// <summary>Tag manifests.</summary>
    public IReadOnlyList<string> TagAlgorithms { get; init; } = ["sha256"];

    public Encoding Encoding { get; init; } = new UTF8Encoding(false);

    /// <summary>As it stands in bagit.txt.</summary>
    public string EncodingName { get; init; } = "UTF-8";

    public string Root => _root;

    /// <summary>Payload by path below data/.</summary>
    public Dictionary<string, byte[]> Payload { get; } = new(StringComparer.Ordinal)
    {
        ["one.txt"] = "one"u8.ToArray(),
        ["folder/two.txt"] = "two, in a folder"u8.ToArray(),
    };

    /// <summary>Changes the lines of a manifest before it is written; tag manifests are made of what it gives.</summary>
    public Func<string, List<string>, IEnumerable<string>> Lines { get; init; } = (_, lines) => lines;

    /// <summary>Contents of bag-info.txt; null for none.</summary>
    public string? Info { get; init; } = "Source-Organization: The Test Signals\nPayload-Oxum: 19.2\n";

    public string? Fetch { get; init; }

    /// <summary>Puts another tag file in; listed in the tag manifests.</summary>
    public SomeBag With(string name, string text)
    {
        _files[name] = Encoding.GetBytes(text);
        return this;
    }

    /// <summary>Writes it all.</summary>
    public SomeBag Write()
    {
        foreach (var (path, bytes) in Payload)
        {
            Put("data/" + path, bytes);
        }
        Directory.CreateDirectory(Path.Combine(_root, "data"));
        _files.TryAdd("bagit.txt", Encoding.UTF8.GetBytes($"BagIt-Version: {Version}\nTag-File-Character-Encoding: {EncodingName}\n"));
        if (Info is not null)
        {
            _files.TryAdd("bag-info.txt", Encoding.GetBytes(Info));
        }
        if (Fetch is not null)
        {
            _files.TryAdd("fetch.txt", Encoding.GetBytes(Fetch));
        }
        foreach (var algorithm in Algorithms)
        {
            var name = $"manifest-{algorithm}.txt";
            _files.TryAdd(name, Manifest(name, Payload.Select(p => ($"data/{p.Key}", p.Value)), algorithm));
        }
        var tags = _files.ToList();
        foreach (var algorithm in TagAlgorithms)
        {
            var name = $"tagmanifest-{algorithm}.txt";
            _files.TryAdd(name, Manifest(name, tags.Select(t => (t.Key, t.Value)), algorithm));
        }
        foreach (var (path, bytes) in _files)
        {
            Put(path, bytes);
        }
        return this;
    }

    public void Put(string path, byte[] bytes)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }

    public void Delete(string path) => File.Delete(Path.Combine(_root, path));

    public BagReport Validate() => BagValidator.Validate(_root, CancellationToken.None);

    public void MustBeValid(params string[] warnings)
    {
        var report = Validate();
        Assert.True(report.IsValid, Say(report));
        Assert.Equal(warnings.Order(StringComparer.Ordinal), report.Findings.Select(f => f.Rule).Distinct().Order(StringComparer.Ordinal));
        Assert.All(report.Findings, f => Assert.Equal(Severity.Warn, f.Severity));
    }

    /// <summary>Invalid for this reason, said at this place, and for no other.</summary>
    public void MustBeInvalid(string rule, string place)
    {
        var report = Validate();
        Assert.False(report.IsValid, "the bag passed");
        var refusals = report.Findings.Where(f => f.Severity == Severity.Reject).ToList();
        Assert.True(refusals.Count > 0 && refusals.All(f => f.Rule == rule) && refusals.Any(f => f.Place == place), Say(report));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public static string Hex(string algorithm, byte[] bytes)
    {
        using var digest = DigestAlgorithm.Find(algorithm)!.Start();
        digest.Append(bytes);
        return Convert.ToHexStringLower(digest.Finish());
    }

    private byte[] Manifest(string name, IEnumerable<(string Path, byte[] Bytes)> files, string algorithm) =>
        Encoding.GetPreamble().Concat(Encoding.GetBytes(string.Concat(
            Lines(name, [.. files.Select(f => $"{Hex(algorithm, f.Bytes)}  {f.Path}")]).Select(l => l + "\n")))).ToArray();

    private static string Say(BagReport report) =>
        string.Join('\n', report.Findings.Select(f => $"{f.Severity} {f.Rule} {f.Place} '{f.Value}': {f.Message}"));
}
