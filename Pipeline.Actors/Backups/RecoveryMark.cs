using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Audit.Durable;

namespace Pipeline.Actors.Backups;

/// <summary>How far a recovery is, and what it still holds back.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RecoveryPhase>))]
public enum RecoveryPhase
{
    /// <summary>Begun and not ended: nothing may be sequenced before <c>mp recover</c> was run to its end.</summary>
    [JsonStringEnumMemberName("refilling")] Refilling,

    /// <summary>The databases are whole as far as the log and the backup could make them.</summary>
    [JsonStringEnumMemberName("ended")] Ended,
}

/// <summary>May money leave?</summary>
/// <param name="IsShut">True while nothing may be paid.</param>
/// <param name="Why">For people; empty when open.</param>
public sealed record PayoutGate(bool IsShut, string Why);

/// <summary>
/// The file <c>recovered.json</c> in a data directory whose databases were once older than the world: put there by
/// <c>mp restore</c> and <c>mp recover</c>, and never removed by itself.
/// </summary>
/// <param name="Taken">When the databases were copied, ms since 1970 UTC; 0 when nobody knows.</param>
/// <param name="Ended">When the last restore or recovery ended, ms since 1970 UTC; 0 before.</param>
/// <param name="Refilled">Entries put back from the log, over all recoveries.</param>
/// <param name="WithoutPrivatePart">Those of them whose private part is gone.</param>
/// <param name="LogOnly">Those of them whose source could not be named: they are in the log and in no journal.</param>
/// <param name="NamesAnew">True while a refill is under way that could not name every source: new ones then get pseudonyms of another salt.</param>
/// <param name="UploadsCleared">When an operator allowed the sweeps again, ms since 1970 UTC; 0 while they are held.</param>
public sealed record RecoveryMark(
    int Version, RecoveryPhase Phase, long Taken, long Ended, long Refilled, long WithoutPrivatePart, long LogOnly, bool NamesAnew, long UploadsCleared)
{
    public const int CurrentVersion = 1;

    public const string FileName = "recovered.json";

    private const int MaxFileBytes = 4096;

    /// <summary>A directory that was just restored or is about to be refilled.</summary>
    public static RecoveryMark Begun(long taken) => new(CurrentVersion, RecoveryPhase.Refilling, taken, 0, 0, 0, 0, false, 0);

    /// <summary>
    /// True while no sweep may end an upload or move an object: what the older database does not know may be somebody's
    /// all the same.
    /// </summary>
    [JsonIgnore]
    public bool HoldsUploads => UploadsCleared == 0;

    /// <summary>One line for operators.</summary>
    [JsonIgnore]
    public string Warning =>
        $"RESTORED: databases of {Printed(Taken)}{(Refilled > 0 ? $", {Refilled} entries refilled from the log ({WithoutPrivatePart} without their private part, {LogOnly} in the log only)" : "")}. "
        + "Payouts are held until bank statements since then are imported."
        + (HoldsUploads ? " Sweeps touch no upload and no object; when you have looked at them: mp recover --data DIR --clear uploads." : "");

    /// <summary>Null for a directory that was never restored.</summary>
    /// <exception cref="InvalidDataException">There is one and it cannot be read: treat it as holding everything.</exception>
    public static RecoveryMark? Find(IDisk disk, string root)
    {
        var path = Path.Combine(root, FileName);
        if (!disk.FileExists(path))
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize(DurableFile.ReadAll(disk, path, MaxFileBytes), RecoveryMarkJson.Default.RecoveryMark) is { Version: CurrentVersion } mark
                ? mark
                : throw new InvalidDataException($"{path} is not of this release. Start the release that wrote it.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}. Run 'mp recover --from-log' again; it writes it anew.", e);
        }
    }

    /// <summary>
    /// The one place to ask before money leaves. What was paid after the copy was taken is known to the bank alone, so the
    /// gate stays shut until its statements since then are imported. A mark that cannot be read shuts it too.
    /// </summary>
    public static PayoutGate PayoutGate(IDisk disk, string root) => Holds(disk, root, _ => true)
        ? new PayoutGate(true, "The databases were restored: payments since then are known to the bank alone. Nothing is paid before its statements since then are imported.")
        : new PayoutGate(false, "");

    /// <summary>What sweeps ask. A mark that cannot be read holds.</summary>
    public static bool AreUploadsHeld(IDisk disk, string root) => Holds(disk, root, mark => mark.HoldsUploads);

    /// <summary>One line for operators; null for a directory that was never restored.</summary>
    public static string? WarningOf(IDisk disk, string root)
    {
        try
        {
            return Find(disk, root)?.Warning;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return $"RESTORED: {e.Message} Until then payouts and sweeps are held.";
        }
    }

    public void Write(IDisk disk, string root) =>
        // If we crash here, the mark before stands: it holds at least as much, or the run that wrote it is repeated.
        DurableFile.Replace(disk, Path.Combine(root, FileName), JsonSerializer.SerializeToUtf8Bytes(this, RecoveryMarkJson.Default.RecoveryMark));

    private static bool Holds(IDisk disk, string root, Func<RecoveryMark, bool> what)
    {
        try
        {
            return Find(disk, root) is { } mark && what(mark);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return true;
        }
    }

    private static string Printed(long milliseconds) => milliseconds == 0
        ? "an unknown time"
        : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RecoveryMark))]
public sealed partial class RecoveryMarkJson : JsonSerializerContext;
