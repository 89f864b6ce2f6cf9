using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pipeline.Actors.Backups;
using Pipeline.Audit.Durable;

namespace Pipeline.Actors.Hosting;

/// <summary>
/// <c>/livez</c>: the process answers. <c>/readyz</c>: this node is an Up member of a cluster and its log is not halted; a
/// node that the cluster removed is unhealthy at once, which Akka.Hosting's own check is not by design.
/// </summary>
public static class Health
{
    private const string Ready = "ready";

    public static void Add(IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<Membership>("member", tags: [Ready])
        .AddCheck<LogRuns>("log", tags: [Ready])
        .AddCheck<NothingIsHeldBack>("restored", tags: [Ready]);

    public static void Map(WebApplication app)
    {
        app.MapHealthChecks("/livez", new() { Predicate = _ => false });
        app.MapHealthChecks("/readyz", new() { Predicate = c => c.Tags.Contains(Ready), ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(string.Join(
            '\n', report.Entries.Select(e => $"{e.Key}: {e.Value.Status} {e.Value.Description}").Prepend(report.Status.ToString())) + "\n");
    }

    private sealed class Membership(ActorSystem system) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var cluster = Cluster.Get(system);
            var status = cluster.SelfMember.Status;
            return Task.FromResult(!cluster.IsTerminated && status == MemberStatus.Up
                ? HealthCheckResult.Healthy($"{cluster.State.Members.Count} members")
                : HealthCheckResult.Unhealthy(cluster.IsTerminated ? "removed from the cluster" : status.ToString()));
        }
    }

    /// <summary>A restored node serves; what it holds back is for people to see, not for a balancer to act on.</summary>
    private sealed class NothingIsHeldBack(DataDirectory data, IDisk disk) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(RecoveryMark.WarningOf(disk, data.Root) is { } warning ? HealthCheckResult.Degraded(warning) : HealthCheckResult.Healthy());
    }

    private sealed class LogRuns(LogKeeping log) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(log.Halted is { } why ? HealthCheckResult.Unhealthy(why) : HealthCheckResult.Healthy());
    }
}
