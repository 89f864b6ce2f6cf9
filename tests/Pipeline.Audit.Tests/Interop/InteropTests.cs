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
        const string packages = "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog";
        Skip.IfNot(CanRun("go", "version") && Directory.Exists(packages), "Go or golang.org/x/mod (Debian: golang-golang-x-mod-dev) is not installed");
        Assert.Equal(0, Run("go", Path.Combine(Folder, "authenticate"), "build", "-o", At("authenticate"), "main.go"));
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

    private int Authenticate() => Run(At("authenticate"), _scratch.Path, At("log"), _signer.VerifierKey.Vkey);

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
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOPATH"] = "/usr/share/gocode";
        start.Environment["GOFLAGS"] = "";
        start.Environment["GOCACHE"] = Path.Combine(Path.GetTempPath(), "mp-test-go-cache");
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        Assert.True(process.WaitForExit(Patience), $"{program} has not ended after {Patience}");
        output.WriteLine($"{program} {arguments[0]}: {said.Result.Trim()}");
        return process.ExitCode;
    }
}
