using System.Globalization;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Catalogue;
using Pipeline.Ingest.Stages;

namespace Pipeline.Ingest.Deliveries;

/// <summary>
/// Holds a batch against its manifest: as many messages as counted, every listed one there with its hash, every one that is
/// there listed, every other file noticed.
/// </summary>
internal static class BatchCheck
{
    internal static Batch Read(FolderContents folder)
    {
        var manifests = folder.Paths.Where(p => DeliveryNames.BatchIdOfManifest(p) is not null).ToList();
        var id = DeliveryNames.BatchIdOfManifest(manifests[0]) is { Length: > 0 } named ? named : DeliveryNames.BatchIdOfFolder(folder.Name) ?? "";
        var findings = new List<Finding>();
        BatchManifest? manifest = null;
        if (folder.Paths.Count > BatchLimits.MaxFiles)
        {
            findings.Add(BatchRules.BatchTooLarge.Broken(folder.Name, folder.Paths.Count.ToString(CultureInfo.InvariantCulture),
                $"The folder holds more than {BatchLimits.MaxFiles} files.", "Split the batch into several."));
        }
        else if (manifests.Count > 1)
        {
            findings.Add(BatchRules.ManifestTwice.Broken(folder.Name, string.Join(", ", manifests.Take(10)),
                $"The batch has {manifests.Count} manifests, and it is not for us to choose.", "Leave the one that is meant."));
        }
        else if (folder.Read(manifests[0]) is not { } bytes)
        {
            findings.Add(BatchRules.ManifestUnreadable.Broken(manifests[0], null,
                $"The manifest is longer than {CatalogueLimits.MaxMessageBytes} bytes, so nobody knows what the batch should hold.", "Split the batch into several."));
        }
        else if (bytes.IsEmpty)
        {
            findings.Add(BatchRules.ManifestEmpty.Broken(manifests[0], null,
                "The manifest is an empty file: it says that the batch is there and not what belongs to it, so nothing missing or changed can be noticed.",
                "Write a ManifestMessage with the number of messages, their ids, addresses and hashes."));
        }
        else
        {
            manifest = BatchManifestReader.Read(manifests[0], bytes, out var why);
            findings.AddRange(why is null ? [] : [why]);
        }
        if (manifest is not null)
        {
            findings.AddRange(OfManifest(folder.Name, manifests[0], manifest));
        }
        var listed = manifest is null ? [] : Listed(folder, id, manifests[0], manifest);
        var others = Unlisted(folder, id, manifest, listed, findings);
        // A manifest that contradicts itself says of no message that it is all of what was sent.
        var ofAll = findings.Where(f => f.Severity == Severity.Reject).ToList();
        return new Batch(folder.Name, Distinct(listed.Concat(others).Select(m => m with { Findings = [.. ofAll, .. m.Findings] })), [], Bound(findings));
    }

