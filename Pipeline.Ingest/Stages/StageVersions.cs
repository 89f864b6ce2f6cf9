namespace Pipeline.Ingest.Stages;

/// <summary>
/// The version of rules and tools that goes into every <see cref="StageInput"/>: change a rule, raise it, and no kept
/// outcome of the old rule answers for the new one.
/// </summary>
public static class StageVersions
{
    /// <summary>Raised with every change of what a stage decides.</summary>
    public const string Rules = "rules-2";
}
