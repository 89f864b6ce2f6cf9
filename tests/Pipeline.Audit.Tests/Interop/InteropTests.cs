using System.ComponentModel;
using System.Diagnostics;
using Pipeline.Audit.Log;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Audit.Tests.Interop;

/// <summary>Other people's programs accept a log of ours, and refuse it after any change.</summary>
public sealed class InteropTests(ITestOutputHelper output) : IDisposable
{
    private const int Entries = 1300;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Interop");

    private readonly LogScratch _scratch = new();
    private readonly NoteSigner _signer = NoteSigner.FromSeed("musicpipeline.local/interop/2026", new byte[32]);
    private readonly Random _random = Seeds.ForTest(output.WriteLine);

    public void Dispose()
    {
        _scratch.Dispose();
        _signer.Dispose();
    }

    private string At(string file) => Path.Combine(_scratch.Path, file);

    private void WriteLog() => LogOnDisk.Write(At("log"), LogOnDisk.Leaves(Entries), [1, 255, 1000, Entries], _signer);

    [SkippableFact]
    public void Sigstore_accepts_our_proofs_and_refuses_changed_ones()
    {
        Skip.IfNot(CanRun("npm", "--version") && CanRun("node", "--version"), "npm and node are not installed");
        Assert.Equal(0, Run("npm", Folder, "ci", "--no-audit", "--no-fund", "--ignore-scripts"));
        WriteLog();
        var prover = LogProver.Open(new LogDirectory(At("log")), _signer.VerifierKey);
        foreach (var index in new[] { 0, 255, 256, _random.Next(Entries), Entries - 1 })
        {
            var proven = prover.Prove(index);
            Assert.Equal(0, VerifyWithSigstore(proven.Proof.Format(), proven.Entry.ToArray()));
            Assert.Equal(1, VerifyWithSigstore(proven.Proof.Format(), [.. proven.Entry.Span, (byte)'x']));
            var other = prover.Prove((index + 1) % Entries).Proof;
            Assert.Equal(1, VerifyWithSigstore((proven.Proof with { Hashes = other.Hashes, Index = other.Index }).Format(), proven.Entry.ToArray()));
            var lie = new Checkpoint(_signer.VerifierKey.Name, Entries + 1, prover.Checkpoint.Root).Body();
            var forged = SignedNote.Of(lie, [.. proven.Proof.Checkpoint.Signatures]);
            Assert.Equal(1, VerifyWithSigstore((proven.Proof with { Checkpoint = forged }).Format(), proven.Entry.ToArray()));
        }
    }

    private int VerifyWithSigstore(byte[] proof, byte[] entry)
    {
        File.WriteAllBytes(At("proof"), proof);
        File.WriteAllBytes(At("entry"), entry);
        return Run("node", Folder, "verify-proof.js", _signer.VerifierKey.Vkey, At("proof"), At("entry"));
    }

    [SkippableFact]
    public void The_Go_checksum_database_authenticates_our_log_and_refuses_every_changed_bit()
    {
        Skip.IfNot(ChecksumDatabase.IsInstalled, ChecksumDatabase.Missing);
        WriteLog();
        Assert.Equal(0, Authenticate());
        var current = TilePath.TilesToWrite(0, Entries).Concat(TilePath.BundlesToWrite(0, Entries)).Select(t => t.Text);
        foreach (var file in current.Append("checkpoint"))
        {
            var path = Path.Combine(At("log"), file);
            var bytes = File.ReadAllBytes(path);
            var changed = bytes.ToArray();
            changed[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
            File.WriteAllBytes(path, changed);
            Assert.Equal(1, Authenticate());
            Assert.False(Fsck.Run(new LogDirectory(At("log")), new FsckOptions { LogKey = _signer.VerifierKey }).IsClean);
            File.WriteAllBytes(path, bytes);
        }
        Assert.Equal(0, Authenticate());
    }

    [SkippableFact]
    public void The_Go_checksum_database_takes_the_beginning_of_a_full_file_where_the_partial_one_has_gone()
    {
        Skip.IfNot(ChecksumDatabase.IsInstalled, ChecksumDatabase.Missing);
        var leaves = LogOnDisk.Leaves(Entries);
        LogOnDisk.Write(At("old"), [.. leaves.Take(300)], [300], _signer);
        LogOnDisk.Write(At("log"), leaves, [300, Entries], _signer);
        File.Copy(Path.Combine(At("old"), LogLayout.Checkpoint), Path.Combine(At("log"), LogLayout.Checkpoint), overwrite: true);
        File.Delete(Path.Combine(At("log"), "tile/0/001.p/44"));
        File.Delete(Path.Combine(At("log"), "tile/entries/001.p/44"));
        Assert.Equal(0, Authenticate());
        File.Delete(Path.Combine(At("log"), "tile/entries/001"));
        Assert.Equal(1, Authenticate());
    }

    private int Authenticate()
    {
        var (exitCode, said) = ChecksumDatabase.Authenticate(At("log"), _signer.VerifierKey.Vkey);
        output.WriteLine(said);
        return exitCode;
    }

    private static bool CanRun(string program, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true });
            process!.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private int Run(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        Assert.True(process.WaitForExit(Patience), $"{program} has not ended after {Patience}");
        output.WriteLine($"{program} {arguments[0]}: {said.Result.Trim()}");
        return process.ExitCode;
    }
}
