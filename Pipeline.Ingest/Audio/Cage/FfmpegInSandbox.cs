using System.Globalization;
using System.Text.Json;

namespace Pipeline.Ingest.Audio;

/// <summary>The programs we decode with, as absolute paths. Tests put others in their place.</summary>
public sealed record AudioTools(string Ffmpeg, string Ffprobe, string Flac)
{
    /// <summary>What is installed.</summary>
    public static AudioTools Installed() =>
        new(Executables.Find("ffmpeg"), Executables.Find("ffprobe"), Executables.Find("flac"));
}

/// <summary>
/// Decodes with ffmpeg (and tests FLAC with the reference decoder), each in its own cage with the one demuxer and the
/// codecs of the sniffed container: a playlist or an image in sound's clothing is refused before it is opened.
/// </summary>
/// <param name="allowWeak">The operator's word that limits without namespaces will do.</param>
public sealed class FfmpegInSandbox(Sandbox sandbox, bool allowWeak, AudioTools tools) : IAudioDecoder
{
    private const int BytesPerSample = 4;
    private const int BytesPerPixel = 3;

    /// <inheritdoc/>
    public async Task<Decoding<DecodedSound>> DecodeSound(string localPath, Container container, CancellationToken cancel)
    {
        if (WhyNoCage() is { } why)
        {
            return new Decoding<DecodedSound>.Undecided(why);
        }
        var run = new Run(sandbox, localPath, cancel);
        var answer = new MemoryStream();
        var asked = await run.Tool(tools.Ffprobe, input => ProbeArguments(container, input), DecoderLimits.ProbeAnswerBytes, b => answer.Write(b));
        if (Unhappy<DecodedSound>(asked) is { } unhappy)
        {
            return unhappy;
        }
        if (ProbedStream.Read(answer.ToArray()) is not { } stream)
        {
            return new Decoding<DecodedSound>.Refused("no sound stream was found");
        }
        using var meter = new PcmMeter();
        var decoded = await run.Tool(tools.Ffmpeg, input => SoundArguments(container, input), MaxPcmBytes(stream), meter.Take);
        if (Unhappy<DecodedSound>(decoded) is { } failed)
        {
            return failed;
        }
        var block = (long)stream.Channels * BytesPerSample;
        if (meter.CountBytes % block != 0)
        {
            return new Decoding<DecodedSound>.Refused("the number of channels changes within the file");
        }
        var (test, complaint) = (FlacTest.NotFlac, "");
        if (container == Container.Flac)
        {
            var tested = await run.Tool(tools.Flac, input => ["-t", "-s", input], DecoderLimits.ProbeAnswerBytes, static _ => { });
            if (tested is not ProcessEnd.Exited exited)
            {
                return Unhappy<DecodedSound>(tested)!;
            }
            (test, complaint) = ReadFlacTest(exited);
        }
        return new Decoding<DecodedSound>.Decoded(new DecodedSound(
            stream.Codec, stream.SampleRateHz, stream.Channels, stream.BitsPerSample, meter.CountBytes / block, meter.Digest(),
            meter.Silent, test, complaint));
    }

    /// <inheritdoc/>
    public async Task<Decoding<DecodedPicture>> DecodePicture(
        string localPath, Container container, long expectedPixels, CancellationToken cancel)
    {
        if (WhyNoCage() is { } why)
        {
            return new Decoding<DecodedPicture>.Undecided(why);
        }
        var run = new Run(sandbox, localPath, cancel);
        long bytes = 0;
        var decoded = await run.Tool(
            tools.Ffmpeg, input => PictureArguments(container, input), expectedPixels * BytesPerPixel, b => bytes += b.Length);
        return Unhappy<DecodedPicture>(decoded) ?? new Decoding<DecodedPicture>.Decoded(new DecodedPicture(bytes / BytesPerPixel));
    }

    private string? WhyNoCage() => sandbox.Strength switch
    {
        SandboxStrength.Strong => null,
        SandboxStrength.Weak when allowWeak => null,
        SandboxStrength.Weak => sandbox.Reason + "; a weaker cage was not allowed",
        _ => sandbox.Reason,
    };

    private static long MaxPcmBytes(ProbedStream stream) => Math.Min(
        DecoderLimits.MaxPcmBytes,
        DecoderLimits.MaxDurationHours * 3600L * stream.SampleRateHz * stream.Channels * BytesPerSample);

