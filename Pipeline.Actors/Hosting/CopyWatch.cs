using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Hosting;

/// <summary>What the vault met on its way and worked around: nothing is lost by it yet, and somebody should know.</summary>
public static class CopyWatch
{
    private static readonly Prometheus.Counter Quarantined = Prometheus.Metrics.CreateCounter(
        "mp_vault_quarantined_total", "Damaged objects moved to quarantine.");

    private static readonly Prometheus.Counter PassedOver = Prometheus.Metrics.CreateCounter(
        "mp_vault_copies_passed_over_total", "Copies that were damaged or unreadable when somebody wanted to read them.", "store");

    private static readonly Prometheus.Counter NotTaken = Prometheus.Metrics.CreateCounter(
        "mp_vault_copies_not_taken_total", "Copies that a store did not take when the object was stored.", "store");

    public static void Log(CopyTrouble trouble)
    {
        switch (trouble)
        {
            case CopyTrouble.Replaced replaced:
                Quarantined.Inc();
                Serilog.Log.Error("Vault object {Object} was damaged in {Store} and replaced; the damaged bytes are kept in quarantine", replaced.Kept, replaced.Store);
                break;
            case CopyTrouble.Damaged damaged:
                PassedOver.WithLabels(damaged.Store).Inc();
                Serilog.Log.Error("Vault object {Object} is damaged in {Store}: its bytes hash to {Found}. See ops/docs/runbooks/copies-unproven.md", damaged.Id, damaged.Store, damaged.Found);
                break;
            case CopyTrouble.Unreadable unreadable:
                PassedOver.WithLabels(unreadable.Store).Inc();
                Serilog.Log.Error("Vault object {Object} cannot be read from {Store}: {Why}. See ops/docs/runbooks/copies-unproven.md", unreadable.Id, unreadable.Store, unreadable.Why);
                break;
            case CopyTrouble.NotTaken refused:
                NotTaken.WithLabels(refused.Store).Inc();
                Serilog.Log.Warning("{Store} did not take its copy of vault object {Object}: {Why}. See ops/docs/runbooks/copies-unproven.md", refused.Store, refused.Id, refused.Why);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
