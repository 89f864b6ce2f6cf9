using Akka.Actor;
using Akka.Event;
using Pipeline.Actors.Messages;
using Pipeline.Audit.Vocabulary;
using Pipeline.Ingest.Uploads;
using Pipeline.Ingest.Vault;

namespace Pipeline.Actors.Uploads;

/// <summary>What an upload needs of its node.</summary>
/// <param name="NodeUrl">Where other nodes reach this one; empty when nowhere.</param>
/// <param name="Instance">This start of this node.</param>
/// <param name="FreeBytes">Free on the spool's disk.</param>
public sealed record UploadHouse(
    Spool Spool, SpoolUse Use, IVault Vault, UploadLimits Limits, TimeProvider Time, string NodeUrl, string Instance, bool IsShared,
    Func<long> FreeBytes);

/// <summary>
/// Decides who owns one upload's offset: one request at a time has its lease. Bytes never pass through here. It keeps no
/// offset of its own: what is held stands in the spool, how it ended stands in the journal.
/// </summary>
public sealed class UploadActor : FactSourcedActor<UploadEnd>, IWithTimers
{
    private readonly EntityId _id;
    private readonly UploadHouse _house;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    // Owned by the mailbox. The session is open from first use to the end of the upload or of this actor.
    private SpooledUpload? _session;
    private UploadLease? _lease;
    private bool _distrust;
    private bool _stopping;

    public UploadActor(string id, UploadHouse house)
        : base($"upload:{id}", UploadEnd.None, UploadEnd.Apply)
    {
        _id = EntityId.TryParse(id, out var parsed) ? parsed : throw new ArgumentException($"'{id}' is no upload", nameof(id));
        _house = house;
        CommandAsync<CreateUpload>(c => WhenFree(c, () => CreateAsync(c)));
        CommandAsync<GetUpload>(c => WhenFree(c, () => GetAsync(c.Principal)));
        CommandAsync<TerminateUpload>(c => WhenFree(c, () => TerminateAsync(c)));
        CommandAsync<DeliverUpload>(c => WhenFree(c, () => DeliverAsync(c)));
        CommandAsync<OpenUpload>(c => WhenFree(c, () => OpenAsync(c)));
        CommandAsync<LeaseEnded>(EndedAsync);
        CommandAsync<LeaseUntaken>(c => ReferenceEquals(c.Lease, _lease) && _lease.TryRevoke() ? ReleaseAsync(ActorRefs.Nobody, null) : Task.CompletedTask);
        CommandAsync<NudgeUpload>(_ => _lease is null ? NudgeAsync() : Task.CompletedTask);
        Command<UploadLeftBehind>(c =>
        {
            if (_lease is null && _session is null)
            {
                Carry(UploadDecider.Discard(State, _id, Pseudonym.System, c.HeldBytes, UploadDecider.Expired, Now), Sender);
            }
        });
        Command<KeepUpload>(_ => { });
    }

    /// <summary>An answer on its own node takes no such time.</summary>
    private static readonly TimeSpan UntakenAfter = TimeSpan.FromSeconds(2);

    private long Now => _house.Time.GetUtcNow().ToUnixTimeMilliseconds();

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A holder may not go on writing under an owner that is no more.</summary>
    protected override bool MayStop()
    {
        if (_lease is null)
        {
            return true;
        }
        _stopping = true;
        _lease.Preempt();
        return false;
    }

    protected override void PostStop()
    {
        _lease?.Preempt();
        _session?.Dispose();
        base.PostStop();
    }

    /// <summary>Once the fate is recorded nothing is left in the spool.</summary>
    protected override void Continue()
    {
        if (State.Fact is null)
        {
            return;
        }
        _session?.Dispose();
        _session = null;
        _house.Use.Ended(_id);
        var (spool, id, fact) = (_house.Spool, _id, State.Fact);
        // Nobody waits for it, and a crash leaves it to the next who looks.
        _ = Task.Run(() =>
        {
            try
            {
                UploadLeavings.Clear(spool, id, fact);
            }
            catch (IOException e)
            {
                _log.Warning("What is left of {Upload} in the spool could not be cleared: {Why}", id.Text, e.Message);
            }
        });
    }

