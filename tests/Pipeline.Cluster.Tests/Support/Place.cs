namespace Pipeline.Cluster.Tests.Support;

/// <summary>A directory of one test, gone after it.</summary>
internal sealed class Place : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mp-").FullName;

    /// <summary>The data directory; not made yet.</summary>
    public string Data => At("data");

    /// <summary>The log directory inside <see cref="Data"/>.</summary>
    public string Log => Path.Combine(Data, "log");

    /// <summary>Where release folders are written.</summary>
    public string Releases => Directory.CreateDirectory(At("releases")).FullName;

    public string At(string name) => Path.Combine(_root, name);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
