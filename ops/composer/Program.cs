using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Composer;

// composer OUT_DIR: writes the demo's release folder. The same machine writes the same bytes every time: no clock, no
// generator without a seed. Between machines the FLAC and PNG bytes may differ with the versions of flac and zlib.

if (args is not [var folder])
{
    Console.Error.WriteLine("usage: composer OUT_DIR");
    return 2;
}

var resources = Directory.CreateDirectory(Path.Combine(folder, "resources")).FullName;
var tracks = new Track[Pieces.All.Count];
Delivered? cover = null;
try
{
    Parallel.Invoke(
        [.. Pieces.All.Select((piece, index) => (Action)(() => tracks[index] = Compose(piece, index + 1))),
         () => cover = Deliver(Cover.Write(Path.Combine(resources, "cover.png")))]);
}
catch (AggregateException error) when (error.InnerException is IOException or InvalidOperationException)
{
    Console.Error.WriteLine($"composer: {error.InnerException!.Message}");
    return 3;
}

await File.WriteAllTextAsync(Path.Combine(folder, Catalogue.Gtin + ".xml"), ErnMessage.Write(tracks, cover!));
foreach (var track in tracks)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{track.File.Path}  {track.Piece.Title}, {track.Frames / (double)track.Piece.SampleRateHz:F1} s, {track.Piece.BitsPerSample} bit, {track.Piece.SampleRateHz} Hz"));
}
Console.WriteLine($"{cover!.Path}  {Cover.SidePixels} x {Cover.SidePixels}");
return 0;

Track Compose(Piece piece, int number)
{
    var mix = Arranger.Play(piece);
    var name = Path.Combine(resources, $"{Catalogue.Gtin}_01_{number:D2}.wav");
    WaveFile.Write(name, mix, piece.BitsPerSample);
    return new Track(piece, number, mix.Frames, Deliver(piece.AsFlac ? Flac(name) : name));
}

// flac checks its own output (--verify) and removes the WAV file after success.
static string Flac(string wave)
{
    var start = new ProcessStartInfo("flac") { RedirectStandardError = true };
    foreach (var argument in (string[])["--silent", "-5", "--verify", "--force", "--delete-input-file", wave])
    {
        start.ArgumentList.Add(argument);
    }
    using var flac = Process.Start(start) ?? throw new InvalidOperationException("flac does not start");
    var said = flac.StandardError.ReadToEnd();
    flac.WaitForExit();
    return flac.ExitCode == 0 ? Path.ChangeExtension(wave, ".flac") : throw new IOException($"flac: {said.Trim()}");
}

static Delivered Deliver(string path) =>
    new("resources/" + Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
