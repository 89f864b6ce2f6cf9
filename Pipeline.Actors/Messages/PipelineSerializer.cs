using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;
using Pipeline.Audit.Facts;

namespace Pipeline.Actors.Messages;

/// <summary>
/// The only serializer: facts through <see cref="FactCodec"/>, so that the journal and the log share one encoding, and
/// messages as JSON. An unknown type or manifest throws; nothing falls back to reflection.
/// </summary>
public sealed class PipelineSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Written into the journal; Akka keeps 0-100 for itself.</summary>
    public const int Id = 7001;

    public override int Identifier => Id;

    public override string Manifest(object o) => o switch
    {
        Fact fact => FactManifest.Of(fact),
        _ when MessageManifest.TryOf(o.GetType(), out var manifest) => manifest,
        _ => throw new SerializationException($"{o.GetType()} has no manifest"),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        Fact fact => FactCodec.ToJournal(fact),
        StopEntity => [],
        IPipelineMessage => JsonSerializer.SerializeToUtf8Bytes(
            obj, MessageJson.Default.GetTypeInfo(obj.GetType())
                ?? throw new SerializationException($"{obj.GetType()} is not in MessageJson")),
        _ => throw new SerializationException($"{obj.GetType()} is neither fact nor message"),
    };

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (FactManifest.IsKnown(manifest))
        {
            return FactCodec.FromJournal(manifest, bytes);
        }
        if (!MessageManifest.TryTypeOf(manifest, out var type))
        {
            throw new SerializationException($"unknown manifest '{manifest}'");
        }
        return type == typeof(StopEntity)
            ? StopEntity.Instance
            : JsonSerializer.Deserialize(bytes, MessageJson.Default.GetTypeInfo(type)!)
                ?? throw new SerializationException($"an empty {manifest}");
    }
}
