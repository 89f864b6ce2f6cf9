using Pipeline.Actors.Messages;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Erasure;

/// <summary>Destroy the private parts of these entries.</summary>
/// <param name="By">The person who ordered it.</param>
/// <param name="Command">The same again is the same order.</param>
/// <param name="At">ms since 1970 UTC.</param>
/// <param name="Entries">Positions in the log, ascending, each once.</param>
/// <param name="Reason">One of <see cref="Audit.Facts.ErasureReason"/>.</param>
public sealed record OrderErasure(TenantId Tenant, Pseudonym By, CommandId Command, long At, IReadOnlyList<long> Entries, string Reason) : IPipelineMessage;

/// <summary>How far is what this command ordered?</summary>
public sealed record GetErasure(CommandId Command) : IPipelineMessage;

/// <summary>How far it is.</summary>
/// <param name="Known">False when no such command was taken.</param>
/// <param name="Done">Every entry's private part is destroyed.</param>
/// <param name="Destroyed">How many still were there.</param>
public sealed record ErasureStanding(bool Known, bool Done, long Destroyed) : IPipelineMessage;

/// <summary>The rows of this order are overwritten.</summary>
public sealed record NoteErased(long Order, long Destroyed, long At) : Akka.Actor.INoSerializationVerificationNeeded;
