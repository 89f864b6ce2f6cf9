using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Audit.Tests.Log;

/// <summary>What strangers may send: mutated golden inputs by the seed, some 20,000, and ten million with <c>MP_TEST_LONG=1</c>.</summary>
[Collection(Alone.Name)]
public sealed class When_the_parsers_are_fuzzed(ITestOutputHelper output)
{
    private const long MostGrowthBytes = 64 * 1024 * 1024;

    /// <summary>What one call may allocate: a policy of one-letter words is an object each two bytes.</summary>
    private const long MostAllocatedPerByte = 64;
    private const long MostAllocatedBytes = 128 * 1024;

    private const int ExecutionsPerSample = 100_000;
    private const int ExecutionsPerUse = 200;

    private static readonly int ExecutionsOfEach =
        (Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1" ? 10_400_000 : 20_000) / FuzzedParsers.All.Count;

    public static TheoryData<string> Parsers => [.. FuzzedParsers.All.Select(p => p.Name)];

    [Theory, MemberData(nameof(Parsers))]
    public void No_input_breaks_a_parser_or_makes_it_hoard_memory(string name)
    {
        var parser = FuzzedParsers.All.Single(p => p.Name == name);
        var mutations = new Mutations(Seeds.ForTest(output.WriteLine, salt: name.Length), parser.Golden);
        Assert.All(parser.Golden, golden => Assert.True(parser.Accepts(golden, true), "it refuses a golden input"));

        var (accepted, before, most, greediest) = (0, 0L, 0L, 0L);
        for (var execution = 0; execution < ExecutionsOfEach; execution++)
        {
            // The first tenth is for the just-in-time compiler and what is kept on purpose.
            if (execution == ExecutionsOfEach / 10)
            {
                before = LiveBytes();
            }
            else if (before > 0 && (execution % ExecutionsPerSample == 0 || execution == ExecutionsOfEach - 1))
            {
                most = Math.Max(most, LiveBytes() - before);
            }
            var input = mutations.Next();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                accepted += parser.Accepts(input, execution % ExecutionsPerUse == 0) ? 1 : 0;
            }
            catch (Exception broken)
            {
                Assert.Fail($"execution {execution} breaks the {name} parser: {broken}\ninput in base64: {Convert.ToBase64String(input)}");
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            greediest = Math.Max(greediest, allocated);
            Assert.True(
                allocated <= MostAllocatedBytes + (MostAllocatedPerByte * input.Length),
                $"execution {execution}: {input.Length} bytes made the {name} parser allocate {allocated}: {Convert.ToBase64String(input)}");
        }
        output.WriteLine($"{name}: {ExecutionsOfEach:N0} executions, {accepted:N0} accepted; memory grew by {most / 1024.0 / 1024:F1} MiB at most, one call allocated {greediest:N0} bytes at most");
        Assert.InRange(accepted, 0, ExecutionsOfEach - 1);
        Assert.True(most <= MostGrowthBytes, $"memory grew by {most:N0} bytes");
    }

    /// <summary>What is still held after a collection: how much the collector leaves for later is its own affair.</summary>
    private static long LiveBytes() => GC.GetTotalMemory(forceFullCollection: true);
}

/// <summary>Tests that measure their process: nothing else runs in it meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone in the process";
}
