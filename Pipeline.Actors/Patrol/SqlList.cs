using System.Globalization;
using Dapper;

namespace Pipeline.Actors.Patrol;

/// <summary>
/// A list of texts for SQL's IN, one parameter each. Dapper's own would do it for SQLite alone: to PostgreSQL it hands an
/// array, for which IN is a syntax error.
/// </summary>
internal static class SqlList
{
    /// <summary>Adds the texts to <paramref name="parameters"/> and returns what stands behind IN; an empty list holds nothing.</summary>
    public static string Add(DynamicParameters parameters, IReadOnlyList<string> texts)
    {
        var names = texts.Select((_, i) => "in" + i.ToString(CultureInfo.InvariantCulture)).ToList();
        for (var i = 0; i < texts.Count; i++)
        {
            parameters.Add(names[i], texts[i]);
        }
        return texts.Count == 0 ? "(NULL)" : $"({string.Join(", ", names.Select(n => "@" + n))})";
    }
}
