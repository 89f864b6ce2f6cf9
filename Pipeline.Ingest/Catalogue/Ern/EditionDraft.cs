namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>An edition while its elements come by: ids, P-line, technical details, in any version's names.</summary>
internal sealed class EditionDraft(Place place)
{
    private Stated? _isrc;
    private UnvalidatedLine? _line;
    private UnvalidatedFile? _file;

    /// <summary>It has an id of any kind.</summary>
    internal bool HasId { get; private set; }

    internal UnvalidatedEdition Edition => new(_isrc, _line, _file, place);

    /// <summary>Reads the element under the cursor, whichever it is.</summary>
    internal void Take(ErnCursor at, ErnAside aside)
    {
        switch (at.Name)
        {
            case "ResourceId" or "SoundRecordingId" or "VideoId":
                Id(at, at.Flag("IsReplaced"), aside);
                break;
            case "PLine":
                var line = Line(at, "PLineText");
                _line ??= line;
                break;
            case "TechnicalDetails" or "TechnicalSoundRecordingDetails" or "TechnicalVideoDetails":
                var found = ErnFileReader.Technical(at, aside);
                _file ??= found;
                break;
            default:
                aside.Leave(at);
                break;
        }
    }

    /// <summary>A P-line or C-line. Without a year it is a line all the same: an empty year says so.</summary>
    internal static UnvalidatedLine Line(ErnCursor at, string textName)
    {
        var place = at.KeepPlace();
        Stated? year = null, text = null;
        for (var line = at.Depth; at.NextChild(line);)
        {
            if (at.Name == "Year")
            {
                year ??= at.Text();
            }
            else if (at.Name == textName)
            {
                text ??= at.Text();
            }
        }
        return new UnvalidatedLine(year ?? new Stated("", place), text);
    }

    private void Id(ErnCursor at, bool isReplaced, ErnAside aside)
    {
        for (var ids = at.Depth; at.NextChild(ids);)
        {
            HasId = true;
            if (at.Name == "ISRC" && !isReplaced)
            {
                _isrc ??= at.Text();
            }
            else
            {
                aside.Leave(at);
            }
        }
    }
}
