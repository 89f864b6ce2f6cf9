using System.Text;
using Pipeline.Ingest.Catalogue;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Catalogue;

/// <summary>Messages larger than any that is meant: refused at the limit, at a cost that is bounded.</summary>
public class LargeMessages
{
    private const long Gibibyte = 1L << 30;

    /// <summary>What reading one message may allocate in all, garbage included.</summary>
    private const long MostAllocatedBytes = 256L << 20;

    /// <summary>The long run fills a message to the limit; the short one to a quarter of it.</summary>
    private static readonly int FilledBytes =
        Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1" ? CatalogueLimits.MaxMessageBytes : CatalogueLimits.MaxMessageBytes / 4;

    private const string Open = "<e:NewReleaseMessage xmlns:e=\"http://ddex.net/xml/ern/43\">";

    [Theory]
    [InlineData("<a>", Gibibyte)]
    [InlineData("<a/>", 10_000_000 * 4L)]
    [InlineData("&lol;", Gibibyte)]
    [InlineData(" ", Gibibyte)]
    public void A_gibibyte_of_XML_and_ten_million_elements_are_not_read_beyond_the_limit(string repeated, long sizeBytes)
    {
        using var stream = new Endless(Open, repeated, sizeBytes);
        Assert.Null(CatalogueReader.BytesOf(stream));
        Assert.InRange(stream.ReadBytes, 1, CatalogueLimits.MaxMessageBytes + (128 * 1024));
    }

    [Fact]
    public void A_message_as_long_as_the_limit_comes_whole()
    {
        using var stream = new Endless(Open, "x", CatalogueLimits.MaxMessageBytes);
        Assert.Equal(CatalogueLimits.MaxMessageBytes, CatalogueReader.BytesOf(stream)!.Value.Length);
    }

    [Theory]
    [InlineData("<a/>", "", "")]
    [InlineData("<a>", "", "")]
    [InlineData("<a b='c' d='e'/>", "", "")]
    [InlineData("&lt;&#65;", "<MessageHeader><MessageId>", "</MessageId></MessageHeader>")]
    [InlineData("<TerritoryCode>UK</TerritoryCode>", "<DealList><ReleaseDeal><Deal><DealTerms>", "</DealTerms></Deal></ReleaseDeal></DealList>")]
    [InlineData("<ReleaseDeal><DealReleaseReference/></ReleaseDeal>", "<DealList>", "</DealList>")]
    [InlineData("<RelatedRelease><ReleaseId><ICPN>1</ICPN></ReleaseId></RelatedRelease>", "<ReleaseList><Release>", "</Release></ReleaseList>")]
    [InlineData("<SoundRecordingEdition/>", "<ResourceList><SoundRecording>", "</SoundRecording></ResourceList>")]
    [InlineData("<!-- -->", "", "")]
    [InlineData("<![CDATA[x]]>", "<MessageHeader><MessageId>", "</MessageId></MessageHeader>")]
    public void Whatever_fills_a_large_message_is_answered_within_bounded_memory(string repeated, string before, string after)
    {
        var whole = new ErnMessage().Xml();
        var root = whole.IndexOf('>', StringComparison.Ordinal) + 1;
        var times = (FilledBytes - whole.Length - before.Length - after.Length) / Encoding.UTF8.GetByteCount(repeated);
        var message = Encoding.UTF8.GetBytes(whole[..root] + before + string.Concat(Enumerable.Repeat(repeated, times)) + after + whole[root..]);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var read = CatalogueReader.Read("message", message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MostAllocatedBytes);
        Assert.True(read is ReadMessage.Read or ReadMessage.Refused { Findings.Count: > 0 });
    }

    /// <summary>XML that is made while it is read.</summary>
    private sealed class Endless(string open, string repeated, long sizeBytes) : Stream
    {
        private readonly byte[] _open = Encoding.UTF8.GetBytes(open);
        private readonly byte[] _repeated = Encoding.UTF8.GetBytes(repeated);

        internal long ReadBytes { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => sizeBytes;

        public override long Position { get => ReadBytes; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var n = (int)Math.Min(count, sizeBytes - ReadBytes);
            for (var i = 0; i < n; i++)
            {
                var at = ReadBytes + i;
                buffer[offset + i] = at < _open.Length ? _open[at] : _repeated[(at - _open.Length) % _repeated.Length];
            }
            ReadBytes += n;
            return n;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
