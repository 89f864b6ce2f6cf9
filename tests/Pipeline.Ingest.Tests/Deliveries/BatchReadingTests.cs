using System.Security.Cryptography;
using System.Text;
using FsCheck.Xunit;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Deliveries;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Deliveries;

/// <summary>A batch held against its manifest: whole, still being copied, or with what is wrong named.</summary>
public sealed class BatchReadingTests
{
    [Fact]
    public void A_whole_batch_is_its_messages_in_the_order_of_the_manifest_and_nothing_is_found()
    {
        var batch = SomeBatch.Whole(SomeBatch.Of(3) with { Listed = [.. new[] { 3, 1, 2 }.Select(SomeBatch.Release).Select(BatchEntry.Of)] });

        Assert.Empty(batch.Rules());
        Assert.Equal(["MSG-0003", "MSG-0001", "MSG-0002"], batch.Messages.Select(m => m.Address.MessageId!.Value));
        Assert.All(batch.Messages, m => Assert.True(m.MayBeHandedIn));
        Assert.All(batch.Messages, m => Assert.Equal(["resources/01.flac"], m.Files));
        Assert.Equal($"ACK_20260901100000000_{SomeBatch.Folder(3)}.xml", batch.Messages[0].Acknowledgement);
        Assert.Equal(new DateOnly(2026, 9, 1), batch.Messages[0].BatchDate);
    }

