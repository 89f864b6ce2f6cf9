using System.Data.Common;
using Dapper;
using Pipeline.Audit.Facts;

namespace Pipeline.Actors.Projections;

/// <summary>Takes out of the rows what came from private parts that are erased. Doing it twice does nothing more.</summary>
internal static class ErasedRows
{
    internal static async Task ForgetAsync(DbConnection open, DbTransaction transaction, IEnumerable<Fact> erased)
    {
        foreach (var fact in erased)
        {
            if (fact is DeliveryReceived received)
            {
                var mayStay = Aliases.Of(received with { Private = Sealed<DeliveryDetails>.Erased(received.Private.Commitment) })
                    .Select(a => ReadModel.AliasOf(a.Alias)).ToList();
                var key = new { tenant = received.Tenant.Text, target = received.Delivery.Text };
                foreach (var alias in (await open.QueryAsync<string>("SELECT alias FROM read_alias WHERE tenant = @tenant AND target = @target", key, transaction)).Except(mayStay))
                {
                    await open.ExecuteAsync(
                        "DELETE FROM read_alias WHERE tenant = @tenant AND alias = @alias AND target = @target", new { key.tenant, alias, key.target }, transaction);
                }
            }
            if (fact is ReleaseReceived release)
            {
                // A revision that came after it has a title of its own.
                await open.ExecuteAsync(
                    "UPDATE read_release SET title = @Shown, artist = @Shown WHERE release_id = @id AND revision = @Revision",
                    new { ErasedText.Shown, id = release.Release.Text, release.Revision }, transaction);
            }
            if (fact is FactWithPrivatePart<FindingList>)
            {
                var none = RowChanges.Encode([]);
                await open.ExecuteAsync(
                    "UPDATE read_release SET findings = @none WHERE release_id = @id", new { none, id = RowChanges.ReleaseOf(fact) }, transaction);
                await open.ExecuteAsync(
                    "UPDATE read_delivery SET findings = @none WHERE delivery_id = @id", new { none, id = RowChanges.DeliveryOf(fact) }, transaction);
            }
            if (fact is UploadCompleted upload)
            {
                await open.ExecuteAsync(
                    "UPDATE read_upload SET file_name = @Shown WHERE upload_id = @id", new { ErasedText.Shown, id = upload.Upload.Text }, transaction);
            }
        }
    }
}
