using System.Globalization;
using System.Text;

namespace Pipeline.Ingest.Catalogue;

/// <summary>
/// Where a value stands: for XML an XPath with line and column, for <c>release.json</c> a JSON pointer. It is written out
/// only when somebody asks: a message has thousands of places and few findings.
/// </summary>
public sealed class Place : IEquatable<Place>
{
    private readonly PathStep? _step;
    private readonly string? _text;

    private Place(string text) => _text = text;

    internal Place(PathStep step, int line, int column) => (_step, Line, Column) = (step, line, column);

    /// <summary>1-based; 0 where the place is not in XML.</summary>
    public int Line { get; }

    /// <summary>1-based, in UTF-16 code units; of an element, the first character of its name.</summary>
    public int Column { get; }

    public static implicit operator string(Place place) => place.ToString();

    public static implicit operator Place(string text) => FromString(text);

    public static Place FromString(string text) => new(text);

    /// <summary>E.g. <c>/NewReleaseMessage/ResourceList/SoundRecording[2] (line 123, column 5)</c>.</summary>
    public override string ToString() => _text
        ?? string.Create(CultureInfo.InvariantCulture, $"{_step!.XPath()} (line {Line}, column {Column})");

    public bool Equals(Place? other) =>
        other is not null && (ReferenceEquals(this, other) || ((Line, Column) == (other.Line, other.Column) && ToString() == other.ToString()));

    public override bool Equals(object? obj) => Equals(obj as Place);

    public override int GetHashCode() => Line > 0 ? HashCode.Combine(Line, Column) : ToString().GetHashCode(StringComparison.Ordinal);
}

/// <summary>One element of the way from the root to a place. Places of one message share their steps.</summary>
/// <param name="Number">1-based among those of its name; 0 for an element that stands alone.</param>
internal sealed record PathStep(PathStep? Parent, string Name, int Number)
{
    internal string XPath()
    {
        var path = new StringBuilder();
        Write(path);
        return path.ToString();
    }

    // As deep as the cursor lets a message nest, no deeper.
    private void Write(StringBuilder path)
    {
        Parent?.Write(path);
        path.Append('/').Append(Name);
        if (Number > 0)
        {
            path.Append(CultureInfo.InvariantCulture, $"[{Number}]");
        }
    }
}