    /// <summary>Each message its own answer, also where two would be called the same.</summary>
    internal static IReadOnlyList<BatchMessage> Distinct(IEnumerable<BatchMessage> messages)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. messages.Select(m =>
        {
            var name = m.Acknowledgement;
            for (var number = 2; !taken.Add(name); number++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{m.Acknowledgement[..^".xml".Length]}_{number}.xml");
            }
            return m with { Acknowledgement = name };
        })];
    }

    internal static Finding Unlisted(string path) => BatchRules.FileUnlisted.Broken(path, path,
        "The batch holds this file outside of the folder of any message: it is left where it is and used for nothing.",
        "Put it into the folder of its release and name it in the message, or leave it out.");

    internal static IReadOnlyList<Finding> Bound(IEnumerable<Finding> findings) => [.. findings.OrderByDescending(f => f.Severity).Take(BatchLimits.MaxFindings)];

    private static IEnumerable<Finding> OfManifest(string folder, string file, BatchManifest manifest)
    {
        var listed = manifest.Messages.Count.ToString(CultureInfo.InvariantCulture);
        var stated = manifest.NumberOfMessages?.Value.Trim();
        if (!long.TryParse(stated, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var counted) || counted != manifest.Messages.Count)
        {
            yield return BatchRules.CountDiffers.Broken($"{file}: {manifest.NumberOfMessages?.Place ?? manifest.Place}", stated,
                $"The manifest counts {(stated is { Length: > 0 } ? stated : "no")} messages and lists {listed}: what is missing cannot be told.",
                "Write the manifest again so that NumberOfMessages is the number of MessageInBatch.");
        }
        if (manifest.RootDirectory is { } root && Trimmed(root.Value) is { Length: > 0 } name && name != folder)
        {
            yield return BatchRules.RootDiffers.Broken($"{file}: {root.Place}", root.Value,
                $"The manifest names another root directory; the batch lies in {folder}.", "State the name of the batch's folder as RootDirectory.");
        }
    }

    private static List<BatchMessage> Listed(FolderContents folder, string id, string file, BatchManifest manifest)
    {
        var paths = folder.Paths.ToHashSet(StringComparer.Ordinal);
        var resolved = manifest.Messages.Select(m => (Listed: m, Path: Resolve(m, manifest, paths, out var why), Why: why)).ToList();
        var times = resolved.Where(m => m.Path is not null).GroupBy(m => m.Path!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var folders = times.Keys.Select(FolderOf).GroupBy(f => f, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var above = folders.Keys.SelectMany(Ancestors).ToHashSet(StringComparer.Ordinal);
        var messages = new List<BatchMessage>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (entry, path, why) in resolved)
        {
            if (path is not null && !seen.Add(path))
            {
                // The finding stands at the first listing of it; one file is one message.
                continue;
            }
            var findings = new List<Finding>();
            var within = path is null ? "" : FolderOf(path);
            var isThere = path is not null && paths.Contains(path);
            if (path is null)
            {
                findings.Add(BatchRules.AddressOutside.Broken($"{file}: {entry.Address?.Place ?? entry.Place}", entry.Address?.Value,
                    $"The manifest lists a message whose address leads nowhere in the batch: {why}.", "State the message's path below the batch's folder as URL."));
            }
            else if (times[path] > 1)
            {
                findings.Add(BatchRules.MessageTwice.Broken($"{file}: {entry.Place}", path,
                    $"The manifest lists this message {times[path]} times, so its count is not that of the messages.", "List each message once and correct NumberOfMessages."));
            }
            if (path is not null && !isThere)
            {
                findings.Add(BatchRules.MessageAbsent.Broken($"{file}: {entry.Address!.Place}", path,
                    "The manifest lists this message and the batch does not hold it. Names are compared exactly, with their case.",
                    "Send the release folder with its message again, or correct the manifest."));
            }
            if (isThere && (within.Length == 0 || folders[within] > 1 || above.Contains(within)))
            {
                findings.Add(BatchRules.FolderShared.Broken(path!, within,
                    "The message has no folder to itself, so nobody can say which files are its own.", "Deliver one folder for each message."));
            }
            var head = MessageHead.None;
            if (isThere)
            {
                findings.AddRange(OfMessage(folder, file, manifest, entry, path!, ref head));
            }
            messages.Add(Message(folder, id, manifest, entry, path, isThere, head, findings));
        }
        return messages;
    }

    private static List<Finding> OfMessage(FolderContents folder, string file, BatchManifest manifest, ListedMessage entry, string path, ref MessageHead head)
    {
        if (folder.Read(path) is not { } bytes)
        {
            // Its size alone refuses it, where it is handed in; nothing of it is hashed here.
            return [];
        }
        head = MessageHead.Of(bytes);
        var findings = MessageHash.Check(file, entry, path, bytes.Span).ToList();
        // A message without an id is refused where it is handed in, and kept.
        if (entry.MessageId is { } listed && head.MessageId is { } own && own.Value.Trim().Length > 0 && listed.Value.Trim() != own.Value.Trim())
        {
            findings.Add(BatchRules.MessageIdDiffers.Broken($"{file}: {listed.Place}", listed.Value,
                $"{path} has the message id '{own.Value}': the listed message is not there, or another lies in its place.", "Send message and manifest with one id."));
        }
        if (manifest.Sender is { } sender && head.Sender is { } from && sender.Value.Trim() != from.Value.Trim())
        {
            findings.Add(BatchRules.SenderDiffers.Broken($"{path}: {from.Place}", from.Value,
                $"The manifest comes from {sender.Value} and this message from another.", "Nothing, where you deliver for others; otherwise correct the sender."));
        }
        if (manifest.IsTest && !head.IsTest)
        {
            findings.Add(BatchRules.TestDiffers.Broken(path, null,
                "The manifest says that the batch is a test, and this message that it is live: it was not applied.",
                "Send it as a TestMessage, or the batch with IsTestFlag false."));
        }
        return findings;
    }

    private static BatchMessage Message(
        FolderContents folder, string id, BatchManifest? manifest, ListedMessage? entry, string? path, bool isThere, MessageHead head, List<Finding> findings)
    {
        var within = path is null ? "" : FolderOf(path);
        var name = path is null ? "" : path[(within.Length > 0 ? within.Length + 1 : 0)..];
        // Of a message that has no folder, or is nowhere, the listed id or file name is all there is to call it by.
        var release = within.Length > 0 ? within[(within.LastIndexOf('/') + 1)..] : name.Length > 0 ? name : entry?.MessageId?.Value.Trim() ?? "unnamed";
        var address = new MessageHead(head.MessageId ?? entry?.MessageId, head.Sender ?? manifest?.Sender, head.Recipient ?? manifest?.Recipient, manifest?.Created ?? head.Created, head.IsTest);
        return new BatchMessage(within, isThere ? name : null, isThere && within.Length > 0 ? [.. folder.Below(within).Where(f => f != name)] : [],
            DeliveryNames.Acknowledgement(id, within.Length > 0 ? within : release), address, release, DeliveryNames.Day(id), findings);
    }

    /// <summary>Messages that nobody listed, and into <paramref name="findings"/> the files that belong to none.</summary>
    private static List<BatchMessage> Unlisted(
        FolderContents folder, string id, BatchManifest? manifest, List<BatchMessage> listed, List<Finding> findings)
    {
        var own = listed.Where(m => m.Message is not null && m.Folder.Length > 0).Select(m => m.Folder).ToHashSet(StringComparer.Ordinal);
        var known = listed.Where(m => m.Message is not null).Select(m => m.Path).ToHashSet(StringComparer.Ordinal);
        var rest = folder.Paths.Where(p => DeliveryNames.BatchIdOfManifest(p) is null && !known.Contains(p)
            && !p.StartsWith(DeliveryNames.Acknowledgements + "/", StringComparison.Ordinal) && !Ancestors(p).Any(own.Contains)).ToList();
        var messages = new List<BatchMessage>();
        foreach (var path in rest.Where(p => IsMessage(folder, p)).Take(BatchLimits.MaxMessages))
        {
            own.Add(FolderOf(path));
            known.Add(path);
            var head = folder.Read(path) is { } bytes ? MessageHead.Of(bytes) : MessageHead.None;
            List<Finding> of = manifest is null ? [] : [BatchRules.MessageUnlisted.Broken(path, head.MessageId?.Value,
                "The batch holds this message and its manifest does not list it: it may be a leftover, so it was not handed in.",
                "List it in the manifest, or leave it out.")];
            if (manifest is null && FolderOf(path).Length == 0)
            {
                of.Add(BatchRules.FolderShared.Broken(path, null,
                    "The message has no folder to itself, so nobody can say which files are its own.", "Deliver one folder for each message."));
            }
            messages.Add(Message(folder, id, manifest, null, path, true, head, of));
        }
        findings.AddRange(rest.Where(p => !known.Contains(p) && !Ancestors(p).Any(own.Contains)).Select(Unlisted));
        return messages;
    }

    private static bool IsMessage(FolderContents folder, string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return CatalogueReader.FindMessage([name], _ => folder.Prefix(path)) is MessageSearch.Found;
    }

    private static string? Resolve(ListedMessage entry, BatchManifest manifest, HashSet<string> paths, out string why)
    {
        why = "it has none";
        if (entry.Address is not { } address || DeliveryPath.Resolve("", address.Value.Trim(), out why) is not { } path)
        {
            return null;
        }
        // Some senders begin at the folder above the batch.
        var root = Trimmed(manifest.RootDirectory?.Value ?? "") + "/";
        return !paths.Contains(path) && root.Length > 1 && path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : path;
    }

    private static string Trimmed(string root) => root.Trim().TrimStart('.').Trim('/');

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var end ? path[..end] : "";

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var folder = FolderOf(path); folder.Length > 0; folder = FolderOf(folder))
        {
            yield return folder;
        }
    }
}
