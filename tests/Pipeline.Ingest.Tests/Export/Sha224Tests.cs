using System.Text;
using Pipeline.Ingest.Export;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Export;

public sealed class Sha224Tests
{
    /// <summary>NIST's example values for FIPS 180-4, and the empty message.</summary>
    [Theory]
    [InlineData("", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f")]
    [InlineData("abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525")]
    public void Known_messages_have_their_known_digests(string message, string digest) =>
        Assert.Equal(digest, SomeBag.Hex("sha224", Encoding.ASCII.GetBytes(message)));

    [Fact]
    public void A_message_in_pieces_has_the_digest_of_the_whole()
    {
        var bytes = Some.Bytes(1000, 3);
        using var whole = new Sha224();
        whole.Append(bytes);
        using var pieces = new Sha224();
        for (var i = 0; i < bytes.Length; i += 37)
        {
            pieces.Append(bytes.AsSpan(i, Math.Min(37, bytes.Length - i)));
        }
        Assert.Equal(whole.Finish(), pieces.Finish());
    }
}
