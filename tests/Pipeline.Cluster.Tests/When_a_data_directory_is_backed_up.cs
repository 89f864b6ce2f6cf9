using System.Text;
using Microsoft.Data.Sqlite;
using Pipeline.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Cluster.Tests;

public sealed class When_a_data_directory_is_backed_up(ITestOutputHelper output) : IDisposable
{
    private readonly Place _place = new();

    private string Backup => _place.At("backup");

    private string Restored => _place.At("restored");

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_copy_taken_while_releases_come_in_is_restored_and_the_node_goes_on_from_it()
    {
        await using (var node = await NodeProcess.StartAsync(_place.Data))
        {
            using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            var senders = new Senders();
            var sending = Task.WhenAll(Enumerable.Range(1, 8).Select(n =>
                senders.SendAsync(ReleaseFolders.Single(_place.Releases, n), _ => node.Local, null, enough.Token)));
            await Eventually.HoldsAsync(async () => (await node.LogAsync()).PublishedSize > 5, TimeSpan.FromSeconds(60), node.LastWords);
            var made = await MpProcess.RunAsync("backup", "--data", _place.Data, "-o", Backup);
            Assert.True(made.ExitCode == 0, made.ToString());
            output.WriteLine(made.Output);
            await sending;
            await node.StopAsync();
        }
        var restored = await MpProcess.RunAsync("restore", Backup, "--data", Restored, "--vault", Path.Combine(_place.Data, "vault"));
        Assert.True(restored.ExitCode == 0, restored.ToString());
        Assert.Contains("MISSING", restored.Output, StringComparison.Ordinal);
        CopyKeys(Restored);
        await MpProcess.FsckIsCleanAsync(Path.Combine(Restored, "log"));

        // On its own: the newer log of the first node is taken for lost here.
        await using (var second = await NodeProcess.StartAsync(Restored))
        {
            await Eventually.HoldsAsync(
                async () => await second.LogAsync() is { Size: > 0 } log && log.Size == log.PublishedSize && log.Size == Rows(Restored, "journal"),
                TimeSpan.FromSeconds(60), second.LastWords);
            using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            await new Senders().SendAsync(ReleaseFolders.Single(_place.Releases, 20), _ => second.Local, null, enough.Token);
            Assert.Contains("RESTORED", (await second.LogAsync()).Restored, StringComparison.Ordinal);
            Assert.Contains("RESTORED", await second.Local.GetStringAsync("readyz"), StringComparison.Ordinal);
            await second.StopAsync();
        }
        await MpProcess.FsckIsCleanAsync(Path.Combine(Restored, "log"));
        LogEntries.Read(Path.Combine(Restored, "log")).AreEachOnceAndInOrder();
    }

    [Fact]
    public async Task Neither_the_key_nor_the_vault_nor_the_spool_is_inside_and_the_manifest_says_so()
    {
        Assert.Equal(0, (await MpProcess.IngestAsync(_place.Data, ReleaseFolders.Single(_place.Releases, 1))).ExitCode);
        var made = await MpProcess.RunAsync("backup", "--data", _place.Data, "-o", Backup);
        Assert.True(made.ExitCode == 0, made.ToString());

        var key = (await File.ReadAllTextAsync(Directory.EnumerateFiles(_place.Data + ".keys").Single())).Trim();
        // Base64 may hold a plus of its own: PRIVATE, KEY, name, id, and the rest.
        var secret = key.Split('+', 5)[4];
        var seed = Convert.FromBase64String(secret)[1..];
        Assert.Equal(32, seed.Length);
        foreach (var file in Directory.EnumerateFiles(Backup, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.True(bytes.AsSpan().IndexOf(seed) < 0, $"{file} holds the key");
            Assert.True(bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(secret)) < 0, $"{file} holds the key as text");
            Assert.True(bytes.AsSpan().IndexOf("fLaC"u8) < 0, $"{file} holds audio");
        }
        var manifest = await File.ReadAllTextAsync(Path.Combine(Backup, "backup.json"));
        foreach (var word in (string[])["Keys", "vault", "spool"])
        {
            Assert.Contains(word, manifest[manifest.IndexOf("notInside", StringComparison.Ordinal)..], StringComparison.OrdinalIgnoreCase);
        }
        var again = await MpProcess.RunAsync("backup", "--data", _place.Data, "-o", Backup);
        Assert.Equal(2, again.ExitCode);
    }