    private static Decoding<T>? Unhappy<T>(ProcessEnd end) => end switch
    {
        ProcessEnd.Exited { Code: 0 } => null,
        ProcessEnd.Exited { Code: 127 } missing => new Decoding<T>.Undecided(Complaint.FirstLine(missing.Stderr)),
        ProcessEnd.Exited refused => new Decoding<T>.Refused(
            Complaint.FirstLine(refused.Stderr) is { Length: > 0 } line ? line : "it gives no reason"),
        ProcessEnd.Limited limited => new Decoding<T>.Limited(limited.Limit),
        ProcessEnd.Died died => new Decoding<T>.Undecided(died.Why),
        _ => throw new InvalidOperationException("a process ends in one of three ways"),
    };

    private static (FlacTest, string) ReadFlacTest(ProcessEnd.Exited end) =>
        end.Code == 0 ? (FlacTest.Passes, "")
        : end.Stderr.Contains("MD5 signature mismatch", StringComparison.Ordinal) ? (FlacTest.Md5Differs, "")
        : (FlacTest.Fails, Complaint.FirstLine(end.Stderr));

    private static string[] Whitelists(Container container, params string[] alsoOpened) =>
    [
        "-f", container.Demuxer,
        "-format_whitelist", container.Demuxer,
        "-codec_whitelist", string.Join(',', container.Codecs.Concat(alsoOpened)),
        "-protocol_whitelist", "file,pipe",
    ];

    /// <summary>
    /// ffprobe opens a decoder for each stream, asked for or not, and gives up when it may not: without these a cover
    /// in the tags would spoil the recording. ffmpeg opens only what is mapped and is not given them.
    /// </summary>
    private static readonly string[] BesideTheSound = ["png", "mjpeg", "gif", "bmp", "tiff", "webp", "mov_text"];

    private static string[] ProbeArguments(Container container, string input) =>
    [
        "-v", "error", .. Whitelists(container, BesideTheSound), "-print_format", "json", "-select_streams", "a:0",
        "-show_entries", "stream=codec_name,sample_rate,channels,bits_per_sample,bits_per_raw_sample", "file:" + input,
    ];

    /// <summary>
    /// One thread, so that the limits mean what they say. <c>-reinit_filter 0</c> makes a change of rate or channels
    /// within the file an error where ffmpeg would quietly resample. Error detection is asked of the sound only: a
    /// picture in the tags must not spoil a recording.
    /// </summary>
    private static string[] SoundArguments(Container container, string input) =>
    [
        "-hide_banner", "-v", "error", "-nostdin", .. Whitelists(container), "-threads", "1", "-reinit_filter", "0",
        "-xerror", "-err_detect:a", "crccheck+bitstream+buffer+explode", "-i", "file:" + input,
        "-map", "0:a:0", "-threads", "1", "-c:a", "pcm_s32le", "-f", "s32le", "pipe:1",
    ];

    private static string[] PictureArguments(Container container, string input) =>
    [
        "-hide_banner", "-v", "error", "-nostdin", .. Whitelists(container), "-threads", "1",
        "-xerror", "-err_detect", "crccheck+bitstream+buffer+explode", "-i", "file:" + input,
        "-map", "0:v:0", "-frames:v", "1", "-threads", "1", "-c:v", "rawvideo", "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1",
    ];

    /// <summary>The runs of tools on one file.</summary>
    private sealed class Run(Sandbox sandbox, string localPath, CancellationToken cancel)
    {
        private readonly string _path = Path.GetFullPath(localPath);
        private readonly int _seconds = DecoderLimits.SecondsFor(new FileInfo(localPath).Length);

        public Task<ProcessEnd> Tool(string tool, Func<string, IEnumerable<string>> arguments, long stdoutBytes, OutputSink stdout) =>
            CagedProcess.Run(
                sandbox.Command(tool, _path, _seconds, arguments), _seconds * DecoderLimits.WallClockFactor, stdoutBytes, stdout, cancel);
    }

    /// <summary>The first sound stream as ffprobe describes it.</summary>
    private sealed record ProbedStream(string Codec, int SampleRateHz, int Channels, int BitsPerSample)
    {
        /// <summary>Null when there is no stream with a rate and channels.</summary>
        public static ProbedStream? Read(ReadOnlyMemory<byte> json)
        {
            try
            {
                using var document = JsonDocument.Parse(json);
                if (!document.RootElement.TryGetProperty("streams", out var streams) || streams.GetArrayLength() == 0)
                {
                    return null;
                }
                var stream = streams[0];
                var raw = Number(stream, "bits_per_raw_sample");
                var probed = new ProbedStream(
                    stream.TryGetProperty("codec_name", out var codec) ? codec.GetString() ?? "" : "",
                    Number(stream, "sample_rate"), Number(stream, "channels"), raw > 0 ? raw : Number(stream, "bits_per_sample"));
                return probed is { SampleRateHz: > 0, Channels: > 0, Codec.Length: > 0 } ? probed : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }

        private static int Number(JsonElement stream, string name) =>
            stream.TryGetProperty(name, out var value)
            && int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
