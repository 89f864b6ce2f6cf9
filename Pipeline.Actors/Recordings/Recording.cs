using System.Collections.Immutable;
using Pipeline.Audit.Facts;

namespace Pipeline.Actors.Recordings;

/// <summary>One recording and the forms in which it came, in the order they came.</summary>
public sealed record Recording(ImmutableList<EditionAdded> Editions)
{
    public static readonly Recording Unknown = new([]);

    public static Recording Apply(Recording state, Fact fact) =>
        fact is EditionAdded edition ? state with { Editions = state.Editions.Add(edition) } : state;
}
