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
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "JSON: postgres, host, port, seeds, roles, origin, vault, replicas, copies, azure, policy, independentWitnesses, weakSandbox" };
        var vault = new Option<string?>("--vault") { HelpName = "STORE", Description = "Primary store, shared by a cluster: DIR or azure:CONTAINER; inside --data otherwise" };
        var replica = new Option<string[]>("--replica") { HelpName = "STORE", Description = "Another store for a copy of everything; repeatable; 'none' ends them all. Kept in --data for later starts" };
        var copies = new Option<int?>("--copies") { HelpName = "N", Description = "Failure domains that must have proven their copy before anything is received; 1 alone, else 2" };
        var log = new Option<string?>("--log") { HelpName = "DIR", Description = "Log directory shared by a cluster; inside --data otherwise" };
        var keys = new Option<string?>("--keys") { HelpName = "DIR", Description = "Where the log's key lies; beside --log if that is given, else beside --data" };
        var policy = new Option<string?>("--policy") { HelpName = "FILE", Description = "Whom the log's readers trust (C2SP tlog-policy): the witnesses with an address are asked to cosign" };
        var open = new Option<bool>("--open-loopback") { Description = "Accountless artists on loopback only" };
        var command = new Command("node", """
            Runs a node until it is told to stop.

            Examples:
              mp node --data ./data --open-loopback
              mp node --data /srv/n1 --config three-nodes.json --vault /shared/vault --log /shared/log --urls http://10.0.0.1:5080
              mp node --data ./data --replica /mnt/second-disk/vault --replica azure:masters,domain=west,write-only

            A STORE is DIR[,domain=NAME][,name=NAME], or azure:CONTAINER with the same and [,write-only] [,account=NAME]
            [,connection-file=PATH] [,reader-file=PATH]. A connection string comes from that file, from --config
            (azure.ACCOUNT.connection) or from MP_AZURE_CONNECTION[_ACCOUNT], never from the command line.
            Copies in one failure domain count once. The domain of a directory is its device unless it is named: two
            partitions of one disk, or two disks of one machine, are told apart by device and still burn together.
            """)
        {
            data, urls, config, vault, replica, copies, log, keys, policy, open,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var options = NodeOptions.For(
                parsed.GetValue(data)!,
                [.. parsed.GetValue(urls)!.SelectMany(u => u.Split(';', StringSplitOptions.RemoveEmptyEntries))],
                parsed.GetValue(vault), parsed.GetValue(log), parsed.GetValue(keys), parsed.GetValue(open),
                parsed.GetValue(config) is { } file ? NodeConfig.Read(file) : null,
                Environment.GetEnvironmentVariable("MP_DEMO_FILES") == "1",
                replicas: parsed.GetValue(replica), copies: parsed.GetValue(copies), policy: parsed.GetValue(policy));
            await using var node = await NodeHost.StartAsync(options, LogEventLevel.Information, cancel);
            await Console.Error.WriteLineAsync($"mp node: serving {string.Join(", ", options.Urls)} and {DataDirectory.SocketOf(options.Data)}");
            await node.WaitForShutdownAsync(cancel);
            return ExitCode.Yes;
        });
        return command;
    }
}
