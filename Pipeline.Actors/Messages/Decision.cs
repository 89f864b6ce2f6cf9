using Pipeline.Audit.Facts;

namespace Pipeline.Actors.Messages;

/// <summary>What a decider answers: facts to persist, in order, and the reply that goes out once they are durable.</summary>
public sealed record Decision(IReadOnlyList<Fact> Facts, IPipelineMessage? Reply)
{
    /// <summary>Nothing happens and nobody is told.</summary>
    public static readonly Decision Nothing = new([], null);

    /// <summary>A repeat, or a question: no new fact.</summary>
    public static Decision Answer(IPipelineMessage reply) => new([], reply);

    public static Decision Write(IPipelineMessage? reply, params IReadOnlyList<Fact> facts) => new(facts, reply);
}
