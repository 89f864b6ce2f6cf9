using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Pipeline.Actors.Hosting;
using Pipeline.Tests.Support;

namespace Pipeline.Actors.Tests.Hosting;

public sealed class StoreLayoutTests
{
    private const string Root = "/srv/data";

    private static StoreSpec Spec(string text) =>
        StoreSpec.TryParse(text, "/here", out var spec, out var problem) ? spec : throw new InvalidOperationException($"{text}: {problem}");

    private static string ProblemOf(string text) => StoreSpec.TryParse(text, "/here", out _, out var problem) ? "" : problem;

    private static StoreLayout Layout(StoreLayout? kept, string? vault = null, string[]? replicas = null, int? copies = null) =>
        StoreLayout.Settle(kept, vault is null ? null : Spec(vault), replicas is null ? null : [.. replicas.Select(Spec)], copies, Root) is ({ } layout, _)
            ? layout
            : throw new InvalidOperationException("no layout");

    private static string Names(StoreLayout layout) => string.Join(' ', layout.Stores.Select(s => s.Name));

    [Fact]
    public void A_spec_is_read_back_from_what_it_says()
    {
        foreach (var text in new[]
        {
            "/mnt/a", "/mnt/a,domain=site-b", "/mnt/a,domain=site-b,name=second", "azure:masters",
            "azure:masters,account=west,connection-file=/etc/c,reader-file=/etc/r,write-only,domain=w,name=far",
        })
        {
            Assert.Equal(text, Spec(text).ToString());
        }
        Assert.Equal("/here/disk/vault", Spec("disk/vault/").ToString());
        Assert.Equal("azure:masters,connection-file=/here/secret", Spec("azure:masters,connection-file=secret").ToString());
    }

