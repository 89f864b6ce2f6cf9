using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Cluster.Tests;

/// <summary>
/// The calls that a node makes for one upload, one by one: each is answered with EIO, with ENOSPC, and with the death of
/// the process. Afterwards everything that was answered is there, and the sender can finish.
/// </summary>
public sealed partial class When_the_disk_fails_an_upload(ITestOutputHelper output) : IDisposable
{
    private const int Bytes = 60_000;
    private const int FirstPart = 20_000;

    private readonly Place _place = new();
    private int _uploads;

    public void Dispose() => _place.Dispose();

    /// <summary>What the sender does when the fault comes.</summary>
    private enum Doing
    {
        Create,
        SendFirst,
        SendLast,
    }

    private sealed record Fault(Doing Doing, string Call, string Path, int When = 1);

    /// <summary>Every call of the path of an upload that changes a disk, and the opens before them.</summary>
    private static readonly Fault[] Faults =
    [
        new(Doing.Create, "openat", "{new}"), new(Doing.Create, "pwrite64", "{new}"), new(Doing.Create, "fdatasync", "{new}"),
        new(Doing.Create, "link", "{new}"), new(Doing.Create, "unlink", "{new}"),
        new(Doing.Create, "openat", "{data}"), new(Doing.Create, "openat", "{data}", 2), new(Doing.Create, "openat", "{state}"),
        new(Doing.Create, "openat", "{spool}"), new(Doing.Create, "fsync", "{spool}"),
        new(Doing.SendFirst, "pwrite64", "{data}"), new(Doing.SendFirst, "fdatasync", "{data}"),
        new(Doing.SendFirst, "pwrite64", "{state}"), new(Doing.SendFirst, "fdatasync", "{state}"),
        new(Doing.SendLast, "pwrite64", "{data}"), new(Doing.SendLast, "fdatasync", "{data}"),
        new(Doing.SendLast, "pwrite64", "{state}"), new(Doing.SendLast, "fdatasync", "{state}"),
        new(Doing.SendLast, "chmod", "{data}"), new(Doing.SendLast, "mkdir", "{folder}"), new(Doing.SendLast, "link", "{object}"),
        new(Doing.SendLast, "openat", "{folder}"), new(Doing.SendLast, "fsync", "{folder}"),
        new(Doing.SendLast, "unlink", "{data}"), new(Doing.SendLast, "unlink", "{state}"),
    ];

