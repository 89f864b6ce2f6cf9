using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Export;

/// <summary>What a validation found.</summary>
/// <param name="IsValid">Every rule that must hold holds; warnings may stand.</param>
/// <param name="Version">As declared; empty when it could not be read.</param>
/// <param name="PayloadFiles">Files below <c>data/</c>.</param>
/// <param name="PayloadBytes">Their length.</param>
/// <param name="Algorithms">The payload's manifests that were checked.</param>
/// <param name="Findings">At most a thousand.</param>
/// <param name="More">Findings beyond them.</param>
public sealed record BagReport(
    bool IsValid, string Version, long PayloadFiles, long PayloadBytes, IReadOnlyList<string> Algorithms,
    IReadOnlyList<Finding> Findings, long More);
