using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Actors.Hosting;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Cli;

/// <summary>What people read on a terminal, and what programs read with <c>--json</c>.</summary>
public static class Printer
{
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON object on one line of stdout.</summary>
    public static void Json<T>(T value, JsonTypeInfo<T> type)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, OneLine))
        {
            JsonSerializer.Serialize(writer, value, type);
        }
        Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    public static void Finding(Finding finding)
    {
        Console.Out.WriteLine($"    {finding.Severity.ToString().ToLowerInvariant(),-6} {finding.Rule}  {Clean(finding.Place)}{(finding.Value.Length > 0 ? $"  '{Clean(finding.Value)}'" : "")}");
        Console.Out.WriteLine($"           {Clean(finding.Message)}");
        Console.Out.WriteLine($"           To do: {Clean(finding.Remedy)}");
    }

    public static void Release(ReleaseAnswer answer)
    {
        Console.Out.WriteLine($"{Clean(Name(answer))}  {answer.Release ?? answer.DeliveryId}");
        if (answer.Stages.Count > 0)
        {
            Console.Out.WriteLine("    " + string.Join("  ", answer.Stages.Select(s => $"{Mark(s.Light)} {s.Stage}")));
        }
        Console.Out.WriteLine($"    {answer.State}{(answer.Delivery is "applied" or "" ? "" : $", delivery {answer.Delivery}")}{(answer.Log is { } log ? $", log entry {log.Index} of {log.Origin}" : "")}");
        foreach (var finding in answer.Findings)
        {
            Finding(finding);
        }
    }

    public static void Upload(UploadAnswer answer)
    {
        Console.Out.WriteLine($"{Clean(answer.FileName is { Length: > 0 } name ? name : "(unnamed)")}  {answer.Upload}");
        Console.Out.WriteLine(answer.State switch
        {
            "received" => $"    received, {Size(answer.Offset)}, sha256 {answer.Digest}",
            "open" => $"    {Size(answer.Offset)} held{(answer.LengthBytes is { } length ? $" of {Size(length)}" : "")}; not received yet",
            _ => $"    {answer.State}",
        });
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
