using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Audit.Durable;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Hosting;

/// <summary>A store and the name it has in facts, for good.</summary>
/// <param name="Spec">As <see cref="StoreSpec.ToString"/>; a directory inside the data directory is written relative to it.</param>
public sealed record NamedStore(string Name, string Spec);

/// <summary>
/// What <c>stores.json</c> in the data directory says: where the installation keeps its copies, so that a verb that
/// starts a node finds the same stores as the node before it. Holds no secret.
/// </summary>
/// <param name="Stores">The primary first.</param>
/// <param name="Retired">Stores of earlier starts: no longer written, read, counted or checked, but never forgotten.</param>
/// <param name="Copies">Failure domains to require; null for the default.</param>
public sealed record StoreLayout(int Version, IReadOnlyList<NamedStore> Stores, IReadOnlyList<NamedStore> Retired, int? Copies)
{
    public const int CurrentVersion = 1;

    /// <summary>Most stores of one installation, retired ones too.</summary>
    public const int MaxStores = 64;

    private const int MaxFileBytes = MaxStores * (StoreSpec.MaxCharacters * 4 + 1024);

    private const string FileName = "stores.json";

    /// <summary>Null when the data directory has none: the vault inside it is all there is.</summary>
    /// <exception cref="InvalidDataException">Not the layout of a release we know.</exception>
    public static StoreLayout? Read(IDisk disk, string root)
    {
        var path = Path.Combine(root, FileName);
        if (!disk.FileExists(path))
        {
            return null;
        }
        try
        {
            var layout = JsonSerializer.Deserialize(DurableFile.ReadAll(disk, path, MaxFileBytes), StoreLayoutJson.Default.StoreLayout);
            return layout is { Version: CurrentVersion, Stores: [_, ..], Retired: not null }
                ? layout
                : throw new InvalidDataException($"{path} is not a layout of this release (version {layout?.Version}).");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}. Restore it, or start once with --vault and every --replica.", e);
        }
    }

    /// <summary>The same as another, which may be none.</summary>
    public bool Says(StoreLayout? other) =>
        other is not null && Copies == other.Copies && Stores.SequenceEqual(other.Stores) && Retired.SequenceEqual(other.Retired);

    public void Write(IDisk disk, string root) =>
        // If we crash here, the old layout stands, and whoever started us gives the same options again.
        DurableFile.Replace(disk, Path.Combine(root, FileName), JsonSerializer.SerializeToUtf8Bytes(this, StoreLayoutJson.Default.StoreLayout));

    /// <summary>
    /// The layout of this start: what is given stands in for what was kept, aspect by aspect. A store keeps its name
    /// wherever it comes back; a name is never given to another.
    /// </summary>
    /// <param name="vault">The primary as given; null keeps it.</param>
    /// <param name="replicas">As given; null keeps them, an empty list retires them all.</param>
    /// <param name="copies">As given; null keeps it.</param>
    /// <param name="root">The data directory.</param>
    /// <returns>The layout, or what is wrong with what was given.</returns>
    public static (StoreLayout? Layout, string Problem) Settle(
        StoreLayout? kept, StoreSpec? vault, IReadOnlyList<StoreSpec>? replicas, int? copies, string root)
    {
        var before = kept is null ? [] : kept.Stores.Concat(kept.Retired).Select(s => (s.Name, Spec: Parsed(s, root))).ToList();
        var keptStores = before.Take(kept?.Stores.Count ?? 0).Select(s => s.Spec).ToList();
        var primary = vault ?? keptStores.FirstOrDefault() ?? new StoreSpec.Files(Path.Combine(root, "vault"));
        // A replica that becomes the primary is no replica any more, whether that was said or not.
        List<StoreSpec> now = [primary, .. replicas ?? [.. keptStores.Skip(1).Where(s => s.Place != primary.Place)]];
        if (now.Count > MaxStores)
        {
            return (null, $"more than {MaxStores} stores");
        }
        if (now.GroupBy(s => s.Place).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return (null, $"{twice.Key} is given twice: a store holds one copy");
        }
        if (now.OfType<StoreSpec.Files>().SelectMany(a => now.OfType<StoreSpec.Files>().Where(b => b.Path.StartsWith(a.Path + "/", StringComparison.Ordinal))).FirstOrDefault() is { } inside)
        {
            return (null, $"{inside.Path} lies inside another store");
        }
        var named = new List<NamedStore>();
        foreach (var spec in now)
        {
            var earlier = before.Find(b => b.Spec.Place == spec.Place).Name;
            if (spec.Name is { } asked && earlier is not null && asked != earlier)
            {
                return (null, $"{spec.Place} is named {earlier} in what was written down; it cannot become {asked}");
            }
            var name = earlier ?? spec.Name ?? FreeName(named.Count == 0, [.. before.Select(b => b.Name), .. named.Select(n => n.Name), .. now.Select(s => s.Name ?? "")]);
            if (named.Exists(n => n.Name == name) || before.Exists(b => b.Name == name && b.Spec.Place != spec.Place))
            {
                return (null, $"the name {name} belongs to another store");
            }
            named.Add(new NamedStore(name, Written(spec with { Name = name }, root)));
        }
        var retired = before.Where(b => now.TrueForAll(s => s.Place != b.Spec.Place)).Select(b => new NamedStore(b.Name, Written(b.Spec with { Name = b.Name }, root)));
        return (new StoreLayout(CurrentVersion, named, [.. retired], copies ?? kept?.Copies), "");
    }

    /// <summary>What stands in the file, as it is meant.</summary>
    public static StoreSpec Parsed(NamedStore store, string root) =>
        StoreSpec.TryParse(store.Spec, root, out var spec, out var problem)
            ? spec
            : throw new InvalidDataException($"{FileName} names a store '{store.Spec}': {problem}");

    private static string FreeName(bool primary, IReadOnlyList<string> taken)
    {
        if (primary && !taken.Contains(CopiedVault.PrimaryName))
        {
            return CopiedVault.PrimaryName;
        }
        var stem = primary ? CopiedVault.PrimaryName : "replica";
        return Enumerable.Range(primary ? 2 : 1, 2 * MaxStores + 1).Select(n => $"{stem}-{n}").First(n => !taken.Contains(n));
    }

    /// <summary>A data directory can be moved; what is inside it moves along.</summary>
    private static string Written(StoreSpec spec, string root) =>
        spec is StoreSpec.Files { Path: var path } files && path.StartsWith(root + "/", StringComparison.Ordinal)
            ? (files with { Path = path[(root.Length + 1)..] }).ToString()
            : spec.ToString();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StoreLayout))]
public sealed partial class StoreLayoutJson : JsonSerializerContext;
