using Prometheus;

namespace Pipeline.Actors.Patrol;

/// <summary>What <c>/metrics</c> tells of the vault. No label carries an id.</summary>
public static class PatrolMetrics
{
    public static readonly Gauge OldestCheckSeconds = Prometheus.Metrics.CreateGauge(
        "mp_vault_oldest_check_seconds", "Age of the oldest full read among the copies that were read.");

    public static readonly Gauge BelowWanted = Prometheus.Metrics.CreateGauge(
        "mp_vault_below_wanted_objects", "Objects with proven copies in fewer failure domains than wanted.");

    public static readonly Gauge UnreadCopies = Prometheus.Metrics.CreateGauge(
        "mp_vault_unread_copies", "Copies that the patrol has never read.");

    public static readonly Gauge DamagedCopies = Prometheus.Metrics.CreateGauge(
        "mp_vault_damaged_copies", "Copies with a damage that is not mended.");

    public static readonly Counter BytesRead = Prometheus.Metrics.CreateCounter(
        "mp_vault_patrol_bytes_total", "Bytes that the patrol has read.");

    public static readonly Counter Damages = Prometheus.Metrics.CreateCounter(
        "mp_vault_damages_total", "Copies found damaged.", "state");

    public static readonly Counter Repairs = Prometheus.Metrics.CreateCounter(
        "mp_vault_repairs_total", "Copies replaced from a proven one and read again.");

    public static readonly Counter Unclaimed = Prometheus.Metrics.CreateCounter(
        "mp_vault_unclaimed_total", "Objects that nothing owned, moved to unclaimed/.");
}
