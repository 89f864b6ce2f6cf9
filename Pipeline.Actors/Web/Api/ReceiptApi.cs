using System.Text;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Uploads;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;

namespace Pipeline.Actors.Web.Api;

/// <summary>How an upload stands, and the receipt of a received one, for its owner.</summary>
public static class ReceiptApi
{
    /// <summary>An upload's first fact is its fate; a receipt is about that one, whatever came after.</summary>
    private const long FateNumber = 1;

    /// <summary>Publication takes a second at most when the log runs.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>A round of questions to all witnesses ends before.</summary>
    private static readonly TimeSpan LongestWaitForWitnesses = TimeSpan.FromSeconds(5);

    private static readonly string[] DoesNotProve =
    [
        "That the bytes are still there: ask the vault's patrol, or download and hash them.",
        "That the sender made them, or holds any right in them.",
        "When: the time in the entry is our clock's word.",
    ];

    private const string Unwitnessed =
        "That nobody else holds another history of this log: compare its checkpoint with one you kept; no quorum of witnesses cosigned it.";

    private const string WitnessedOnly =
        "That the witnesses are independent of us: decide by your own policy whom you believe.";

    public static void Map(WebApplication app)
    {
        app.MapGet("/api/v1/uploads", async (HttpContext c, UploadGateway g, Projections.ReadModel reads) => Results.Json(
            await OpenAsync(WhoAsks.Of(c)!, g, reads), AnswerJson.Default.IReadOnlyListUploadAnswer)).ForPrincipals();
        app.MapGet("/api/v1/uploads/{id}", async (HttpContext c, UploadGateway g, string id) =>
            await StandingAsync(c, g, id) is { } s ? Results.Json(Answer(s), AnswerJson.Default.UploadAnswer) : Results.NotFound()).ForPrincipals();
        app.MapGet("/api/v1/uploads/{id}/receipt", (HttpContext c, UploadGateway g, LogReading l, LogKeeping k, string id) => ReceiptAsync(
            c, g, l, id, (s, p) => Results.Json(Receipt(s, p, k), AnswerJson.Default.ReceiptAnswer))).ForPrincipals();
        app.MapGet("/api/v1/uploads/{id}/receipt/entry", (HttpContext c, UploadGateway g, LogReading l, string id) => ReceiptAsync(
            c, g, l, id, (_, p) => Results.File(Convert.FromBase64String(p.Entry), "application/octet-stream", "entry"))).ForPrincipals();
        app.MapGet("/api/v1/uploads/{id}/receipt/proof.tlog-proof", (HttpContext c, UploadGateway g, LogReading l, string id) => ReceiptAsync(
            c, g, l, id, (_, p) => Results.File(Encoding.UTF8.GetBytes(p.Proof), "text/plain; charset=utf-8", "proof.tlog-proof"))).ForPrincipals();
    }

    /// <summary>
    /// The asker's own uploads that wait for something: those this node's spool holds unfinished, those that came and
    /// belong to no release, those that were refused.
    /// </summary>
    private static async Task<IReadOnlyList<UploadAnswer>> OpenAsync(Principal principal, UploadGateway uploads, Projections.ReadModel reads)
    {
        var house = uploads.House;
        var held = await Task.Run(() => house.Use.IdsOf(principal).Select(house.Spool.Look).OfType<Upload>().ToList());
        var came = await reads.OpenUploadsAsync(principal.Tenant, principal.Pseudonym.Text);
        return
        [
            .. held.Select(u => Answer(UploadStanding.Open(u))),
            .. came.Select(r => new UploadAnswer(r.UploadId, r.State, r.SizeBytes, r.SizeBytes, r.FileName, r.Digest, [], 0, 0, [])),
        ];
    }

    private static async Task<UploadStanding?> StandingAsync(HttpContext context, UploadGateway uploads, string text) =>
        EntityId.TryParse(text, out var id) && id.Kind == "upload"
        && await uploads.StandingAsync(WhoAsks.Of(context)!, id, context.RequestAborted) is { } standing
        && standing.Finding?.Rule is not "UPLOAD_UNKNOWN"
            ? standing
            : null;

    private static UploadAnswer Answer(UploadStanding s) => new(
        s.Upload.Text, s.Digest is not null ? "received" : s.Status == 0 ? "open" : "gone", s.Offset, s.LengthBytes,
        UploadMetadata.Parse(s.Metadata).Value?.FileName, s.Digest?.ToString(), s.Copies, s.Domains, s.Wanted, s.Finding is { } f ? [f] : []);

    private static async Task<IResult> ReceiptAsync(
        HttpContext context, UploadGateway uploads, LogReading log, string text, Func<UploadStanding, ProofAnswer, IResult> give)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (await StandingAsync(context, uploads, text) is not { Digest: not null } standing)
        {
            return Results.NotFound();
        }
        var time = uploads.House.Time;
        var since = time.GetTimestamp();
        while (time.GetElapsedTime(since) < LongestWait)
        {
            // Whoever asks at once waits for the witnesses; one that is silent keeps nobody from a receipt that says so.
            if (await log.ProveAsync(standing.Upload, FateNumber, context.RequestAborted) is { } proof
                && (proof.Witnesses.Count > 0 || !log.NeedsWitnesses || time.GetElapsedTime(since) > LongestWaitForWitnesses))
            {
                return give(standing, proof);
            }
            await log.ChangedAsync(TimeSpan.FromMilliseconds(100), context.RequestAborted);
        }
        context.Response.Headers.RetryAfter = "5";
        return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    private static ReceiptAnswer Receipt(UploadStanding s, ProofAnswer proof, LogKeeping log) => new(
        s.Upload.Text, s.Digest!.Value.ToString(), s.Offset, s.Copies, s.Domains, s.Wanted, proof.Witnesses.Count > 0, log.Origin, proof.Vkey ?? log.Keys.Current.Vkey,
        proof, [.. DoesNotProve, proof.Witnesses.Count > 0 ? WitnessedOnly : Unwitnessed]);
}
