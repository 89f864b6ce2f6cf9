using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Backups;

/// <summary>
/// Which source is behind a pseudonym. A pseudonym cannot be turned back, but with the log's salt a guess can be checked,
/// and facts and documents name nearly every entity. What no guess fits has no name: none is invented.
/// </summary>
public sealed partial class SourceNames
{
    /// <summary>Salts that later recoveries of the same log may have gone on to.</summary>
    private const int MaxGenerations = 16;

    /// <summary>Sources that there is one of.</summary>
    private static readonly string[] Daemons = ["patrol:vault", "census:journal", LogKeyActor.Source, Erasure.ErasureActor.Source];

    private readonly SourceSalt[] _salts;
    private readonly Dictionary<string, string> _names;

    /// <param name="salt">The database's own.</param>
    /// <param name="known">Persistence ids by pseudonym, as the database has them.</param>
    public SourceNames(SourceSalt salt, IReadOnlyDictionary<string, string> known)
    {
        _salts = new SourceSalt[MaxGenerations];
        _salts[0] = salt;
        for (var generation = 1; generation < MaxGenerations; generation++)
        {
            _salts[generation] = _salts[generation - 1].Next();
        }
        _names = new Dictionary<string, string>(known, StringComparer.Ordinal);
        foreach (var daemon in Daemons)
        {
            Guess(daemon);
        }
    }

    /// <summary>The generation of salts beyond every one that a source was named under: what a lost source can no longer meet.</summary>
    public SourceSalt Beyond(IEnumerable<string> sources)
    {
        var highest = 0;
        foreach (var source in sources)
        {
            if (Find(source) is { } id && Array.FindIndex(_salts, s => s.NameOf(id) == source) is > 0 and var generation)
            {
                highest = Math.Max(highest, generation);
            }
        }
        return _salts[highest].Next();
    }

    /// <summary>Null when nothing that was guessed fits.</summary>
    public string? Find(string source) => _names.GetValueOrDefault(source);

    public void Guess(string persistenceId)
    {
        foreach (var salt in _salts)
        {
            _names.TryAdd(salt.NameOf(persistenceId), persistenceId);
        }
    }

    /// <summary>Every entity and sound that a public part names.</summary>
    public void GuessFrom(ReadOnlyMemory<byte> publicBytes)
    {
        foreach (var text in TextsIn(publicBytes))
        {
            if (EntityId.TryParse(text, out var id))
            {
                Guess($"{id.Kind}:{id.Text}");
                if (id.Kind is "recording" or "work")
                {
                    Guess($"split:{id.Text}");
                }
            }
            else if (Sha256Digest.TryParse(text, out _))
            {
                Guess($"claim:pcm:{text}");
            }
        }
    }

    /// <summary>Every ISRC and barcode that a document of the vault may mean.</summary>
    public void GuessFromDocument(ReadOnlySpan<byte> document)
    {
        var text = Encoding.UTF8.GetString(document);
        foreach (var match in IsrcLike().EnumerateMatches(text))
        {
            Guess($"claim:isrc:{text.Substring(match.Index, match.Length).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant()}");
        }
        foreach (var match in GtinLike().EnumerateMatches(text))
        {
            Guess($"claim:gtin:{text.Substring(match.Index, match.Length).PadLeft(14, '0')}");
        }
        foreach (var match in DigestLike().EnumerateMatches(text))
        {
            Guess($"claim:pcm:{text.Substring(match.Index, match.Length)}");
        }
    }

    /// <summary>The digests that a public part names: documents that may be in the vault.</summary>
    public static IEnumerable<Sha256Digest> DigestsIn(ReadOnlyMemory<byte> publicBytes) =>
        TextsIn(publicBytes).Where(text => Sha256Digest.TryParse(text, out _)).Select(Sha256Digest.Parse);

    /// <summary>Every text of a JSON document, at any depth.</summary>
    public static IEnumerable<string> TextsIn(ReadOnlyMemory<byte> json)
    {
        using var parsed = JsonDocument.Parse(json);
        return [.. Texts(parsed.RootElement)];
    }

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Texts(p.Value)),
        _ => [],
    };

    [GeneratedRegex(@"\b[A-Za-z]{2}-?[A-Za-z0-9]{3}-?[0-9]{2}-?[0-9]{5}\b")]
    private static partial Regex IsrcLike();

    [GeneratedRegex(@"\b[0-9]{8,14}\b")]
    private static partial Regex GtinLike();

    [GeneratedRegex(@"\b[0-9a-f]{64}\b")]
    private static partial Regex DigestLike();
}
