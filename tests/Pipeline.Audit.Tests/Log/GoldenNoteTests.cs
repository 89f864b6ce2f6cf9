using System.Text;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

public sealed class GoldenNoteTests : IDisposable
{
    private readonly NoteSigner _log = NoteSigner.FromSeed(
        (string)Golden.Signed["log"]!["origin"]!, Convert.FromHexString((string)Golden.Signed["log"]!["seed"]!));

    private readonly NoteSigner _witness = NoteSigner.FromSeed(
        (string)Golden.Signed["witness"]!["name"]!, Convert.FromHexString((string)Golden.Signed["witness"]!["seed"]!),
        NoteKeyType.Cosignature);

    public void Dispose()
    {
        _log.Dispose();
        _witness.Dispose();
    }

    [Fact]
    public void The_vkeys_are_those_of_the_golden_file()
    {
        Assert.Equal((string)Golden.Signed["log"]!["vkey"]!, _log.VerifierKey.Vkey);
        Assert.Equal((string)Golden.Signed["witness"]!["vkey"]!, _witness.VerifierKey.Vkey);
    }

    [Fact]
    public void Signed_and_cosigned_checkpoints_are_the_golden_bytes()
    {
        foreach (var golden in Golden.Signed["checkpoints"]!.AsArray())
        {
            var checkpoint = new Checkpoint(
                _log.VerifierKey.Name, (long)golden!["size"]!, Sha256Digest.Parse((string)golden["root"]!));
            Assert.Equal((string)golden["body"]!, Encoding.UTF8.GetString(checkpoint.Body()));
            var note = checkpoint.Sign(_log);
            Assert.Equal((string)golden["note"]!, Encoding.UTF8.GetString(note.Format()));
            var cosigned = note.With(_witness.Cosign(note.Text, (long)golden["cosignTime"]!));
            Assert.Equal((string)golden["cosigned"]!, Encoding.UTF8.GetString(cosigned.Format()));
            Assert.True(SignedNote.TryParse(cosigned.Format(), out var read, out _));
            var verdict = Assert.IsType<NoteVerdict.Verified>(read.Verify(_log.VerifierKey, _witness.VerifierKey));
            Assert.Equal(2, verdict.By.Count);
            Assert.True(Checkpoint.TryOpen(cosigned.Format(), _log.VerifierKey, out var opened, out _));
            Assert.Equal(checkpoint, opened);
        }
    }

    [Fact]
    public void Any_one_bit_change_of_a_golden_checkpoint_is_rejected()
    {
        var note = Encoding.UTF8.GetBytes((string)Golden.Signed["checkpoints"]!.AsArray()[^1]!["note"]!);
        for (var bit = 0; bit < note.Length * 8; bit++)
        {
            var changed = note.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Checkpoint.TryOpen(changed, _log.VerifierKey, out _, out _), $"bit {bit} went unnoticed");
        }
    }

    [SkippableFact]
    public void The_published_example_of_the_format_verifies()
    {
        var file = SharedCorpus.Require("corpus/tlog/c2sp/examples.json");
        var example = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllBytes(file))!["signed_note_example"]!;
        Assert.True(NoteVerifierKey.TryParse((string)example["vkey"]!, out var key, out _));
        Assert.True(SignedNote.TryParse(Encoding.UTF8.GetBytes((string)example["note"]!), out var note, out _));
        Assert.IsType<NoteVerdict.Verified>(note.Verify(key));
    }
}
