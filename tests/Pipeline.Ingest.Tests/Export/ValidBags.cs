using System.Text;

namespace Pipeline.Ingest.Tests.Export;

/// <summary>Bags of every kind that the conformance suite of the Library of Congress calls valid, or valid with a warning.</summary>
public sealed class ValidBags
{
    [Theory]
    [InlineData("1.0")]
    [InlineData("0.97")]
    [InlineData("0.96")]
    [InlineData("0.95")]
    [InlineData("0.94")]
    [InlineData("0.93")]
    public void A_plain_bag_of_every_version_is_valid(string version)
    {
        using var bag = new SomeBag { Version = version }.Write();
        bag.MustBeValid();
        Assert.Equal((2, 19), (bag.Validate().PayloadFiles, bag.Validate().PayloadBytes));
    }

    [Theory]
    [InlineData("md5")]
    [InlineData("sha1")]
    [InlineData("sha224")]
    [InlineData("sha256")]
    [InlineData("sha384")]
    [InlineData("sha512")]
    public void Manifests_of_every_usual_algorithm_are_checked(string algorithm)
    {
        using var bag = new SomeBag { Algorithms = [algorithm], TagAlgorithms = [algorithm] }.Write();
        bag.MustBeValid();
        bag.Put("data/one.txt", "two"u8.ToArray());
        bag.MustBeInvalid("BAG_CHECKSUM", $"manifest-{algorithm}.txt:1");
    }

