using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Pipeline.Audit.Facts;
using Pipeline.Cluster.Tests.Support;
using Pipeline.Tests.Support;

namespace Pipeline.Cluster.Tests;

public sealed class When_a_database_is_older_than_the_log : IDisposable
{
    /// <summary>Every twentieth call is a place to die at, and every one with <c>MP_TEST_LONG=1</c>.</summary>
    private static readonly int Step = Environment.GetEnvironmentVariable("MP_TEST_LONG") == "1" ? 1 : 20;

    private readonly Place _place = new();

    private string Backup => _place.At("backup");

    private string Restored => _place.At("restored");

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task The_node_halts_and_recover_puts_back_what_the_log_shows_under_the_same_origin()
    {
        var (checkpoint, before) = await BackUpThenGoOnAsync();
        // The databases fall back where they lie; the log directory stays as it was published.
        foreach (var name in (string[])["log", "journal", "read", "people", "ledger"])
        {
            Directory.EnumerateFiles(_place.Data, name + ".db*").ToList().ForEach(File.Delete);
            File.Copy(Path.Combine(Backup, name + ".db"), Path.Combine(_place.Data, name + ".db"));
        }
        await using (var halted = NodeProcess.Launch(_place.Data, null, null))
        {
            await Eventually.HoldsAsync(
                async () => await halted.ReadyzAsync() is HttpStatusCode.ServiceUnavailable && (await halted.LogAsync()).Halted is not null,
                TimeSpan.FromSeconds(60), halted.LastWords);
            Assert.StartsWith("RolledBack", (await halted.LogAsync()).Halted, StringComparison.Ordinal);
            Assert.Contains("log-database-rolled-back.md", (await halted.LogAsync()).Halted, StringComparison.Ordinal);
            var inUse = await MpProcess.RunAsync("recover", "--from-log", _place.Log, "--data", _place.Data);
            Assert.Equal(3, inUse.ExitCode);
            Assert.Equal(0, await halted.StopAsync());
        }
        await RecoverAsync(_place.Log, _place.Data, checkpoint, before);
        var journal = Journal(_place.Data);
        await GoesOnAsync(_place.Data, checkpoint, before);
        Assert.Equal(journal, Journal(_place.Data)[..journal.Count]);
    }

    [Fact]
    public async Task A_restored_directory_takes_the_entries_of_the_old_nodes_log_and_what_nothing_names_stays_in_the_log_only()
    {
        var (checkpoint, before) = await BackUpThenGoOnAsync();
        var empty = Directory.CreateDirectory(_place.At("no-vault")).FullName;
        var restore = await MpProcess.RunAsync("restore", Backup, "--data", Restored, "--keys", _place.Data + ".keys", "--vault", Path.Combine(_place.Data, "vault"));
        Assert.True(restore.ExitCode == 0, restore.ToString());
        Assert.Contains("The log's key is there", restore.Output, StringComparison.Ordinal);
        var recovered = await MpProcess.RunAsync(
            "recover", "--from-log", _place.Log, "--data", Restored, "--keys", _place.Data + ".keys", "--vault", empty, "--json");
        Assert.True(recovered.ExitCode == 0, recovered.ToString());
        var lines = recovered.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        var nameless = lines.Where(l => l.TryGetProperty("comeback", out var c) && c.GetString() == "LogOnly").ToList();
        Assert.All(nameless, l => Assert.Equal("identifier.claimed.1", l.GetProperty("manifest").GetString()));
        Assert.Equal(2, nameless.Count);
        Assert.Equal(2, lines[^1].GetProperty("logOnly").GetInt64());
        await GoesOnAsync(Restored, checkpoint, before, "--keys", _place.Data + ".keys");

        // The identifier that lost its claim is claimed anew, by a source with a name of its own.
        var again = ReleaseFolders.Write(_place.Releases, "again", [new ReleaseFolders.Track(3, ReleaseFolders.Isrc(3))], change: m => m["title"] = "Once more");
        var claimed = await MpProcess.RunAsync("backup", "--data", Restored, "-o", _place.At("second"));
        Assert.True(claimed.ExitCode == 0, claimed.ToString());
        await using var node = await NodeProcess.StartAsync(Restored, null, "--keys", _place.Data + ".keys");
        using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await new Senders().SendAsync(again, _ => node.Local, null, enough.Token);
        await Eventually.HoldsAsync(
            async () => (await node.ReleasesAsync()).Any(r => r.Title == "Once more" && r.Settled) && await node.LogAsync() is var log && log.Size == log.PublishedSize,
            TimeSpan.FromMinutes(1), node.LastWords);
        Assert.Null((await node.LogAsync()).Halted);
        await node.StopAsync();
        LogEntries.Read(Path.Combine(Restored, "log")).AreEachOnceAndInOrder();
    }

