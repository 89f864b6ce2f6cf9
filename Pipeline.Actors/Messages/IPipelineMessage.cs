namespace Pipeline.Actors.Messages;

/// <summary>Anything that may cross between nodes. Each has a line in <see cref="MessageManifest"/>; a test sees to it.</summary>
public interface IPipelineMessage;

/// <summary>A message for one sharded entity.</summary>
public interface IEntityMessage : IPipelineMessage
{
    /// <summary>The entity's id within its region.</summary>
    string EntityKey { get; }
}

/// <summary>What you have read of your journal has changed: rest, and read it anew when somebody asks.</summary>
public sealed record ReadAnew(string EntityKey) : IEntityMessage;

/// <summary>Sent by sharding on hand-off and passivation; unlike PoisonPill it does not overtake stashed commands.</summary>
public sealed class StopEntity : IPipelineMessage
{
    public static readonly StopEntity Instance = new();

    private StopEntity()
    {
    }
}
