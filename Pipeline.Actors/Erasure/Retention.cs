namespace Pipeline.Actors.Erasure;

/// <summary>
/// What is kept though somebody asks for its erasure: legal duties outrank it (GDPR, article 17(3)(b) and (e)). By manifest,
/// because what a fact is for does not change with its content. What is not named here as erasable is kept, so that a new
/// family of facts, money above all, is not lost by being forgotten.
/// </summary>
public static class Retention
{
    private static readonly string[] Erasable =
    [
        "delivery.", "release.", "checksums.verified.", "audio.inspected.", "metadata.verified.", "rights.cleared.", "quarantine.", "edition.",
        "upload.",
    ];

    /// <summary>Why facts of this manifest are kept; null where they may go.</summary>
    public static string? KeptBecause(string manifest) => manifest switch
    {
        _ when Erasable.Any(family => manifest.StartsWith(family, StringComparison.Ordinal)) => null,
        _ when manifest.StartsWith("split.", StringComparison.Ordinal) => "a split is what money is paid by",
        _ when manifest.StartsWith("identifier.", StringComparison.Ordinal) || manifest.StartsWith("claim.", StringComparison.Ordinal) =>
            "a claim on an identifier decides whose a recording is, and names no person",
        _ => "no rule says that it may go",
    };
}
