using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

public sealed class NoteTests : IDisposable
{
    private readonly NoteSigner _signer = NoteSigner.FromSeed("log.example/1", new byte[32]);

    public void Dispose() => _signer.Dispose();

    [SkippableFact]
    public void All_151_Wycheproof_signatures_are_judged_as_they_should_be()
    {
        var file = SharedCorpus.Require("corpus/tlog/wycheproof/ed25519_test.json");
        var judged = 0;
        foreach (var group in JsonNode.Parse(File.ReadAllBytes(file))!["testGroups"]!.AsArray())
        {
            var publicKey = Convert.FromHexString((string)group!["publicKey"]!["pk"]!);
            var known = NoteVerifierKey.TryCreate("wycheproof", NoteKeyType.Ed25519, publicKey, out var key);
            foreach (var test in group["tests"]!.AsArray())
            {
                var (message, signature) = (Convert.FromHexString((string)test!["msg"]!), Convert.FromHexString((string)test["sig"]!));
                Assert.True(
                    (known && key!.Verify(message, signature)) == ((string)test["result"]! == "valid"), $"test {test["tcId"]}");
                judged++;
            }
        }
        Assert.Equal(151, judged);
    }

    [Fact]
    public void A_key_file_reads_back_and_one_wrong_character_is_refused()
    {
        var seed = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var text = NoteSigner.FormatKeyFile("log.example/1", seed);
        Assert.StartsWith("PRIVATE+KEY+log.example/1+", text, StringComparison.Ordinal);
        Assert.True(NoteSigner.TryParseKeyFile(text, out var read, out _));
        using (read)
        {
            using var direct = NoteSigner.FromSeed("log.example/1", seed);
            Assert.Equal(direct.VerifierKey.Vkey, read.VerifierKey.Vkey);
            Assert.Equal(direct.Sign("x\n"u8).Signature, read.Sign("x\n"u8).Signature);
        }
        for (var at = 0; at < text.Length - 1; at++)
        {
            var wrong = text.ToCharArray();
            wrong[at] = wrong[at] == 'A' ? 'B' : 'A';
            Assert.False(NoteSigner.TryParseKeyFile(new string(wrong), out _, out _), $"character {at}");
        }
    }

    [Theory]
    [InlineData("a\n\n")]
    [InlineData("a\n")]
    [InlineData("\n\n")]
    [InlineData("a\n\n- log.example/1 AAAAAAA=\n")]
    [InlineData("a\n\n— log.example/1 AAAAAAA=")]
    [InlineData("a\n\n— log.example/1 AAAA\n")]
    [InlineData("a\n\n— log.example/1 AAAAAAB=\n")]
    [InlineData("a\n\n—  AAAAAAA=\n")]
    [InlineData("a\n\n— log.example/1  AAAAAAA=\n")]
    [InlineData("a\n\n— log.example/1 AAAAAAA= \n")]
    [InlineData("a\n\n— log+example AAAAAAA=\n")]
    [InlineData("a\r\n\n— log.example/1 AAAAAAA=\n")]
    [InlineData("a\n\n— log.example/1 AAAAAAA=\n\n")]
    public void What_is_no_note_is_refused(string text) => Assert.False(SignedNote.TryParse(Encoding.UTF8.GetBytes(text), out _, out _));

    [Fact]
    public void A_note_splits_at_its_last_blank_line()
    {
        var text = "first\n\nsecond\n"u8;
        var bytes = SignedNote.Of(text, _signer.Sign(text)).Format();
        Assert.True(SignedNote.TryParse(bytes, out var note, out _));
        Assert.Equal(text.ToArray(), note.Text.ToArray());
        Assert.IsType<NoteVerdict.Verified>(note.Verify(_signer.VerifierKey));
    }

    [Fact]
    public void A_known_key_whose_line_fails_rejects_the_note_even_beside_a_good_line()
    {
        var good = _signer.Sign("a\n"u8);
        var bad = good with { Signature = [.. good.Signature.Select(b => (byte)(b ^ 1))] };
        Assert.IsType<NoteVerdict.Rejected>(SignedNote.Of("a\n"u8, good, bad).Verify(_signer.VerifierKey));
        Assert.IsType<NoteVerdict.Verified>(SignedNote.Of("a\n"u8, good, bad with { KeyId = 1 }).Verify(_signer.VerifierKey));
        Assert.IsType<NoteVerdict.Rejected>(SignedNote.Of("a\n"u8, good with { KeyId = 1 }).Verify(_signer.VerifierKey));
    }

    [Fact]
    public void A_note_is_refused_beyond_its_caps()
    {
        var line = _signer.Sign("a\n"u8);
        var most = SignedNote.Of("a\n"u8, [.. Enumerable.Repeat(line, SignedNote.MaxSignatureLines)]).Format();
        Assert.True(SignedNote.TryParse(most, out _, out _));
        Assert.False(SignedNote.TryParse([.. most, .. Encoding.UTF8.GetBytes(line.Line)], out _, out _));
        Assert.False(SignedNote.TryParse(new byte[SignedNote.MaxNoteBytes + 1], out _, out _));
    }

    [Theory]
    [InlineData("o\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("o\n+1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("o\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("o\n9223372036854775808\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n")]
    [InlineData("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n")]
    [InlineData("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hS\n")]
    [InlineData("o\n0\nJxruXH077oNaAWml6DVb0DxDmPvV2ncQwlOK56rdOMo=\n")]
    [InlineData("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextension\n")]
    [InlineData("o o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    public void What_is_no_checkpoint_is_refused(string body) =>
        Assert.False(Checkpoint.TryParseBody(Encoding.UTF8.GetBytes(body), out _, out _));

    [Theory, InlineData("7\0"), InlineData("7\0\0"), InlineData("7 "), InlineData("07"), InlineData("+7"), InlineData("")]
    public void A_number_has_one_writing(string number) => Assert.False(NoteText.TryDecimal(Encoding.UTF8.GetBytes(number), out _));

    [Fact]
    public void A_checkpoint_of_another_origin_is_refused_even_under_our_key()
    {
        var body = new Checkpoint("other.example", 0, MerkleTree.EmptyRoot).Body();
        var note = SignedNote.Of(body, _signer.Sign(body)).Format();
        Assert.False(Checkpoint.TryOpen(note, _signer.VerifierKey, out _, out var problem));
        Assert.Contains("other.example", problem, StringComparison.Ordinal);
    }
}
