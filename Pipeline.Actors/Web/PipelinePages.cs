namespace Pipeline.Actors.Web;

/// <summary>The pages of a node.</summary>
public static class PipelinePages
{
    public static void Add(IServiceCollection services) => services.AddRazorPages();

    public static void Map(WebApplication app) => app.MapRazorPages();
}
