using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Hosting;

/// <summary>A damaged object was met on writing: it lies in quarantine, a good one in its place, and somebody should know.</summary>
public static class QuarantineWatch
{
    private static readonly Prometheus.Counter Damaged = Prometheus.Metrics.CreateCounter(
        "mp_vault_quarantined_total", "Damaged objects moved to quarantine.");

    public static void Log(QuarantinedObject damaged)
    {
        Damaged.Inc();
        Serilog.Log.Error("Vault object {Object} was damaged and replaced; the damaged bytes are kept in quarantine", damaged);
    }
}
