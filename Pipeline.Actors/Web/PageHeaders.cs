namespace Pipeline.Actors.Web;

/// <summary>
/// What every answer of a node tells the browser: run nothing and load nothing but our own files, and never guess a type.
/// Text of strangers is encoded as well; this is the second wall.
/// </summary>
public sealed class PageHeaders(RequestDelegate next)
{
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        // Not no-referrer: with that the browser sends "Origin: null" with our own forms, and SameOrigin could not tell
        // them from a stranger's. Other sites learn nothing either way.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(context);
    }
}
