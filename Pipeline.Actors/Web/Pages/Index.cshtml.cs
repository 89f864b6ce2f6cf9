using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Projections;
using Pipeline.Actors.Web.Api;

namespace Pipeline.Actors.Web.Pages;

/// <summary>The reader's releases, live; or what a search of theirs found.</summary>
public sealed class IndexModel(ReadModel reads, LogReading log, OwnThings things) : PageModel
{
    /// <summary>What was looked for; empty when nothing was.</summary>
    public string Search { get; private set; } = "";

    public FoundView? Found { get; private set; }

    /// <summary>Files that came and belong to no release yet, or were refused.</summary>
    public IReadOnlyList<UploadRow> Uploads { get; private set; } = [];

    public ReleasesView List { get; private set; } = new([], new LogAnswer("", 0, "", 0, null));

    public async Task<IActionResult> OnGetAsync(string? q)
    {
        if (WhoAsks.Of(HttpContext) is not { } reader)
        {
            return await SigningIn.AskAsync(HttpContext);
        }
        Response.Headers.CacheControl = "no-store";
        Search = (q ?? "").Trim() is var text && text.Length > OwnThings.MaxSearchCharacters ? text[..OwnThings.MaxSearchCharacters] : text;
        Found = Search.Length > 0 ? await things.FindAsync(reader.Tenant, Search) : null;
        List = new ReleasesView(Found?.Releases ?? await reads.ReleasesAsync(reader.Tenant), log.Standing());
        Uploads = Found is null ? await reads.OpenUploadsAsync(reader.Tenant, reader.Pseudonym.Text) : [];
        return Page();
    }
}
