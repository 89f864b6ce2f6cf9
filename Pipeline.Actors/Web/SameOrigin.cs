using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Pipeline.Actors.Web;

/// <summary>
/// Our defence against forged forms: browsers say where a POST comes from, and the cookie is never sent from another
/// site (SameSite=Strict). No tokens, and so no ring of keys that a node would have to keep, protect and share.
/// </summary>
public sealed class SameOrigin : IAntiforgery
{
    /// <summary>Did one of our own pages send this? A request that says nothing of its origin did not come from a browser's form.</summary>
    public static bool Sent(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            ? Uri.TryCreate(origin, UriKind.Absolute, out var from)
                // The scheme is the browser's: in front of the node there may be a proxy that speaks TLS.
                && Uri.TryCreate($"{from.Scheme}://{request.Host.Value}", UriKind.Absolute, out var own)
                && string.Equals(from.Authority, own.Authority, StringComparison.OrdinalIgnoreCase)
            : request.Headers["Sec-Fetch-Site"] == "same-origin";
    }

    public AntiforgeryTokenSet GetAndStoreTokens(HttpContext httpContext) => GetTokens(httpContext);

    public AntiforgeryTokenSet GetTokens(HttpContext httpContext) => new(null, null, "none", null);

    public Task<bool> IsRequestValidAsync(HttpContext httpContext) => Task.FromResult(Sent(httpContext.Request));

    public Task ValidateRequestAsync(HttpContext httpContext) => Sent(httpContext.Request)
        ? Task.CompletedTask
        : throw new AntiforgeryValidationException("The form was not sent by a page of this node.");

    public void SetCookieTokenAndHeader(HttpContext httpContext)
    {
    }

    /// <summary>Takes the framework's key ring out: nothing of ours seals anything with it, and a node keeps no secret it does not need.</summary>
    public static void ReplaceKeyRing(IServiceCollection services)
    {
        foreach (var startsRing in services.Where(s => s.ServiceType == typeof(IHostedService)
            && s.ImplementationType?.Assembly == typeof(IDataProtectionBuilder).Assembly).ToList())
        {
            services.Remove(startsRing);
        }
        services.Replace(ServiceDescriptor.Singleton<IAntiforgery, SameOrigin>());
        services.Replace(ServiceDescriptor.Singleton<ITempDataProvider, NothingKept>());
        services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider, NothingSealed>());
    }

    /// <summary>Nothing is carried from one request to the next.</summary>
    private sealed class NothingKept : ITempDataProvider
    {
        public IDictionary<string, object> LoadTempData(HttpContext context) => new Dictionary<string, object>();

        public void SaveTempData(HttpContext context, IDictionary<string, object> values) =>
            Audit.Vocabulary.Invariant.Require(values.Count == 0, "pages keep nothing between requests");
    }

    /// <summary>Whoever asks for the key ring after all is a bug, found at once.</summary>
    private sealed class NothingSealed : IDataProtectionProvider
    {
        public IDataProtector CreateProtector(string purpose) =>
            throw new InvalidOperationException($"a node has no key ring; '{purpose}' asked for one");
    }
}