    [SkippableFact]
    public async Task A_recovery_that_died_half_way_keeps_the_node_down_and_the_next_run_ends_it()
    {
        Skip.IfNot(Seeds.IsTurnOf(0, 2), Seeds.NotItsTurn);
        var (checkpoint, before) = await BackUpThenGoOnAsync();
        Assert.Equal(0, (await MpProcess.RunAsync("restore", Backup, "--data", Restored, "--vault", Path.Combine(_place.Data, "vault"))).ExitCode);
        var keys = Directory.CreateDirectory(Restored + ".keys").FullName;
        foreach (var key in Directory.EnumerateFiles(_place.Data + ".keys"))
        {
            File.Copy(key, Path.Combine(keys, Path.GetFileName(key)));
        }
        // The journal is refilled and the log is not: the state between the two commits.
        var log = await File.ReadAllBytesAsync(Path.Combine(Restored, "log.db"));
        Assert.Equal(0, (await MpProcess.RunAsync("recover", "--from-log", _place.Log, "--data", Restored)).ExitCode);
        var journal = Journal(Restored);
        foreach (var file in Directory.EnumerateFiles(Restored, "log.db*"))
        {
            File.Delete(file);
        }
        await File.WriteAllBytesAsync(Path.Combine(Restored, "log.db"), log);
        var mark = Path.Combine(Restored, "recovered.json");
        await File.WriteAllTextAsync(mark, (await File.ReadAllTextAsync(mark)).Replace("\"ended\",", "\"refilling\",", StringComparison.Ordinal));

        var refused = await MpProcess.RunAsync("status", "--data", Restored);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("mp recover --from-log", refused.Errors, StringComparison.Ordinal);
        await RecoverAsync(_place.Log, Restored, checkpoint, before);
        Assert.Equal(journal, Journal(Restored));
        await GoesOnAsync(Restored, checkpoint, before);
    }

    [Fact]
    public async Task A_journal_that_alone_is_older_gets_its_facts_back()
    {
        var (checkpoint, before) = await BackUpThenGoOnAsync();
        Directory.EnumerateFiles(_place.Data, "journal.db*").ToList().ForEach(File.Delete);
        File.Copy(Path.Combine(Backup, "journal.db"), Path.Combine(_place.Data, "journal.db"));
        await RecoverAsync(_place.Log, _place.Data, checkpoint, before);
        Assert.Equal(before.All.Count, Journal(_place.Data).Count);
        await GoesOnAsync(_place.Data, checkpoint, before);
    }

    [SkippableFact]
    public async Task A_recovery_killed_at_its_syncs_and_renames_ends_the_same_when_it_is_run_again()
    {
        Skip.IfNot(Seeds.IsTurnOf(1, 2), Seeds.NotItsTurn);
        Strace.Require();
        await BackUpThenGoOnAsync();
        Assert.Equal(0, (await MpProcess.RunAsync("restore", Backup, "--data", Restored, "--keys", _place.Data + ".keys")).ExitCode);
        string[] Recover(string data) => ["recover", "--from-log", _place.Log, "--data", data, "--keys", _place.Data + ".keys", "--vault", Path.Combine(_place.Data, "vault")];
        var whole = CopyOf("whole");
        Assert.Equal(0, (await MpProcess.RunAsync(Recover(whole))).ExitCode);
        var killed = 0;
        for (var number = 1; ; number += Step)
        {
            var data = CopyOf($"killed-{number}");
            if (!await KilledAsync(Recover(data), number))
            {
                break;
            }
            killed++;
            var again = await MpProcess.RunAsync(Recover(data));
            Assert.True(again.ExitCode == 0, $"after a kill at call {number}: {again}");
            Assert.Equal(Journal(whole), Journal(data));
            Assert.Equal(LogTables(whole), LogTables(data));
            var mark = Actors.Backups.RecoveryMark.Find(new Audit.Durable.PosixDisk(), data)!;
            var wanted = Actors.Backups.RecoveryMark.Find(new Audit.Durable.PosixDisk(), whole)!;
            Assert.Equal(wanted, mark with { Ended = wanted.Ended });
            Directory.Delete(data, recursive: true);
        }
        Assert.True(killed * Step >= 10, $"only {killed} calls were met");

        string CopyOf(string name)
        {
            using var copy = Process.Start("cp", ["-r", Restored, _place.At(name)]);
            copy.WaitForExit();
            return _place.At(name);
        }
    }