    [Fact]
    public async Task A_backup_that_is_damaged_or_unfinished_is_refused_and_the_file_is_named()
    {
        Assert.Equal(0, (await MpProcess.IngestAsync(_place.Data, ReleaseFolders.Single(_place.Releases, 1))).ExitCode);
        Assert.Equal(0, (await MpProcess.RunAsync("backup", "--data", _place.Data, "-o", Backup)).ExitCode);
        foreach (var name in (string[])["journal.db", "log/history", "format"])
        {
            var path = Path.Combine(Backup, name);
            var whole = await File.ReadAllBytesAsync(path);
            var broken = whole.ToArray();
            broken[^1] ^= 1;
            await File.WriteAllBytesAsync(path, broken);
            await RefusedAsync(name);
            File.Delete(path);
            await RefusedAsync(name);
            await File.WriteAllBytesAsync(path, whole);
        }
        var manifest = Path.Combine(Backup, "backup.json");
        var text = await File.ReadAllTextAsync(manifest);
        await File.WriteAllTextAsync(manifest, text.Replace("\"log/history\"", "\"../history\"", StringComparison.Ordinal));
        await RefusedAsync("backup.json");
        File.Delete(manifest);
        await RefusedAsync("backup.json");
        await File.WriteAllTextAsync(manifest, text);

        Directory.CreateDirectory(Restored);
        await File.WriteAllTextAsync(Path.Combine(Restored, "somebodys"), "work");
        Assert.Equal(2, (await MpProcess.RunAsync("restore", Backup, "--data", Restored)).ExitCode);
        File.Delete(Path.Combine(Restored, "somebodys"));
        var whereItWas = await MpProcess.RunAsync("restore", Backup, "--data", Restored);
        Assert.True(whereItWas.ExitCode == 0, whereItWas.ToString());
        CopyKeys(Restored);

        // Without its vault every object would be written down as lost.
        var started = await MpProcess.RunAsync("status", "--data", Restored);
        Assert.Equal(3, started.ExitCode);
        Assert.Contains(Path.Combine(Restored, "vault"), started.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_databases_are_on_a_server_it_says_whose_tools_copy_them()
    {
        Directory.CreateDirectory(_place.Data);
        await File.WriteAllTextAsync(Path.Combine(_place.Data, "format"), """{"version":1,"shards":60,"origin":"a.example/log"}""");
        var refused = await MpProcess.RunAsync("backup", "--data", _place.Data, "-o", Backup);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("pg_dump", refused.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Backup));
    }

    private async Task RefusedAsync(string name)
    {
        var refused = await MpProcess.RunAsync("restore", Backup, "--data", Restored);
        Assert.True(refused.ExitCode == 1, refused.ToString());
        Assert.Contains(name, refused.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Restored), "a refused restore leaves no data directory");
    }

    private void CopyKeys(string data)
    {
        var keys = Directory.CreateDirectory(data + ".keys").FullName;
        foreach (var key in Directory.EnumerateFiles(_place.Data + ".keys"))
        {
            File.Copy(key, Path.Combine(keys, Path.GetFileName(key)), overwrite: true);
        }
    }

    private static long Rows(string data, string table)
    {
        using var db = new SqliteConnection($"Data Source={Path.Combine(data, table + ".db")};Pooling=False;Mode=ReadOnly");
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = $"SELECT COUNT(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }
}
