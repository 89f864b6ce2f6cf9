using System.Diagnostics.CodeAnalysis;
using System.Text;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

/// <summary>One parser of what others send.</summary>
/// <param name="Golden">Inputs that it takes.</param>
/// <param name="Accepts">
/// Parses; what is taken must be what was sent, to the byte. The flag asks to use what was taken as well, signatures and
/// all, which costs a hundred times as much.
/// </param>
internal sealed record FuzzedParser(string Name, IReadOnlyList<byte[]> Golden, Func<byte[], bool, bool> Accepts);

/// <summary>Every parser that meets a stranger's bytes.</summary>
internal static class FuzzedParsers
{
    private static readonly NoteVerifierKey LogKey = Key((string)Golden.Signed["log"]!["vkey"]!);
    private static readonly NoteVerifierKey Witness = Key((string)Golden.Signed["witness"]!["vkey"]!);
    private static readonly byte[][] Notes = [.. Texts("checkpoints", "note"), .. Texts("checkpoints", "cosigned")];
    private static readonly byte[] Cosigned = Texts("checkpoints", "cosigned")[3];
    private static readonly SignedNote Sent = SignedNote.TryParse(Notes[3], out var sent, out var problem) ? sent : throw new InvalidOperationException(problem);
    private static readonly int[] Statuses = [200, 409, 422, 404];

    internal static IReadOnlyList<FuzzedParser> All { get; } =
    [
        new("note", Notes, Note),
        new("checkpoint", Texts("checkpoints", "body"), Body),
        new("vkey", Vkeys(), Vkey),
        new("bundle", Bundles(), Bundle),
        new("proof", Texts("tlogProofs", "file"), Proof),
        new("policy", Policies(), Policy),
        new("add-checkpoint", Texts("addCheckpoint", "request"), Request),
        new("witness's answer", Answers(), Answer),
    ];

    private static bool Note(byte[] bytes, bool use)
    {
        if (Refused(SignedNote.TryParse(bytes, out var note, out var problem), problem))
        {
            return false;
        }
        Same(bytes, note!.Format());
        if (use)
        {
            note.Verify(LogKey, Witness);
            Checkpoint.TryOpen(bytes, LogKey, out _, out _);
        }
        return true;
    }

    private static bool Body(byte[] bytes, bool use)
    {
        if (Refused(Checkpoint.TryParseBody(bytes, out var checkpoint, out var problem), problem))
        {
            return false;
        }
        Same(bytes, checkpoint!.Body());
        return true;
    }

