using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Ingest.Export;
using Pipeline.Tests.Support;
using Xunit.Abstractions;

namespace Pipeline.Ingest.Tests.Export;

public sealed class PayloadNameTests(ITestOutputHelper output)
{
    /// <summary>Scripts and corners from which names are drawn.</summary>
    private static readonly (int From, int To)[] Drawn =
    [
        (0x20, 0x7E), (0xA0, 0x17F), (0x300, 0x345), (0x370, 0x3FF), (0x400, 0x45F), (0x590, 0x5FF), (0x600, 0x6FF), (0x900, 0x9FF), (0xB80, 0xBFF),
        (0xE00, 0xE7F), (0x1000, 0x102F), (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x2130), (0x3040, 0x30FF), (0x4E00, 0x4E40), (0xAC00, 0xAC40),
        (0xF900, 0xFA2D), (0xFB1D, 0xFB4F), (0x1D15E, 0x1D164), (0x1F600, 0x1F640), (0x2F800, 0x2F810),
    ];

    [Theory]
    [InlineData("01 Song.flac", "01 Song.flac")]
    [InlineData("CD 1/01.flac", "CD 1/01.flac")]
    [InlineData("Blåa timmen.wav", "Blåa timmen.wav")]
    [InlineData("Bla\u030aa.wav", "Blåa.wav")]
    [InlineData("\u1112\u1161\u11ab\u1100\u1173\u11af.wav", "한글.wav")]
    [InlineData("\u304b\u3099.wav", "が.wav")]
    [InlineData("e\u0302\u0301.wav", "ế.wav")]
    [InlineData("\u212B.wav", "_.wav")]
    [InlineData("../../etc/passwd", "etc/passwd")]
    [InlineData("/etc/passwd", "etc/passwd")]
    [InlineData(@"C:\Music\a.wav", "C_/Music/a.wav")]
    [InlineData("100%.wav", "100_.wav")]
    [InlineData("a\r\nb.wav", "a__b.wav")]
    [InlineData("~root/x", "_root/x")]
    [InlineData("-rf", "_rf")]
    [InlineData("aux.wav", "_aux.wav")]
    [InlineData("COM7", "_COM7")]
    [InlineData("trailing. ", "trailing")]
    [InlineData("a\u202egnp.exe", "a_gnp.exe")]
    [InlineData("...", "file")]
    [InlineData("", "file")]
    public void Names_become_what_any_system_can_hold(string delivered, string name) =>
        Assert.Equal("delivery/" + name, new PayloadNames().Next("delivery", delivered));

    // Theory data is written down on its way to a test, and half a pair cannot be.
    [Fact]
    public void Half_a_surrogate_pair_is_no_character() => Assert.Equal("d/half _ pair", new PayloadNames().Next("d", "half \ud800 pair"));

    [Fact]
    public void Two_names_that_some_system_takes_for_one_become_two()
    {
        var names = new PayloadNames();
        Assert.Equal(
            ["d/Cover.jpg", "d/cover_2.jpg", "d/cover_2_2.jpg", "d/a", "d/A_2/b", "d/A_3"],
            ((string[])["Cover.jpg", "cover.jpg", "cover_2.jpg", "a", "A/b", "A"]).Select(n => names.Next("d", n)));
    }

    [Property(MaxTest = 500)]
    public Property Whatever_is_delivered_gets_safe_names_of_its_own(string[] delivered)
    {
        var names = new PayloadNames();
        var given = delivered.Select(d => names.Next("delivery", d ?? "")).ToList();
        return (given.Select(BagNames.Fold).Distinct().Count() == given.Count && given.All(IsSafe)).ToProperty();
    }

    [Fact]
    public void Names_from_any_script_are_safe()
    {
        var random = Seeds.ForTest(output.WriteLine);
        Assert.All(Enumerable.Range(0, 2000).Select(_ => new PayloadNames().Next("d", Draw(random))), name => Assert.True(IsSafe(name), name));
    }

    [SkippableFact]
    public void Names_are_composed_as_another_implementation_composes_them()
    {
        var random = Seeds.ForTest(output.WriteLine);
        var names = Enumerable.Range(0, 5000).Select(_ => new PayloadNames().Next("d", Draw(random))).ToList();
        const string script = "let t='';process.stdin.on('data',d=>t+=d).on('end',()=>{const bad=JSON.parse(t).filter(n=>n.normalize('NFC')!==n);console.log(JSON.stringify(bad))})";
        Assert.Equal("[]", Node(script, JsonSerializer.Serialize(names)));
    }

    private static bool IsSafe(string name) =>
        !name.Any(c => char.IsControl(c) || "%<>:\"|?*\\".Contains(c, StringComparison.Ordinal))
        && BagPath.Resolve("data/" + name) is BagPathReading.Inside(var inside, false, false) && inside == "data/" + name
        && BagPath.Encode(name) == name
        && name.Split('/').All(s => s.Length > 0 && Encoding.UTF8.GetByteCount(s) <= 255 && s == s.TrimEnd(' ', '.') && s[0] is not ('~' or '-'));

    private static string Draw(Random random)
    {
        var text = new StringBuilder();
        for (var n = random.Next(1, 12); n > 0; n--)
        {
            var (from, to) = Drawn[random.Next(Drawn.Length)];
            text.Append(new Rune(random.Next(from, to + 1)).ToString());
        }
        return text.ToString();
    }

    private static string Node(string script, string input)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("node", ["-e", script]) { RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new UTF8Encoding(false) })!;
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            return process.StandardOutput.ReadToEnd().Trim();
        }
        catch (Win32Exception)
        {
            throw new SkipException("node is not installed");
        }
    }
}