    /// <summary>A request that comes while another holds the upload ends that one's wait and is taken up after it.</summary>
    private Task WhenFree(object command, Func<Task> act)
    {
        if (_lease is null)
        {
            return act();
        }
        _lease.Preempt();
        Timers.StartSingleTimer(nameof(LeaseUntaken), new LeaseUntaken(_lease), UntakenAfter);
        Stash.Stash();
        return Task.CompletedTask;
    }

    private async Task CreateAsync(CreateUpload c)
    {
        var sender = Sender;
        if (c.Node != _house.Instance)
        {
            sender.Tell(UploadStanding.Elsewhere(_id, _house.NodeUrl));
            return;
        }
        var request = new CreationRequest(c.LengthBytes, UploadMetadata.Parse(c.Metadata).Value!, UploadConcat.Parse(c.Concat).Value!);
        if (State.Standing(_id) is { } ended)
        {
            sender.Tell(ended);
            return;
        }
        try
        {
            if (await SessionAsync() is { } existing)
            {
                sender.Tell(UploadRules.Again(existing.Upload, request) is { } other
                    ? UploadStanding.Refused(_id, other) : UploadStanding.Open(existing.Upload));
                return;
            }
            if (UploadRules.Create(request, _house.Use.Of(c.Principal), _house.Limits, _house.FreeBytes()) is { } refusal)
            {
                sender.Tell(UploadStanding.Refused(_id, refusal));
                return;
            }
            var now = Now;
            var upload = new Upload(_id, c.Principal.Pseudonym, c.LengthBytes, 0, c.Metadata, c.Concat, now, _house.Limits.ExpiresAt(now, now));
            _session = await Task.Run(() => _house.Spool.Create(upload));
            _house.Use.Opened(upload);
            await AnswerAsync(sender);
        }
        catch (IOException e)
        {
            Broken(e, sender);
        }
    }

    private async Task GetAsync(Principal principal)
    {
        var sender = Sender;
        if (State.Fact is { } fact)
        {
            sender.Tell(Owns(principal, fact.By) ? State.Standing(_id)! : Unknown());
            return;
        }
        try
        {
            if (await SessionAsync() is not { } session || !Owns(principal, session.Upload.Owner))
            {
                sender.Tell(State.Standing(_id) ?? Unknown());
                return;
            }
            await AnswerAsync(sender);
        }
        catch (IOException e)
        {
            Broken(e, sender);
        }
    }

    private async Task TerminateAsync(TerminateUpload c)
    {
        var sender = Sender;
        if (State.Fact is { } fact)
        {
            if (Owns(c.Principal, fact.By))
            {
                Carry(UploadDecider.Withdraw(State, _id, c.Principal.Pseudonym, Now), sender);
                return;
            }
            sender.Tell(Unknown());
            return;
        }
        try
        {
            if (await SessionAsync() is not { } session || !Owns(c.Principal, session.Upload.Owner))
            {
                sender.Tell(State.Standing(_id) ?? Unknown());
                return;
            }
            Carry(UploadDecider.Discard(State, _id, c.Principal.Pseudonym, session.Upload.Offset, UploadDecider.Terminated, Now), sender);
        }
        catch (IOException e)
        {
            Broken(e, sender);
        }
    }

    private async Task DeliverAsync(DeliverUpload c)
    {
        if (State.Fact is { } fact && Owns(c.Principal, fact.By))
        {
            Carry(UploadDecider.Deliver(State, c, Now), Sender);
            return;
        }
        await GetAsync(c.Principal);
    }

    private async Task OpenAsync(OpenUpload c)
    {
        var sender = Sender;
        if (State.Fact is { } fact)
        {
            sender.Tell(Owns(c.Principal, fact.By) ? State.Standing(_id)! : Unknown());
            return;
        }
        if (c.Node != _house.Instance)
        {
            sender.Tell(UploadStanding.Elsewhere(_id, _house.NodeUrl));
            return;
        }
        try
        {
            if (await SessionAsync() is not { } session || !Owns(c.Principal, session.Upload.Owner))
            {
                sender.Tell(State.Standing(_id) ?? Unknown());
                return;
            }
            if (UploadRules.Over(session.Upload, Now) is not null || (session.Upload.IsWhole && !session.Upload.IsPartial))
            {
                await AnswerAsync(sender);
                return;
            }
            _lease = new UploadLease(session, Self, _house.Time);
            sender.Tell(_lease);
        }
        catch (IOException e)
        {
            Broken(e, sender);
        }
    }

