using Pipeline.Audit.Facts;
using static Pipeline.Audit.Tests.Evidence.Tale;

namespace Pipeline.Audit.Tests.Evidence;

/// <summary>What a log may say of erasures.</summary>
public sealed class ErasureHistoryTests
{
    private static ErasureOrdered Ordered(params long[] entries) => A<ErasureOrdered>() with { Entries = entries };

    private static ErasureDone Done(long order, long destroyed, params long[] entries) => A<ErasureDone>() with { Order = order, Entries = entries, Destroyed = destroyed };

    private static Tale Told(params Fact[] facts) => facts.Aggregate(new Tale().Delivered("a").Delivered("b"), (tale, fact) => tale.Tell("erasure", fact));

    [Fact]
    public void An_order_is_open_until_it_is_done_and_may_be_done_again_when_something_came_back()
    {
        Assert.Equal("erasure", Assert.Single(Told(Ordered(0, 1)).Check().Open, o => o.Id == "erasure").Id);
        var report = Told(Ordered(0, 1), Done(1, 2, 0, 1), Ordered(2), Done(3, 1, 2), Done(1, 1, 0, 1)).Check();
        Assert.Empty(report.Defects);
        Assert.DoesNotContain(report.Open, o => o.Id == "erasure");
        Assert.Contains(report.Checked, s => s.StartsWith("3 entries had their private parts erased", StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_have_happened_is_a_defect()
    {
        Fact[][] lies =
        [
            [Done(1, 1, 0)],
            [Ordered()],
            [Ordered(1, 0)],
            [Ordered(1, 1)],
            [Ordered(99)],
            [Ordered(0) with { Reason = "because Anna asked" }],
            [Ordered(0), Done(1, 2, 0)],
            [Ordered(0), Done(1, 1, 1)],
            [Ordered(0), Done(2, 1, 0)],
            [Ordered(0), Done(1, 1, 0), Done(1, 0, 0)],
        ];
        Assert.All(lies, lie => Assert.NotEmpty(Told(lie).Check().Defects));
    }
}
