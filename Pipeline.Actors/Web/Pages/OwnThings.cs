using Pipeline.Actors.Hosting;
using Pipeline.Actors.Projections;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Web.Pages;

/// <summary>The list as the page shows it.</summary>
public sealed record ReleasesView(IReadOnlyList<ReleaseRow> Releases, LogAnswer Log);

/// <summary>One release as its page shows it.</summary>
public sealed record ReleaseView(ReleaseRow Release, LogAnswer Log)
{
    /// <summary>Does a signed checkpoint cover the latest fact?</summary>
    public bool Published => Release.Position < Log.PublishedSize;
}

/// <summary>A delivery that became no release of its own.</summary>
public sealed record DeliveryView(string DeliveryId, string Fate, IReadOnlyList<Finding> Findings);

/// <summary>What a search found, each thing once.</summary>
public sealed record FoundView(IReadOnlyList<ReleaseRow> Releases, IReadOnlyList<DeliveryView> Deliveries)
{
    public bool Nothing => Releases.Count + Deliveries.Count == 0;
}

/// <summary>
/// Search in the reader's own scope, from the read model: what is another tenant's is looked for in the same way as
/// what never was, and not found in the same way.
/// </summary>
public sealed class OwnThings(ReadModel reads)
{
    /// <summary>Longer than any id of ours and of the trade; a longer text is shortened before it is looked for.</summary>
    public const int MaxSearchCharacters = 200;

    public async Task<FoundView> FindAsync(TenantId tenant, string text)
    {
        var releases = new Dictionary<string, ReleaseRow>(StringComparer.Ordinal);
        var deliveries = new List<DeliveryView>();
        foreach (var target in await reads.FindAsync(tenant, text))
        {
            var delivery = await reads.DeliveryAsync(tenant, target);
            if (await reads.ReleaseAsync(tenant, delivery?.ReleaseId ?? target) is { } release && delivery?.Fate is not "rejected")
            {
                releases.TryAdd(release.ReleaseId, release);
            }
            else if (delivery is not null)
            {
                deliveries.Add(new DeliveryView(delivery.DeliveryId, delivery.Fate, FindingsOf(delivery)));
            }
        }
        return new FoundView([.. releases.Values], deliveries);
    }

    private static IReadOnlyList<Finding> FindingsOf(DeliveryRow row) =>
        System.Text.Json.JsonSerializer.Deserialize(row.Findings, Audit.Facts.FactJson.Default.FindingList)?.Findings ?? [];
}