    /// <summary>Runs the verb; true when it met its call of this number and died of it.</summary>
    private async Task<bool> KilledAsync(string[] verb, int number)
    {
        const string calls = "fdatasync,fsync,rename";
        var start = new ProcessStartInfo("strace") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-f", "-o", _place.At("strace.out"), "-e", $"trace={calls}",
            "-e", string.Create(CultureInfo.InvariantCulture, $"inject={calls}:signal=KILL:when={number}"), MpProcess.Binary, .. verb])
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var died = (await File.ReadAllTextAsync(_place.At("strace.out"))).Contains("+++ killed by SIGKILL", StringComparison.Ordinal);
        Assert.True(died || process.ExitCode == 0, await said);
        return died;
    }

    [Fact]
    public async Task A_damaged_log_a_missing_key_and_a_journal_that_contradicts_are_refused_and_change_nothing()
    {
        var (checkpoint, before) = await BackUpThenGoOnAsync();
        Assert.Equal(0, (await MpProcess.RunAsync("restore", Backup, "--data", Restored, "--vault", Path.Combine(_place.Data, "vault"))).ExitCode);
        string[] recover = ["recover", "--from-log", _place.Log, "--data", Restored];
        var keyless = await MpProcess.RunAsync(recover);
        Assert.Equal(3, keyless.ExitCode);
        Assert.Contains("is missing", keyless.Errors, StringComparison.Ordinal);
        recover = [.. recover, "--keys", _place.Data + ".keys"];

        var bundle = Directory.EnumerateFiles(Path.Combine(_place.Log, "tile", "entries"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        var whole = await File.ReadAllBytesAsync(bundle);
        var broken = whole.ToArray();
        broken[^2] ^= 4;
        await File.WriteAllBytesAsync(bundle, broken);
        var unclean = await MpProcess.RunAsync(recover);
        Assert.True(unclean.ExitCode == 1, unclean.ToString());
        Assert.Contains("not clean", unclean.Output, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(bundle, whole);

        // As a node leaves it that wrote after its database fell back: another fact under a number that the log has given.
        var rows = Journal(Restored).Count;
        using (var db = Open(Restored))
        {
            using var command = db.CreateCommand();
            command.CommandText = """
                INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, tags, manifest, identifier, writer_uuid)
                SELECT created, 0, @id, 1, message, tags, manifest, identifier, writer_uuid FROM journal WHERE manifest = 'release.received.1' LIMIT 1
                """;
            command.Parameters.AddWithValue("@id", $"release:{Journal(_place.Data).Last(r => r.Contains("release:", StringComparison.Ordinal)).Split(' ')[0]["release:".Length..]}");
            command.ExecuteNonQuery();
        }
        var conflict = await MpProcess.RunAsync(recover);
        Assert.True(conflict.ExitCode == 1, conflict.ToString());
        Assert.Contains("CONFLICT", conflict.Output, StringComparison.Ordinal);
        Assert.Equal(rows + 1, Journal(Restored).Count);
        var aside = await MpProcess.RunAsync([.. recover, "--set-aside"]);
        Assert.True(aside.ExitCode == 0, aside.ToString());
        Assert.Contains("1 journal rows set aside", aside.Output, StringComparison.Ordinal);
        await GoesOnAsync(Restored, checkpoint, before, "--keys", _place.Data + ".keys");
    }

    [Fact]
    public async Task Sweeps_hold_until_an_operator_clears_them_and_payouts_stay_shut()
    {
        await BackUpThenGoOnAsync();
        Assert.Equal(0, (await MpProcess.RunAsync("restore", Backup, "--data", Restored, "--vault", Path.Combine(_place.Data, "vault"))).ExitCode);
        var disk = new Audit.Durable.PosixDisk();
        Assert.True(Actors.Backups.RecoveryMark.AreUploadsHeld(disk, Restored));
        var cleared = await MpProcess.RunAsync("recover", "--data", Restored, "--clear", "uploads");
        Assert.True(cleared.ExitCode == 0, cleared.ToString());
        Assert.False(Actors.Backups.RecoveryMark.AreUploadsHeld(disk, Restored));
        Assert.True(Actors.Backups.RecoveryMark.PayoutGate(disk, Restored).IsShut);
        Assert.False(Actors.Backups.RecoveryMark.PayoutGate(disk, _place.Data).IsShut);
        await File.WriteAllTextAsync(Path.Combine(Restored, "recovered.json"), "{");
        Assert.True(Actors.Backups.RecoveryMark.AreUploadsHeld(disk, Restored), "a mark that cannot be read holds");
    }

    /// <summary>Two releases, a backup, two more, and everything published.</summary>
    private async Task<(string Checkpoint, LogEntries Before)> BackUpThenGoOnAsync()
    {
        await IngestAsync(1, 2);
        var made = await MpProcess.RunAsync("backup", "--data", _place.Data, "-o", Backup);
        Assert.True(made.ExitCode == 0, made.ToString());
        await IngestAsync(3, 4);
        var kept = _place.At("checkpoint.kept");
        File.Copy(Path.Combine(_place.Log, "checkpoint"), kept);
        return (kept, LogEntries.Read(_place.Log));
    }

    private async Task IngestAsync(params int[] numbers)
    {
        var done = await MpProcess.IngestAsync(_place.Data, [.. numbers.Select(n => ReleaseFolders.Single(_place.Releases, n))]);
        Assert.True(done.ExitCode == 0, done.ToString());
    }

    private static async Task RecoverAsync(string log, string data, string checkpoint, LogEntries before)
    {
        var recovered = await MpProcess.RunAsync("recover", "--from-log", log, "--data", data);
        Assert.True(recovered.ExitCode == 0, recovered.ToString());
        Assert.Contains("without its private part", recovered.Output, StringComparison.Ordinal);
        Assert.Contains("0 in the log only", recovered.Output, StringComparison.Ordinal);
        var databases = Digests(data);
        var again = await MpProcess.RunAsync("recover", "--from-log", log, "--data", data);
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Contains("Nothing is missing", again.Output, StringComparison.Ordinal);
        Assert.Equal(databases, Digests(data));
        Assert.True(File.Exists(checkpoint) && before.All.Count > 0);
    }

    /// <summary>Starts, takes one more release, and has lost and doubled nothing.</summary>
    private async Task GoesOnAsync(string data, string checkpoint, LogEntries before, params string[] options)
    {
        await using (var node = await NodeProcess.StartAsync(data, null, options))
        {
            await Eventually.HoldsAsync(
                async () => (await node.ReleasesAsync()) is { Count: 4 } all && all.All(r => r.State == "archived"), TimeSpan.FromSeconds(60), node.LastWords);
            // What came before is known again: the same folder is a duplicate, though its title is gone.
            using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            var senders = new Senders();
            var known = _place.At("releases/single-4-1");
            await senders.SendAsync(known, _ => node.Local, null, enough.Token);
            Assert.Equal("duplicate", senders.Acknowledged[known].Delivery);
            await senders.SendAsync(ReleaseFolders.Single(_place.Releases, 9), _ => node.Local, null, enough.Token);
            await Eventually.HoldsAsync(
                async () => (await node.ReleasesAsync()) is { Count: 5 } all && all.All(r => r.State == "archived")
                    && await node.LogAsync() is var log && log.Size == log.PublishedSize && log.Size > before.All.Count,
                TimeSpan.FromMinutes(1), node.LastWords);
            Assert.Equal(0, await node.StopAsync());
        }
        var logs = Path.Combine(data, "log");
        await MpProcess.FsckIsCleanAsync(logs);
        var consistent = await MpProcess.RunAsync("log", "consistency", checkpoint, logs);
        Assert.True(consistent.ExitCode == 0, consistent.ToString());
        var after = LogEntries.Read(logs);
        after.AreEachOnceAndInOrder();
        Assert.Equal(before.All, after.All.Take(before.All.Count), (a, b) => a.Envelope == b.Envelope);
        Assert.Equal(5, after.Of<ReleaseArchived>().Select(f => f.Release).Distinct().Count());
    }

    private static List<string> Digests(string data) =>
        [.. ((string[])["log.db", "journal.db", "recovered.json"]).Select(n => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(data, n)))))];

    private static SqliteConnection Open(string data)
    {
        var db = new SqliteConnection($"Data Source={Path.Combine(data, "journal.db")};Pooling=False");
        db.Open();
        return db;
    }

    /// <summary>All that the log's tables say, but for the epoch and what a signature may vary.</summary>
    private static List<string> LogTables(string data)
    {
        using var db = new SqliteConnection($"Data Source={Path.Combine(data, "log.db")};Pooling=False");
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = """
            SELECT 'head ' || origin || size || hex(root) || hex(compact_range) || tail || ' ' || published_size || hex(source_salt) FROM log_head
            UNION ALL SELECT 'entry ' || idx || persistence_id || ' ' || sequence_nr || hex(leaf_hash) || hex(leaf) FROM log_entry
            UNION ALL SELECT 'tile ' || level || ' ' || number || hex(root) FROM log_full_tile
            UNION ALL SELECT 'source ' || persistence_id || source || last_seq || ' ' || last_idx || ' ' || seen_seq FROM log_source
            UNION ALL SELECT 'asset ' || asset || last_idx FROM log_asset
            UNION ALL SELECT 'checkpoint ' || size || hex(root) || hex(note) FROM log_checkpoint
            """;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    /// <summary>Every row as id, number and message, in the journal's order.</summary>
    private static List<string> Journal(string data)
    {
        using var db = Open(data);
        using var command = db.CreateCommand();
        command.CommandText = "SELECT persistence_id || ' ' || sequence_number || ' ' || hex(message) FROM journal ORDER BY ordering";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }
        return rows;
    }
}