    private static readonly string[] Kinds = ["error=EIO", "error=ENOSPC", "signal=KILL"];

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1";

    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("MP_TEST_SEED"), out var seed) ? seed : 0;

    /// <summary>One in eight by the seed, and all with <c>MP_TEST_LONG=1</c>.</summary>
    private static readonly Fault[] Tried = [.. Faults.Where((_, i) => IsLong || i % 8 == Seed / Kinds.Length % 8)];

    private static bool IsOnes(string how) => IsLong || Seed % Kinds.Length == Array.IndexOf(Kinds, how);

    [SkippableTheory, InlineData("error=EIO"), InlineData("error=ENOSPC"), InlineData("signal=KILL")]
    public async Task What_was_answered_is_there_and_the_sender_can_finish(string how)
    {
        Strace.Require();
        Skip.If(!IsOnes(how), "one kind of fault a run, by the seed; ops/test long tries them all");
        var kills = how == "signal=KILL";
        var current = await NodeProcess.StartAsync(_place.Data);
        try
        {
            var client = new TusClient(() => current.Local, null);
            var owner = await OwnerAsync(client);
            foreach (var fault in Tried)
            {
                if (!await MetAsync(client, owner, fault, how, kills, () => current))
                {
                    Assert.Fail($"{fault} was never met");
                }
                if (kills)
                {
                    var dead = current;
                    await dead.EndedAsync();
                    current = NodeProcess.Launch(_place.Data, null, null);
                    await dead.DisposeAsync();
                    await current.ReadyAsync(TimeSpan.FromSeconds(60));
                }
                await FinishAsync(client, fault);
            }
            await Eventually.HoldsAsync(
                () => Task.FromResult(!Left().Any()), TimeSpan.FromSeconds(90), () => $"left in the spool: {string.Join(' ', Left())}");
            await Eventually.HoldsAsync(
                async () => await current.LogAsync() is var log && log.Size == log.PublishedSize && LogEntries.Read(_place.Log).Of<UploadCompleted>().Count > Tried.Length,
                TimeSpan.FromSeconds(30), current.LastWords);
        }
        finally
        {
            await current.DisposeAsync();
        }
        await MpProcess.FsckIsCleanAsync(_place.Log);
        var completed = LogEntries.Read(_place.Log).Of<UploadCompleted>();
        Assert.Equal(Tried.Length + 1, completed.Count);
        Assert.Equal(Tried.Length + 1, completed.Select(f => f.Upload).Distinct().Count());
    }

    // Of the upload that is being tested.
    private byte[] _bytes = [];
    private string _name = "";
    private TenantId _tenant;
    private string? _location;
    private long _answered;

    /// <summary>Does up to the step, and the step with the fault; false when nothing met it.</summary>
    private async Task<bool> MetAsync(TusClient client, string owner, Fault fault, string how, bool kills, Func<NodeProcess> node)
    {
        _bytes = Some.Bytes(Bytes, ++_uploads);
        _name = $"upload {_uploads}";
        (_location, _answered) = (null, 0);
        if (fault.Doing > Doing.Create)
        {
            Note(await CreateAsync(client));
        }
        if (fault.Doing > Doing.SendFirst)
        {
            Note(await client.PatchAsync(_location!, 0, _bytes[..FirstPart]));
        }
        await using var strace = await Strace.AttachAsync(
            node().Pid, fault.Call, PathOf(fault.Path, owner), how, fault.When, _place.At("strace"));
        var step = fault.Doing switch
        {
            Doing.Create => CreateAsync(client),
            Doing.SendFirst => client.PatchAsync(_location!, 0, _bytes[..FirstPart]),
            _ => client.PatchAsync(_location!, FirstPart, _bytes[FirstPart..]),
        };
        // Some calls are made after the answer; a dead process answers only once strace lets go of it.
        await Eventually.TryAsync(() => Task.FromResult(strace.HasMet), TimeSpan.FromSeconds(10));
        if (!kills)
        {
            Note(await step);
        }
        var met = await strace.DetachAsync();
        if (kills)
        {
            Note(await step);
        }
        return met;
    }

    private async Task FinishAsync(TusClient client, Fault fault)
    {
        while (_location is null)
        {
            var created = await CreateAsync(client);
            Assert.True(created.Status == 201, $"{fault}: {created}");
            _location = created.Location;
        }
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 5, $"{fault}: it does not come to an end");
            var standing = await client.HeadAsync(_location);
            Assert.True(standing.Status == 200, $"{fault}: HEAD answered {standing}");
            Note(standing);
            if (standing.Digest is { } digest)
            {
                Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_bytes)), digest);
                break;
            }
            Note(await client.PatchAsync(_location, _answered, _bytes[(int)_answered..]));
        }
        Assert.Equal(_bytes, await client.GetAsync(_location));
    }

    private Task<TusAnswer> CreateAsync(TusClient client) =>
        client.CreateAsync(Bytes, TusClient.Metadata("client_upload_id", _name));

    private void Note(TusAnswer answer)
    {
        Assert.Contains(answer.Status, new[] { 0, 200, 201, 204, 503, 507 });
        _location ??= answer.Location;
        if (answer is { Status: 200 or 201 or 204, Offset: { } offset })
        {
            Assert.True(offset >= _answered, $"{_answered} bytes were answered, then {offset}");
            _answered = offset;
        }
        else if (answer.Status != 0)
        {
            output.WriteLine($"{_name}: {answer.Status} {answer.Body}");
        }
    }

    /// <summary>Completes one upload, and learns from its state under which name this sender is known.</summary>
    private async Task<string> OwnerAsync(TusClient client)
    {
        const string Name = "the first";
        var made = await client.CreateAsync(1, TusClient.Metadata("client_upload_id", Name));
        var id = made.Location!["/files/".Length..];
        var state = File.ReadAllText(Path.Combine(_place.Data, "spool", id + ".1.state"));
        var owner = OwnerInState().Match(state).Groups[1].Value;
        Assert.True(EntityId.TryParse(id, out var parsed));
        _tenant = parsed.Tenant;
        Assert.Equal(id, IdOf(owner, Name));
        Assert.NotNull((await client.PatchAsync(made.Location, 0, [7])).Digest);
        return owner;
    }

    /// <summary>The server's own formula.</summary>
    private string IdOf(string owner, string name) => EntityId.From("upload", _tenant, "client", owner, name).Text;

    private string PathOf(string template, string owner)
    {
        var spool = Path.Combine(_place.Data, "spool");
        var id = IdOf(owner, _name);
        var hex = Convert.ToHexStringLower(SHA256.HashData(_bytes));
        var folder = Path.Combine(_place.Data, "vault", "cas", "sha256", hex[..2], hex[2..4]);
        return template switch
        {
            "{new}" => Path.Combine(spool, $"{Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(spool, "*.lock")))}.{id}.new"),
            "{data}" => Path.Combine(spool, id + ".1"),
            "{state}" => Path.Combine(spool, id + ".1.state"),
            "{spool}" => spool,
            "{object}" => Path.Combine(folder, hex),
            "{folder}" => folder,
            _ => throw new ArgumentException(template, nameof(template)),
        };
    }

    private IEnumerable<string> Left() => Directory.EnumerateFiles(Path.Combine(_place.Data, "spool"), "upload-*", SearchOption.AllDirectories);

    [GeneratedRegex("\"owner\":\"([^\"]+)\"")]
    private static partial Regex OwnerInState();
}
