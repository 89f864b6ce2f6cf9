namespace Pipeline.Ingest.Uploads;

/// <summary>What <c>Upload-Concat</c> makes of an upload (tus 1.0.0, concatenation).</summary>
public abstract record UploadConcat
{
    /// <summary>Parts of one final upload.</summary>
    public const int MaxParts = 1000;

    private UploadConcat()
    {
    }

    /// <summary>As HEAD gives it back; empty for an upload of its own.</summary>
    public abstract string Text { get; }

    /// <summary>An upload of its own.</summary>
    public sealed record Whole : UploadConcat
    {
        public override string Text => "";
    }

    /// <summary>A part: held until a final upload is made of it, never received by itself.</summary>
    public sealed record Partial : UploadConcat
    {
        public override string Text => "partial";
    }

    /// <summary>Made of parts, in this order; the same part may stand there twice.</summary>
    /// <param name="Parts">Addresses as sent, absolute or from the root.</param>
    public sealed record Final(IReadOnlyList<string> Parts, string Sent) : UploadConcat
    {
        public override string Text => Sent;

        // The text says it all; two lists with the same members are not equal by themselves.
        public bool Equals(Final? other) => other is not null && other.Sent == Sent;

        public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Sent);
    }

    public static readonly UploadConcat None = new Whole();

    public static Parsed<UploadConcat> Parse(string? text)
    {
        switch (text)
        {
            case null or "":
                return None;
            case "partial":
                return new Partial();
            case var final when final.StartsWith("final;", StringComparison.Ordinal):
                var parts = final["final;".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return parts.Length is >= 1 and <= MaxParts ? new Final(parts, final) : Bad(text);
            default:
                return Bad(text);
        }
    }

    private static UploadRefusal Bad(string text) => UploadRefusal.Of(
        400, "UPLOAD_CONCAT", "Upload-Concat", text, "Neither 'partial' nor 'final;' with the addresses of the parts.",
        $"Name 1 to {MaxParts} partial uploads of this server, separated by spaces.");
}