    private Task EndedAsync(LeaseEnded ended) =>
        ReferenceEquals(ended.Lease, _lease) ? ReleaseAsync(Sender, ended.Failure) : Task.CompletedTask;

    private async Task ReleaseAsync(IActorRef sender, Exception? failure)
    {
        _lease!.Dispose();
        _lease = null;
        try
        {
            if (failure is UploadMovedException moved)
            {
                Broken(moved, sender);
                return;
            }
            if (failure is not null)
            {
                Forget(distrust: true);
                sender.Tell(await SessionAsync() is { } again ? UploadStanding.Open(again.Upload) : Unknown());
            }
            else
            {
                await AnswerAsync(sender);
            }
        }
        catch (IOException e)
        {
            Broken(e, sender);
        }
        Stash.UnstashAll();
        if (_stopping)
        {
            // Behind whatever is being persisted just now.
            Self.Tell(StopEntity.Instance);
        }
    }

    private async Task NudgeAsync()
    {
        if (State.Fact is not null)
        {
            Continue();
            return;
        }
        try
        {
            if (await SessionAsync() is not null)
            {
                await AnswerAsync(ActorRefs.Nobody);
            }
        }
        catch (IOException e)
        {
            Broken(e, ActorRefs.Nobody);
        }
    }

    /// <summary>Says how it stands; what is over is ended and what is whole is completed first.</summary>
    private async Task AnswerAsync(IActorRef asker)
    {
        var upload = _session!.Upload;
        if (UploadRules.Over(upload, Now) is not null)
        {
            Carry(UploadDecider.Discard(State, _id, Pseudonym.System, upload.Offset, UploadDecider.Expired, Now), asker);
        }
        else if (upload.IsWhole && !upload.IsPartial)
        {
            await CompleteAsync(asker);
        }
        else
        {
            asker.Tell(UploadStanding.Open(upload));
        }
    }

    /// <summary>If we crash anywhere in here, all bytes are held, and whoever asks next begins it again.</summary>
    private async Task CompleteAsync(IActorRef asker)
    {
        var session = _session!;
        var digest = await Task.Run(session.Seal);
        // Sealed: its handles are closed. Should it not complete now, it is opened anew.
        _session = null;
        if (UploadDecider.Refuse(State, session.Upload, digest, Now, DrawSalts()) is { } refused)
        {
            Carry(refused, asker);
            return;
        }
        var custody = await Task.Run(() => _house.Vault.AdoptAsync(session.Path, digest, session.Upload.Offset, CancellationToken.None));
        Carry(UploadDecider.Complete(State, session.Upload, custody, Now, DrawSalts()), asker);
    }

    /// <summary>Null when nothing of it is here. What is here and cannot be continued has its fate recorded.</summary>
    private async Task<SpooledUpload?> SessionAsync()
    {
        if (_session is not null || State.Fact is not null)
        {
            _session?.RequireOwned();
            return _session;
        }
        try
        {
            var distrust = _distrust;
            _session = await Task.Run(() => _house.Spool.Find(_id, distrust));
            _distrust = false;
            if (_session is not null)
            {
                _house.Use.Opened(_session.Upload);
            }
            return _session;
        }
        catch (SpoolStateLostException e)
        {
            _log.Error("{Why}; its files move to unclaimed/. Runbook: ops/docs/runbooks/upload-lost.md", e.Message);
            Carry(UploadDecider.Discard(State, _id, Pseudonym.System, 0, UploadDecider.Lost, Now), null);
            return null;
        }
    }

    private void Broken(IOException e, IActorRef asker)
    {
        _log.Warning("{Upload} could not go on: {Why}", _id.Text, e.Message);
        Forget(distrust: _session?.HasFailed ?? false);
        if (e is UploadMovedException)
        {
            // Somebody else is the owner. Opening it again here would only take it back.
            asker.Tell(UploadStanding.Refused(_id, UploadFailures.Of(e)));
            Context.Stop(Self);
            return;
        }
        asker.Tell(UploadStanding.Refused(_id, UploadFailures.Of(e)));
    }

    private void Forget(bool distrust)
    {
        _session?.Dispose();
        _session = null;
        _distrust |= distrust;
    }

    private bool Owns(Principal principal, Pseudonym owner) => UploadEnd.IsSeenBy(principal, _id, owner);

    private UploadStanding Unknown() => UploadStanding.Refused(_id, UploadFailures.NotHere(_id, _house.IsShared));
}
