using Pipeline.Audit.Log;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Audit.Tests.Log;

public sealed class StartupCheckTests
{
    private static readonly Sha256Digest Root = Sha256Digest.Of("root"u8);
    private static readonly Sha256Digest OtherRoot = Sha256Digest.Of("other"u8);
    private static readonly Checkpoint Head = new("log.example", 100, Root);

    private static StartupVerdict Decide(PublishedCheckpoint published) => StartupCheck.Decide(Head, published, _ => Root);

    private static PublishedCheckpoint.Ours Ours(long size, Sha256Digest root, string origin = "log.example") =>
        new(new Checkpoint(origin, size, root));

    [Fact]
    public void Head_and_publication_that_agree_start() => Assert.IsType<StartupVerdict.Ok>(Decide(Ours(100, Root)));

    [Fact]
    public void What_is_committed_and_not_published_is_published()
    {
        Assert.Equal(new StartupVerdict.PublishNeeded(60), Decide(Ours(60, Root)));
        Assert.Equal(new StartupVerdict.PublishNeeded(0), Decide(new PublishedCheckpoint.None()));
    }

    [Fact]
    public void Another_root_of_the_same_or_an_earlier_size_is_a_fork()
    {
        Assert.Equal(HaltCause.Fork, Assert.IsType<StartupVerdict.Halted>(Decide(Ours(100, OtherRoot))).Cause);
        Assert.Equal(HaltCause.Fork, Assert.IsType<StartupVerdict.Halted>(Decide(Ours(60, OtherRoot))).Cause);
    }

    [Fact]
    public void A_publication_above_the_head_says_that_the_database_was_rolled_back()
    {
        var halted = Assert.IsType<StartupVerdict.Halted>(Decide(Ours(101, Root)));
        Assert.Equal(HaltCause.RolledBack, halted.Cause);
        Assert.Contains("101", halted.Why, StringComparison.Ordinal);
        Assert.NotEmpty(halted.Remedy);
    }

    [Fact]
    public void A_checkpoint_that_is_not_ours_is_never_overwritten()
    {
        Assert.Equal(HaltCause.NotOurs, Assert.IsType<StartupVerdict.Halted>(Decide(Ours(5, Root, "other.example"))).Cause);
        using var signer = NoteSigner.FromSeed("log.example", new byte[32]);
        using var stranger = NoteSigner.FromSeed("log.example", Enumerable.Repeat((byte)1, 32).ToArray());
        var note = Head.Sign(stranger).Format();
        Assert.Equal(
            HaltCause.NotOurs,
            Assert.IsType<StartupVerdict.Halted>(Decide(PublishedCheckpoint.Read(note, signer.VerifierKey))).Cause);
        Assert.IsType<StartupVerdict.Ok>(Decide(PublishedCheckpoint.Read(Head.Sign(signer).Format(), signer.VerifierKey)));
        Assert.IsType<PublishedCheckpoint.None>(PublishedCheckpoint.Read(null, signer.VerifierKey));
    }
}
