using Pipeline.Actors.Messages;

namespace Pipeline.Actors.Splits;

/// <summary>The splits of one recording or work.</summary>
public sealed class SplitActor : FactSourcedActor<SplitBook>
{
    public SplitActor(string id)
        : base($"split:{id}", SplitBook.Empty, SplitBook.Apply)
    {
        Decide<ProposeSplit>(SplitDecider.Decide);
        Decide<AcceptSplit>(SplitDecider.Decide);
        Decide<RefuseSplit>(SplitDecider.Decide);
        Decide<WithdrawSplit>(SplitDecider.Decide);
        Decide<GetSplits>(SplitDecider.Decide);
    }
}
