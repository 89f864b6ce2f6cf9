using System.Globalization;

namespace Composer;

/// <summary>Turns a written piece into sound: pad, arpeggio, bass and drums from the chords, the melody above.</summary>
internal static class Arranger
{
    private const double TailSeconds = 4;

    public static Mix Play(Piece piece)
    {
        var bars = piece.Chords.Count;
        var mix = new Mix(piece.SampleRateHz, bars * piece.SecondsPerBar + TailSeconds);
        var noise = new Noise(0x5EED_0000_0000_0001);
        for (var bar = 0; bar < bars; bar++)
        {
            var keys = piece.Chords[bar].Split(' ').Select(KeyOf).ToArray();
            var last = bar == bars - 1;
            PlayChord(mix, piece, keys, bar * piece.SecondsPerBar, last);
            // The first two bars are for the ear to arrive, the last is for the room.
            if (bar >= 2 && !last)
            {
                PlayDrums(mix, piece, bar * piece.SecondsPerBar, noise);
            }
        }
        PlayMelody(mix, piece);
        mix.Finish(TailSeconds / 2);
        return mix;
    }

    private static void PlayChord(Mix mix, Piece piece, int[] keys, double start, bool last)
    {
        var (bass, voicing) = (keys[0], keys[1..]);
        var length = piece.SecondsPerBar * (last ? 1.5 : 1);
        foreach (var (key, index) in voicing.Select((key, index) => (key, index)))
        {
            Instruments.Play(mix, Timbre.Pad, key, start, length, 0.05, 0.2 + 0.2 * index);
        }
        Instruments.Play(mix, Timbre.Bass, bass, start, length * 0.62, 0.32, 0.5);
        if (last)
        {
            return;
        }
        Instruments.Play(mix, Timbre.Bass, bass + 12, start + length * 0.625, length * 0.3, 0.2, 0.5);
        for (var eighth = 0; eighth < piece.Arpeggio.Length; eighth++)
        {
            if (char.IsAsciiDigit(piece.Arpeggio[eighth]))
            {
                Instruments.Play(mix, Timbre.Keys, voicing[piece.Arpeggio[eighth] - '0'], start + eighth * piece.SecondsPerEighth,
                    piece.SecondsPerEighth * 1.6, eighth == 0 ? 0.15 : 0.11, eighth % 2 == 0 ? 0.32 : 0.68);
            }
        }
    }

    private static void PlayDrums(Mix mix, Piece piece, double start, Noise noise)
    {
        for (var step = 0; step < piece.Kick.Length; step++)
        {
            var at = start + step * piece.SecondsPerEighth / 2;
            if (piece.Kick[step] == 'x')
            {
                Instruments.Kick(mix, at, 0.5);
            }
            if (piece.Snare[step] == 'x')
            {
                Instruments.Snare(mix, at, step % 4 == 0 ? 0.2 : 0.08, noise);
            }
            if (piece.Hat[step] == 'x')
            {
                Instruments.Hat(mix, at, step % 4 == 0 ? 0.1 : 0.06, noise);
            }
        }
    }

    private static void PlayMelody(Mix mix, Piece piece)
    {
        var eighths = 0;
        foreach (var note in piece.Melody.Split(' '))
        {
            var (pitch, length) = (note[..note.IndexOf(':')], int.Parse(note[(note.IndexOf(':') + 1)..], CultureInfo.InvariantCulture));
            if (pitch != "-")
            {
                Instruments.Play(mix, Timbre.Lead, KeyOf(pitch), eighths * piece.SecondsPerEighth,
                    length * piece.SecondsPerEighth, 0.26, 0.46);
            }
            eighths += length;
        }
        if (eighths * piece.SecondsPerEighth > piece.Chords.Count * piece.SecondsPerBar + 1e-6)
        {
            throw new InvalidOperationException($"the melody of '{piece.Title}' is longer than its chords");
        }
    }

    // c4 is 60, as on most keyboards.
    private static int KeyOf(string pitch)
    {
        var step = pitch[0] switch { 'c' => 0, 'd' => 2, 'e' => 4, 'f' => 5, 'g' => 7, 'a' => 9, 'b' => 11, _ => throw new InvalidOperationException($"no pitch '{pitch}'") };
        return step + (pitch[1] == '#' ? 1 : 0) + 12 * (pitch[^1] - '0' + 1);
    }
}
