namespace Pipeline.Audit.Facts;

// What a log says of its own keys. Public keys only: who reads the log learns in it which key comes after the one it trusts.

/// <summary>A new key of the log's origin: it signs from here on, beside the one before it until that is retired.</summary>
public sealed record LogKeyAnnounced : Fact
{
    /// <summary>The new verifier key, <c>name+keyid+base64</c>.</summary>
    public required string Vkey { get; init; }

    /// <summary>The verifier key that it is to follow.</summary>
    public required string Follows { get; init; }

    public override string GetAsset() => "";
}

/// <summary>A key of the log's origin signs no more. What it signed stays valid.</summary>
public sealed record LogKeyRetired : Fact
{
    /// <summary>The retired verifier key.</summary>
    public required string Vkey { get; init; }

    /// <summary>The verifier key that signs instead.</summary>
    public required string Successor { get; init; }

    public override string GetAsset() => "";
}
