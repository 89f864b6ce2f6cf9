using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>What a full read of one copy shows. The words stand in facts and never change.</summary>
public enum CopyState
{
    /// <summary>Every byte came, and together they hash to the object's name.</summary>
    Ok,

    /// <summary>Nothing is there under the name.</summary>
    Missing,

    /// <summary>Something is there, and hashes to another name.</summary>
    Mismatch,

    /// <summary>Something is there that the medium does not give, or not all of it.</summary>
    Unreadable,
}

/// <summary>The words of <see cref="CopyState"/> as facts, tables and answers write them.</summary>
public static class CopyStates
{
    public static string Word(this CopyState state) => state switch
    {
        CopyState.Ok => "ok",
        CopyState.Missing => "missing",
        CopyState.Mismatch => "mismatch",
        CopyState.Unreadable => "unreadable",
        _ => throw new InvariantBrokenException("a copy is ok, missing, mismatch or unreadable"),
    };

    /// <summary>Null for any other word.</summary>
    public static CopyState? Parse(string word) => word switch
    {
        "ok" => CopyState.Ok,
        "missing" => CopyState.Missing,
        "mismatch" => CopyState.Mismatch,
        "unreadable" => CopyState.Unreadable,
        _ => null,
    };
}

/// <summary>One copy, as a full read from the medium found it.</summary>
/// <param name="Bytes">How many could be read.</param>
/// <param name="Found">What they hash to; null when not all could be read.</param>
/// <param name="Blocks">Numbers of the broken blocks, from 0, the first <see cref="BlockDigests.MaxNamedBlocks"/>; empty
/// when the copy is ok or when it is not known which.</param>
/// <param name="Problem">What the medium said; empty when it said nothing.</param>
public sealed record CopyCheck(
    Sha256Digest Id, string Store, CopyState State, long Bytes, Sha256Digest? Found, IReadOnlyList<long> Blocks, string Problem);
