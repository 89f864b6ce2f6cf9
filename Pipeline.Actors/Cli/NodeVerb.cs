using System.CommandLine;
using Pipeline.Actors.Hosting;
using Serilog.Events;

namespace Pipeline.Actors.Cli;

/// <summary><c>mp node</c>: runs a node until it is told to stop.</summary>
public static class NodeVerb
{
    public static Command Command()
    {
        var data = new Option<string>("--data") { Required = true, HelpName = "DIR", Description = "Data directory; made when missing" };
        var urls = new Option<string[]>("--urls") { HelpName = "URL", Description = "HTTP addresses", DefaultValueFactory = _ => ["http://127.0.0.1:5080"], AllowMultipleArgumentsPerToken = true };
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "JSON: postgres, host, port, seeds, roles, origin, weakSandbox" };
        var vault = new Option<string?>("--vault") { HelpName = "DIR", Description = "Vault shared by a cluster; inside --data otherwise" };
        var log = new Option<string?>("--log") { HelpName = "DIR", Description = "Log directory shared by a cluster; inside --data otherwise" };
        var keys = new Option<string?>("--keys") { HelpName = "DIR", Description = "Where the log's key lies; beside --log if that is given, else beside --data" };
        var open = new Option<bool>("--open-loopback") { Description = "Accountless artists on loopback only" };
        var command = new Command("node", """
            Runs a node until it is told to stop.

            Examples:
              mp node --data ./data --open-loopback
              mp node --data /srv/n1 --config three-nodes.json --vault /shared/vault --log /shared/log --urls http://10.0.0.1:5080
            """)
        {
            data, urls, config, vault, log, keys, open,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var options = NodeOptions.For(
                parsed.GetValue(data)!,
                [.. parsed.GetValue(urls)!.SelectMany(u => u.Split(';', StringSplitOptions.RemoveEmptyEntries))],
                parsed.GetValue(vault), parsed.GetValue(log), parsed.GetValue(keys), parsed.GetValue(open),
                parsed.GetValue(config) is { } file ? NodeConfig.Read(file) : null,
                Environment.GetEnvironmentVariable("MP_DEMO_FILES") == "1");
            await using var node = await NodeHost.StartAsync(options, LogEventLevel.Information, cancel);
            await Console.Error.WriteLineAsync($"mp node: serving {string.Join(", ", options.Urls)} and {DataDirectory.SocketOf(options.Data)}");
            await node.WaitForShutdownAsync(cancel);
            return ExitCode.Yes;
        });
        return command;
    }
}
