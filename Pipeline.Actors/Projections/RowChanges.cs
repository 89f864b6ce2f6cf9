using System.Text;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Projections;

/// <summary>What a fact changes in the rows that pages show. Pure.</summary>
public static class RowChanges
{
    private static readonly string[] StageNames = ["checksum", "audio", "metadata", "rights", "archive"];

    /// <summary>The release whose row this fact changes.</summary>
    public static string? ReleaseOf(Fact fact) => fact switch
    {
        ReleaseFact f => f.Release.Text,
        StagePassed f => f.Release.Text,
        ReleaseReceived f => f.Release.Text,
        ReleaseQuarantined f => f.Release.Text,
        QuarantineResolved f => f.Release.Text,
        ReleaseRejected f => f.Release.Text,
        ReleaseWithdrawn f => f.Release.Text,
        _ => null,
    };

    public static string? DeliveryOf(Fact fact) => fact switch
    {
        DeliveryReceived f => f.Delivery.Text,
        DeliveryApplied f => f.Delivery.Text,
        DeliverySuperseded f => f.Delivery.Text,
        DeliveryRejected f => f.Delivery.Text,
        _ => null,
    };

    /// <summary>The row after the fact; null when there is nothing to show yet.</summary>
    public static ReleaseRow? Next(ReleaseRow? row, Fact fact, long index)
    {
        if (fact is ReleaseReceived received)
        {
            return new ReleaseRow(
                received.Release.Text, received.Tenant.Text, received.Revision, "running", Lights(0, "waiting"),
                Shown(received.Private.Value?.Title), Shown(received.Private.Value?.Artist), Encode([]),
                received.Delivery.Text, row?.Received ?? received.At, received.At, index, 1);
        }
        if (row is null)
        {
            return null;
        }
        var at = row with { Updated = fact.At, Position = index };
        return fact switch
        {
            StageAttempted f => at with { Stages = Lights(Array.IndexOf(StageNames, f.Stage), "running") },
            ReleaseArchived f => Passed(at, 4, f) with { State = "archived", Pending = 0 },
            ChecksumsVerified f => Passed(at, 0, f),
            AudioInspected f => Passed(at, 1, f),
            MetadataVerified f => Passed(at, 2, f),
            RightsCleared f => Passed(at, 3, f),
            ReleaseQuarantined f => Stopped(at, f.Stage, "quarantined", f.Private.Value) with { Pending = 0 },
            ReleaseRejected f => Stopped(at, f.Stage, "rejected", f.Private.Value),
            QuarantineResolved => at with { State = "running", Pending = 1, Findings = Encode([.. row.FindingList.Where(x => x.Severity < Severity.Block)]) },
            ReleaseWithdrawn => at with { State = "withdrawn", Pending = 1 },
            ReleaseClaimsFreed => at with { Pending = 0 },
            _ => at,
        };
    }

    public static DeliveryRow? Next(DeliveryRow? row, Fact fact, long index) => fact switch
    {
        DeliveryReceived f => new DeliveryRow(
            f.Delivery.Text, f.Tenant.Text, f.Release?.Text ?? "", f.Round, "open", Encode([]), row?.Received ?? f.At, f.At, index),
        _ when row is null => null,
        // An answer to an earlier round leaves the open one open: the sweeper must still see it.
        DeliveryApplied f when f.Round == row.Round => row with { Fate = "applied", Updated = f.At, Position = index },
        DeliverySuperseded f when f.Round == row.Round => row with { Fate = "superseded", Updated = f.At, Position = index },
        DeliveryRejected f when f.Round == row.Round => row with { Fate = "rejected", Findings = Encode(f.Private.Value?.Findings ?? []), Updated = f.At, Position = index },
        _ => row,
    };

    /// <summary>PostgreSQL texts cannot hold NUL, and one message must not stop the rows of all tenants.</summary>
    private static string Shown(string? text) => text?.Replace('\0', '\uFFFD') ?? ErasedText.Shown;

    private static ReleaseRow Passed(ReleaseRow row, int stage, StagePassed fact) => row with
    {
        Stages = Lights(stage + 1, "waiting"),
        Findings = Encode([.. row.FindingList.Union(fact.Private.Value?.Findings ?? [])]),
    };

    private static ReleaseRow Stopped(ReleaseRow row, string stage, string state, FindingList? findings) => row with
    {
        State = state,
        Stages = Lights(Array.IndexOf(StageNames, stage), "failed"),
        Findings = Encode([.. row.FindingList.Union(findings?.Findings ?? [])]),
    };

    private static string Lights(int at, string light) => string.Join(
        ',', StageNames.Select((name, i) => $"{name}:{(i < at ? "passed" : i == at ? light : "waiting")}"));

    internal static string Encode(IReadOnlyList<Finding> findings) =>
        Encoding.UTF8.GetString(CanonicalJson.Encode(new FindingList(findings), FactJson.Default.FindingList));
}

/// <summary>By which ids a thing is found, within its own tenant.</summary>
public static class Aliases
{
    public static IEnumerable<(string Alias, string Target)> Of(Fact fact)
    {
        switch (fact)
        {
            case DeliveryReceived f:
                yield return (f.Delivery.Text, f.Delivery.Text);
                yield return (f.Contents.ToString(), f.Delivery.Text);
                yield return (f.Message.ToString(), f.Delivery.Text);
                if (f.Private.Value is { } details)
                {
                    yield return (details.MessageId, f.Delivery.Text);
                }
                break;
            case ReleaseReceived f:
                yield return (f.Release.Text, f.Release.Text);
                break;
            case EditionAdded f:
                yield return (f.Recording.Text, f.Release.Text);
                yield return (f.File.ToString(), f.Release.Text);
                yield return (f.Pcm.ToString(), f.Release.Text);
                break;
            case IdentifierClaimed { Private.Value: { } claimed } f:
                yield return (claimed.Identifier, f.Release.Text);
                break;
            case ClaimConflicted f:
                yield return (f.Case.Text, f.Release.Text);
                break;
            default:
                break;
        }
    }
}
