using System.Globalization;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Evidence;

/// <summary>
/// What sources say of each other, once all is told. A cause stands before its effect in every part of the log, so nothing
/// here may still be missing at its end; which of the two was written first does not matter.
/// </summary>
internal sealed class DomainLinks(IReadOnlyList<SourceHistory> histories, FsckFindings findings)
{
    private readonly Dictionary<EntityId, DeliveryHistory> _deliveries =
        histories.OfType<DeliveryHistory>().DistinctBy(d => d.Delivery).ToDictionary(d => d.Delivery);

    private readonly Dictionary<EntityId, ReleaseHistory> _releases =
        histories.OfType<ReleaseHistory>().DistinctBy(r => r.Release).ToDictionary(r => r.Release);

    internal void Check()
    {
        foreach (var delivery in _deliveries.Values)
        {
            CheckDelivery(delivery);
        }
        foreach (var release in _releases.Values)
        {
            CheckRelease(release);
        }
        foreach (var claim in histories.OfType<ClaimHistory>())
        {
            foreach (var (release, index) in claim.Named.Where(n => !_releases.ContainsKey(n.Release)).OrderBy(n => n.Index))
            {
                Defect(index, $"{release.Text} claims an identifier and was never received");
            }
        }
        var editions = histories.OfType<RecordingHistory>().SelectMany(r => r.Editions).ToLookup(e => e.Release);
        foreach (var edition in editions.SelectMany(e => e))
        {
            if (Revision(edition.Release, edition.Revision) is null)
            {
                Defect(edition.Index, $"an edition comes from revision {edition.Revision} of {edition.Release.Text}, which was never received");
            }
        }
        CheckUploads(editions);
    }

    private void CheckDelivery(DeliveryHistory delivery)
    {
        for (var number = 1; number <= delivery.Rounds.Count; number++)
        {
            var round = delivery.Rounds[number - 1];
            if (round.Outcome == RoundOutcome.Applied
                && (round.Release is not { } release || Revision(release, round.Revision) is not { } taken
                    || (taken.Delivery, taken.Round) != (delivery.Delivery, number)))
            {
                Defect(round.Index, $"round {number} of {delivery.Delivery.Text} is applied as revision {round.Revision} of {round.Release?.Text ?? "nothing"}, which did not take it");
            }
            else if (round.Outcome == RoundOutcome.Superseded
                && !(round.Release is { } other && _releases.TryGetValue(other, out var by) && by.Revisions.Any(r => r.Created > round.Created)))
            {
                Defect(round.Index, $"round {number} of {delivery.Delivery.Text} is superseded, and {round.Release?.Text ?? "no release"} has no later message");
            }
        }
    }

    private void CheckRelease(ReleaseHistory release)
    {
        for (var number = 1; number <= release.Revisions.Count; number++)
        {
            var taken = release.Revisions[number - 1];
            var round = _deliveries.GetValueOrDefault(taken.Delivery)?.Rounds.ElementAtOrDefault(taken.Round - 1);
            var what = $"revision {number} of {release.Release.Text} is made from round {taken.Round} of {taken.Delivery.Text}, ";
            if (round is null)
            {
                Defect(taken.Index, what + "which was never received");
            }
            else if ((round.Contents, round.Message, round.Created) != (taken.Contents, taken.Message, taken.Created))
            {
                Defect(taken.Index, what + "which has other contents, another message or another time");
            }
            else if (round.Release != release.Release)
            {
                Defect(taken.Index, what + $"which was received for {round.Release?.Text ?? "no release"}");
            }
            else if (round.Outcome is not (RoundOutcome.Open or RoundOutcome.Applied)
                || (round.Outcome == RoundOutcome.Applied && round.Revision != number))
            {
                Defect(taken.Index, what + $"which is {DeliveryHistory.Word(round.Outcome)}{(round.Outcome == RoundOutcome.Applied ? $" as revision {round.Revision}" : "")}");
            }
        }
    }

    private void CheckUploads(ILookup<EntityId, RecordingHistory.Edition> editions)
    {
        var delivered = histories.OfType<UploadHistory>()
            .SelectMany(u => u.Deliveries.Select(d => (Delivery: d, u.Digest)))
            .Where(u => u.Digest is not null)
            .ToLookup(u => u.Delivery, u => u.Digest!.Value);
        foreach (var uploads in delivered)
        {
            if (!_deliveries.TryGetValue(uploads.Key, out var delivery))
            {
                findings.Defect(uploads.Key.Text, "uploads were delivered to it and it was never received");
            }
            else if (delivery.Rounds is [var only])
            {
                CheckFiles(delivery.Delivery, only, [.. uploads], editions);
            }
        }
    }

    /// <summary>
    /// Every upload told to a delivery of one round is its message or one of its files. When there are as many different
    /// ones as it has parts, they are exactly these.
    /// </summary>
    private void CheckFiles(
        EntityId delivery, DeliveryRound round, HashSet<Sha256Digest> uploaded, ILookup<EntityId, RecordingHistory.Edition> editions)
    {
        var parts = round.Files + 1;
        if (uploaded.Count > parts)
        {
            Defect(round.Index, $"{delivery.Text} has {parts} parts and {uploaded.Count} different uploads");
        }
        if (uploaded.Count != parts)
        {
            return;
        }
        if (!uploaded.Contains(round.Message))
        {
            Defect(round.Index, $"the message of {delivery.Text} is none of the uploads it was made from");
        }
        var own = round.Release is { } release ? editions[release].Where(e => Revision(release, e.Revision)?.Delivery == delivery) : [];
        foreach (var edition in own.Where(e => !uploaded.Contains(e.File)))
        {
            Defect(edition.Index, $"the file of track {edition.Reference} is none of the uploads that {delivery.Text} was made from");
        }
    }

    private RevisionInput? Revision(EntityId release, int number) =>
        _releases.GetValueOrDefault(release)?.Revisions.ElementAtOrDefault(number - 1);

    private void Defect(long index, string what) => findings.Defect(string.Create(CultureInfo.InvariantCulture, $"entry {index}"), what);
}