    [Theory]
    [InlineData("", "begins with")]
    [InlineData("/mnt/a,colour=red", "'colour' is not known")]
    [InlineData("/mnt/a,write-only", "'write-only' is not known")]
    [InlineData("/mnt/a,domain=a,domain=b", "given twice")]
    [InlineData("/mnt/a,name=a b", "names and domains")]
    [InlineData("azure:UPPER", "no name of a container")]
    [InlineData("azure:a--b", "no name of a container")]
    [InlineData("azure:masters,connection=AccountKey", "'connection' is not known")]
    public void A_spec_that_is_off_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, ProblemOf(text), StringComparison.Ordinal);

    [Fact]
    public void Without_options_the_vault_lies_in_the_data_directory()
    {
        var layout = Layout(null);
        Assert.Equal(new NamedStore("primary", "vault,name=primary"), Assert.Single(layout.Stores));
        Assert.Equal("/srv/data/vault", StoreLayout.Parsed(layout.Stores[0], Root).Place);
    }

    [Fact]
    public void A_later_start_without_options_finds_the_same_stores()
    {
        var first = Layout(null, replicas: ["/mnt/a", "/mnt/b,domain=b"], copies: 3);
        Assert.Equal("primary replica-1 replica-2", Names(first));
        Assert.True(Layout(first).Says(first));
    }

    [Fact]
    public void Replicas_keep_their_names_in_any_order_and_a_new_one_gets_a_name_nobody_had()
    {
        var first = Layout(null, replicas: ["/mnt/a", "/mnt/b"]);
        var second = Layout(first, replicas: ["/mnt/c", "/mnt/b"]);
        Assert.Equal("primary replica-3 replica-2", Names(second));
        Assert.Equal("replica-1", Assert.Single(second.Retired).Name);
        var third = Layout(second, replicas: ["/mnt/a", "/mnt/b"]);
        Assert.Equal("primary replica-1 replica-2", Names(third));
        Assert.Equal("replica-3", Assert.Single(third.Retired).Name);
        Assert.Equal(["replica-1", "replica-2", "replica-3"], Layout(third, replicas: []).Retired.Select(r => r.Name).Order());
    }

    [Fact]
    public void Another_primary_does_not_take_the_name_of_the_first()
    {
        var first = Layout(null, replicas: ["/mnt/a"]);
        Assert.Equal("primary-2 replica-1", Names(Layout(first, vault: "/mnt/new")));
        // A replica that is promoted stays who it is, and is no replica beside itself.
        var promoted = Layout(first, vault: "/mnt/a");
        Assert.Equal("replica-1", Names(promoted));
        Assert.Equal("primary", Assert.Single(promoted.Retired).Name);
    }

    [Theory]
    [InlineData("/mnt/a", "/mnt/a", "given twice")]
    [InlineData("/mnt/a", "/mnt/a/b", "inside another store")]
    [InlineData("/mnt/a,name=x", "/mnt/b,name=x", "belongs to another")]
    [InlineData("/srv/data/vault", "/mnt/b", "given twice")]
    public void Stores_that_are_one_are_refused(string one, string other, string reason) =>
        Assert.Contains(reason, StoreLayout.Settle(null, null, [Spec(one), Spec(other)], null, Root).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_name_that_was_written_down_is_not_given_to_another_store()
    {
        var first = Layout(null, replicas: ["/mnt/a,name=east"]);
        Assert.Contains("belongs to another", StoreLayout.Settle(first, null, [Spec("/mnt/b,name=east")], null, Root).Problem, StringComparison.Ordinal);
        Assert.Contains("cannot become", StoreLayout.Settle(first, null, [Spec("/mnt/a,name=west")], null, Root).Problem, StringComparison.Ordinal);
    }

    private static readonly Gen<string[]> Choice = Gen.SubListOf(["/mnt/a", "/mnt/b", "/mnt/c", "azure:one", "azure:two,write-only"]).Select(l => l.ToArray());

    [Property(MaxTest = 500)]
    public Property No_history_of_starts_gives_a_name_twice_or_forgets_a_store() =>
        Prop.ForAll(Choice.ListOf().ToArbitrary(), starts =>
        {
            var nameOf = new Dictionary<string, string>();
            StoreLayout? layout = null;
            foreach (var replicas in starts)
            {
                layout = Layout(layout, replicas: replicas);
                foreach (var store in layout.Stores.Concat(layout.Retired))
                {
                    var place = StoreLayout.Parsed(store, Root).Place;
                    if (nameOf.TryGetValue(place, out var before) ? before != store.Name : nameOf.ContainsValue(store.Name))
                    {
                        return false;
                    }
                    nameOf[place] = store.Name;
                }
                if (layout.Stores.Count + layout.Retired.Count != nameOf.Count || layout.Stores.Count != replicas.Length + 1)
                {
                    return false;
                }
            }
            return true;
        });

    [Fact]
    public void What_was_written_down_is_read_back_and_damage_is_said()
    {
        var disk = new SimulatedDisk();
        disk.MakeDirectory("/srv");
        disk.MakeDirectory(Root);
        Assert.Null(StoreLayout.Read(disk, Root));
        var layout = Layout(null, replicas: ["/mnt/a"], copies: 2);
        layout.Write(disk, Root);
        Assert.True(layout.Says(StoreLayout.Read(disk, Root)));
        using (var file = disk.OpenExisting($"{Root}/stores.json"))
        {
            file.Truncate(20);
        }
        Assert.Contains("damaged", Assert.Throws<InvalidDataException>(() => StoreLayout.Read(disk, Root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_is_known_again_by_its_mark_and_an_empty_mount_point_is_not()
    {
        var disk = new SimulatedDisk();
        disk.MakeDirectory("/mnt");
        disk.MakeDirectory("/mnt/a");
        string? Check(string origin, string name, bool known) => StoreMark.Check(disk, "/mnt/a", origin, name, known, "/mnt/a/temporary");
        Assert.Contains("mounted", Check("origin", "replica-1", known: true), StringComparison.Ordinal);
        Assert.Null(Check("example.org/log/2026", "replica-1", known: false));
        Assert.Null(Check("example.org/log/2026", "replica-1", known: true));
        Assert.Null(Check("example.org/log/2027", "replica-1", known: true));
        Assert.Contains("another installation", Check("example.org/other/2026", "replica-1", known: false), StringComparison.Ordinal);
        Assert.Contains("another", Check("example.org/log/2026", "replica-2", known: true), StringComparison.Ordinal);
    }
}
