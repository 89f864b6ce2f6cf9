using System.Security.Cryptography;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Stages;

namespace Pipeline.Ingest.Tests.Stages;

/// <summary>A release under construction: files put into a vault, named by a message, with whatever hashes a test wants.</summary>
internal sealed class SomeRelease(FolderVault vault)
{
    private readonly List<DeliveredFile> _files = [];
    private readonly List<UnvalidatedTrack> _tracks = [];
    private readonly List<UnvalidatedImage> _images = [];

    public DeliveryContents Delivery { get; private set; } = null!;

    public static Stated Say(string value, string place = "/somewhere") => new(value, place);

    public static UnvalidatedHash Hash(string algorithm, string value, string? encoding = null) =>
        new(Say(algorithm, "/algorithm"), Say(value, "/hash"), encoding);

    public static UnvalidatedHash Md5Of(byte[] bytes) =>
#pragma warning disable CA5351 // MD5 is what senders declare; it is matched, never trusted.
        Hash("MD5", Convert.ToHexString(MD5.HashData(bytes)));
#pragma warning restore CA5351

    public SomeRelease Deliver(string path, byte[] bytes)
    {
        var stored = vault.StoreAsync(bytes, CancellationToken.None).Result;
        _files.Add(new DeliveredFile(path, stored.Id, stored.SizeBytes));
        return this;
    }

    public SomeRelease Track(string? path, params UnvalidatedHash[] hashes)
    {
        var number = _tracks.Count + 1;
        _tracks.Add(new UnvalidatedTrack(
            $"T{number}", number, null, null, null, [], null, null,
            path is null ? null : new UnvalidatedFile(Say(path, $"/tracks/{number}/file"), hashes), 0, $"/tracks/{number}"));
        return this;
    }

    public SomeRelease Image(string path, params UnvalidatedHash[] hashes)
    {
        _images.Add(new UnvalidatedImage($"I{_images.Count + 1}", new UnvalidatedFile(Say(path), hashes), "/images/1"));
        return this;
    }

    public UnvalidatedRelease Build(string messagePath = "release.json")
    {
        var message = vault.StoreAsync("{}"u8.ToArray(), CancellationToken.None).Result;
        Delivery = DeliveryContents.From(new DeliveredFile(messagePath, message.Id, message.SizeBytes), _files);
        return new UnvalidatedRelease(
            "release.json/1", null, null, null, false, null, null, null, null, null, [], null, null, _tracks, _images, "/");
    }

    public Task<StageOutcome> Checksum()
    {
        var release = Build();
        return ChecksumStage.Run(release, Delivery, vault, CancellationToken.None);
    }
}
