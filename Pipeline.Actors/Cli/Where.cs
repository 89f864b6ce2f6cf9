using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Pipeline.Actors.Hosting;
using Serilog.Events;

namespace Pipeline.Actors.Cli;

/// <summary>The node could not be found or reached; the message says what to do.</summary>
public sealed class CannotReachException(string message) : Exception(message);

/// <summary>
/// Where a verb finds its node: <c>--server URL --key K</c>, or <c>--data DIR</c>: the node that runs there, or one that
/// is started for the verb and stopped after it. Verbs speak HTTP in every case, so that there is one way in.
/// </summary>
public sealed class Where
{
    public Option<string?> Data { get; } = new("--data") { Description = "Data directory of this machine's node", HelpName = "DIR" };

    public Option<string?> Server { get; } = new("--server") { Description = "Address of a node, e.g. http://127.0.0.1:5080", HelpName = "URL" };

    public Option<string?> Key { get; } = new("--key") { Description = "Key for --server (or the environment variable MP_KEY)", HelpName = "KEY" };

    /// <summary>Who acts, by the name of a key of the tenant <c>local</c>; the machine's administrator without it.</summary>
    public Option<string?> As { get; } = new("--as") { Description = "Act as the holder of this key (with --data)", HelpName = "NAME" };

    public Option<bool> Json { get; } = new("--json") { Description = "One JSON object a line on stdout" };

    /// <summary>A directory as it was typed, absolute and without a slash at its end.</summary>
    public static string Directory(string typed) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(typed));

    /// <param name="unless">When true for what was typed, the verb needs no node.</param>
    /// <param name="asSomebody">True for verbs that a named person can be asked for.</param>
    public void AddTo(Command command, Func<CommandResult, bool>? unless = null, bool asSomebody = false)
    {
        if (asSomebody)
        {
            command.Options.Add(As);
        }
        command.Options.Add(Data);
        command.Options.Add(Server);
        command.Options.Add(Key);
        command.Options.Add(Json);
        command.Validators.Add(result =>
        {
            if (unless?.Invoke(result) != true && result.GetValue(Data) is null == result.GetValue(Server) is null)
            {
                result.AddError("give --data DIR or --server URL");
            }
            if (asSomebody && result.GetValue(As) is not null && result.GetValue(Server) is not null)
            {
                result.AddError("--as goes with --data; at a server you are whose key you give");
            }
        });
    }

    /// <param name="runsStages">True for verbs that wait for releases; a node started only to be asked begins nothing.</param>
    public async Task<NodeConnection> ConnectAsync(ParseResult parsed, CancellationToken cancel, bool runsStages = false)
    {
        if (parsed.GetValue(Server) is { } server)
        {
            var client = new HttpClient { BaseAddress = new Uri(server.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
            if ((parsed.GetValue(Key) ?? Environment.GetEnvironmentVariable("MP_KEY")) is { Length: > 0 } key)
            {
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            }
            return new NodeConnection(client, null, isRemote: true);
        }
        var data = Path.GetFullPath(parsed.GetValue(Data)!);
        NodeHost? own = null;
        if (!DataDirectory.IsInUse(data))
        {
            try
            {
                own = await NodeHost.StartAsync(
                    NodeOptions.For(data, runsStages: runsStages, demoFiles: Environment.GetEnvironmentVariable("MP_DEMO_FILES") == "1"), LogEventLevel.Error, cancel);
            }
            catch (DataDirectoryInUseException)
            {
                // A node started between the look and the lock: it answers.
            }
        }
        var socket = DataDirectory.SocketOf(data);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), token);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        var local = new HttpClient(handler) { BaseAddress = new Uri("http://node/"), Timeout = Timeout.InfiniteTimeSpan };
        if (parsed.CommandResult.Command.Options.Contains(As) && parsed.GetValue(As) is { } name)
        {
            local.DefaultRequestHeaders.Add(Web.Api.WhoAsks.ActingAs, Uri.EscapeDataString(name));
        }
        return new NodeConnection(local, own, isRemote: false);
    }
}

/// <summary>A verb's way to its node; disposing stops a node that was started for it.</summary>
/// <param name="isRemote">Reached by <c>--server</c>: there is a line between, which may break.</param>
public sealed class NodeConnection(HttpClient http, NodeHost? own, bool isRemote) : IAsyncDisposable
{
    public HttpClient Http { get; } = http;

    public bool IsRemote { get; } = isRemote;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (own is not null)
        {
            await own.DisposeAsync();
        }
    }
}