    private static bool Vkey(byte[] bytes, bool use)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (Refused(NoteVerifierKey.TryParse(text, out var key, out var problem), problem))
        {
            return false;
        }
        Assert.Equal(text, key!.Vkey);
        return true;
    }

    /// <summary>The first byte is one less than the number of entries; a file of the log states it in its name.</summary>
    private static bool Bundle(byte[] bytes, bool use)
    {
        if (bytes.Length == 0 || Refused(EntryBundle.TryDecode(bytes.AsMemory(1), bytes[0] + 1, out var entries, out var problem), problem))
        {
            return false;
        }
        Same(bytes.AsSpan(1), EntryBundle.Encode(entries!));
        if (use)
        {
            Assert.All(entries!, e => LeafEnvelope.TryDecode(e, out _, out _));
        }
        return true;
    }

    private static bool Proof(byte[] bytes, bool use)
    {
        if (Refused(TLogProof.TryParse(bytes, out var proof, out var problem), problem))
        {
            return false;
        }
        Same(bytes, proof!.Format());
        if (use)
        {
            proof.Verify("entry-0"u8, LogKey);
        }
        return true;
    }

    private static bool Policy(byte[] bytes, bool use)
    {
        if (Refused(TrustPolicy.TryParse(bytes, out var policy, out var problem), problem))
        {
            return false;
        }
        Assert.True(
            policy!.IsReachedBy(policy.Witnesses.Select(w => w.Name).ToHashSet(StringComparer.Ordinal)),
            "all witnesses together do not reach the quorum");
        if (use)
        {
            policy.Judge(Cosigned);
        }
        return true;
    }

    private static bool Request(byte[] bytes, bool use)
    {
        if (Refused(AddCheckpoint.TryParse(bytes, out var request, out var problem), problem))
        {
            return false;
        }
        Same(bytes, request!.Format());
        if (use)
        {
            WitnessRules.Decide(request, [LogKey], new Checkpoint(LogKey.Name, request.OldSize, MerkleTree.LeafHash("x"u8)));
        }
        return true;
    }

    /// <summary>The first byte chooses the status.</summary>
    private static bool Answer(byte[] bytes, bool use)
    {
        if (bytes.Length == 0)
        {
            return false;
        }
        var answer = WitnessAnswer.Read(
            Statuses[bytes[0] % Statuses.Length], WitnessAnswer.SizeContentType, bytes.AsSpan(1), Witness, Sent, oldSize: 0, size: 7);
        switch (answer)
        {
            case WitnessAnswer.SawSize(var size):
                Same(bytes.AsSpan(1), Encoding.ASCII.GetBytes(FormattableString.Invariant($"{size}\n")));
                return true;
            case WitnessAnswer.Cosigned(var line):
                Assert.IsType<NoteVerdict.Verified>(Sent.With(line).Verify(Witness));
                return true;
            default:
                return false;
        }
    }

    private static void Same(ReadOnlySpan<byte> sent, ReadOnlySpan<byte> formatted) =>
        Assert.True(sent.SequenceEqual(formatted), "what was taken formats to other bytes");

    /// <summary>A refusal says why, an acceptance does not.</summary>
    private static bool Refused(bool accepted, [NotNullWhen(true)] string? problem)
    {
        Assert.Equal(accepted, problem is null);
        return problem is not null;
    }

    private static NoteVerifierKey Key(string vkey) =>
        NoteVerifierKey.TryParse(vkey, out var key, out var problem) ? key : throw new InvalidOperationException(problem);

    private static byte[][] Texts(string list, string member) =>
        [.. Golden.Signed[list]!.AsArray().Select(item => (string?)item![member]).OfType<string>().Select(Encoding.UTF8.GetBytes)];

    private static byte[][] Vkeys() => [.. SomeKeys().Append(LogKey).Append(Witness).Select(k => Encoding.UTF8.GetBytes(k.Vkey))];

    private static IEnumerable<NoteVerifierKey> SomeKeys()
    {
        foreach (var (name, type) in new[] { ("log.example/1", NoteKeyType.Ed25519), ("zeuge.example/größe", NoteKeyType.Cosignature), ("w", NoteKeyType.Cosignature) })
        {
            using var signer = NoteSigner.FromSeed(name, Some.Bytes(32, name.Length), type);
            yield return signer.VerifierKey;
        }
    }

    private static byte[][] Bundles()
    {
        var golden = Path.Combine(Golden.Folder, "golden-log-600", "tile", "entries");
        byte[][] small = [.. Enumerable.Range(0, 256).Select(i => new byte[i % 4])];
        return
        [
            .. new[] { "000.p/1", "000.p/2", "000.p/3", "000.p/4", "001.p/1", "002.p/88", "000.p/8" }.Select(file =>
                (byte[])[(byte)(int.Parse(file[6..], System.Globalization.CultureInfo.InvariantCulture) - 1), .. File.ReadAllBytes(Path.Combine(golden, file))]),
            [255, .. EntryBundle.Encode([.. small.Select(e => new ReadOnlyMemory<byte>(e))])],
            [4, .. EntryBundle.Encode([.. LogOnDisk.Leaves(5).Select(e => new ReadOnlyMemory<byte>(e))])],
        ];
    }

    private static byte[][] Policies()
    {
        var keys = SomeKeys().Where(k => k.Type == NoteKeyType.Cosignature).Prepend(Witness).ToArray();
        var lines = $"log {LogKey.Vkey}\n" + string.Concat(keys.Select((k, i) => $"witness W{i} {k.Vkey} https://w{i}.example/\n"));
        return
        [
            .. new[]
            {
                $"log {LogKey.Vkey} https://log.example/\nquorum none\n",
                lines + "quorum W0\n",
                lines + "# of two\ngroup G 2 W0 W1 W2\nquorum G\n",
                lines + "group X any W0\tW1\n\ngroup Y all X W2\nquorum Y\n",
            }.Select(Encoding.UTF8.GetBytes),
        ];
    }

    private static byte[][] Answers()
    {
        var cosigned = Encoding.UTF8.GetString(Cosigned);
        var line = cosigned[(cosigned.TrimEnd('\n').LastIndexOf('\n') + 1)..];
        return [.. new[] { $"\0{line}", $"\u0001{7}\n", $"\u0001{long.MaxValue}\n" }.Select(Encoding.UTF8.GetBytes)];
    }
}