    [Fact]
    public void A_bag_with_nothing_but_what_it_must_have_is_valid()
    {
        using var bag = new SomeBag { Info = null, TagAlgorithms = [] };
        bag.Payload.Clear();
        bag.Write().MustBeValid();
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Every_line_end_ends_a_line(string end)
    {
        using var bag = new SomeBag { TagAlgorithms = [], Info = $"Payload-Oxum: 19.2{end}Bag-Size: 1 kB{end}" };
        bag.Write();
        foreach (var name in (string[])["bagit.txt", "manifest-sha256.txt"])
        {
            bag.Put(name, Encoding.UTF8.GetBytes(File.ReadAllText(Path.Combine(bag.Root, name)).Replace("\n", end, StringComparison.Ordinal)));
        }
        bag.MustBeValid();
    }

    [Theory]
    [InlineData("UTF-16", true, true)]
    [InlineData("UTF-16", false, true)]
    [InlineData("UTF-16", true, false)]
    [InlineData("UTF-16", false, false)]
    [InlineData("UTF-16LE", false, false)]
    [InlineData("UTF-16BE", true, false)]
    public void Tag_files_in_UTF16_are_read_in_the_order_they_have(string name, bool bigEndian, bool mark)
    {
        using var bag = new SomeBag { EncodingName = name, Encoding = new UnicodeEncoding(bigEndian, mark), Version = "0.97" };
        bag.Payload["blå.txt"] = "three"u8.ToArray();
        bag.With("bag-info.txt", mark ? "\uFEFFPayload-Oxum: 24.3\n" : "Payload-Oxum: 24.3\n").Write().MustBeValid("BAG_ENCODING");
    }

    [Fact]
    public void Tag_files_in_Latin_1_are_read_as_declared()
    {
        using var bag = new SomeBag { EncodingName = "ISO-8859-1", Encoding = Encoding.Latin1, Version = "0.97", Info = "Contact-Name: Åsa\nPayload-Oxum: 24.3\n" };
        bag.Payload["blå.txt"] = "three"u8.ToArray();
        bag.Write().MustBeValid("BAG_ENCODING");
    }

    [Fact]
    public void Names_with_spaces_and_signs_are_names()
    {
        using var bag = new SomeBag { Info = null };
        foreach (var name in (string[])["with space.txt", " leading", "a(b)[c]{d}.txt", "ünï.txt", "~tilde.txt", "sub dir/$HOME.txt", "#1.txt"])
        {
            bag.Payload[name] = Encoding.UTF8.GetBytes(name);
        }
        bag.Write().MustBeValid();
    }

    [Fact]
    public void RFC_8493_encodes_line_ends_and_the_percent_sign()
    {
        using var bag = new SomeBag
        {
            Info = null,
            Lines = (_, lines) => lines.Select(l => l.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0d", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal)),
        };
        bag.Payload["100%.txt"] = "1"u8.ToArray();
        bag.Payload["two\nlines\r.txt"] = "2"u8.ToArray();
        bag.Payload["%41.txt"] = "3"u8.ToArray();
        bag.Write().MustBeValid("BAG_NAME_NOT_PORTABLE");
    }

    [Fact]
    public void The_drafts_left_the_percent_sign_alone()
    {
        using var bag = new SomeBag { Version = "0.97", Info = null };
        bag.Payload["%7Etest1.txt"] = "1"u8.ToArray();
        bag.Payload["%test2.txt"] = "2"u8.ToArray();
        bag.Payload["dir1/~test3.txt"] = "3"u8.ToArray();
        bag.Payload["a%25b.txt"] = "4"u8.ToArray();
        bag.Write().MustBeValid();
    }

    [Theory]
    [InlineData("Payload-Oxum : 19.2\nContact-Name:Anna\nContact-Phone:\t1\nA\t:\tb\n", "0.97", "BAG_INFO_WHITESPACE")]
    [InlineData("Payload-Oxum: 19.2\nExternal-Description: one\n  two\n\tthree\n", "1.0", null)]
    [InlineData("Contact-Name: A\nContact-Name: B\nPayload-Oxum: 19.2\nContact-Name: A\n", "0.97", null)]
    public void Metadata_may_be_continued_repeated_and_in_drafts_separated_anyhow(string info, string version, string? warning)
    {
        using var bag = new SomeBag { Version = version, Info = info }.Write();
        bag.MustBeValid(warning is null ? [] : [warning]);
    }

    [Fact]
    public void A_bag_inside_a_bag_is_payload()
    {
        using var inner = new SomeBag().Write();
        using var bag = new SomeBag { Info = null };
        foreach (var file in Directory.EnumerateFiles(inner.Root, "*", SearchOption.AllDirectories))
        {
            bag.Payload["inner/" + Path.GetRelativePath(inner.Root, file)] = File.ReadAllBytes(file);
        }
        bag.Write().MustBeValid();
    }

    [Fact]
    public void A_fetched_file_that_is_here_is_like_any_other()
    {
        using var bag = new SomeBag { Fetch = "https://example.org/one.txt 3 data/one.txt\nhttps://example.org/two.txt - data/folder/two.txt\n" }.Write();
        bag.MustBeValid();
    }

    [Theory]
    [InlineData("data/", "./data/", "BAG_PATH_DOTS")]
    [InlineData("data/", "data//", "BAG_PATH_DOTS")]
    [InlineData("  data/", " *data/", "BAG_MD5SUM_MARK")]
    public void What_careless_tools_write_is_understood_with_a_warning(string plain, string written, string warning)
    {
        using var bag = new SomeBag { Version = "0.97", Lines = (name, lines) => name[0] == 't' ? lines : lines.Select(l => l.Replace(plain, written, StringComparison.Ordinal)) }.Write();
        bag.MustBeValid(warning);
    }

    [Fact]
    public void A_draft_bag_may_list_a_file_twice_with_one_checksum()
    {
        using var bag = new SomeBag { Version = "0.97", Lines = (name, lines) => name[0] == 't' ? lines : [.. lines, lines[0]] }.Write();
        bag.MustBeValid("BAG_LISTED_TWICE");
    }

    [Fact]
    public void A_draft_bag_may_list_a_file_in_one_of_its_manifests()
    {
        using var bag = new SomeBag { Version = "0.97", Algorithms = ["md5", "sha1"], Lines = (name, lines) => name == "manifest-md5.txt" ? lines.Take(1) : lines }.Write();
        bag.MustBeValid("BAG_UNLISTED_SOMEWHERE");
    }

    [Fact]
    public void Names_that_make_trouble_elsewhere_are_warnings()
    {
        using var bag = new SomeBag { Info = null };
        foreach (var name in (string[])["Cover.jpg", "cover.jpg", "bl\u00e5.txt", "bla\u030a.txt", ".DS_Store", "Thumbs.db", "aux.wav", "what?.wav", "end."])
        {
            bag.Payload[name] = Encoding.UTF8.GetBytes(name);
        }
        bag.Write().MustBeValid("BAG_NAMES_COLLIDE", "BAG_SYSTEM_FILE", "BAG_NAME_NOT_PORTABLE");
        Assert.Equal(2, bag.Validate().Findings.Count(f => f.Rule == "BAG_NAMES_COLLIDE"));
    }

    [Fact]
    public void A_manifest_of_an_algorithm_nobody_here_knows_is_left_out_when_another_vouches()
    {
        using var bag = new SomeBag().With("manifest-blake9.txt", "00  data/one.txt\n").Write();
        bag.MustBeValid("BAG_ALGORITHM_UNKNOWN");
    }

    [Fact]
    public void A_tag_file_that_no_tag_manifest_lists_is_a_warning()
    {
        using var bag = new SomeBag().Write();
        bag.Put("notes/later.txt", "later"u8.ToArray());
        bag.MustBeValid("BAG_TAG_FILE_UNLISTED");
    }
}