    [Fact]
    public void A_batch_without_its_manifest_is_open_and_nothing_of_it_is_refused()
    {
        var open = Assert.IsType<BatchReading.Open>(SomeBatch.Read(SomeBatch.Of(2), withManifest: false));
        Assert.Equal((BatchRules.DeliveryOpen.Id, Severity.Info), (open.Why.Rule, open.Why.Severity));
        Assert.Contains("BatchComplete_20260901100000000.xml", open.Why.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_from_an_earlier_run_are_no_part_of_the_batch() =>
        Assert.Empty(SomeBatch.Whole(SomeBatch.Of(2), f => f["acknowledgements/ACK_1_2.xml"] = "<x/>"u8.ToArray()).Rules());

    [Theory]
    [InlineData("MD5")]
    [InlineData("SHA-1")]
    [InlineData("SHA-256")]
    public void A_hash_is_compared_by_the_algorithm_it_is_declared_with(string algorithm)
    {
        var release = SomeBatch.Release(1);
#pragma warning disable CA5350, CA5351 // What senders declare; it matches a file to its manifest and is not trusted.
        var hash = algorithm switch { "MD5" => MD5.HashData(release.Message), "SHA-1" => SHA1.HashData(release.Message), _ => SHA256.HashData(release.Message) };
#pragma warning restore CA5350, CA5351
        ErnBatch Declaring(byte[] value) => SomeBatch.Of(1) with { Listed = [BatchEntry.Of(release) with { Hash = Convert.ToHexString(value), Algorithm = algorithm }] };
        Assert.Empty(SomeBatch.Whole(Declaring(hash)).Rules());
        hash[0] ^= 1;
        var finding = Assert.Single(SomeBatch.Whole(Declaring(hash)).Messages[0].Findings);
        Assert.Equal((BatchRules.HashMismatch.Id, Severity.Reject, Convert.ToHexString(hash)), (finding.Rule, finding.Severity, finding.Value));
        Assert.Contains("MessageInBatch", finding.Place, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_manifest_lets_the_messages_through_and_says_what_it_cannot_promise()
    {
        var batch = SomeBatch.Whole(SomeBatch.Of(2), f => f["BatchComplete_20260901100000000.xml"] = []);
        Assert.Equal([BatchRules.ManifestEmpty.Id], batch.Rules());
        Assert.Equal(2, batch.Messages.Count(m => m.MayBeHandedIn));
    }

    [Fact]
    public void What_is_wrong_with_one_message_holds_back_that_message_only()
    {
        var batch = SomeBatch.Whole(SomeBatch.Of(3), f => f.Remove($"{SomeBatch.Folder(2)}/message.xml"));
        Assert.Equal([true, false, true], batch.Messages.Select(m => m.MayBeHandedIn));
        // Its sender is answered all the same: the manifest says who it is.
        Assert.Equal("PADPIDA0000000001O", batch.Messages[1].Address.Sender!.Value);
        Assert.Contains(batch.Findings, f => f.Rule == BatchRules.FileUnlisted.Id && f.Place == $"{SomeBatch.Folder(2)}/resources/01.flac");
    }

    [Fact]
    public void A_manifest_that_contradicts_itself_holds_back_every_message()
    {
        var batch = SomeBatch.Whole(SomeBatch.Of(3) with { NumberOfMessages = "4" });
        Assert.All(batch.Messages, m => Assert.Contains(m.Findings, f => f.Rule == BatchRules.CountDiffers.Id && f.Value == "4"));
        Assert.DoesNotContain(batch.Messages, m => m.MayBeHandedIn);
    }

    [Property(MaxTest = 100)]
    public void The_order_of_the_listing_and_of_the_folder_does_not_matter(byte count, int seed)
    {
        var batch = SomeBatch.Of(count % 6 + 1);
        var random = new Random(seed);
        var shuffled = batch with { Listed = [.. batch.Entries.OrderBy(_ => random.Next())] };
        var files = shuffled.Files().OrderBy(_ => random.Next()).ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);

        var read = Assert.IsType<BatchReading.Whole>(SomeBatch.Read(batch.Name, files)).Batch;

        Assert.Empty(read.Rules());
        Assert.Equal(shuffled.Entries.Select(e => e.MessageId), read.Messages.Select(m => m.Address.MessageId!.Value));
        Assert.Equal(SomeBatch.Whole(batch).Messages.Select(m => m.Acknowledgement), read.Messages.Select(m => m.Acknowledgement).Order(StringComparer.Ordinal));
    }

    [Property(MaxTest = 200)]
    public void A_message_that_is_changed_missing_or_unlisted_is_named_whichever_it_is(byte count, byte which, byte harm, ushort at)
    {
        var (batch, number) = (SomeBatch.Of(count % 5 + 1), which % (count % 5 + 1) + 1);
        var path = $"{SomeBatch.Folder(number)}/message.xml";
        var (rule, read) = (harm % 3) switch
        {
            0 => (BatchRules.HashMismatch, SomeBatch.Whole(batch, f => f[path][at % f[path].Length] ^= 0x20)),
            1 => (BatchRules.MessageAbsent, SomeBatch.Whole(batch, f => f.Remove(path))),
            _ => (BatchRules.MessageUnlisted, SomeBatch.Whole(batch with
            {
                Releases = [.. batch.Releases, SomeBatch.Release(9)],
                Listed = [.. batch.Releases.Select(BatchEntry.Of).Append(BatchEntry.Of(SomeBatch.Release(9))).Where(e => e.MessageId != SomeBatch.Message(number).MessageId)],
            })),
        };

        var held = Assert.Single(read.Messages, m => !m.MayBeHandedIn);
        Assert.Equal(SomeBatch.Folder(number), held.Folder);
        var finding = Assert.Single(held.Findings, f => f.Rule == rule.Id);
        Assert.True(finding.Place.Contains(path, StringComparison.Ordinal) || finding.Message.Contains(path, StringComparison.Ordinal) || finding.Value == path, finding.ToString());
        Assert.NotEmpty(finding.Remedy);
        Assert.NotNull(rule.Ack);
    }

    [Property(MaxTest = 100)]
    public void A_file_that_belongs_to_no_message_is_named_wherever_it_lies(byte count, byte place)
    {
        var path = new[] { "readme.txt", "extra/cover.jpg", "extra/deep/er/01.flac", "Acknowledgements/x.txt" }[place % 4];
        var batch = SomeBatch.Whole(SomeBatch.Of(count % 4 + 1), f => f[path] = [1]);
        var finding = Assert.Single(batch.Findings);
        Assert.Equal((BatchRules.FileUnlisted.Id, Severity.Warn, path), (finding.Rule, finding.Severity, finding.Place));
        Assert.All(batch.Messages, m => Assert.True(m.MayBeHandedIn));
    }

    [Property(MaxTest = 300)]
    public void Any_bytes_at_all_as_a_manifest_give_an_answer(byte[] bytes)
    {
        var batch = SomeBatch.Whole(SomeBatch.Of(2), f => f["BatchComplete_20260901100000000.xml"] = bytes);
        Assert.Equal(2, batch.Messages.Count);
        Assert.Contains(batch.Findings, f => f.Rule == (bytes.Length == 0 ? BatchRules.ManifestEmpty.Id : BatchRules.ManifestUnreadable.Id));
    }

    [Fact]
    public void Release_folders_one_by_one_come_in_the_order_of_their_time_stamps_and_one_without_a_message_is_open()
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["N_R2_20260901100000002/message.xml"] = SomeBatch.Message(2).Utf8(),
            ["P_R9_20260901100000001/message.xml"] = SomeBatch.Message(9).Utf8(),
            ["P_R9_20260901100000001/resources/01.flac"] = [1],
            ["N_R1_20260901100000003/resources/01.flac"] = [1],
        };

        var batch = Assert.IsType<BatchReading.Whole>(SomeBatch.Read("inbox", files)).Batch;

        Assert.Equal(["ACK_20260901100000001_R9.xml", "ACK_20260901100000002_R2.xml"], batch.Messages.Select(m => m.Acknowledgement));
        Assert.Equal("N_R1_20260901100000003", Assert.Single(batch.Open).Place);
        Assert.Empty(batch.Rules());
    }

    [Fact]
    public void Folders_of_our_own_manifests_are_no_batch_and_neither_is_one_release_folder()
    {
        Assert.IsType<BatchReading.NoBatch>(SomeBatch.Read("x", new Dictionary<string, byte[]> { ["a/release.json"] = "{}"u8.ToArray() }));
        Assert.IsType<BatchReading.NoBatch>(SomeBatch.Read("x", new Dictionary<string, byte[]> { ["release.json"] = "{}"u8.ToArray(), ["a/message.xml"] = SomeBatch.Message(1).Utf8() }));
        Assert.IsType<BatchReading.NoBatch>(SomeBatch.Read("N_R_20260901100000001", new Dictionary<string, byte[]> { ["message.xml"] = SomeBatch.Message(1).Utf8() }));
        Assert.IsType<BatchReading.NoBatch>(SomeBatch.Read("x", new Dictionary<string, byte[]>()));
    }

    [Fact]
    public void Two_messages_never_share_an_answer()
    {
        var batch = SomeBatch.Of(0) with { Releases = [.. new[] { "a/b", "a_b" }.Select((f, i) => SomeBatch.Release(i + 1) with { Folder = f })] };
        Assert.Equal(["ACK_20260901100000000_a_b.xml", "ACK_20260901100000000_a_b_2.xml"], SomeBatch.Whole(batch).Messages.Select(m => m.Acknowledgement));
    }

    /// <summary>For each rule a batch that breaks it.</summary>
    private static readonly Dictionary<string, Func<BatchReading>> Broken = new()
    {
        ["DELIVERY_OPEN"] = () => SomeBatch.Read(SomeBatch.Of(1), withManifest: false),
        ["BATCH_MANIFEST_TWICE"] = () => SomeBatch.Read(SomeBatch.Of(1), f => f["BatchComplete_2.xml"] = []),
        ["BATCH_MANIFEST_UNREADABLE"] = () => SomeBatch.Read(SomeBatch.Of(1) with { Namespace = "http://ddex.net/xml/ern/43" }),
        ["BATCH_MANIFEST_EMPTY"] = () => SomeBatch.Read(SomeBatch.Of(1), f => f["BatchComplete_20260901100000000.xml"] = []),
        ["BATCH_TOO_LARGE"] = () => SomeBatch.Read(SomeBatch.Of(1) with { Listed = [.. Enumerable.Repeat(BatchEntry.Of(SomeBatch.Release(1)), BatchLimits.MaxMessages + 1)] }),
        ["BATCH_COUNT_DIFFERS"] = () => SomeBatch.Read(SomeBatch.Of(1) with { NumberOfMessages = "many" }),
        ["BATCH_ROOT_DIFFERS"] = () => SomeBatch.Read(SomeBatch.Of(1) with { RootDirectory = "N_1" }),
        ["BATCH_ADDRESS_OUTSIDE"] = () => SomeBatch.Read(SomeBatch.Of(1) with { Listed = [new BatchEntry("MSG-0001", "../x.xml", null)] }),
        ["BATCH_MESSAGE_MISSING"] = () => SomeBatch.Read(SomeBatch.Of(1) with { Listed = [new BatchEntry("MSG-0001", "x/x.xml", null)] }),
        ["BATCH_MESSAGE_UNLISTED"] = () => SomeBatch.Read(SomeBatch.Of(2) with { Listed = [BatchEntry.Of(SomeBatch.Release(1))] }),
        ["BATCH_MESSAGE_TWICE"] = () => SomeBatch.Read(SomeBatch.Of(1) with { Listed = [.. Enumerable.Repeat(BatchEntry.Of(SomeBatch.Release(1)), 2)] }),
        ["BATCH_FOLDER_SHARED"] = () => SomeBatch.Read(SomeBatch.Of(0) with { Releases = [SomeBatch.Release(1), SomeBatch.Release(2) with { Folder = SomeBatch.Folder(1), FileName = "two.xml" }] }),
        ["BATCH_MESSAGE_ID_DIFFERS"] = () => SomeBatch.Read(SomeBatch.Of(1) with { Listed = [BatchEntry.Of(SomeBatch.Release(1)) with { MessageId = "MSG-0002" }] }),
        ["BATCH_SENDER_DIFFERS"] = () => SomeBatch.Read(SomeBatch.Of(1) with { Sender = "PADPIDA2013042401U" }),
        ["BATCH_TEST_DIFFERS"] = () => SomeBatch.Read(SomeBatch.Of(1) with { IsTest = true }),
        ["BATCH_HASH_MISMATCH"] = () => SomeBatch.Read(SomeBatch.Of(1), f => f[$"{SomeBatch.Folder(1)}/message.xml"][^1] ^= 1),
        ["BATCH_HASH_MALFORMED"] = () => SomeBatch.Read(SomeBatch.Of(1) with { Listed = [BatchEntry.Of(SomeBatch.Release(1)) with { Hash = "12" }] }),
        ["BATCH_HASH_UNVERIFIABLE"] = () => SomeBatch.Read(SomeBatch.Of(1) with { Listed = [BatchEntry.Of(SomeBatch.Release(1)) with { Algorithm = "MD2" }] }),
        ["BATCH_HASH_MISSING"] = () => SomeBatch.Read(SomeBatch.Of(1) with { Listed = [BatchEntry.Of(SomeBatch.Release(1)) with { Hash = null }] }),
        ["BATCH_FILE_UNLISTED"] = () => SomeBatch.Read(SomeBatch.Of(1), f => f["x.txt"] = []),
    };

    [Fact]
    public void Every_rule_on_batches_has_a_batch_that_breaks_it_and_a_word_of_DDEX_where_it_stops_a_message()
    {
        Assert.Equal(BatchRules.All.Select(r => r.Id).Order(), Broken.Keys.Order());
        Assert.All(BatchRules.All.Where(r => r.Severity >= Severity.Block), r => Assert.NotNull(r.Ack));
        Assert.All(BatchRules.All, r => Assert.EndsWith(".", r.Says, StringComparison.Ordinal));
        Assert.Empty(BatchRules.All.Select(r => r.Id).Intersect(Rules.All.Select(r => r.Id)));
        Assert.All(BatchRules.All, rule =>
        {
            var said = Broken[rule.Id]() switch
            {
                BatchReading.Open(var why) => [why],
                BatchReading.Whole(var batch) => [.. batch.Findings.Concat(batch.Messages.SelectMany(m => m.Findings))],
                _ => Array.Empty<Finding>(),
            };
            var finding = said.First(f => f.Rule == rule.Id);
            Assert.Equal(rule.Severity, finding.Severity);
            Assert.NotEmpty(finding.Place);
            Assert.NotEmpty(finding.Remedy);
        });
    }

    [Fact]
    public void A_manifest_cannot_make_the_reader_follow_entities()
    {
        var manifest = "<!DOCTYPE m [<!ENTITY a \"aaaa\">]>" + SomeBatch.Of(1).ManifestXml();
        var batch = SomeBatch.Whole(SomeBatch.Of(1), f => f["BatchComplete_20260901100000000.xml"] = Encoding.UTF8.GetBytes(manifest));
        Assert.Contains(BatchRules.ManifestUnreadable.Id, batch.Rules());
    }
}
