using System.Buffers.Binary;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Ingest.Audio;

/// <summary>
/// RIFF/WAVE, RF64 (EBU Tech 3306) and BW64 (ITU-R BS.2088): chunks, their bounds, the format and what stands after
/// the sound.
/// </summary>
public static class RiffWalker
{
    /// <summary>Chunks looked at; real files have under fifty.</summary>
    public const int MaxChunks = 4096;

    private const uint SizeIn64Bits = 0xFFFFFFFF;

    private static readonly uint Ds64 = ChunkHead.Of("ds64"u8);
    private static readonly uint Fmt = ChunkHead.Of("fmt "u8);
    private static readonly uint Data = ChunkHead.Of("data"u8);

    /// <summary>Walks from byte 12 on.</summary>
    public static Structure Walk(MediaBytes file, Container container, string place)
    {
        if (!file.TryChunkAt(0, bigEndian: false, out var riff))
        {
            return Structure.Only(StructureRules.StructureBroken(place, "the RIFF head is cut off"));
        }
        var large = container != Container.Wav;
        if (!large && riff.SizeBytes is SizeIn64Bits or 0)
        {
            return Structure.Only(StructureRules.SizesUnset(place));
        }
        long riffSize = riff.SizeBytes;
        long dataSize64 = -1;
        if (riff.SizeBytes == SizeIn64Bits && !TryDs64(file, out riffSize, out dataSize64))
        {
            return Structure.Only(StructureRules.StructureBroken(place, "the 64-bit sizes (ds64) are missing"));
        }
        var walk = new RiffWalk(file, place, riffSize, dataSize64);
        walk.Run();
        return walk.Result();
    }

    private static bool TryDs64(MediaBytes file, out long riffSize, out long dataSize)
    {
        (riffSize, dataSize) = (0, 0);
        Span<byte> buffer = stackalloc byte[16];
        if (!file.TryChunkAt(12, bigEndian: false, out var head) || head.Id != Ds64 || head.SizeBytes < 24
            || file.At(20, buffer) is not { Length: 16 } sizes)
        {
            return false;
        }
        riffSize = BinaryPrimitives.ReadInt64LittleEndian(sizes);
        dataSize = BinaryPrimitives.ReadInt64LittleEndian(sizes[8..]);
        return riffSize is > 0 and < long.MaxValue / 2 && dataSize is >= 0 and < long.MaxValue / 2;
    }

    /// <summary>One walk: where it stands and what it has seen.</summary>
    private sealed class RiffWalk(MediaBytes file, string place, long riffSize, long dataSize64)
    {
        private readonly List<Finding> _findings = [];
        private readonly List<string> _afterData = [];
        private readonly long _end = 8 + riffSize;
        private WaveFormat? _format;
        private long _dataSize = -1;

        public void Run()
        {
            var at = 12L;
            for (var chunks = 0; at + 8 <= Math.Min(_end, file.LengthBytes); chunks++)
            {
                if (chunks == MaxChunks)
                {
                    _findings.Add(StructureRules.StructureBroken(place, $"it has more than {MaxChunks} chunks"));
                    return;
                }
                if (!file.TryChunkAt(at, bigEndian: false, out var head))
                {
                    break;
                }
                var size = head.Id == Data && head.SizeBytes == SizeIn64Bits && dataSize64 >= 0 ? dataSize64 : head.SizeBytes;
                See(head, at, size);
                if (at + 8 + size > file.LengthBytes)
                {
                    _findings.Add(StructureRules.Truncated(place, at + 8 + size, file.LengthBytes));
                    return;
                }
                at += 8 + size + (size & 1);
            }
            // A missing pad byte after the last chunk is common and harmless.
            if (_end > file.LengthBytes + 1)
            {
                // Some recorders count their own head twice; then all chunks are whole and nothing of the sound is missing.
                var onlyMiscounted = _dataSize >= 0 && at >= file.LengthBytes;
                _findings.Add(onlyMiscounted
                    ? StructureRules.SizeMiscounted(place, _end, file.LengthBytes)
                    : StructureRules.Truncated(place, _end, file.LengthBytes));
            }
            _findings.AddRange(AfterEnd.Look(file, Math.Max(at, _end), place));
        }

        private void See(ChunkHead head, long at, long size)
        {
            if (head.Id == Fmt && _format is null)
            {
                _format = WaveFormat.Read(file, at + 8, size, place, _findings);
            }
            else if (head.Id == Data && _dataSize < 0)
            {
                _dataSize = size;
                if (head.SizeBytes == SizeIn64Bits && dataSize64 < 0)
                {
                    _findings.Add(StructureRules.SizesUnset(place));
                }
            }
            else if (_dataSize >= 0)
            {
                _afterData.Add(head.Name);
                Span<byte> start = stackalloc byte[64];
                // XML in a chunk is metadata (iXML, XMP); a program or an archive is none.
                if (ContainerSniffer.ForeignMagic(file.At(at + 8, start[..(int)Math.Min(size, start.Length)])) is { } foreign
                    && foreign != ContainerSniffer.Markup)
                {
                    _findings.Add(StructureRules.ForeignBytesAppended(place, at + 8, foreign));
                }
            }
        }

        public Structure Result()
        {
            if (_afterData.Count > 0)
            {
                _findings.Add(StructureRules.ChunksAfterData(place, string.Join(", ", _afterData.Distinct().Take(8))));
            }
            if (!_findings.Stop() && (_format is null || _dataSize < 0))
            {
                _findings.Add(StructureRules.StructureBroken(place, _format is null ? "it has no fmt chunk" : "it has no data chunk"));
            }
            var samples = _format is { BlockAlignBytes: > 0 } && _dataSize >= 0 ? _dataSize / _format.BlockAlignBytes : (long?)null;
            return new Structure(
                _format?.Channels, _format?.SampleRateHz, _format?.BitsPerSample, samples, Structure.ExactToleranceSamples, _findings);
        }
    }
}
