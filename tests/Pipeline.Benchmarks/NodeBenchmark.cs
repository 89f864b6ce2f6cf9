using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Pipeline.Audit.Durable;

namespace Pipeline.Benchmarks;

/// <summary>
/// A whole embedded node as its users meet it: how long it takes to start, how long from a recorded fact to a published
/// checkpoint, how long the demo takes.
/// </summary>
internal static class NodeBenchmark
{
    private const int Starts = 5;
    private const int Facts = 40;

    /// <summary>What publishing one small step writes: tile, bundle, history, checkpoint.</summary>
    private const int FilesOfAStep = 4;

    public static IEnumerable<Row> Run()
    {
        var scratch = Directory.CreateTempSubdirectory("mp-bench-").FullName;
        try
        {
            yield return StartToReady(scratch);
            yield return FactToPublished(scratch);
            yield return Demo();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static Row StartToReady(string scratch)
    {
        var ours = new List<double>();
        var theirs = new List<double>();
        for (var i = 0; i < Starts; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using (var node = Node.Start(Path.Combine(scratch, $"start-{i}")))
            {
                ours.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
            started = Stopwatch.GetTimestamp();
            using var nothing = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["--nothing"]))!;
            nothing.WaitForExit();
            theirs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return new Row("node: start to ready on a new directory, median (limit: a process that ends at once)", "ms", Median(ours), Median(theirs), 2000, false);
    }

    private static Row FactToPublished(string scratch)
    {
        var ours = new List<double>();
        using (var node = Node.Start(Path.Combine(scratch, "facts")))
        {
            for (var i = 0; i < Facts; i++)
            {
                var delivery = node.Submit($"no message, number {i}");
                var recorded = Stopwatch.GetTimestamp();
                node.WaitForLog(delivery);
                ours.Add(Stopwatch.GetElapsedTime(recorded).TotalMilliseconds);
            }
        }
        return new Row(
            "node: fact recorded to published checkpoint, somebody waits, p50 (limit: two commits and four durable files)", "ms",
            Median(ours), Floor(scratch), 150, false);
    }

    private static Row Demo()
    {
        var composing = Stopwatch.GetTimestamp();
        var target = Directory.CreateTempSubdirectory("mp-bench-music-").FullName;
        Complete(Path.Combine(BenchServer.Repository(), "artifacts", "bin", "Composer", "release", "composer"), target);
        var theirs = Stopwatch.GetElapsedTime(composing).TotalSeconds;
        Directory.Delete(target, recursive: true);
        var started = Stopwatch.GetTimestamp();
        Complete(Path.Combine(BenchServer.Repository(), "ops", "demo"));
        return new Row("ops/demo, everything installed and built (limit: composing its music alone)", "s", Stopwatch.GetElapsedTime(started).TotalSeconds, theirs, 20, false);
    }

    /// <summary>The same disk and database, without a pipeline.</summary>
    private static double Floor(string scratch)
    {
        var disk = new PosixDisk();
        var folder = Directory.CreateDirectory(Path.Combine(scratch, "floor")).FullName;
        using var db = new SqliteConnection($"Data Source={Path.Combine(folder, "floor.db")}");
        db.Open();
        Execute(db, "PRAGMA journal_mode=WAL");
        Execute(db, "CREATE TABLE t (x BLOB)");
        var bytes = new byte[500];
        var times = new List<double>();
        for (var i = 0; i < Facts; i++)
        {
            var started = Stopwatch.GetTimestamp();
            Execute(db, "INSERT INTO t VALUES (randomblob(500))");
            Execute(db, "INSERT INTO t VALUES (randomblob(500))");
            for (var f = 0; f < FilesOfAStep; f++)
            {
                DurableFile.Replace(disk, Path.Combine(folder, $"file-{f}"), bytes);
            }
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return Median(times);
    }

    private static void Execute(SqliteConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Complete(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A real node, and what is asked of it here.</summary>
    private sealed class Node(BenchServer server) : IDisposable
    {
        public static Node Start(string data) => new(BenchServer.Node(data));

        /// <summary>Something that is received, refused and recorded: two facts and no audio.</summary>
        public string Submit(string text)
        {
            var part = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(text));
            part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "message", FileName = "release.json" };
            using var content = new MultipartFormDataContent { part };
            using var response = server.Http.PostAsync("api/v1/releases", content).GetAwaiter().GetResult();
            return Field(response, "deliveryId")!;
        }

        public void WaitForLog(string delivery) => server.Until(() =>
        {
            using var response = server.Http.GetAsync($"api/v1/deliveries/{delivery}?wait=5").GetAwaiter().GetResult();
            return Field(response, "log") is not null;
        });

        public void Dispose() => server.Dispose();

        private static string? Field(HttpResponseMessage response, string name)
        {
            using var json = JsonDocument.Parse(response.Content.ReadAsStringAsync().GetAwaiter().GetResult());
            return json.RootElement.TryGetProperty(name, out var value) ? value.ToString() : null;
        }
    }
}
