using System.Globalization;

namespace Pipeline.Ingest.Uploads;

/// <summary>A length or an offset: a non-negative integer in plain digits (tus 1.0.0, Upload-Offset, Upload-Length).</summary>
public static class TusNumber
{
    /// <summary>No file is longer; 18 digits always fit a long.</summary>
    public const int MaxDigits = 18;

    /// <summary>False for signs, spaces, exponents, hexadecimal and anything that does not fit.</summary>
    public static bool TryParse(string? text, out long number)
    {
        number = 0;
        return text is { Length: >= 1 and <= MaxDigits } && text.All(char.IsAsciiDigit)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
