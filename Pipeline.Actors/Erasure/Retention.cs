namespace Pipeline.Actors.Erasure;

/// <summary>
/// What is kept though somebody asks for its erasure: legal duties outrank it (GDPR, article 17(3)(b) and (e)). By manifest,
/// because what a fact is for does not change with its content.
/// </summary>
public static class Retention
{
    /// <summary>Why facts of this manifest are kept; null where they may go.</summary>
    public static string? KeptBecause(string manifest) => manifest switch
    {
        _ when manifest.StartsWith("split.", StringComparison.Ordinal) => "a split is what money is paid by",
        _ when manifest.StartsWith("identifier.", StringComparison.Ordinal) || manifest.StartsWith("claim.", StringComparison.Ordinal) =>
            "a claim on an identifier decides whose a recording is, and names no person",
        _ => null,
    };
}
