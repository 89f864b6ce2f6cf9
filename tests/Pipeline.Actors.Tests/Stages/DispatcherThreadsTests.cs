using Akka.Actor;
using Akka.Configuration;
using Pipeline.Actors.Stages;

namespace Pipeline.Actors.Tests.Stages;

public sealed class DispatcherThreadsTests
{
    [Fact]
    public async Task Work_stays_on_the_dispatcher_s_threads_after_every_await()
    {
        using var system = ActorSystem.Create("threads", ConfigurationFactory.ParseString("""
            own { type = ForkJoinDispatcher, executor = fork-join-executor, throughput = 1
              dedicated-thread-pool { thread-count = 2, threadtype = background } }
            """));
        var threads = new DispatcherThreads(system.Dispatchers.Lookup("own"));
        var onPool = await threads.RunAsync(async () =>
        {
            var seen = new List<bool> { Thread.CurrentThread.IsThreadPoolThread };
            await Task.Yield();
            seen.Add(Thread.CurrentThread.IsThreadPoolThread);
            await Task.Run(() => { });
            seen.Add(Thread.CurrentThread.IsThreadPoolThread);
            return seen;
        });
        Assert.DoesNotContain(true, onPool);
    }

    [Fact]
    public async Task An_error_of_the_work_reaches_whoever_waits()
    {
        using var system = ActorSystem.Create("errors");
        var threads = new DispatcherThreads(system.Dispatchers.DefaultGlobalDispatcher);
        await Assert.ThrowsAsync<IOException>(() => threads.RunAsync<int>(async () =>
        {
            await Task.Yield();
            throw new IOException("the disk failed");
        }));
    }
}
