using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Vault;

/// <summary>
/// Finds a good copy: the first in the order of the stores whose bytes are those of the name. A copy that is passed over
/// is left as it is and told of. With one store there is nothing to pass over to, and nobody looks ahead.
/// </summary>
/// <param name="fetched">Where objects go that no store here has as files.</param>
internal sealed class CopyReading(
    IDisk disk, IReadOnlyList<IObjectStore> stores, FetchedObjects fetched, Action<CopyTrouble> onTrouble)
{
    public async Task<string> LocalPathAsync(Sha256Digest id, CancellationToken cancel)
    {
        var worst = default(IOException);
        foreach (var files in stores.OfType<FileStore>())
        {
            if (!await files.ExistsAsync(id, cancel))
            {
                continue;
            }
            if (stores.Count == 1 || await IsGoodAsync(files))
            {
                return files.PathOf(id);
            }
        }
        if (await fetched.FindAsync(id, cancel) is { } earlier)
        {
            return earlier;
        }
        foreach (var store in stores.Where(s => s is not FileStore && s.Access is not StoreAccess.WriteOnly))
        {
            if (await FetchAsync(store) is { } path)
            {
                return path;
            }
        }
        throw worst ?? new ObjectMissingException(id);

        async Task<bool> IsGoodAsync(FileStore files)
        {
            try
            {
                await using var bytes = await files.OpenAsync(id, fresh: false, cancel);
                var found = await VerifiedCopy.HashAsync(bytes, cancel);
                if (found != id)
                {
                    throw new ObjectDamagedException(id, found);
                }
                return true;
            }
            catch (IOException e)
            {
                worst = Tell(files, e);
                return false;
            }
        }

        async Task<string?> FetchAsync(IObjectStore store)
        {
            try
            {
                return await fetched.AddAsync(id, await store.OpenAsync(id, fresh: false, cancel), cancel);
            }
            catch (IOException e)
            {
                worst = Tell(store, e);
                return null;
            }
        }

        IOException? Tell(IObjectStore store, IOException error)
        {
            switch (error)
            {
                case ObjectMissingException:
                    return worst;
                case ObjectDamagedException damaged:
                    onTrouble(new CopyTrouble.Damaged(id, store.Name, damaged.Found));
                    return damaged;
                default:
                    onTrouble(new CopyTrouble.Unreadable(id, store.Name, error.Message));
                    return worst ?? error;
            }
        }
    }

    public async Task<Stream> OpenVerifiedAsync(Sha256Digest id, CancellationToken cancel)
    {
        try
        {
            return new VerifyingStream(disk.OpenRead(await LocalPathAsync(id, cancel)), id);
        }
        catch (FileNotFoundException)
        {
            throw new ObjectMissingException(id);
        }
    }
}
