using Prometheus;

namespace Pipeline.Actors.Hosting;

/// <summary>What <c>/metrics</c> tells. Names and labels are stable; no label carries an id or a name.</summary>
public static class Metrics
{
    public static readonly Counter DeadLetters = Prometheus.Metrics.CreateCounter(
        "mp_dead_letters_total", "Messages that found nobody.", "whose");

    public static readonly Counter Sequenced = Prometheus.Metrics.CreateCounter(
        "mp_log_sequenced_total", "Facts given their place in the log by this node.");

    public static readonly Gauge LogSize = Prometheus.Metrics.CreateGauge("mp_log_size", "Entries of the log.");

    public static readonly Gauge PublishedSize = Prometheus.Metrics.CreateGauge(
        "mp_log_published_size", "Entries under the published checkpoint.");

    public static readonly Gauge WitnessedSize = Prometheus.Metrics.CreateGauge(
        "mp_log_witnessed_size", "Entries under the newest checkpoint whose witness quorum this node saw reached.");

    public static readonly Gauge LogHalted = Prometheus.Metrics.CreateGauge(
        "mp_log_halted", "1 while the log is halted and somebody must act.");

    public static readonly Gauge ParkedSources = Prometheus.Metrics.CreateGauge(
        "mp_log_parked_sources", "Sources with a hole in their numbers.");

    public static readonly Gauge JournalWait = Prometheus.Metrics.CreateGauge(
        "mp_journal_wait_seconds", "How long the last read waited for open journal transactions.");

    public static readonly Gauge Unreconciled = Prometheus.Metrics.CreateGauge(
        "mp_log_unreconciled", "Facts in the journal, final and below the tail, that the log does not hold.");

    public static readonly Gauge Releases = Prometheus.Metrics.CreateGauge("mp_releases", "Releases by state.", "state");

    public static readonly Histogram StageSeconds = Prometheus.Metrics.CreateHistogram(
        "mp_stage_seconds", "How long a stage ran.",
        new HistogramConfiguration { LabelNames = ["stage", "outcome"], Buckets = Histogram.ExponentialBuckets(0.01, 2.5, 12) });
}
