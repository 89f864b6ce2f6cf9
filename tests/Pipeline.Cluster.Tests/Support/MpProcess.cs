using System.Diagnostics;
using System.Text.Json;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests.Support;

/// <summary>One run of a verb of <c>mp</c>, as a user runs it.</summary>
internal sealed record MpProcess(int ExitCode, string Output, string Errors)
{
    /// <summary>The program of the same configuration as these tests, beside them.</summary>
    public static string Binary { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Pipeline.Actors",
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "mp"));

    /// <summary>The objects of <c>--json</c>.</summary>
    public IReadOnlyList<ReleaseAnswer> Answers =>
        [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize(l, AnswerJson.Default.ReleaseAnswer)!)];

    public ReleaseAnswer Answer => Assert.Single(Answers);

    /// <summary>Every rule that spoke.</summary>
    public IReadOnlyList<string> Rules => [.. Answers.SelectMany(a => a.Findings).Select(f => f.Rule)];

    public static Task<MpProcess> RunAsync(params string[] arguments) => RunAsync(TimeSpan.FromMinutes(3), arguments);

    /// <exception cref="TimeoutException">The verb hung; it was killed.</exception>
    public static async Task<MpProcess> RunAsync(TimeSpan atMost, params string[] arguments)
    {
        var start = new ProcessStartInfo(Binary) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(atMost);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"mp {string.Join(' ', arguments)} did not end in {atMost}: {await output}{await errors}");
        }
        return new MpProcess(process.ExitCode, await output, await errors);
    }

    /// <summary><c>mp ingest … --json</c>.</summary>
    public static Task<MpProcess> IngestAsync(string data, params string[] folders) =>
        RunAsync(["ingest", .. folders, "--data", data, "--json"]);

    /// <summary>With <c>MP_TEST_LONG=1</c> every log of these tests passes a verifier that is not ours, too.</summary>
    public static bool OthersVerify { get; } = Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1";

    /// <summary>
    /// Checks the log of a data directory offline, files and story, and lets the test fail with what fsck said; or with what
    /// the Go checksum database said, where that is asked for and installed.
    /// </summary>
    public static async Task FsckIsCleanAsync(string log)
    {
        var fsck = await RunAsync("log", "fsck", log, "--domain");
        Assert.True(fsck.ExitCode == 0, $"fsck ended with {fsck.ExitCode}: {fsck.Output}{fsck.Errors}");
        if (OthersVerify && ChecksumDatabase.IsInstalled)
        {
            var (exitCode, said) = ChecksumDatabase.Authenticate(log, (await File.ReadAllTextAsync(Path.Combine(log, LogLayout.Vkey))).TrimEnd('\n'));
            Assert.True(exitCode == 0, $"the Go checksum database ended with {exitCode}: {said}");
        }
    }

    public override string ToString() => $"exit {ExitCode}\n{Output}\n{Errors}";
}
