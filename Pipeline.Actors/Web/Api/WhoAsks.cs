using System.Net;
using System.Net.Sockets;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.People;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Web.Api;

/// <summary>
/// Decides who asks, before anything is looked up: the machine's administrator over the data directory's socket, the
/// holder of a key, or, where it was switched on, an accountless artist on loopback. Everybody else gets 401 wherever a
/// tenant's things are.
/// </summary>
public sealed class WhoAsks(RequestDelegate next, ApiKeys keys, NodeOptions options)
{
    /// <summary>Name of the browser's cookie that carries a key.</summary>
    public const string Cookie = "mp_key";

    /// <summary>Over the data directory's socket: whose name the administrator acts in, percent-encoded.</summary>
    public const string ActingAs = "Mp-As";

    private const string Slot = "mp.principal";

    // Proxies announce themselves; a request that came through one is not from loopback, whatever its address says.
    private static readonly string[] Forwarding = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"];

    private static readonly string[] LoopbackHosts = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>The administrator of the machine; verbs on <c>--data</c> act as it.</summary>
    public static readonly Principal LocalAdministrator = new(TenantId.Local, Pseudonym.Parse("p-0000000000000001"), Role.Operator);

    private static readonly Principal OpenLoopback = new(TenantId.Local, Pseudonym.Parse("p-0000000000000002"), Role.Artist);

    public async Task InvokeAsync(HttpContext context)
    {
        if (await FindAsync(context) is { } principal)
        {
            context.Items[Slot] = principal;
        }
        await next(context);
    }

    /// <summary>Who asks; null when nobody said so.</summary>
    public static Principal? Of(HttpContext context) => context.Items[Slot] as Principal;

    private async Task<Principal?> FindAsync(HttpContext context)
    {
        if (context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionSocketFeature>()?.Socket.LocalEndPoint is UnixDomainSocketEndPoint)
        {
            return context.Request.Headers[ActingAs].ToString() is { Length: > 0 } name
                ? await keys.FindByNameAsync(TenantId.Local, Uri.UnescapeDataString(name))
                : LocalAdministrator;
        }
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            return await keys.FindAsync(header["Bearer ".Length..].Trim());
        }
        // From here on a browser may ask unasked. A request that changes something and says where it comes from must come from us.
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)
            && (context.Request.Headers.Origin.Count > 0 || context.Request.Headers.ContainsKey("Sec-Fetch-Site"))
            && !SameOrigin.Sent(context.Request))
        {
            return null;
        }
        if (context.Request.Cookies[Cookie] is { Length: > 0 } cookie)
        {
            return await keys.FindAsync(cookie);
        }
        var loopback = context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && LoopbackHosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase)
            && !Forwarding.Any(context.Request.Headers.ContainsKey);
        return options.OpenLoopback && loopback ? OpenLoopback : null;
    }
}

/// <summary>What endpoints ask of the principal.</summary>
public static class Access
{
    /// <summary>Only for somebody: otherwise 401.</summary>
    public static TBuilder ForPrincipals<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter(async (context, next) =>
            WhoAsks.Of(context.HttpContext) is null ? Results.Unauthorized() : await next(context));

    /// <summary>Only for an operator or the machine's administrator: otherwise 403.</summary>
    public static TBuilder ForOperators<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter(async (context, next) =>
            WhoAsks.Of(context.HttpContext) switch
            {
                null => Results.Unauthorized(),
                { Role: Role.Operator } => await next(context),
                _ => Results.StatusCode(StatusCodes.Status403Forbidden),
            });

    /// <summary>Only for a label's staff or the machine's administrator: otherwise 403.</summary>
    public static TBuilder ForLabels<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter(async (context, next) =>
            WhoAsks.Of(context.HttpContext) switch
            {
                null => Results.Unauthorized(),
                { Role: Role.Label } => await next(context),
                var p when p == WhoAsks.LocalAdministrator => await next(context),
                _ => Results.StatusCode(StatusCodes.Status403Forbidden),
            });

    /// <summary>Only for the installation's auditor or the machine's administrator: otherwise 403.</summary>
    public static TBuilder ForAuditors<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter(async (context, next) =>
            WhoAsks.Of(context.HttpContext) switch
            {
                null => Results.Unauthorized(),
                { Role: Role.Auditor } => await next(context),
                var p when p == WhoAsks.LocalAdministrator => await next(context),
                _ => Results.StatusCode(StatusCodes.Status403Forbidden),
            });
}
