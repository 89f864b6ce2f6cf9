using Pipeline.Benchmarks;

// What the start of a process costs that does nothing else.
if (args is ["--nothing"])
{
    return 0;
}

// One row a metric: name, ours, theirs, ratio, goal. Exit 1 on a miss, 2 on a wrong word.
var json = args.Contains("--json");
var wanted = args.Where(a => !a.StartsWith("--", StringComparison.Ordinal)).ToArray();
var benchmarks = new Dictionary<string, Func<IEnumerable<Row>>>(StringComparer.Ordinal)
{
    ["catalogue"] = CatalogueBenchmark.Run,
    ["log"] = () => LogBenchmark.Run().Concat(VerificationBenchmark.Run()).Concat(NodeBenchmark.Run()),
    ["scrub"] = ScrubBenchmark.Run,
    ["uploads"] = () => UploadBenchmark.Run().Concat(ScrubBenchmark.Run()),
};
if (wanted.FirstOrDefault(name => !benchmarks.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"no benchmark '{unknown}'; there are: {string.Join(", ", benchmarks.Keys)}");
    return 2;
}
if (!json)
{
    Console.WriteLine(Row.Heading);
}
var missed = false;
// Scrubbing is a family of its own and a part of uploads: once is enough when everything is asked for.
foreach (var row in (wanted.Length == 0 ? [.. benchmarks.Keys.Where(name => name != "scrub")] : wanted).SelectMany(name => benchmarks[name]()))
{
    Console.WriteLine(row.Format(json));
    missed |= !row.Met;
}
return missed ? 1 : 0;
