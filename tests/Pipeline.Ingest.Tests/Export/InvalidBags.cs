using System.Text;
using Pipeline.Ingest.Export;

namespace Pipeline.Ingest.Tests.Export;

/// <summary>Bags of every kind that the conformance suite of the Library of Congress calls invalid, and hostile ones.</summary>
public sealed class InvalidBags
{
    [Theory]
    [InlineData("BagIt-Version: 1.0\n", "BAG_DECLARATION_FORM", "bagit.txt:2")]
    [InlineData("BagIt-Version: 0.97\n", "BAG_DECLARATION_FORM", "bagit.txt:2")]
    [InlineData("BagIt-Version: .97\nTag-File-Character-Encoding: UTF-8\n", "BAG_DECLARATION_FORM", "bagit.txt:1")]
    [InlineData("BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n", "BAG_DECLARATION_FORM", "bagit.txt:1")]
    [InlineData("BagIt-Version : 0.97\nTag-File-Character-Encoding: UTF-8\n", "BAG_DECLARATION_FORM", "bagit.txt:1")]
    [InlineData("BagIt-Version:  1.0\nTag-File-Character-Encoding: UTF-8\n", "BAG_DECLARATION_FORM", "bagit.txt:1")]
    [InlineData("BagIt-Version: 1.0 \nTag-File-Character-Encoding: UTF-8\n", "BAG_DECLARATION_FORM", "bagit.txt:1")]
    [InlineData("bagit-version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "BAG_DECLARATION_FORM", "bagit.txt:1")]
    [InlineData("BagIt-Version: 1.0\nTag-File-Character-Encoding : UTF-8\n", "BAG_DECLARATION_FORM", "bagit.txt:2")]
    [InlineData("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n\n", "BAG_DECLARATION_FORM", "bagit.txt:3")]
    [InlineData("BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\nand more\n", "BAG_DECLARATION_FORM", "bagit.txt:3")]
    [InlineData("BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n", "BAG_VERSION", "bagit.txt:1")]
    [InlineData("BagIt-Version: 0.98\nTag-File-Character-Encoding: UTF-8\n", "BAG_VERSION", "bagit.txt:1")]
    [InlineData("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-7\n", "BAG_ENCODING_UNKNOWN", "bagit.txt:2")]
    [InlineData("BagIt-Version: 1.0\nTag-File-Character-Encoding: no-such\n", "BAG_ENCODING_UNKNOWN", "bagit.txt:2")]
    [InlineData("\uFEFFBagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "BAG_DECLARATION_MARK", "bagit.txt")]
    public void A_declaration_is_two_exact_lines(string text, string rule, string place)
    {
        using var bag = new SomeBag { TagAlgorithms = [] }.With("bagit.txt", text).Write();
        bag.MustBeInvalid(rule, place);
    }

    [Fact]
    public void A_long_declaration_is_not_read()
    {
        using var bag = new SomeBag { TagAlgorithms = [] }.With("bagit.txt", new string(' ', BagDeclaration.MaxBytes + 1)).Write();
        bag.MustBeInvalid("BAG_DECLARATION_FORM", "bagit.txt");
    }

    [Fact]
    public void A_directory_without_declaration_is_no_bag()
    {
        using var bag = new SomeBag().Write();
        bag.Delete("bagit.txt");
        bag.MustBeInvalid("BAG_NO_DECLARATION", "bagit.txt");
    }

    [Fact]
    public void A_corrupt_payload_file_is_named_with_the_line_that_vouched_for_it()
    {
        using var bag = new SomeBag { Algorithms = ["md5"] }.Write();
        bag.Put("data/folder/two.txt", "twO, in a folder"u8.ToArray());
        bag.MustBeInvalid("BAG_CHECKSUM", "manifest-md5.txt:2");
    }

    [Fact]
    public void A_corrupt_tag_file_is_named()
    {
        using var bag = new SomeBag().Write();
        bag.Put("bag-info.txt", "Payload-Oxum: 19.2\n"u8.ToArray());
        bag.MustBeInvalid("BAG_CHECKSUM", "tagmanifest-sha256.txt:2");
    }

    [Fact]
    public void A_changed_manifest_is_caught_by_the_tag_manifest()
    {
        using var bag = new SomeBag { Info = null }.Write();
        bag.Put("data/one.txt", "ONE"u8.ToArray());
        bag.Put("manifest-sha256.txt", Encoding.UTF8.GetBytes(
            $"{SomeBag.Hex("sha256", "ONE"u8.ToArray())}  data/one.txt\n{SomeBag.Hex("sha256", bag.Payload["folder/two.txt"])}  data/folder/two.txt\n"));
        bag.MustBeInvalid("BAG_CHECKSUM", "tagmanifest-sha256.txt:2");
    }

    [Fact]
    public void An_extra_payload_file_is_vouched_for_by_nobody()
    {
        using var bag = new SomeBag { Info = null }.Write();
        bag.Put("data/bar", []);
        bag.MustBeInvalid("BAG_UNLISTED", "data/bar");
    }

    [Fact]
    public void A_missing_tag_file_that_is_listed_is_missing()
    {
        using var bag = new SomeBag().Write();
        bag.Delete("bag-info.txt");
        bag.MustBeInvalid("BAG_MISSING", "tagmanifest-sha256.txt:2");
    }

    [Fact]
    public void A_missing_payload_file_is_missing()
    {
        using var bag = new SomeBag { Info = null }.Write();
        bag.Delete("data/one.txt");
        bag.MustBeInvalid("BAG_MISSING", "manifest-sha256.txt:1");
    }

    [Fact]
    public void A_file_to_be_fetched_is_missing_and_nothing_fetches_it()
    {
        using var bag = new SomeBag { Info = null, Fetch = "http://127.0.0.1:9/one.txt 3 data/one.txt\n" }.Write();
        bag.Delete("data/one.txt");
        bag.MustBeInvalid("BAG_NOT_FETCHED", "manifest-sha256.txt:1");
    }

    [Theory]
    [InlineData("../../../README.md")]
    [InlineData("data/../../x")]
    [InlineData("/tmp/foo")]
    [InlineData("~/foo")]
    [InlineData("~root/foo")]
    [InlineData(@"C:\Windows\System32\setx.exe")]
    [InlineData("c:/windows/x")]
    [InlineData(@"\\?\UNC\server\Windows\System32\setx.exe")]
    [InlineData(@"\\server\share")]
    [InlineData(@"%HomeDrive%\Windows\System32\setx.exe")]
    [InlineData("file:///etc/passwd")]
    [InlineData("./../x")]
    [InlineData("data/a%0A/../../../x")]
    public void A_path_that_leads_out_is_refused_in_manifests_and_in_the_fetch_list(string path)
    {
        foreach (var version in (string[])["0.97", "1.0"])
        {
            using var listed = new SomeBag { Version = version, Lines = (name, lines) => name[0] == 't' ? lines : [.. lines, $"{new string('0', 64)}  {path}"] }.Write();
            listed.MustBeInvalid("BAG_PATH_OUTSIDE", "manifest-sha256.txt:3");
            using var fetched = new SomeBag { Version = version, Fetch = $"http://127.0.0.1:9/x 1 {path}\n" }.Write();
            fetched.MustBeInvalid("BAG_PATH_OUTSIDE", "fetch.txt:1");
        }
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("0.97")]
    public void A_file_listed_twice_with_different_checksums_is_refused(string version)
    {
        using var bag = new SomeBag { Version = version, Lines = (name, lines) => name[0] == 't' ? lines : [.. lines, $"{new string('0', 64)}  data/one.txt"] }.Write();
        bag.MustBeInvalid("BAG_LISTED_TWICE", "manifest-sha256.txt:3");
    }

    [Fact]
    public void RFC_8493_lists_each_file_once()
    {
        using var bag = new SomeBag { Lines = (name, lines) => name[0] == 't' ? lines : [.. lines, lines[0]] }.Write();
        bag.MustBeInvalid("BAG_LISTED_TWICE", "manifest-sha256.txt:3");
    }

    [Fact]
    public void RFC_8493_lists_each_file_in_each_manifest()
    {
        using var bag = new SomeBag { Algorithms = ["md5", "sha512"], Lines = (name, lines) => name == "manifest-sha512.txt" ? lines.Take(1) : lines }.Write();
        bag.MustBeInvalid("BAG_UNLISTED_SOMEWHERE", "data/folder/two.txt");
    }

    [Fact]
    public void A_bag_without_payload_manifest_or_payload_is_none()
    {
        using var bag = new SomeBag { Algorithms = [], TagAlgorithms = [] }.Write();
        bag.MustBeInvalid("BAG_NO_MANIFEST", "manifest-*.txt");
        using var empty = new SomeBag { TagAlgorithms = [], Info = null };
        empty.Payload.Clear();
        empty.Write();
        Directory.Delete(Path.Combine(empty.Root, "data"));
        empty.MustBeInvalid("BAG_NO_PAYLOAD", "data/");
    }

    [Fact]
    public void Only_manifests_of_unknown_algorithms_prove_nothing()
    {
        using var bag = new SomeBag { Algorithms = [], TagAlgorithms = [] }.With("manifest-blake9.txt", "00  data/one.txt\n").Write();
        bag.MustBeInvalid("BAG_NO_MANIFEST", "manifest-*.txt");
    }

    [Theory]
    [InlineData("Payload-Oxum: 18.2\n", "BAG_OXUM", "bag-info.txt:1")]
    [InlineData("A: b\nPayload-Oxum: 19.3\n", "BAG_OXUM", "bag-info.txt:2")]
    [InlineData("Payload-Oxum: 19\n", "BAG_OXUM_FORM", "bag-info.txt:1")]
    [InlineData("Payload-Oxum: 19.2.1\n", "BAG_OXUM_FORM", "bag-info.txt:1")]
    [InlineData("Payload-Oxum: 99999999999999999999.2\n", "BAG_OXUM_FORM", "bag-info.txt:1")]
    [InlineData("Payload-Oxum: 19.2\nPayload-Oxum: 19.2\n", "BAG_OXUM_TWICE", "bag-info.txt:2")]
    [InlineData("Contact-Name : Anna\n", "BAG_INFO_WHITESPACE", "bag-info.txt:1")]
    [InlineData("Contact-Name:Anna\n", "BAG_INFO_WHITESPACE", "bag-info.txt:1")]
    [InlineData("no separator\n", "BAG_INFO_LINE", "bag-info.txt:1")]
    [InlineData(" continues nothing\n", "BAG_INFO_LINE", "bag-info.txt:1")]
    public void Metadata_has_its_form_and_its_truth(string info, string rule, string place)
    {
        using var bag = new SomeBag { Info = info }.Write();
        bag.MustBeInvalid(rule, place);
    }

    [Fact]
    public void Before_draft_96_the_metadata_file_had_another_name()
    {
        using var bag = new SomeBag { Version = "0.95", Info = null }.With("package-info.txt", "Payload-Oxum: 18.2\n").Write();
        bag.MustBeInvalid("BAG_OXUM", "package-info.txt:1");
    }

    [Theory]
    [InlineData("not hex  data/one.txt")]
    [InlineData("0000  data/one.txt")]
    [InlineData(" 0000000000000000000000000000000000000000000000000000000000000000  data/one.txt")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000  ")]
    [InlineData("# a comment")]
    [InlineData("")]
    public void A_line_of_a_manifest_is_a_checksum_and_a_path(string line)
    {
        using var bag = new SomeBag { Lines = (name, lines) => name[0] == 't' ? lines : [.. lines, line] }.Write();
        bag.MustBeInvalid("BAG_MANIFEST_LINE", "manifest-sha256.txt:3");
    }

    [Theory]
    [InlineData("tagmanifest-sha256.txt", "BAG_TAG_MANIFEST_LISTED")]
    [InlineData("data/one.txt", "BAG_NOT_TAG_FILE")]
    public void A_tag_manifest_lists_tag_files_only(string path, string rule)
    {
        using var bag = new SomeBag { TagAlgorithms = ["md5"] }.Write();
        var manifest = Path.Combine(bag.Root, "tagmanifest-md5.txt");
        var digest = path.StartsWith("data", StringComparison.Ordinal) ? SomeBag.Hex("md5", bag.Payload["one.txt"]) : SomeBag.Hex("md5", "x"u8.ToArray());
        if (!path.StartsWith("data", StringComparison.Ordinal))
        {
            // A tag manifest of another algorithm that is itself in order.
            bag.Put(path, Encoding.UTF8.GetBytes($"{SomeBag.Hex("sha256", File.ReadAllBytes(Path.Combine(bag.Root, "bagit.txt")))}  bagit.txt\n"));
            digest = SomeBag.Hex("md5", File.ReadAllBytes(Path.Combine(bag.Root, path)));
        }
        File.AppendAllText(manifest, $"{digest}  {path}\n");
        bag.MustBeInvalid(rule, "tagmanifest-md5.txt:4");
    }

    [Fact]
    public void A_payload_manifest_lists_the_payload_only()
    {
        using var bag = new SomeBag { Lines = (name, lines) => name[0] == 't' ? lines : [.. lines, $"{SomeBag.Hex("sha256", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"u8.ToArray())}  bagit.txt"] }.Write();
        bag.MustBeInvalid("BAG_NOT_PAYLOAD", "manifest-sha256.txt:3");
    }

    [Theory]
    [InlineData("no-scheme 3 data/one.txt")]
    [InlineData("https://example.org/x three data/one.txt")]
    [InlineData("https://example.org/x -3 data/one.txt")]
    [InlineData("https://example.org/x 3")]
    public void A_line_of_the_fetch_list_is_an_address_a_length_and_a_path(string line)
    {
        using var bag = new SomeBag { Fetch = line + "\n" }.Write();
        bag.MustBeInvalid("BAG_FETCH_LINE", "fetch.txt:1");
    }

    [Fact]
    public void A_fetched_file_that_no_manifest_lists_could_be_anything()
    {
        using var bag = new SomeBag { Fetch = "https://example.org/x 3 data/other.txt\n" }.Write();
        bag.MustBeInvalid("BAG_FETCH_UNLISTED", "fetch.txt:1");
    }

    [Fact]
    public void A_byte_order_mark_before_a_checksum_is_refused()
    {
        using var bag = new SomeBag { Encoding = new UTF8Encoding(true), TagAlgorithms = [] }.Write();
        bag.MustBeInvalid("BAG_MANIFEST_MARK", "manifest-sha256.txt:1");
    }

    [Fact]
    public void Bytes_that_are_not_of_the_declared_encoding_end_the_reading()
    {
        using var bag = new SomeBag { TagAlgorithms = [], Info = null }.Write();
        bag.Put("manifest-sha256.txt", [.. Encoding.UTF8.GetBytes($"{SomeBag.Hex("sha256", bag.Payload["one.txt"])}  data/one.txt\n"), 0xFF, 0xFE]);
        Assert.Contains(bag.Validate().Findings, f => f.Rule == "BAG_TAG_ENCODING");
        Assert.False(bag.Validate().IsValid);
    }

    [Fact]
    public void A_line_without_end_is_not_read_to_its_end()
    {
        using var bag = new SomeBag { TagAlgorithms = [], Info = new string('a', TagReader.MaxLineCharacters + 1) }.Write();
        bag.MustBeInvalid("BAG_LINE_TOO_LONG", "bag-info.txt:1");
    }

    [Fact]
    public void A_link_is_refused_and_not_followed()
    {
        using var bag = new SomeBag { Info = null }.Write();
        File.CreateSymbolicLink(Path.Combine(bag.Root, "data", "link"), "/etc/hostname");
        Directory.CreateSymbolicLink(Path.Combine(bag.Root, "data", "up"), "..");
        bag.MustBeInvalid("BAG_LINK", "data/link");
    }

    [Fact]
    public void A_pipe_under_a_listed_name_hangs_nobody()
    {
        using var bag = new SomeBag { Info = null }.Write();
        bag.Delete("data/one.txt");
        using var made = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(bag.Root, "data", "one.txt")]);
        made.WaitForExit();
        bag.MustBeInvalid("BAG_CHECKSUM", "manifest-sha256.txt:1");
    }

    [Fact]
    public void What_is_no_directory_gets_no_verdict()
    {
        Assert.Throws<DirectoryNotFoundException>(() => BagValidator.Validate("/no/such/bag", CancellationToken.None));
    }

    [Fact]
    public void Of_many_defects_a_thousand_are_named_and_the_rest_counted()
    {
        using var bag = new SomeBag { Info = null, Lines = (name, lines) => name[0] == 't' ? lines : [.. lines, .. Enumerable.Range(0, 1500).Select(i => $"{new string('0', 64)}  data/{i}")] }.Write();
        var report = bag.Validate();
        Assert.Equal((1000, 500), (report.Findings.Count, report.More));
    }
}
