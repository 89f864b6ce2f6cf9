using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>What is proven of an object at one moment.</summary>
/// <param name="Copies">Names of the stores with a proven copy.</param>
/// <param name="Domains">In how many failure domains they stand.</param>
/// <param name="Wanted">How many domains the installation wants.</param>
public sealed record Custody(Sha256Digest Id, long SizeBytes, IReadOnlyList<string> Copies, int Domains, int Wanted);

/// <summary>Fewer copies could be proven than the policy asks for: nothing was received, the bytes are still held.</summary>
public sealed class CopiesUnprovenException(Sha256Digest id, int domains, int required, Exception? inner)
    : IOException($"vault object {id} is proven in {domains} of the {required} failure domains that the policy requires", inner)
{
    public Sha256Digest Id { get; } = id;

    /// <summary>Failure domains with a proven copy.</summary>
    public int Domains { get; } = domains;

    /// <summary>Failure domains that the policy asks for.</summary>
    public int Required { get; } = required;
}
