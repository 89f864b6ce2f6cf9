using Pipeline.Actors.Web.Pages;

namespace Pipeline.Actors.Web;

/// <summary>The pages of a node.</summary>
public static class PipelinePages
{
    public static void Add(IServiceCollection services)
    {
        services.AddRazorPages(o => o.RootDirectory = Fragments.Folder.TrimEnd('/'));
        services.AddSingleton<Fragments>().AddSingleton<LiveEvents>().AddSingleton<OwnThings>();
        SameOrigin.ReplaceKeyRing(services);
    }

    /// <summary>Before anything that answers: the headers hold for every answer, the files need no reader.</summary>
    public static void Use(WebApplication app)
    {
        app.UseMiddleware<PageHeaders>();
        // Asked for again each time, answered by 304 while it is the same: a node that was updated shows its new files.
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = f => f.Context.Response.Headers.CacheControl = "no-cache" });
    }

    public static void Map(WebApplication app)
    {
        app.MapRazorPages();
        SigningIn.Map(app);
        LiveEvents.Map(app);
        ProofFiles.Map(app);
    }
}
