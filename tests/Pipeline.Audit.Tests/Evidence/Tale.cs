using System.Globalization;
using Pipeline.Audit.Evidence;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Evidence;

/// <summary>A fact and the source that tells it.</summary>
internal sealed record Telling(string Source, Fact Fact);

/// <summary>Facts in the order of a log, a second apart, as the pipeline would write them.</summary>
internal sealed class Tale
{
    private static readonly string[] Stages = ["checksum", "audio", "metadata", "rights", "archive"];

    private readonly List<Telling> _told = [];

    public IReadOnlyList<Telling> Told => _told;

    /// <summary>An example of a fact, to be changed with <c>with</c>.</summary>
    public static T A<T>()
        where T : Fact => SomeFacts.OfEveryKind.OfType<T>().Single();

    public static Tale Of(params IEnumerable<Telling> told)
    {
        var tale = new Tale();
        foreach (var (source, fact) in told)
        {
            tale.Tell(source, fact);
        }
        return tale;
    }

    public Tale Tell(string source, Fact fact)
    {
        _told.Add(new Telling(source, fact with { At = Some.Time + (_told.Count * 1000L) }));
        return this;
    }

    /// <summary>A delivery of two files, and what the release makes of it: revision 1 of the release of its name.</summary>
    public Tale Delivered(string name, string message = "m", int round = 1, int revision = 1, long created = 1)
    {
        Received(name, message, round, created);
        Tell($"release:{name}", A<ReleaseReceived>() with
        {
            Release = Some.Release(name),
            Revision = revision,
            Delivery = Some.Delivery(name + message),
            Round = round,
            Contents = Some.Digest($"{name} {message} {round}"),
            Message = Some.Digest($"{name} {message}"),
            Created = created,
        });
        return Tell($"delivery:{name}{message}", A<DeliveryApplied>() with { Delivery = Some.Delivery(name + message), Round = round, Release = Some.Release(name), Revision = revision });
    }

    public Tale Received(string name, string message = "m", int round = 1, long created = 1) => Tell($"delivery:{name}{message}", A<DeliveryReceived>() with
    {
        Delivery = Some.Delivery(name + message),
        Round = round,
        Release = Some.Release(name),
        Contents = Some.Digest($"{name} {message} {round}"),
        Message = Some.Digest($"{name} {message}"),
        Created = created,
        Files = 2,
    });

    /// <summary>Message and files come as uploads before the delivery.</summary>
    public Tale Uploaded(string name, string message = "m")
    {
        foreach (var (upload, bytes) in Parts(name, message))
        {
            Tell($"upload:{upload}", A<UploadCompleted>() with { Upload = Some.Upload(upload), Digest = Some.Digest(bytes) });
        }
        return this;
    }

    /// <summary>The uploads are told to their delivery.</summary>
    public Tale HandedIn(string name, string message = "m")
    {
        foreach (var (upload, _) in Parts(name, message))
        {
            Tell($"upload:{upload}", A<UploadDelivered>() with { Upload = Some.Upload(upload), Delivery = Some.Delivery(name + message) });
        }
        return this;
    }

    /// <summary>Stages pass from one to before another, each after one attempt; rights claim and add an edition.</summary>
    public Tale Passed(string name, int from = 0, int to = 5, int revision = 1)
    {
        for (var stage = from; stage < to; stage++)
        {
            Attempted(name, stage, revision: revision);
            if (stage == 3)
            {
                Tell($"claim:{name}", A<IdentifierClaimed>() with { Holder = Some.Sender(name), Subject = Some.Recording(name), Release = Some.Release(name) });
                Tell($"recording:{name}", A<EditionAdded>() with { Recording = Some.Recording(name), Release = Some.Release(name), Revision = revision, File = Some.Digest($"{name} file 1") });
            }
            Tell($"release:{name}", Pass(stage) with { Release = Some.Release(name), Revision = revision, Input = Input(name, stage) });
        }
        return this;
    }

    public Tale Attempted(string name, int stage, int attempt = 1, int revision = 1) => Tell($"release:{name}", A<StageAttempted>() with
    {
        Release = Some.Release(name),
        Revision = revision,
        Stage = Stages[stage],
        Attempt = attempt,
        Input = Input(name, stage),
    });

    public Tale Quarantined(string name, int stage) =>
        Attempted(name, stage).Tell($"release:{name}", A<ReleaseQuarantined>() with { Release = Some.Release(name), Stage = Stages[stage] });

    public Tale Resolved(string name) => Tell($"release:{name}", A<QuarantineResolved>() with { Release = Some.Release(name) });

