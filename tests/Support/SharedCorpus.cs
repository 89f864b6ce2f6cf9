namespace Pipeline.Tests.Support;

/// <summary>Test data that lives beside the checkout and not in it; tests that need it skip visibly without it.</summary>
public static class SharedCorpus
{
    private static readonly string? Root = Find();

    /// <summary>The absolute path below <c>shared/</c>; skips the test when the folder is absent.</summary>
    public static string Require(string relative)
    {
        Skip.If(Root is null, "the shared corpus is not beside this checkout");
        return Path.Combine(Root!, relative);
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var beside = Path.Combine(folder.FullName, "..", "shared");
            if (File.Exists(Path.Combine(folder.FullName, "MusicPipeline.sln")))
            {
                return Directory.Exists(Path.Combine(beside, "corpus")) ? Path.GetFullPath(beside) : null;
            }
        }
        return null;
    }
}
