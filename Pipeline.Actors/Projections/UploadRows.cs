using Pipeline.Audit.Facts;

namespace Pipeline.Actors.Projections;

/// <summary>An upload that has come to something, as lists show it.</summary>
/// <param name="State"><c>received</c> is open: it belongs to no release yet; <c>delivered</c>, <c>refused</c>, <c>gone</c>.</param>
public sealed record UploadRow(
    string UploadId, string Tenant, string Owner, string State, string FileName, string Digest, long SizeBytes, long Updated, long Position);

/// <summary>What a fact changes in the rows of uploads. Pure.</summary>
public static class UploadRows
{
    public static string? UploadOf(Fact fact) => fact switch
    {
        UploadCompleted f => f.Upload.Text,
        UploadRefused f => f.Upload.Text,
        UploadDiscarded f => f.Upload.Text,
        UploadDelivered f => f.Upload.Text,
        _ => null,
    };

    /// <summary>The row after the fact.</summary>
    public static UploadRow? Next(UploadRow? row, Fact fact, long index) => fact switch
    {
        UploadCompleted f => new UploadRow(
            f.Upload.Text, f.Tenant.Text, f.By.Text, "received", Shown(f.Private.Value?.FileName), f.Digest.ToString(), f.SizeBytes, f.At, index),
        UploadRefused f => new UploadRow(
            f.Upload.Text, f.Tenant.Text, f.By.Text, "refused", "", f.Found.ToString(), f.SizeBytes, f.At, index),
        UploadDiscarded f => (row ?? new UploadRow(f.Upload.Text, f.Tenant.Text, f.By.Text, "", "", "", f.HeldBytes, f.At, index))
            with
        { State = "gone", Updated = f.At, Position = index },
        UploadDelivered f when row is not null => row with { State = "delivered", Updated = f.At, Position = index },
        _ => row,
    };

    // PostgreSQL's texts hold no NUL.
    private static string Shown(string? text) => (text ?? "").Replace("\0", "\uFFFD", StringComparison.Ordinal);
}
