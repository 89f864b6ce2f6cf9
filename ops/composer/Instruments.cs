namespace Composer;

/// <summary>A damped partial of a tone: multiple of the fundamental, level, time constant in seconds.</summary>
internal readonly record struct Partial(double Ratio, double Level, double DecaySeconds);

/// <summary>A pitched sound: partials that die away, faded in over the attack and out over the release.</summary>
internal sealed record Timbre(double AttackSeconds, double ReleaseSeconds, double Reverb, IReadOnlyList<Partial> Partials)
{
    public static readonly Timbre Keys = new(0.004, 0.25, 0.35,
        [new(1, 1, 1.5), new(2, 0.3, 0.7), new(3, 0.1, 0.4), new(7, 0.05, 0.09)]);

    public static readonly Timbre Lead = new(0.012, 0.3, 0.5,
        [new(1, 1, 1.8), new(2.001, 0.45, 1.0), new(3, 0.22, 0.7), new(4.002, 0.1, 0.4), new(5, 0.05, 0.25)]);

    public static readonly Timbre Pad = new(0.6, 0.9, 0.6,
        [new(0.9985, 0.6, 9), new(1.0015, 0.6, 9), new(2.003, 0.25, 6), new(2.996, 0.12, 5)]);

    public static readonly Timbre Bass = new(0.006, 0.08, 0.05,
        [new(1, 1, 1.1), new(2, 0.45, 0.5), new(3, 0.18, 0.25), new(4, 0.06, 0.12)]);
}

internal static class Instruments
{
    /// <summary>120 dB down.</summary>
    private const double InaudibleAfterTimeConstants = 14;

    /// <summary>Adds one note. <paramref name="pan"/> is 0 for left, 1 for right.</summary>
    public static void Play(
        Mix mix, Timbre timbre, int key, double startSeconds, double lengthSeconds, double gain, double pan)
    {
        var start = mix.FrameAt(startSeconds);
        var held = (int)(lengthSeconds * mix.RateHz);
        var attack = Math.Max(1, (int)(timbre.AttackSeconds * mix.RateHz));
        var release = (int)(timbre.ReleaseSeconds * mix.RateHz);
        foreach (var partial in timbre.Partials)
        {
            // A point turning in the plane and shrinking: its height is the damped sine, without a sine per frame.
            var turns = Oscillator.FrequencyHz(key) * partial.Ratio / mix.RateHz;
            var damping = Oscillator.DecayPerFrame(partial.DecaySeconds, mix.RateHz);
            var (turn, rise) = (damping * Oscillator.Sine(turns + 0.25), damping * Oscillator.Sine(turns));
            var (x, y) = (gain * partial.Level, 0.0);
            var audible = (int)(InaudibleAfterTimeConstants * partial.DecaySeconds * mix.RateHz);
            var frames = Math.Min(Math.Min(held + release, audible), mix.Frames - start);
            for (var i = 0; i < frames; i++)
            {
                var envelope = i < attack ? (double)i / attack : i < held ? 1.0 : (double)(held + release - i) / release;
                mix.Add(start + i, y * envelope, pan, timbre.Reverb);
                (x, y) = (x * turn - y * rise, x * rise + y * turn);
            }
        }
    }

    /// <summary>A sine that falls from 150 Hz to 50 Hz.</summary>
    public static void Kick(Mix mix, double startSeconds, double gain)
    {
        var start = mix.FrameAt(startSeconds);
        var (fall, fade) = (Oscillator.DecayPerFrame(0.035, mix.RateHz), Oscillator.DecayPerFrame(0.11, mix.RateHz));
        var (phase, sweepHz, level) = (0.0, 100.0, gain);
        for (var i = start; i < Math.Min(start + mix.RateHz / 2, mix.Frames); i++)
        {
            mix.Add(i, level * Oscillator.Sine(phase), 0.5, 0.03);
            phase += (50 + sweepHz) / mix.RateHz;
            (sweepHz, level) = (sweepHz * fall, level * fade);
        }
    }

    /// <summary>Noise and a little tone.</summary>
    public static void Snare(Mix mix, double startSeconds, double gain, Noise noise)
    {
        var start = mix.FrameAt(startSeconds);
        var fade = Oscillator.DecayPerFrame(0.06, mix.RateHz);
        var (level, smooth) = (gain, 0.0);
        for (var i = start; i < Math.Min(start + mix.RateHz * 2 / 5, mix.Frames); i++)
        {
            smooth += 0.45 * (noise.Next() - smooth);
            mix.Add(i, level * (smooth + 0.4 * Oscillator.Sine((i - start) * 185.0 / mix.RateHz)), 0.54, 0.3);
            level *= fade;
        }
    }

    /// <summary>What a quick filter leaves of noise above the ear's middle.</summary>
    public static void Hat(Mix mix, double startSeconds, double gain, Noise noise)
    {
        var start = mix.FrameAt(startSeconds);
        var fade = Oscillator.DecayPerFrame(0.022, mix.RateHz);
        var (level, smooth) = (gain, 0.0);
        for (var i = start; i < Math.Min(start + mix.RateHz / 6, mix.Frames); i++)
        {
            var now = noise.Next();
            smooth += 0.5 * (now - smooth);
            mix.Add(i, level * (now - smooth), 0.38, 0.1);
            level *= fade;
        }
    }
}

/// <summary>White noise between -1 and 1 from a fixed seed (xorshift, Marsaglia 2003).</summary>
internal sealed class Noise(ulong seed)
{
    private ulong _state = seed;

    public double Next()
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (long)_state / 9223372036854775808.0;
    }
}
