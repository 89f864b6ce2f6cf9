using Azure.Storage.Blobs;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Hosting;

/// <summary>An account in <c>--config</c>.</summary>
/// <param name="Connection">Connection string, of a key or a shared access signature.</param>
/// <param name="Reader">The same with a credential that can only read, for write-only stores.</param>
public sealed record AzureAccount(string? Connection = null, string? Reader = null)
{
    // It is printed where a configuration is.
    public override string ToString() => nameof(AzureAccount);
}

/// <summary>
/// Where the secrets of a container come from: the file that its spec names, the configuration, the environment
/// (<c>MP_AZURE_CONNECTION</c>, <c>MP_AZURE_READER</c>; with an account, <c>MP_AZURE_CONNECTION_NAME</c>), in this order.
/// Never the command line, which every user of the machine can read.
/// </summary>
public static class AzureConnections
{
    private const int MaxConnectionBytes = 16 * 1024;

    /// <returns>The container as this node may use it, and as a separate reader may; null without one.</returns>
    /// <exception cref="StartupRefusedException">There is no connection string, or it is none.</exception>
    public static (BlobContainerClient Container, BlobContainerClient? Reader) Open(
        StoreSpec.Azure spec, NodeConfig config, Func<string, string?> environment)
    {
        var account = config.Azure?.GetValueOrDefault(spec.Account);
        var suffix = spec.Account == StoreSpec.DefaultAccount ? "" : "_" + new string([.. spec.Account.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_')]);
        var connection = ReadFile(spec.ConnectionFile) ?? account?.Connection ?? environment("MP_AZURE_CONNECTION" + suffix)
            ?? throw new StartupRefusedException(
                $"{spec.Place} needs a connection string: name a file with connection-file=PATH in its spec, set MP_AZURE_CONNECTION{suffix}, or give azure.{spec.Account}.connection in --config.");
        var reader = ReadFile(spec.ReaderFile) ?? account?.Reader ?? environment("MP_AZURE_READER" + suffix);
        return (Client(spec, connection), reader is null ? null : Client(spec, reader));
    }

    private static BlobContainerClient Client(StoreSpec.Azure spec, string connection)
    {
        try
        {
            return new BlobContainerClient(connection.Trim(), spec.Container, AzureLimits.Options());
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            // The message of the library may quote what it was given.
            throw new StartupRefusedException($"The connection string for {spec.Place} is not one of Azure Storage.");
        }
    }

    private static string? ReadFile(string? path)
    {
        if (path is null)
        {
            return null;
        }
        using var file = File.OpenRead(path);
        return file.Length <= MaxConnectionBytes
            ? new StreamReader(file).ReadToEnd()
            : throw new StartupRefusedException($"{path} has {file.Length} bytes; a connection string has fewer than {MaxConnectionBytes}.");
    }
}
