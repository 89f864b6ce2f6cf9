using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Pipeline.Actors.People;
using Pipeline.Actors.Web.Api;

namespace Pipeline.Actors.Web;

/// <summary>What the sign-in page says besides its form.</summary>
/// <param name="Refused">A key was given and nobody has it.</param>
public sealed record SignInView(bool Refused);

/// <summary>
/// A person gives the key once; the browser keeps it in a cookie that no script can read and no other site can cause to
/// be sent. The key is in no page, address or log.
/// </summary>
public static class SigningIn
{
    /// <summary>A key has 68 characters; the form holds nothing else.</summary>
    public const long MaxFormBytes = 1024;

    public static void Map(WebApplication app)
    {
        app.MapPost("/sign-in", InAsync);
        app.MapPost("/sign-out", Out);
    }

    /// <summary>The page for somebody who is nobody yet: 401 with the form.</summary>
    public static Task<ContentResult> AskAsync(HttpContext context, bool refused = false)
    {
        if (context.Request.Cookies.ContainsKey(WhoAsks.Cookie))
        {
            // A key of another installation on this host would shadow what the reader may do without one.
            context.Response.Cookies.Delete(WhoAsks.Cookie, CookieOf(context));
        }
        return context.RequestServices.GetRequiredService<Fragments>()
            .PageAsync(context, "_SignIn.cshtml", new SignInView(refused), StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> InAsync(HttpContext context, ApiKeys keys)
    {
        if (!SameOrigin.Sent(context.Request))
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MaxFormBytes;
        }
        if (!context.Request.HasFormContentType)
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }
        string key;
        try
        {
            var form = await context.Request.ReadFormAsync(new FormOptions { BufferBodyLengthLimit = MaxFormBytes, ValueCountLimit = 4 }, context.RequestAborted);
            key = form["key"].ToString().Trim();
        }
        catch (Exception e) when (e is BadHttpRequestException or InvalidDataException)
        {
            return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        }
        if (await keys.FindAsync(key) is null)
        {
            var page = await AskAsync(context, refused: true);
            return Results.Content(page.Content, page.ContentType, statusCode: page.StatusCode);
        }
        context.Response.Cookies.Append(WhoAsks.Cookie, key, CookieOf(context));
        return SeeOther(context);
    }

    private static IResult Out(HttpContext context)
    {
        if (!SameOrigin.Sent(context.Request))
        {
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        }
        context.Response.Cookies.Delete(WhoAsks.Cookie, CookieOf(context));
        return SeeOther(context);
    }

    private static IResult SeeOther(HttpContext context)
    {
        context.Response.Headers.Location = "/";
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static CookieOptions CookieOf(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        Secure = context.Request.IsHttps,
        IsEssential = true,
    };
}
