using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Pipeline.Audit.Log;

/// <summary>
/// Reads the text of a policy (C2SP tlog-policy, "Policy file syntax and structure"). Names are octets, not characters: they
/// are kept one character to an octet, and only a key's own name is read as UTF-8.
/// </summary>
internal sealed class TrustPolicyReader
{
    internal const int MaxBytes = 256 * 1024;

    /// <summary>The format asks for at least 32 of each.</summary>
    private const int MaxOfAKind = 256;

    private readonly List<PolicyLog> _logs = [];
    private readonly List<PolicyWitness> _witnesses = [];
    private readonly List<PolicyGroup> _groups = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private string? _quorum;

    internal static bool TryRead(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TrustPolicy? policy, [NotNullWhen(false)] out string? problem)
    {
        policy = null;
        if (bytes.Length > MaxBytes)
        {
            problem = $"a policy has at most {MaxBytes} bytes";
            return false;
        }
        if (bytes.Length > 0 && bytes[^1] != '\n')
        {
            problem = "the policy's last line does not end in a line feed";
            return false;
        }
        var reader = new TrustPolicyReader();
        var number = 0;
        var rest = bytes;
        while (NoteText.TryLine(ref rest, out var line))
        {
            number++;
            if (reader.Read(line) is { } why)
            {
                problem = string.Create(CultureInfo.InvariantCulture, $"line {number}: {why}");
                return false;
            }
        }
        if (reader._quorum is null)
        {
            problem = "there is no quorum line; 'quorum none' needs nobody";
            return false;
        }
        policy = new TrustPolicy(reader._logs, reader._witnesses, reader._groups, reader._quorum);
        problem = null;
        return true;
    }

    private string? Read(ReadOnlySpan<byte> line)
    {
        if (line.ContainsAnyInRange((byte)0x00, (byte)0x08) || line.ContainsAnyInRange((byte)0x0B, (byte)0x1F) || line.Contains((byte)0x7F))
        {
            return "has a control character other than tab";
        }
        var items = Encoding.Latin1.GetString(line).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (items.Length == 0 || items[0].StartsWith('#'))
        {
            return null;
        }
        return items[0] switch
        {
            "log" => items.Length is 2 or 3 ? Log(items[1], items.ElementAtOrDefault(2)) : "a log is 'log VKEY [URL]'",
            "witness" => items.Length is 3 or 4 ? Witness(items[1], items[2], items.ElementAtOrDefault(3)) : "a witness is 'witness NAME VKEY [URL]'",
            "group" => items.Length >= 4 ? Group(items[1], items[2], items[3..]) : "a group is 'group NAME all|any|K MEMBER…'",
            "quorum" => items.Length == 2 ? Quorum(items[1]) : "a quorum is 'quorum NAME'",
            _ => "begins with none of log, witness, group, quorum",
        };
    }

    private string? Log(string vkey, string? url)
    {
        if (Key(vkey, out var key) is { } problem)
        {
            return problem;
        }
        if (key!.Type != NoteKeyType.Ed25519)
        {
            return "the key of a log is of type 1";
        }
        if (_logs.Exists(l => l.Key.RawPublicKey.SequenceEqual(key.RawPublicKey)))
        {
            return "a log's key stands here twice";
        }
        _logs.Add(new PolicyLog(key, url));
        return _logs.Count > MaxOfAKind ? $"more than {MaxOfAKind} logs" : null;
    }

    private string? Witness(string name, string vkey, string? url)
    {
        if (Key(vkey, out var key) is { } problem)
        {
            return problem;
        }
        if (key!.Type != NoteKeyType.Cosignature)
        {
            return "the key of a witness is of type 4 (cosignature/v1)";
        }
        if (_witnesses.Exists(w => w.Key.RawPublicKey.SequenceEqual(key.RawPublicKey)))
        {
            return "a witness's key stands here twice";
        }
        if (Define(name) is { } taken)
        {
            return taken;
        }
        _witnesses.Add(new PolicyWitness(name, key, url));
        return _witnesses.Count > MaxOfAKind ? $"more than {MaxOfAKind} witnesses" : null;
    }

    private string? Group(string name, string how, string[] members)
    {
        foreach (var member in members)
        {
            if (!_names.Contains(member))
            {
                return $"'{member}' is named by no line before";
            }
            if (!_members.Add(member))
            {
                return $"'{member}' is a member already: nobody counts twice";
            }
        }
        var threshold = how switch
        {
            "all" => members.Length,
            "any" => 1,
            _ => NoteText.TryDecimal(Encoding.Latin1.GetBytes(how), out var k) && k <= members.Length ? (int)k : 0,
        };
        if (threshold < 1)
        {
            return $"'{how}' is none of all, any, and a number from 1 to {members.Length}";
        }
        if (Define(name) is { } taken)
        {
            return taken;
        }
        _groups.Add(new PolicyGroup(name, threshold, members));
        return _groups.Count > MaxOfAKind ? $"more than {MaxOfAKind} groups" : null;
    }

    private string? Quorum(string name)
    {
        if (_quorum is not null)
        {
            return "a second quorum line";
        }
        if (name != TrustPolicy.NoQuorum && !_names.Contains(name))
        {
            return $"'{name}' is named by no line before";
        }
        _quorum = name;
        return null;
    }

    private string? Define(string name) =>
        name == TrustPolicy.NoQuorum ? "the name 'none' is taken"
        : _names.Add(name) ? null
        : $"'{name}' is named twice";

    private static string? Key(string vkey, out NoteVerifierKey? key)
    {
        var octets = Encoding.Latin1.GetBytes(vkey);
        return NoteVerifierKey.TryParse(Encoding.UTF8.GetString(octets), out key, out var problem) ? null : problem;
    }
}
