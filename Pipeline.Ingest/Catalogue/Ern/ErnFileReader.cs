namespace Pipeline.Ingest.Catalogue.Ern;

/// <summary>Reads technical details down to the file and its hashes.</summary>
internal static class ErnFileReader
{
    /// <summary>
    /// The file of technical details: from 4.3 on below <c>DeliveryFile</c> for sound, else directly. None for a clip or
    /// preview, and none where <c>IsProvidedInDelivery</c> says that the file does not come along.
    /// </summary>
    internal static UnvalidatedFile? Technical(ErnCursor at, ErnAside aside)
    {
        UnvalidatedFile? file = null;
        var provided = true;
        for (var details = at.Depth; at.NextChild(details);)
        {
            switch (at.Name)
            {
                case "DeliveryFile":
                    var found = Technical(at, aside);
                    file ??= found;
                    break;
                case "File":
                    var named = File(at, aside);
                    file ??= named;
                    break;
                case "IsProvidedInDelivery":
                    provided &= at.Text().Value is not ("false" or "0");
                    break;
                case "IsClip" or "IsPreview":
                    provided &= at.Text().Value is not ("true" or "1");
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        return provided ? file : null;
    }

    private static UnvalidatedFile? File(ErnCursor at, ErnAside aside)
    {
        Stated? path = null, folder = null, name = null;
        var hashes = new List<UnvalidatedHash>();
        for (var file = at.Depth; at.NextChild(file);)
        {
            switch (at.Name)
            {
                case "URI" or "URL":
                    path ??= at.Text();
                    break;
                case "FilePath":
                    folder ??= at.Text();
                    break;
                case "FileName":
                    name ??= at.Text();
                    break;
                case "HashSum":
                    hashes.Add(Hash(at));
                    break;
                default:
                    aside.Leave(at);
                    break;
            }
        }
        path ??= name is null ? folder : Joined(folder, name);
        return path is null ? null : new UnvalidatedFile(path, hashes);
    }

    /// <summary>Version 3 states folder and name apart; with and without a slash between them in practice.</summary>
    private static Stated Joined(Stated? folder, Stated name) => folder is not { Value.Length: > 0 }
        ? name
        : name with { Value = folder.Value[^1] == '/' ? folder.Value + name.Value : $"{folder.Value}/{name.Value}" };

    /// <summary>A <c>HashSum</c> in the words of either major version.</summary>
    internal static UnvalidatedHash Hash(ErnCursor at)
    {
        var place = at.KeepPlace();
        Stated? algorithm = null, value = null, type = null;
        for (var hash = at.Depth; at.NextChild(hash);)
        {
            switch (at.Name)
            {
                case "Algorithm" or "HashSumAlgorithmType":
                    algorithm = at.Text();
                    break;
                case "HashSumValue" or "HashSum":
                    value = at.Text();
                    break;
                case "DataType" or "HashSumDataType":
                    type = at.Text();
                    break;
            }
        }
        return new UnvalidatedHash(algorithm ?? new Stated("", place), value ?? new Stated("", place), type?.Value switch
        {
            "HexBinary" => "hex",
            "Binary64" => "base64",
            _ => null,
        });
    }
}
