using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// A store as an operator names it: <c>DIR[,domain=NAME][,name=NAME]</c> or
/// <c>azure:CONTAINER[,account=NAME][,connection-file=PATH][,reader-file=PATH][,domain=NAME][,name=NAME][,write-only]</c>.
/// Holds no secret: it is written down beside the data and shown.
/// </summary>
public abstract partial record StoreSpec
{
    /// <summary>Longest whole text, in characters.</summary>
    public const int MaxCharacters = 4096;

    public const string DefaultAccount = "default";

    private const string AzurePrefix = "azure:";

    private StoreSpec()
    {
    }

    /// <summary>As given with <c>name=</c>; null lets the layout choose.</summary>
    public string? Name { get; init; }

    /// <summary>As given with <c>domain=</c>; null takes the directory's device or the account.</summary>
    public string? Domain { get; init; }

    /// <summary>What makes two specs the same store, whatever else they say.</summary>
    public abstract string Place { get; }

    /// <summary>A directory tree.</summary>
    /// <param name="Path">Absolute.</param>
    public sealed record Files(string Path) : StoreSpec
    {
        public override string Place => Path;

        protected override IEnumerable<string> Parts() => [Path];
    }

    /// <summary>A container of Azure Blob Storage.</summary>
    /// <param name="Account">Names an entry of the configuration or an environment variable, not the account itself.</param>
    /// <param name="ConnectionFile">Absolute path of a file with the connection string.</param>
    /// <param name="ReaderFile">The same for the separate reader of a write-only store.</param>
    public sealed record Azure(string Container, string Account, string? ConnectionFile, string? ReaderFile, bool WriteOnly) : StoreSpec
    {
        public override string Place => $"{AzurePrefix}{Account}/{Container}";

        protected override IEnumerable<string> Parts() =>
        [
            AzurePrefix + Container,
            .. Account == DefaultAccount ? [] : (string[])[$"account={Account}"],
            .. ConnectionFile is null ? [] : (string[])[$"connection-file={ConnectionFile}"],
            .. ReaderFile is null ? [] : (string[])[$"reader-file={ReaderFile}"],
            .. WriteOnly ? (string[])["write-only"] : [],
        ];
    }

    /// <summary>The text this was, or could have been, parsed from.</summary>
    public sealed override string ToString() => string.Join(',', [
        .. Parts(), .. Domain is null ? [] : (string[])[$"domain={Domain}"], .. Name is null ? [] : (string[])[$"name={Name}"]]);

    protected abstract IEnumerable<string> Parts();

    /// <param name="relativeTo">Where relative paths begin; absolute.</param>
    public static bool TryParse(string text, string relativeTo, [NotNullWhen(true)] out StoreSpec? spec, out string problem)
    {
        spec = null;
        var parts = text.Split(',');
        problem = text.Length > MaxCharacters ? $"more than {MaxCharacters} characters" : parts[0].Length == 0 ? "a store begins with its directory or azure:CONTAINER" : "";
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts.Skip(1))
        {
            var (key, value) = part.Split('=', 2) is [var k, var v] ? (k, v) : (part, "");
            if (!options.TryAdd(key, value))
            {
                problem = $"'{key}' is given twice";
            }
        }
        if (problem.Length > 0)
        {
            return false;
        }
        string? Take(string key) => options.Remove(key, out var value) ? value : null;
        string? TakePath(string key) => Take(key) is { } path ? Path.GetFullPath(path, relativeTo) : null;
        var (name, domain) = (Take("name"), Take("domain"));
        if (name is not null && !Word().IsMatch(name) || domain is not null && !Word().IsMatch(domain))
        {
            problem = "names and domains are 1 to 40 letters, digits, '.', ':', '_' and '-'";
            return false;
        }
        if (!parts[0].StartsWith(AzurePrefix, StringComparison.Ordinal))
        {
            spec = new Files(Path.TrimEndingDirectorySeparator(Path.GetFullPath(parts[0], relativeTo))) { Name = name, Domain = domain };
        }
        else if (!ContainerName().IsMatch(parts[0][AzurePrefix.Length..]))
        {
            problem = $"'{parts[0][AzurePrefix.Length..]}' is no name of a container: 3 to 63 lower-case letters, digits and hyphens";
            return false;
        }
        else
        {
            var account = Take("account") ?? DefaultAccount;
            spec = new Azure(parts[0][AzurePrefix.Length..], account, TakePath("connection-file"), TakePath("reader-file"), Take("write-only") is "") { Name = name, Domain = domain };
            problem = Word().IsMatch(account) ? "" : $"'{account}' is no name of an account";
        }
        if (options.Count > 0)
        {
            problem = $"'{options.Keys.First()}' is not known here";
        }
        return problem.Length == 0;
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.:_-]{0,39}\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"^[a-z0-9](?:-?[a-z0-9]){2,62}\z")]
    private static partial Regex ContainerName();
}
