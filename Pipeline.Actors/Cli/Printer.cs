using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Cli;

/// <summary>What people read on a terminal, and what programs read with <c>--json</c>.</summary>
public static class Printer
{
    /// <summary>
    /// stdout, for answers only. Whatever a library prints by itself goes nowhere: its logs come by stderr anyway, and a
    /// line between two JSON objects breaks whoever reads them.
    /// </summary>
    public static TextWriter Out { get; private set; } = Console.Out;

    /// <summary>Keeps stdout for answers, from here on.</summary>
    public static void ReserveStdout()
    {
        Out = Console.Out;
        Console.SetOut(TextWriter.Null);
    }

    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON object on one line of stdout.</summary>
    public static void Json<T>(T value, JsonTypeInfo<T> type)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, OneLine))
        {
            JsonSerializer.Serialize(writer, value, type);
        }
        Printer.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    public static void Finding(Finding finding)
    {
        Printer.Out.WriteLine($"    {finding.Severity.ToString().ToLowerInvariant(),-6} {finding.Rule}  {Clean(finding.Place)}{(finding.Value.Length > 0 ? $"  '{Clean(finding.Value)}'" : "")}");
        Printer.Out.WriteLine($"           {Clean(finding.Message)}");
        Printer.Out.WriteLine($"           To do: {Clean(finding.Remedy)}");
    }

    public static void Release(ReleaseAnswer answer)
    {
        Printer.Out.WriteLine($"{Clean(Name(answer))}  {answer.Release ?? answer.DeliveryId}");
        if (answer.Stages.Count > 0)
        {
            Printer.Out.WriteLine("    " + string.Join("  ", answer.Stages.Select(s => $"{Mark(s.Light)} {s.Stage}")));
        }
        Printer.Out.WriteLine($"    {answer.State}{(answer.Delivery is "applied" or "" ? "" : $", delivery {answer.Delivery}")}{(answer.Log is { } log ? $", log entry {log.Index} of {log.Origin}" : "")}");
        foreach (var finding in answer.Findings)
        {
            Finding(finding);
        }
    }

    public static string Name(ReleaseAnswer answer) => answer.Title.Length == 0 ? "(untitled)" : $"{answer.Title} · {answer.Artist}";

    public static string Size(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => $"{bytes / 1000} kB",
        < 1_000_000_000 => $"{bytes / 1_000_000}.{bytes / 100_000 % 10} MB",
        _ => $"{bytes / 1_000_000_000}.{bytes / 100_000_000 % 10} GB",
    };

    /// <summary>Names come from messages of strangers: no control character of theirs reaches a terminal.</summary>
    public static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    private static char Mark(string light) => light switch
    {
        "passed" => '✓',
        "failed" => '✗',
        "running" => '…',
        _ => '·',
    };
}
