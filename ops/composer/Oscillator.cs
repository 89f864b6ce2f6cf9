namespace Composer;

/// <summary>
/// Sines and powers from additions and multiplications only: IEEE arithmetic gives the same bits on every machine, and
/// a C library's own sine does not.
/// </summary>
internal static class Oscillator
{
    // Steps of the equal-tempered scale, 2^(n/12), from a4 = 440 Hz at n = 0.
    private static readonly double[] Semitones =
        [1.0, 1.0594630943592953, 1.122462048309373, 1.189207115002721, 1.2599210498948732, 1.3348398541700344,
         1.4142135623730951, 1.4983070768766815, 1.5874010519681994, 1.681792830507429, 1.7817974362806785,
         1.8877486253633868];

    /// <summary>Hertz of a key of the MIDI keyboard (69 is a4).</summary>
    public static double FrequencyHz(int key)
    {
        var steps = key - 69;
        var octaves = steps >= 0 ? steps / 12 : -((11 - steps) / 12);
        var frequency = 440.0 * Semitones[steps - 12 * octaves];
        for (; octaves > 0; octaves--)
        {
            frequency *= 2;
        }
        for (; octaves < 0; octaves++)
        {
            frequency /= 2;
        }
        return frequency;
    }

    /// <summary>The sine of a phase in turns, to about twelve digits (Taylor to the 15th power on a quarter turn).</summary>
    public static double Sine(double turns)
    {
        var x = turns - Math.Floor(turns + 0.5);
        x = x > 0.25 ? 0.5 - x : x < -0.25 ? -0.5 - x : x;
        x *= 2 * Math.PI;
        var square = x * x;
        var sum = 1.0;
        for (var n = 14; n >= 2; n -= 2)
        {
            sum = 1 - square / (n * (n + 1)) * sum;
        }
        return x * sum;
    }

    /// <summary>What is left after one frame of an exponential decay with the given time constant.</summary>
    public static double DecayPerFrame(double seconds, int rateHz)
    {
        var x = -1 / (seconds * rateHz);
        return 1 + x * (1 + x / 2 * (1 + x / 3));
    }
}
