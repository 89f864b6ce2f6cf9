using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Projections;
using Pipeline.Actors.Web.Api;

namespace Pipeline.Actors.Web.Pages;

/// <summary>One release of the reader's: where it stands, what was found, where it is in the log.</summary>
public sealed class ReleaseModel(ReadModel reads, LogReading log, Fragments fragments) : PageModel
{
    public ReleaseView? Shown { get; private set; }

    public async Task<IActionResult> OnGetAsync(string id)
    {
        if (WhoAsks.Of(HttpContext) is not { } reader)
        {
            return await SigningIn.AskAsync(HttpContext);
        }
        Response.Headers.CacheControl = "no-store";
        if (await reads.ReleaseAsync(reader.Tenant, id) is not { } row)
        {
            // One answer for what is another's and what never was: it does not even repeat the id.
            return await fragments.PageAsync(HttpContext, "_NotFound.cshtml", "release", StatusCodes.Status404NotFound);
        }
        Shown = new ReleaseView(row, log.Standing());
        return Page();
    }
}
