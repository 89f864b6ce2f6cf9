namespace Pipeline.Audit.Tests.Log;

/// <summary>How a step goes wrong.</summary>
public enum FaultKind
{
    /// <summary>It is not done, and says so.</summary>
    Fails,

    /// <summary>It is done, and says that it failed.</summary>
    FailsButPersists,

    /// <summary>It is not done, nor is any later one until somebody has mended the machine.</summary>
    StaysDown,
}

/// <summary>The steps to database and disk, counted from 1 in the order they are taken, of which one goes wrong. For one thread.</summary>
internal sealed class OneFault(FaultKind kind, int at)
{
    private readonly List<string> _steps = [];
    private bool _mended;

    /// <summary>What went wrong; null while nothing has.</summary>
    public string? Met { get; private set; }

    /// <summary>Told of each step before it is taken.</summary>
    public Action<string> Before { get; init; } = _ => { };

    /// <summary>All steps until it was mended.</summary>
    public IReadOnlyList<string> Steps => _steps;

    public void Mend() => _mended = true;

    public T Pass<T>(string step, Func<T> call, Func<string, Exception> error)
    {
        if (_mended)
        {
            return call();
        }
        _steps.Add(step);
        Before(step);
        var number = _steps.Count;
        if (kind == FaultKind.StaysDown ? number < at : number != at)
        {
            return call();
        }
        Met ??= step;
        if (kind == FaultKind.FailsButPersists)
        {
            (call() as IDisposable)?.Dispose();
        }
        throw error($"{step}, step {number}, {kind}");
    }

    public void Pass(string step, Action call, Func<string, Exception> error) => Pass(step, () => { call(); return true; }, error);
}
