using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Tests.Log;

/// <summary>Every parser of the log, fed garbage and fed valid bytes with small damage: none throws, and what one accepts formats back to the same bytes.</summary>
public sealed class ParserProperties
{
    private static readonly byte[] Note =
        Encoding.UTF8.GetBytes((string)Golden.Signed["checkpoints"]!.AsArray()[3]!["cosigned"]!);

    private static readonly byte[] Proof = Encoding.UTF8.GetBytes((string)Golden.Signed["tlogProofs"]!.AsArray()[5]!["file"]!);

    private static readonly string Vkey = (string)Golden.Signed["log"]!["vkey"]!;

    private static readonly byte[] Leaf = new LeafEnvelope(
        "release.received.1", TenantId.Local, new string('a', 32), 7, "release-local-x", 3, new string('0', 32)).Encode("{\"a\":1}"u8);

    /// <summary>Replaces, removes, doubles or inserts, a few times.</summary>
    private static byte[] Damage(byte[] valid, (NonNegativeInt At, byte Value, byte How)[] edits)
    {
        var bytes = valid.ToList();
        foreach (var (place, value, how) in edits.Take(4))
        {
            var at = place.Get * 31 % (bytes.Count + 1);
            switch (how % 4)
            {
                case 0 when at < bytes.Count:
                    bytes[at] = value;
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, "\n ,+=0—"u8[value % 9]);
                    break;
                default:
                    bytes.InsertRange(at, bytes.Skip(at).Take(value % 50).ToList());
                    break;
            }
        }
        return [.. bytes];
    }

    private static void EveryParserIsStrict(byte[] bytes)
    {
        if (SignedNote.TryParse(bytes, out var note, out var problem))
        {
            Assert.Equal(bytes, note.Format());
        }
        Assert.Equal(note is null, problem is not null);
        if (note is not null && Checkpoint.TryParseBody(note.Text, out var checkpoint, out _))
        {
            Assert.Equal(note.Text.ToArray(), checkpoint.Body());
        }
        if (Checkpoint.TryParseBody(bytes, out var bare, out _))
        {
            Assert.Equal(bytes, bare.Body());
        }
        if (TLogProof.TryParse(bytes, out var proof, out _))
        {
            Assert.Equal(bytes, proof.Format());
        }
        if (LeafEnvelope.TryDecode(bytes, out var envelope, out var rest))
        {
            Assert.Equal(bytes, envelope.Encode(rest.Span));
        }
        for (var width = 1; width <= 3; width++)
        {
            if (EntryBundle.TryDecode(bytes, width, out var entries, out _))
            {
                Assert.Equal(bytes, EntryBundle.Encode(entries));
            }
        }
        var text = Encoding.UTF8.GetString(bytes);
        if (NoteVerifierKey.TryParse(text, out var key, out _))
        {
            Assert.Equal(text, key.Vkey);
        }
        Assert.False(NoteSigner.TryParseKeyFile(text, out _, out _));
        if (TilePath.TryParse(text, out var path))
        {
            Assert.Equal(text, path.Text);
        }
    }

    [Property(MaxTest = 500)]
    public void Garbage_is_answered(byte[] bytes) => EveryParserIsStrict(bytes);

    [Property(MaxTest = 1000)]
    public void A_damaged_note_is_answered((NonNegativeInt, byte, byte)[] edits) => EveryParserIsStrict(Damage(Note, edits));

    [Property(MaxTest = 1000)]
    public void A_damaged_proof_is_answered((NonNegativeInt, byte, byte)[] edits) => EveryParserIsStrict(Damage(Proof, edits));

    [Property(MaxTest = 1000)]
    public void A_damaged_leaf_is_answered((NonNegativeInt, byte, byte)[] edits) => EveryParserIsStrict(Damage(Leaf, edits));

    [Property(MaxTest = 500)]
    public void A_damaged_vkey_is_answered((NonNegativeInt, byte, byte)[] edits) =>
        EveryParserIsStrict(Damage(Encoding.UTF8.GetBytes(Vkey), edits));

    [Property(MaxTest = 300)]
    public void A_bundle_reads_back(NonEmptyArray<byte[]> entries)
    {
        var wanted = entries.Get.Take(256).ToArray();
        var bundle = EntryBundle.Encode([.. wanted.Select(e => new ReadOnlyMemory<byte>(e))]);
        Assert.True(EntryBundle.TryDecode(bundle, wanted.Length, out var read, out _));
        Assert.Equal(wanted, read.Select(e => e.ToArray()));
        Assert.False(EntryBundle.TryDecode((byte[])[.. bundle, 0], wanted.Length, out _, out _));
        Assert.False(EntryBundle.TryDecode(bundle.AsMemory(..^1), wanted.Length, out _, out _));
        Assert.False(EntryBundle.TryDecode(bundle, wanted.Length + 1, out _, out _));
    }

    [Fact]
    public void The_undamaged_bytes_are_accepted()
    {
        Assert.True(SignedNote.TryParse(Note, out _, out _));
        Assert.True(TLogProof.TryParse(Proof, out _, out _));
        Assert.True(NoteVerifierKey.TryParse(Vkey, out _, out _));
        Assert.True(LeafEnvelope.TryDecode(Leaf, out _, out _));
    }
}
