namespace Composer;

/// <summary>One piece of music as written down, before anything sounds.</summary>
/// <param name="Chords">One a bar: the bass note, then the voicing.</param>
/// <param name="Melody">Notes as <c>pitch:eighths</c>, <c>-</c> for a rest; starts with the first bar.</param>
/// <param name="Kick">One bar in sixteenths, <c>x</c> where it sounds; likewise snare and hat.</param>
/// <param name="Arpeggio">Which note of the voicing sounds on each eighth of a bar; <c>.</c> for none.</param>
internal sealed record Piece(
    string Title, int BeatsPerMinute, int BeatsPerBar, int SampleRateHz, int BitsPerSample, bool AsFlac,
    IReadOnlyList<string> Chords, string Melody, string Arpeggio, string Kick, string Snare, string Hat)
{
    public double SecondsPerEighth => 30.0 / BeatsPerMinute;

    public double SecondsPerBar => 60.0 / BeatsPerMinute * BeatsPerBar;
}

/// <summary>The three pieces of the demo.</summary>
internal static class Pieces
{
    private static readonly Piece RainOnTheLedger = new(
        "Rain on the Ledger", 84, 4, 44_100, 16, AsFlac: true,
        ["a1 c4 e4 g4 b4", "f1 a3 c4 e4 g4", "c2 b3 e4 g4 c5", "g1 b3 d4 e4 g4",
         "a1 c4 e4 g4 b4", "f1 a3 c4 e4 g4", "d2 f3 c4 e4 a4", "e2 g#3 d4 e4 b4",
         "a1 c4 e4 g4 b4", "f1 a3 c4 e4 g4", "c2 b3 d4 e4 g4", "a1 c4 e4 g4 b4"],
        "-:16 e5:3 d5:1 c5:2 g4:2 b4:3 d5:1 e5:4 c5:2 b4:1 a4:1 g4:2 e4:2 a4:3 c5:1 e5:4 "
        + "f5:2 e5:1 d5:1 a4:2 c5:2 b4:2 g#4:2 b4:2 d5:2 c5:3 e5:1 g5:2 e5:2 a5:3 g5:1 e5:2 c5:2 d5:2 e5:2 g4:4 a4:8",
        "0123.213", "x.....x.x.......", "....x.......x...", "x.x.x.x.x.x.x.xx");

    private static readonly Piece FirstLight = new(
        "First Light", 104, 4, 44_100, 16, AsFlac: true,
        ["d2 f#3 a3 d4 e4", "c#2 e3 a3 c#4 e4", "b1 f#3 a3 d4 f#4", "g1 g3 b3 d4 a4",
         "d2 f#3 a3 d4 e4", "a1 e3 a3 c#4 e4", "g1 g3 b3 d4 a4", "a1 e3 a3 c#4 e4",
         "b1 f#3 a3 d4 f#4", "g1 g3 b3 d4 a4", "d2 f#3 a3 d4 e4", "a1 e3 a3 c#4 e4",
         "g1 g3 b3 d4 a4", "a1 e3 a3 c#4 g4", "d2 f#3 a3 d4 f#4"],
        "-:16 f#5:3 e5:1 d5:2 a4:2 b4:3 d5:1 e5:2 g5:2 f#5:4 -:1 d5:1 e5:1 f#5:1 e5:3 c#5:1 a4:4 "
        + "b4:2 d5:2 g5:2 f#5:2 e5:6 a4:2 d5:3 f#5:1 b5:2 a5:2 g5:3 f#5:1 d5:2 b4:2 a4:2 d5:2 f#5:2 a5:2 e5:6 -:2 "
        + "b5:2 a5:2 g5:2 d5:2 c#5:2 e5:2 a5:2 g5:2 f#5:8",
        "02132031", "x...x...x...x...", "....x.......x..x", "..x...x...x...x.");

    private static readonly Piece CarriedByHand = new(
        "Carried by Hand", 108, 3, 96_000, 24, AsFlac: false,
        ["e2 g3 b3 e4 f#4", "e2 g3 b3 e4 f#4", "c2 g3 c4 e4 b4", "d2 a3 d4 f#4 a4", "e2 g3 b3 e4 f#4",
         "a1 a3 c4 e4 b4", "c2 g3 c4 e4 g4", "b1 f#3 a3 d#4 b4", "e2 g3 b3 e4 g4", "g1 g3 b3 d4 b4",
         "c2 g3 c4 e4 g4", "d2 a3 d4 f#4 a4", "e2 g3 b3 e4 g4", "a1 a3 c4 e4 c5", "b1 f#3 a3 d#4 b4",
         "e2 g3 b3 e4 g4", "c2 g3 c4 e4 b4", "d2 a3 d4 f#4 a4", "e2 g3 b3 e4 f#4", "e2 g3 b3 e4 b4"],
        "-:12 e5:4 g5:2 f#5:3 e5:1 d5:2 e5:6 c5:2 e5:2 a5:2 g5:4 e5:2 f#5:4 d#5:2 e5:4 b4:2 d5:3 b4:1 g4:2 "
        + "e5:2 g5:2 c6:2 a5:4 f#5:2 g5:3 f#5:1 e5:2 c5:2 e5:2 a5:2 b5:4 f#5:2 e5:6 g5:2 e5:2 c5:2 d5:2 f#5:2 a5:2 g5:3 f#5:3 e5:6",
        "0.1232", "x...........", "....x...x...", "....x.x.x.x.");

    public static IReadOnlyList<Piece> All { get; } = [RainOnTheLedger, FirstLight, CarriedByHand];
}
