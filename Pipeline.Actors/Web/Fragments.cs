using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Pipeline.Actors.Web;

/// <summary>Renders a view to text: a part of a page for the live stream, or a whole page for an answer that is no page of its own.</summary>
public sealed class Fragments(IRazorViewEngine engine, ITempDataProvider tempData)
{
    public const string Folder = "/Web/Pages/";

    /// <param name="view">File name in the pages' folder.</param>
    /// <param name="whole">True puts it into the layout.</param>
    public async Task<string> RenderAsync<T>(HttpContext context, string view, T model, bool whole = false)
    {
        var found = engine.GetView(null, Folder + view, isMainPage: whole);
        Audit.Vocabulary.Invariant.Require(found.Success, $"the view {view} exists");
        await using var text = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        var viewContext = new ViewContext(
            new ActionContext(context, context.GetRouteData(), new ActionDescriptor()), found.View!,
            new ViewDataDictionary<T>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = model },
            new TempDataDictionary(context, tempData), text, new HtmlHelperOptions());
        await found.View!.RenderAsync(viewContext);
        return text.ToString();
    }

    /// <summary>A whole page as the answer, never kept by a cache: it holds somebody's own things.</summary>
    public async Task<ContentResult> PageAsync<T>(HttpContext context, string view, T model, int status)
    {
        context.Response.Headers.CacheControl = "no-store";
        return new ContentResult
        {
            Content = await RenderAsync(context, view, model, whole: true),
            ContentType = "text/html; charset=utf-8",
            StatusCode = status,
        };
    }
}
