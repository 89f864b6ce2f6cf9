namespace Pipeline.Ingest.Audio;

/// <summary>Finds out once, at start, how strong a cage this machine allows: by building one.</summary>
public static class SandboxProbe
{
    private const int ProbeSeconds = 20;

    /// <summary>Tries strong, then weak.</summary>
    public static async Task<Sandbox> Run(AudioTools tools, CancellationToken cancel)
    {
        var strong = new Sandbox(SandboxStrength.Strong, "");
        var whyNotStrong = await WhyNot(strong, tools, cancel);
        if (whyNotStrong is null)
        {
            return strong;
        }
        var weak = new Sandbox(SandboxStrength.Weak, "no namespaces for decoders: " + whyNotStrong);
        return await WhyNot(weak, tools, cancel) is { } whyNotWeak
            ? new Sandbox(SandboxStrength.None, "decoders cannot run: " + whyNotWeak)
            : weak;
    }

    /// <summary>
    /// What decides besides our rules, for <c>StageInput.Rules</c>: e.g. <c>ffmpeg 5.1.9 flac 1.4.2</c>. A tool that does
    /// not answer is called <c>none</c>.
    /// </summary>
    public static async Task<string> ToolVersions(Sandbox sandbox, AudioTools tools, CancellationToken cancel)
    {
        // Side by side, because a node's start waits for them. ffprobe is of one build with ffmpeg and is not asked.
        var said = await Task.WhenAll(Version(tools.Ffmpeg, "-version"), Version(tools.Flac, "--version"));
        return $"ffmpeg {said[0]} flac {said[1]}";

        async Task<string> Version(string tool, string option)
        {
            var said = new MemoryStream();
            var command = sandbox.Command(tool, tool, ProbeSeconds, _ => [option]);
            var end = await CagedProcess.Run(command, ProbeSeconds, DecoderLimits.ProbeAnswerBytes, b => said.Write(b), cancel);
            // "ffmpeg version 5.1.9-0+deb12u1 Copyright …", "flac 1.4.2"
            var words = System.Text.Encoding.ASCII.GetString(said.GetBuffer(), 0, (int)said.Length).Split([' ', '\n'], 5);
            return end is ProcessEnd.Exited { Code: 0 } && words.Length > 1
                ? words[1] == "version" && words.Length > 2 ? words[2] : words[1]
                : "none";
        }
    }

    private static async Task<string?> WhyNot(Sandbox sandbox, AudioTools tools, CancellationToken cancel)
    {
        // Any readable file will do as the input of a tool that only says its version.
        var command = sandbox.Command(tools.Ffmpeg, tools.Ffmpeg, ProbeSeconds, _ => ["-hide_banner", "-version"]);
        return await CagedProcess.Run(command, ProbeSeconds, DecoderLimits.ProbeAnswerBytes, static _ => { }, cancel) switch
        {
            ProcessEnd.Exited { Code: 0 } => null,
            ProcessEnd.Exited failed => Complaint.FirstLine(failed.Stderr) is { Length: > 0 } line ? line : $"exit code {failed.Code}",
            ProcessEnd.Limited limited => $"limit {limited.Limit}",
            ProcessEnd.Died died => died.Why,
            _ => "unknown",
        };
    }
}
