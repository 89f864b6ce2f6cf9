using System.Text.Json.Serialization;

namespace Pipeline.Actors.Erasure;

/// <summary>An erasure, or its preview.</summary>
/// <param name="Committed">True once every private part of <paramref name="Entries"/> with the fate <c>erased</c> is destroyed.</param>
/// <param name="Destroyed">How many were.</param>
/// <param name="Stays">What no erasure touches, in words.</param>
public sealed record ErasureAnswer(string Id, bool Committed, long Destroyed, IReadOnlyList<ErasedEntryAnswer> Entries, IReadOnlyList<string> Stays);

/// <param name="Index">Position in the log.</param>
/// <param name="Fate"><c>erase</c> in a preview, <c>erased</c>, or <c>kept</c>.</param>
/// <param name="Why">Why it is kept; absent otherwise.</param>
public sealed record ErasedEntryAnswer(long Index, string Fact, string Fate, string? Why);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErasureAnswer))]
public sealed partial class ErasureJson : JsonSerializerContext;
