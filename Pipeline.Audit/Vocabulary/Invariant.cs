using System.Diagnostics.CodeAnalysis;

namespace Pipeline.Audit.Vocabulary;

/// <summary>
/// A condition that only a bug of ours can break. Stays on in Release: a wrong number in a ledger costs more than a
/// comparison.
/// </summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantBrokenException"/> unless <paramref name="condition"/> holds.</summary>
    public static void Require([DoesNotReturnIf(false)] bool condition, string whatMustHold)
    {
        if (!condition)
        {
            throw new InvariantBrokenException(whatMustHold);
        }
    }
}

/// <summary>A bug of ours, not a property of the input. The message is the sentence that should have been true.</summary>
public sealed class InvariantBrokenException(string whatMustHold) : Exception($"Invariant broken: {whatMustHold}");
