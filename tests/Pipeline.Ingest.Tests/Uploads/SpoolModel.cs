using FsCheck.Xunit;
using Pipeline.Audit.Durable;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;
using Pipeline.Tests.Support;

namespace Pipeline.Ingest.Tests.Uploads;

/// <summary>
/// Random histories of two processes at one upload against the simplest model there is: a list of bytes that only grows.
/// Each process may open it, write, commit, roll back, distrust itself, die and start anew, at any time.
/// </summary>
public sealed class SpoolModel
{
    private const string Root = "/data/spool";

    private static readonly byte[] Content = Some.Bytes(20_000, 3);
    private static readonly EntityId Id = Some.Upload();

    private readonly SimulatedDisk _disk = new();
    private readonly Process?[] _processes = new Process?[2];
    private int _starts;
    private long _answered;

    private sealed class Process(Spool spool)
    {
        public Spool Spool => spool;

        public SpooledUpload? Session { get; set; }
    }

    public SpoolModel()
    {
        _disk.MakeDirectory("/data");
        _disk.SyncDirectory("/");
    }

    [Property(MaxTest = 400)]
    public void What_one_owner_answered_no_other_contradicts((bool Second, byte What, byte Size)[] history)
    {
        var model = new SpoolModel();
        foreach (var (second, what, size) in history)
        {
            model.Do(second ? 1 : 0, what % 8, size);
        }
        model.Check();
    }

    private void Do(int who, int what, int size)
    {
        var process = _processes[who] ??= new Process(Spool.Open(_disk, Root, $"start-{++_starts}"));
        try
        {
            switch (what)
            {
                case 0:
                    process.Session = process.Spool.Find(Id) ?? process.Spool.Create(New());
                    Answer(process.Session);
                    break;
                case 1 or 2:
                    process.Session?.Write(Content.AsSpan((int)process.Session.WrittenBytes, size));
                    break;
                case 3 or 4 when process.Session is { } session:
                    session.Commit(null, Some.Time);
                    Answer(session);
                    break;
                case 5:
                    process.Session?.Rollback();
                    break;
                case 6 when process.Session is not null:
                    process.Session.Dispose();
                    process.Session = process.Spool.Find(Id, distrust: true);
                    Answer(process.Session!);
                    break;
                case 7:
                    // Its lock goes with it, its files stay as they are; a session that it had is never used again.
                    process.Spool.Dispose();
                    _processes[who] = null;
                    break;
                default:
                    break;
            }
        }
        catch (UploadMovedException)
        {
            process.Session = null;
        }
    }

    private void Answer(SpooledUpload session)
    {
        session.RequireOwned();
        var held = session.Upload.Offset;
        Assert.True(held >= _answered, $"{_answered} bytes were answered, then {held}");
        Assert.Equal(Content.AsSpan(0, (int)held).ToArray(), DurableFile.ReadAll(_disk, session.Path, Content.Length)[..(int)held]);
        _answered = held;
    }

    private void Check()
    {
        using var last = Spool.Open(_disk.AfterPowerLoss(null), Root, "last");
        using var session = last.Find(Id);
        Assert.True((session?.Upload.Offset ?? 0) >= _answered);
    }

    private static Upload New() => new(Id, Some.Person, null, 0, "", "", Some.Time, Some.Time);
}
