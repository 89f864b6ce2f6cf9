using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Audit.Durable;

namespace Pipeline.Actors.Backups;

/// <summary>A file of a backup.</summary>
/// <param name="Path">Below the backup's directory, with <c>/</c>.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record BackupFile(string Path, long SizeBytes, string Sha256);

/// <summary>
/// <c>backup.json</c>, the last file of a backup to be written: a directory without it is half a backup.
/// </summary>
/// <param name="Origin">The log's.</param>
/// <param name="Taken">When the first database was copied, ms since 1970 UTC: what is older than this is inside.</param>
/// <param name="LogSize">Entries of the copied log database.</param>
/// <param name="LogRoot">Its root, hex.</param>
/// <param name="PublishedSize">Entries under the copied checkpoint; 0 without one.</param>
/// <param name="Files">All files but this one, in the order of their names.</param>
/// <param name="NotInside">What a restore needs from elsewhere, in words.</param>
public sealed record BackupManifest(
    int Version, string Origin, long Taken, long LogSize, string LogRoot, long PublishedSize,
    IReadOnlyList<BackupFile> Files, IReadOnlyList<string> NotInside)
{
    public const int CurrentVersion = 1;

    public const string FileName = "backup.json";

    /// <summary>Longest manifest read: some million files.</summary>
    private const int MaxFileBytes = 256 * 1024 * 1024;

    /// <exception cref="BackupDamagedException">There is none, or it is none of ours.</exception>
    public static BackupManifest Read(IDisk disk, string backup)
    {
        var path = System.IO.Path.Combine(backup, FileName);
        if (!disk.FileExists(path))
        {
            throw new BackupDamagedException($"{path} is missing: this is no backup, or one that was not finished. Nothing was restored.");
        }
        try
        {
            return JsonSerializer.Deserialize(DurableFile.ReadAll(disk, path, MaxFileBytes), BackupManifestJson.Default.BackupManifest)
                is { Version: CurrentVersion, Origin: not null, Files: not null, NotInside: not null } manifest && manifest.Files.All(f => IsInside(f.Path))
                ? manifest
                : throw new BackupDamagedException($"{path} is not the manifest of a backup that this release knows. Nothing was restored.");
        }
        catch (JsonException e)
        {
            throw new BackupDamagedException($"{path} is damaged: {e.Message}. Nothing was restored.");
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, BackupManifestJson.Default.BackupManifest);

    /// <summary>A manifest is a file like any other, and no name in it may lead out of the directory.</summary>
    private static bool IsInside(string? path) =>
        path is { Length: > 0 } && path != FileName && path[0] != '/' && !path.Contains('\\', StringComparison.Ordinal)
        && path.Split('/').All(part => part is not ("" or "." or ".."));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BackupManifest))]
public sealed partial class BackupManifestJson : JsonSerializerContext;

/// <summary>The backup is not what was written; the message names the file.</summary>
public sealed class BackupDamagedException(string message) : Exception(message);

/// <summary>What was asked cannot be done with the directories given; nothing was changed.</summary>
public sealed class RecoveryRefusedException(string message) : Exception(message);