    /// <summary>Its end without an archive, and its claim given back if it has one.</summary>
    public Tale Ended(string name, Fact how, bool claimed)
    {
        Tell($"release:{name}", how);
        if (claimed)
        {
            Tell($"claim:{name}", A<IdentifierReleased>() with { Holder = Some.Sender(name), Subject = Some.Recording(name), Release = Some.Release(name) });
        }
        return Tell($"release:{name}", A<ReleaseClaimsFreed>() with { Release = Some.Release(name) });
    }

    /// <summary>A census of all told so far, counted the plain way.</summary>
    public Tale Counted(int? asOf = null)
    {
        var count = CensusCount.Of([.. _told.Take(asOf ?? _told.Count).GroupBy(t => t.Source).Select(s => new CountedSource(
            UInt128.Parse(Pseudonym(s.Key), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), s.Count(),
            s.Key.Split(':')[0] switch { "delivery" => CountedKind.Delivery, "release" => CountedKind.Release, "upload" => CountedKind.Upload, _ => CountedKind.Other }))]);
        return Tell("census:journal", A<Census>() with
        {
            AsOf = asOf ?? _told.Count,
            Sources = count.Sources,
            Facts = count.Facts,
            Deliveries = count.Deliveries,
            Releases = count.Releases,
            Uploads = count.Uploads,
            Root = count.Root,
        });
    }

    /// <summary>The entries: numbers and threads right.</summary>
    public IReadOnlyList<byte[]> Leaves()
    {
        var (numbers, last, leaves) = (new Dictionary<string, long>(), new Dictionary<string, long>(), new List<byte[]>());
        foreach (var (source, fact) in _told)
        {
            var (index, asset) = (leaves.Count, fact.GetAsset());
            numbers[source] = numbers.GetValueOrDefault(source) + 1;
            leaves.Add(new LeafEnvelope(
                FactManifest.Of(fact), fact.Tenant, Pseudonym(source), numbers[source], asset,
                asset.Length == 0 ? -1 : last.GetValueOrDefault(asset, -1), index.ToString("x32", CultureInfo.InvariantCulture)).Encode(FactCodec.PublicBytes(fact)));
            last[asset] = index;
        }
        return leaves;
    }

    /// <summary>The domain check alone, as after a clean fsck.</summary>
    /// <param name="keys">What the log's files show of its keys; none is there when absent.</param>
    public DomainReport Check(DomainOptions? options = null, LogVkeys? keys = null) => Check(Leaves(), options, keys: keys);

    /// <param name="root">What the checkpoint says; the entries' own root when absent.</param>
    public static DomainReport Check(IReadOnlyList<byte[]> leaves, DomainOptions? options = null, Sha256Digest? root = null, LogVkeys? keys = null)
    {
        var range = new CompactRange();
        leaves.ToList().ForEach(leaf => range.Append(MerkleTree.LeafHash(leaf)));
        return DomainCheck.Run(new Bundles(leaves, keys), leaves.Count, root ?? range.Root(), options ?? new DomainOptions { Parallelism = 1 });
    }

    private static string Pseudonym(string source) => Some.Digest(source).ToString()[..32];

    private static Sha256Digest Input(string name, int stage) => Some.Digest($"{name} {stage}");

    private static IEnumerable<(string Upload, string Bytes)> Parts(string name, string message) =>
        [(name + message + " message", $"{name} {message}"), (name + message + " 1", $"{name} file 1"), (name + message + " 2", $"{name} file 2")];

    private static StagePassed Pass(int stage) => stage switch
    {
        0 => A<ChecksumsVerified>(),
        1 => A<AudioInspected>(),
        2 => A<MetadataVerified>(),
        3 => A<RightsCleared>(),
        _ => A<ReleaseArchived>(),
    };

    /// <summary>Entry bundles in memory.</summary>
    private sealed class Bundles(IReadOnlyList<byte[]> leaves, LogVkeys? keys) : ILogFiles
    {
        private readonly Dictionary<string, byte[]> _files = leaves.Chunk(TilePath.FullWidth)
            .Select((chunk, number) => (Path: TilePath.Entries(number, chunk.Length).Text, Bytes: EntryBundle.Encode([.. chunk.Select(l => new ReadOnlyMemory<byte>(l))])))
            .ToDictionary(f => f.Path, f => f.Bytes);

        public byte[]? Read(string path, int maxBytes) => path switch
        {
            LogLayout.Vkey => keys is null ? null : LogVkeys.Lines([keys.Current]),
            LogLayout.Vkeys => keys is { All.Count: > 1 } ? keys.Format() : null,
            _ => _files.GetValueOrDefault(path),
        };

        public IEnumerable<string> List() => _files.Keys;
    }
}
