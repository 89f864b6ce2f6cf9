using System.CommandLine;

namespace Pipeline.Actors.Cli;

/// <summary>Exit codes of every verb; scripts rely on them.</summary>
public static class ExitCode
{
    /// <summary>Yes. A duplicate is yes.</summary>
    public const int Yes = 0;

    /// <summary>The answer is no: quarantined, rejected, verification failed.</summary>
    public const int No = 1;

    /// <summary>The command line is off.</summary>
    public const int Usage = 2;

    /// <summary>Cannot read or reach what the verb was pointed at.</summary>
    public const int Unreachable = 3;
}

/// <summary>The command line: one file a verb.</summary>
public static class Mp
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand(
            "mp: custody of music. Receives releases, verifies them stage by stage, and proves every step in an append-only log.")
        {
            NodeVerb.Command(),
            InspectVerb.Command(),
            IngestVerb.Command(),
            StatusVerb.Command(),
            ResolveVerb.Command(),
            RulesVerb.Command(),
            SchemasVerb.Command(),
            KeyVerb.Command(),
            LogVerb.Command(),
            ExportVerb.Command(),
            VaultVerb.Command(),
            SplitVerb.Command(),
            EraseVerb.Command(),
            BackupVerb.Command(),
            RestoreVerb.Command(),
            RecoverVerb.Command(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"mp: {error.Message}");
            }
            await Console.Error.WriteLineAsync("See 'mp --help', or 'mp VERB --help' for a verb with examples.");
            return ExitCode.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is IOException or System.Data.Common.DbException or UnauthorizedAccessException or HttpRequestException or TimeoutException
            or Hosting.StartupRefusedException or InvalidDataException or CannotReachException or Backups.RecoveryRefusedException)
        {
            await Console.Error.WriteLineAsync($"mp: {e.Message}");
            return ExitCode.Unreachable;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("mp: interrupted; nothing acknowledged is lost, run the same again");
            return ExitCode.Unreachable;
        }
    }
}
