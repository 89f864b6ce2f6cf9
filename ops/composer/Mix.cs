namespace Composer;

/// <summary>Two channels in the making, and what of them goes to the reverb.</summary>
internal sealed class Mix(int rateHz, double seconds)
{
    /// <summary>Highest sample after levelling, -1.5 dB below full scale: room for what a converter adds between samples.</summary>
    private const double Peak = 0.84;

    private readonly double[] _left = new double[(int)(seconds * rateHz)];
    private readonly double[] _right = new double[(int)(seconds * rateHz)];
    private readonly double[] _send = new double[(int)(seconds * rateHz)];

    public int RateHz => rateHz;

    public int Frames => _left.Length;

    public ReadOnlySpan<double> Left => _left;

    public ReadOnlySpan<double> Right => _right;

    public int FrameAt(double atSeconds) => (int)(atSeconds * rateHz);

    public void Add(int frame, double value, double pan, double reverb)
    {
        _left[frame] += value * (1 - pan);
        _right[frame] += value * pan;
        _send[frame] += value * reverb;
    }

    /// <summary>Adds the room, fades the end out and brings the loudest sample to the peak.</summary>
    public void Finish(double fadeSeconds)
    {
        AddRoom(_left, [0.0297, 0.0371, 0.0411, 0.0437], [0.0050, 0.0017]);
        AddRoom(_right, [0.0303, 0.0379, 0.0403, 0.0449], [0.0053, 0.0019]);
        var fade = (int)(fadeSeconds * rateHz);
        var highest = 1e-9;
        for (var i = 0; i < Frames; i++)
        {
            var left = Frames - 1 - i;
            var gain = left < fade ? (double)left / fade : 1.0;
            _left[i] *= gain;
            _right[i] *= gain;
            highest = Math.Max(highest, Math.Max(Math.Abs(_left[i]), Math.Abs(_right[i])));
        }
        for (var i = 0; i < Frames; i++)
        {
            _left[i] *= Peak / highest;
            _right[i] *= Peak / highest;
        }
    }

    // Four echoes that feed themselves, each duller every time, then two that only smear (Schroeder 1962).
    private void AddRoom(double[] channel, double[] echoSeconds, double[] smearSeconds)
    {
        var room = new double[Frames];
        foreach (var seconds in echoSeconds)
        {
            var line = new double[(int)(seconds * rateHz)];
            var (at, dull) = (0, 0.0);
            for (var i = 0; i < Frames; i++)
            {
                var echo = line[at];
                dull += 0.6 * (echo - dull);
                line[at] = _send[i] + 0.8 * dull;
                room[i] += 0.25 * echo;
                at = at + 1 == line.Length ? 0 : at + 1;
            }
        }
        foreach (var seconds in smearSeconds)
        {
            var line = new double[(int)(seconds * rateHz)];
            var at = 0;
            for (var i = 0; i < Frames; i++)
            {
                var held = line[at];
                var inner = room[i] + 0.6 * held;
                line[at] = inner;
                room[i] = held - 0.6 * inner;
                at = at + 1 == line.Length ? 0 : at + 1;
            }
        }
        for (var i = 0; i < Frames; i++)
        {
            channel[i] += 0.5 * room[i];
        }
    }
}
