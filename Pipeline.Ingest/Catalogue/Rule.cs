using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Catalogue;

/// <summary>A rule as <c>mp rules</c> lists it.</summary>
/// <param name="Id">Stable, in capitals; what findings carry. Never renamed or reused.</param>
/// <param name="Severity">What follows when it is broken.</param>
/// <param name="Says">The rule in one sentence.</param>
/// <param name="AckCode">The nearest word of DDEX's acknowledgement vocabulary (ErncFileStatus), which operators know;
/// empty when there is none.</param>
public sealed record Rule(string Id, Severity Severity, string Says, string AckCode = "")
{
    /// <summary>What the word means and what is to be sent again; null for a rule that an acknowledgement does not speak of.</summary>
    public AckCode? Ack => AckCode.Length > 0 ? Catalogue.AckCode.Of(AckCode) : null;

    /// <summary>The finding that <paramref name="value"/> at <paramref name="place"/> breaks this rule.</summary>
    public Finding Broken(string place, string? value, string message, string remedy) => Severity switch
    {
        Severity.Reject => Finding.Reject(Id, place, value, message, remedy),
        Severity.Block => Finding.Block(Id, place, value, message, remedy),
        Severity.Warn => Finding.Warn(Id, place, value, message, remedy),
        _ => Finding.Info(Id, place, value, message, remedy),
    };

    /// <summary>As above, where the value and its place are at hand.</summary>
    public Finding Broken(Stated stated, string message, string remedy) =>
        Broken(stated.Place, stated.Value, message, remedy);
}
