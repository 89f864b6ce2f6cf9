using Pipeline.Actors.Messages;

namespace Pipeline.Actors.Recordings;

/// <summary>One recording, minted when first claimed; ISRCs and sounds are claims that lead here.</summary>
public sealed class RecordingActor : FactSourcedActor<Recording>
{
    public RecordingActor(string id)
        : base($"recording:{id}", Recording.Unknown, Recording.Apply) => Decide<AddEdition>(RecordingDecider.Decide);
}
