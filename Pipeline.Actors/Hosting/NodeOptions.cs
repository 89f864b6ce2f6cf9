using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Actors.Patrol;
using Pipeline.Actors.Projections;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Hosting;

/// <summary>What an operator may set in <c>--config FILE</c>. Everything has an embedded default.</summary>
/// <param name="Postgres">Connection string; without it the five SQLite files of the data directory are used.</param>
/// <param name="Host">Address other nodes reach this one at.</param>
/// <param name="Port">Cluster port; 0 takes a free one, which only a node without fellows can do.</param>
/// <param name="Seeds">Addresses of the cluster's nodes as <c>host:port</c>; the same list on every node.</param>
/// <param name="Roles"><c>edge</c>, <c>pipeline</c>, <c>keeper</c>; all three when empty.</param>
/// <param name="Origin">The log's origin; drawn when absent.</param>
/// <param name="Spool">Where unfinished uploads are held; a folder that all nodes share lets another node go on with them.</param>
/// <param name="AdvertisedUrl">Where other nodes reach this node's HTTP; the first of its addresses when absent.</param>
/// <param name="Uploads">What one owner may hold.</param>
/// <param name="WeakSandbox">"allowed" lets decoders run without namespaces where the machine has none.</param>
/// <param name="Patrol">How often and how fast the vault is read; see <see cref="PatrolConfig"/>.</param>
public sealed record NodeConfig(
    string? Postgres = null, string Host = "127.0.0.1", int Port = 0, IReadOnlyList<string>? Seeds = null,
    IReadOnlyList<string>? Roles = null, string? Origin = null, string? WeakSandbox = null,
    string? Spool = null, string? AdvertisedUrl = null, UploadLimits? Uploads = null, PatrolConfig? Patrol = null)
{
    /// <summary>As <c>--vault</c>.</summary>
    public string? Vault { get; init; }

    /// <summary>As <c>--replica</c>, each.</summary>
    public IReadOnlyList<string>? Replicas { get; init; }

    /// <summary>As <c>--copies</c>.</summary>
    public int? Copies { get; init; }

    /// <summary>As <c>--policy</c>.</summary>
    public string? Policy { get; init; }

    /// <summary>Names of the policy's witnesses that others run, on machines our operators do not control.</summary>
    public IReadOnlyList<string>? IndependentWitnesses { get; init; }

    /// <summary>How often the journal is counted into the log.</summary>
    public CensusConfig? Census { get; init; }

    /// <summary>Secrets of Azure accounts by the name that stores call them.</summary>
    public IReadOnlyDictionary<string, AzureAccount>? Azure { get; init; }

    /// <exception cref="InvalidDataException">Not the JSON of a configuration; the message names the place.</exception>
    public static NodeConfig Read(string path)
    {
        try
        {
            var config = JsonSerializer.Deserialize(File.ReadAllBytes(path), NodeConfigJson.Default.NodeConfig) ?? new NodeConfig();
            config.Patrol?.Checked();
            config.Census?.Checked();
            return config;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(NodeConfig))]
public sealed partial class NodeConfigJson : JsonSerializerContext;

/// <summary>A node as its command line asks for it. All paths absolute.</summary>
/// <param name="Data">The data directory: lock, socket, databases, spool.</param>
/// <param name="Urls">HTTP addresses; empty serves only the data directory's socket.</param>
/// <param name="Vault">Local root of the vault: its primary store, or where results and temporary files are beside a far one.
/// Shared by a cluster; inside the data directory when alone.</param>
/// <param name="Log">As <paramref name="Vault"/>.</param>
/// <param name="Keys">Outside the data directory: a backup of the one must not hold the other. A shared log's key lies
/// beside the shared log by default, so that every node that may sign finds the same one.</param>
/// <param name="OpenLoopback">Accountless artists on loopback.</param>
/// <param name="RunsStages">False for a node that lives only as long as a question: it would begin stages it cannot end, and
/// every begun one counts.</param>
/// <param name="DemoFiles">True only for the demo's own files: a weak sandbox will do.</param>
public sealed record NodeOptions(
    string Data, IReadOnlyList<string> Urls, string Vault, string Log, string Keys, bool OpenLoopback, NodeConfig Config,
    bool DemoFiles, bool RunsStages)
{
    /// <summary>The primary store as given with <c>--vault</c>.</summary>
    public string? VaultSpec { get; init; }

    /// <summary>The replicas as given with <c>--replica</c>; null when none was given, <c>none</c> alone retires all.</summary>
    public IReadOnlyList<string>? ReplicaSpecs { get; init; }

    /// <summary>Failure domains that "received" requires, as given with <c>--copies</c>.</summary>
    public int? Copies { get; init; }

    /// <summary>The trust policy's file as given with <c>--policy</c>; null when there is none.</summary>
    public string? PolicyPath { get; init; }

    public static NodeOptions For(
        string data, IReadOnlyList<string>? urls = null, string? vault = null, string? log = null, string? keys = null,
        bool openLoopback = false, NodeConfig? config = null, bool demoFiles = false, bool runsStages = true,
        IReadOnlyList<string>? replicas = null, int? copies = null, string? policy = null)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(data));
        return new NodeOptions(
            root, urls ?? [], Path.Combine(root, "vault"),
            Path.GetFullPath(log ?? Path.Combine(root, "log")),
            Path.GetFullPath(keys ?? (log is null ? root : Path.TrimEndingDirectorySeparator(Path.GetFullPath(log))) + ".keys"),
            openLoopback, config ?? new NodeConfig(), demoFiles, runsStages)
        {
            VaultSpec = vault,
            ReplicaSpecs = replicas is [] ? null : replicas,
            Copies = copies,
            PolicyPath = (policy ?? config?.Policy) is { } path ? Path.GetFullPath(path) : null,
        };
    }
}
