namespace Pipeline.Audit.Splits;

/// <summary>
/// How a set is written: <c>GB IE</c> is these, <c>Worldwide -GB -IE</c> is all but these. What is taken from the whole
/// keeps whatever is added to the world later; a list does not.
/// </summary>
internal static class SetNotation
{
    /// <summary>Reads the notation; false for an unknown word, no word at all, or the two forms mixed.</summary>
    /// <param name="text">Words apart by single spaces.</param>
    /// <param name="whole">The word for everything.</param>
    /// <param name="indexOf">Index of a word, -1 for one that is not known.</param>
    /// <param name="isWhole">True when the words are taken away from everything.</param>
    /// <param name="indices">The words that follow, in the order written.</param>
    /// <param name="wrong">The first word that made it fail, empty when the text itself did.</param>
    public static bool TryRead(
        string text, string whole, Func<string, int> indexOf, out bool isWhole, out List<int> indices, out string wrong)
    {
        var words = text.Split(' ');
        isWhole = words[0] == whole;
        indices = [];
        wrong = "";
        foreach (var word in isWhole ? words[1..] : words)
        {
            var index = !isWhole ? indexOf(word) : word.StartsWith('-') ? indexOf(word[1..]) : -1;
            if (index < 0)
            {
                wrong = word;
                return false;
            }
            indices.Add(index);
        }
        return true;
    }

    /// <summary>Writes it: the names that are in the set, or those that are missing from the whole.</summary>
    public static string Write(string whole, bool isWhole, IEnumerable<string> names) =>
        isWhole ? string.Join(' ', names.Select(n => "-" + n).Prepend(whole)) : string.Join(' ', names);
}
