using Pipeline.Audit.Log;
using Pipeline.Tests.Support;

namespace Pipeline.Audit.Tests.Log;

/// <summary>The publisher puts a full file in place of partial ones while fsck reads an older checkpoint.</summary>
public sealed class When_a_log_grows_while_it_is_checked : IDisposable
{
    private const int Size = 300;

    private readonly LogScratch _scratch = new();
    private readonly NoteSigner _signer = NoteSigner.FromSeed("musicpipeline.local/test/2026", Some.Bytes(32, 4));
    private readonly LogDirectory _old;
    private readonly LogDirectory _grown;

    public When_a_log_grows_while_it_is_checked()
    {
        var leaves = LogOnDisk.Leaves(600);
        LogOnDisk.Write(At("old"), [.. leaves.Take(Size)], [Size], _signer);
        LogOnDisk.Write(At("grown"), leaves, [Size, 600], _signer);
        Directory.Delete(Path.Combine(At("grown"), "tile/entries/001.p"), recursive: true);
        Directory.Delete(Path.Combine(At("grown"), "tile/0/001.p"), recursive: true);
        (_old, _grown) = (new LogDirectory(At("old")), new LogDirectory(At("grown")));
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _signer.Dispose();
    }

    private string At(string name) => Path.Combine(_scratch.Path, name);

    /// <summary>A log whose small files are those of the older size, and whose tiles are what remains of them later.</summary>
    private sealed class Growing(LogDirectory old, LogDirectory grown, Queue<IEnumerable<string>> listings) : ILogFiles
    {
        public byte[]? Read(string path, int maxBytes) =>
            (TilePath.TryParse(path, out _) ? grown : old).Read(path, maxBytes);

        public IEnumerable<string> List() => listings.Count > 1 ? listings.Dequeue() : listings.Peek();
    }

    private FsckReport Check(params IEnumerable<string>[] listings) => Fsck.Run(
        new Growing(_old, _grown, new Queue<IEnumerable<string>>(listings)), new FsckOptions { LogKey = _signer.VerifierKey });

    [Fact]
    public void A_partial_file_that_is_gone_when_it_is_read_is_looked_for_in_the_full_one()
    {
        var report = Check(_old.List());
        Assert.Equal([], report.Defects);
        Assert.Equal(Size, report.Size);
    }

    [Fact]
    public void A_listing_that_sees_neither_the_partial_file_nor_the_full_one_is_no_hole() =>
        Assert.Equal([], Check(_old.List().Where(p => !p.Contains("/001", StringComparison.Ordinal)), _grown.List()).Defects);

    [Fact]
    public void A_partial_file_that_is_gone_without_a_full_one_is_missing()
    {
        File.Delete(Path.Combine(At("grown"), "tile/entries/001"));
        Assert.Contains(Check(_old.List()).Defects, d => d.Place == $"tile/entries/001.p/{Size - 256}");
    }
}
