namespace Pipeline.Ingest.Stages;

/// <summary>
/// A path that a message states, resolved inside its delivery. Such a path is a key in a list of ours and never touches
/// a disk; it is refused all the same when it points outside, because whoever gets the release later may be less careful.
/// </summary>
public static class DeliveryPath
{
    /// <summary>Longest path we look at, in UTF-16 characters.</summary>
    public const int MaxPathCharacters = 1024;

    /// <summary>
    /// Resolves <paramref name="stated"/> against the folder of <paramref name="messagePath"/>: <c>./</c> disappears,
    /// nothing else is rewritten (no percent decoding, no change of case or of Unicode form).
    /// </summary>
    /// <returns>Null with <paramref name="why"/> when the path does not stay inside the folder.</returns>
    public static string? Resolve(string messagePath, string stated, out string why)
    {
        why = WhyOutside(stated);
        if (why.Length > 0)
        {
            return null;
        }
        var inside = string.Join('/', stated.Split('/').Where(segment => segment != "."));
        if (inside.Length == 0)
        {
            why = "it names no file";
            return null;
        }
        var folder = messagePath.LastIndexOf('/') is var slash and >= 0 ? messagePath[..(slash + 1)] : "";
        return folder + inside;
    }

    private static string WhyOutside(string stated)
    {
        if (stated.Length is 0 or > MaxPathCharacters)
        {
            return $"a path has 1 to {MaxPathCharacters} characters";
        }
        if (stated.Any(char.IsControl) || HasLoneSurrogate(stated))
        {
            return "it holds control characters or half a surrogate pair";
        }
        if (stated.Contains('\\', StringComparison.Ordinal))
        {
            return "it holds a backslash; folders are separated by /";
        }
        if (stated[0] == '/')
        {
            return "it is absolute";
        }
        if (StartsWithSchemeOrDrive(stated))
        {
            return "it begins with a scheme or a drive";
        }
        return stated.Split('/').Contains("..") ? "it climbs out with .." : "";
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>RFC 3986 section 3.1: a letter, then letters, digits, <c>+ - .</c>, up to a colon; a drive is the shortest.</summary>
    private static bool StartsWithSchemeOrDrive(string stated)
    {
        var colon = stated.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && char.IsAsciiLetter(stated[0])
            && stated.Take(colon).All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.');
    }
}
