using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Splits;

/// <summary>
/// How a split comes into force. Pure. A proposal changes nothing until everybody it needs has said yes, one of them not its
/// proposer; until then, and after a refusal, a withdrawal or the end of its time, the earlier versions stand.
/// </summary>
public static class SplitDecider
{
    /// <summary>Invitations end: what nobody answers must not come into force years later. Milliseconds.</summary>
    public const long MaxInvitationMilliseconds = 365L * 24 * 60 * 60 * 1000;

    /// <summary>Proposals of one recording or work, ever: the entity carries them all.</summary>
    public const int MaxProposals = 1_000;

    public static Decision Decide(SplitBook state, ProposeSplit c, Salts salts)
    {
        if (state.Seen.TryGetValue(c.Command, out var seen))
        {
            return seen.Kind == nameof(SplitProposed) && state.Find(seen.Proposal) is { } before && (before.Sheet is null || before.Sheet.ToDocument().IsSame(c.Document))
                ? Decision.Answer(SplitsAnswer.Of(state, c.Subject, seen.Proposal))
                : Decision.Answer(SplitsAnswer.Refused(state, c.Subject, 0, SplitRefusals.CommandReused(c.Command)));
        }
        if (state.Proposals.LastOrDefault(p => IsStanding(state, p) && p.Sheet is { } known && known.ToDocument().IsSame(c.Document)) is { } same)
        {
            return Decision.Answer(SplitsAnswer.Of(state, c.Subject, same.Number));
        }
        if (!SplitSheet.TryRead(c.Document, out var sheet))
        {
            return Refuse(SplitRefusals.NotASheet());
        }
        if (c.Expires <= c.At || c.Expires - c.At > MaxInvitationMilliseconds)
        {
            return Refuse(SplitRefusals.Invitation(c.Expires));
        }
        if (state.Proposals.Count >= MaxProposals)
        {
            return Refuse(SplitRefusals.TooMany());
        }
        return Write(state, c.Subject, state.Proposals.Count + 1, [new SplitProposed
        {
            Tenant = c.Principal.Tenant,
            By = c.Principal.Pseudonym,
            Command = c.Command,
            At = c.At,
            Subject = c.Subject,
            Proposal = state.Proposals.Count + 1,
            Parties = sheet!.Weights.Length,
            Expires = c.Expires,
            Private = Sealed<SplitDocument>.Close(sheet.ToDocument(), salts[0], FactJson.Default.SplitDocument),
        }]);

        Decision Refuse(Finding finding) => Decision.Answer(SplitsAnswer.Refused(state, c.Subject, 0, finding));
    }

    public static Decision Decide(SplitBook state, AcceptSplit c, Salts salts)
    {
        if (state.Seen.TryGetValue(c.Command, out var seen))
        {
            return Repeated(state, c.Subject, c.Command, seen, new CarriedOut(nameof(SplitAccepted), c.Proposal));
        }
        if (NotOpen(state, c.Subject, c.Principal, c.Command, c.At, c.Proposal, out var proposal) is { } closed)
        {
            return closed;
        }
        if (proposal!.Sheet is not { } sheet || state.Versions.Any(v => v.Sheet is null))
        {
            return Refuse(SplitRefusals.Erased());
        }
        var needed = state.Needed(sheet);
        var isParty = PartyId.TryParse(c.Consent.Party, out var party);
        if (isParty ? !needed.Contains(party) : c.Consent.Party is not null || c.Principal.Role is not (Role.Label or Role.Operator))
        {
            return Refuse(SplitRefusals.NotAParty(c.Consent.Party));
        }
        var isSigned = c.Consent.Key is not null || c.Consent.Signature is not null;
        if (isSigned && !ConsentSignature.IsValid(c.Consent, c.Subject, c.Proposal, proposal.Commitment))
        {
            return Refuse(SplitRefusals.Signature());
        }
        if (!isParty && c.Principal.Pseudonym == proposal.Proposer)
        {
            return Refuse(SplitRefusals.SecondPerson());
        }
        var facts = new List<Fact>();
        if (!isParty || !proposal.Accepted.Contains(party))
        {
            facts.Add(new SplitAccepted
            {
                Tenant = c.Principal.Tenant,
                By = c.Principal.Pseudonym,
                Command = c.Command,
                At = c.At,
                Subject = c.Subject,
                Proposal = c.Proposal,
                Document = proposal.Commitment,
                Number = proposal.Acceptances + 1,
                Assurance = isSigned ? "signed" : "asserted",
                Private = Sealed<SplitConsent>.Close(c.Consent, salts[0], FactJson.Default.SplitConsent),
            });
        }
        // A repeated yes writes nothing itself, but what else was needed may have been settled since.
        var after = facts.Aggregate(state, SplitBook.Apply).Find(c.Proposal)!;
        if (after.ByAnother && needed.IsSubsetOf(after.Accepted))
        {
            facts.Add(new SplitInForce
            {
                Tenant = c.Principal.Tenant,
                By = c.Principal.Pseudonym,
                Command = c.Command,
                At = c.At,
                Subject = c.Subject,
                Proposal = c.Proposal,
                Version = state.Versions.Count + 1,
                Document = proposal.Commitment,
                Accepted = after.Acceptances,
            });
        }
        return Write(state, c.Subject, c.Proposal, facts);

        Decision Refuse(Finding finding) => Decision.Answer(SplitsAnswer.Refused(state, c.Subject, c.Proposal, finding));
    }

    public static Decision Decide(SplitBook state, RefuseSplit c, Salts salts)
    {
        if (state.Seen.TryGetValue(c.Command, out var seen))
        {
            return Repeated(state, c.Subject, c.Command, seen, new CarriedOut(nameof(SplitRefused), c.Proposal));
        }
        if (NotOpen(state, c.Subject, c.Principal, c.Command, c.At, c.Proposal, out var proposal) is { } closed)
        {
            return closed;
        }
        if (proposal!.Sheet is { } sheet && !(PartyId.TryParse(c.Refusal.Party, out var party) && state.Needed(sheet).Contains(party)))
        {
            return Decision.Answer(SplitsAnswer.Refused(state, c.Subject, c.Proposal, SplitRefusals.NotAParty(c.Refusal.Party)));
        }
        return Write(state, c.Subject, c.Proposal, [new SplitRefused
        {
            Tenant = c.Principal.Tenant,
            By = c.Principal.Pseudonym,
            Command = c.Command,
            At = c.At,
            Subject = c.Subject,
            Proposal = c.Proposal,
            Private = Sealed<SplitRefusal>.Close(c.Refusal, salts[0], FactJson.Default.SplitRefusal),
        }]);
    }

    public static Decision Decide(SplitBook state, WithdrawSplit c, Salts salts)
    {
        if (state.Seen.TryGetValue(c.Command, out var seen))
        {
            return Repeated(state, c.Subject, c.Command, seen, new CarriedOut(nameof(SplitWithdrawn), c.Proposal));
        }
        if (NotOpen(state, c.Subject, c.Principal, c.Command, c.At, c.Proposal, out var proposal) is { } closed)
        {
            return closed;
        }
        if (proposal!.Proposer != c.Principal.Pseudonym)
        {
            return Decision.Answer(SplitsAnswer.Refused(state, c.Subject, c.Proposal, SplitRefusals.NotTheProposer()));
        }
        return Write(state, c.Subject, c.Proposal, [new SplitWithdrawn
        {
            Tenant = c.Principal.Tenant,
            By = c.Principal.Pseudonym,
            Command = c.Command,
            At = c.At,
            Subject = c.Subject,
            Proposal = c.Proposal,
            Private = Sealed<Reason>.Close(new Reason(c.Reason), salts[0], FactJson.Default.Reason),
        }]);
    }

    public static Decision Decide(SplitBook state, GetSplits c, Salts _) =>
        Write(state, c.Subject, 0, [.. state.Proposals.Where(p => p.State == ProposalState.Open && c.At >= p.Expires)
            .Select(p => Expired(c.Subject, CommandId.Parse($"expire/{p.Number}"), c.At, p.Number))]);

    private static SplitExpired Expired(EntityId subject, CommandId command, long at, int proposal) => new()
    {
        Tenant = subject.Tenant,
        By = Pseudonym.System,
        Command = command,
        At = at,
        Subject = subject,
        Proposal = proposal,
    };

    /// <summary>Open, or in force and not yet covered by a later version: proposing the same again would change nothing.</summary>
    private static bool IsStanding(SplitBook state, SplitProposal p) =>
        p.State == ProposalState.Open
        || (p.State == ProposalState.InForce && p.Sheet is { } sheet
            && InForce.Within(state.Versions, sheet.Right, sheet.Scope).All(v => v.Version.Proposal == p.Number));

    private static Decision Repeated(SplitBook state, EntityId subject, CommandId command, CarriedOut seen, CarriedOut wanted) =>
        Decision.Answer(seen == wanted
            ? SplitsAnswer.Of(state, subject, wanted.Proposal)
            : SplitsAnswer.Refused(state, subject, wanted.Proposal, SplitRefusals.CommandReused(command)));

    /// <summary>Null when the proposal can be answered; otherwise what to say, and the fact that its time is over.</summary>
    private static Decision? NotOpen(
        SplitBook state, EntityId subject, Principal principal, CommandId command, long at, int number, out SplitProposal? proposal)
    {
        proposal = state.Find(number);
        if (proposal is null)
        {
            return Decision.Answer(SplitsAnswer.Refused(state, subject, number, SplitRefusals.Unknown(number)));
        }
        if (proposal.State != ProposalState.Open)
        {
            return Decision.Answer(SplitsAnswer.Refused(state, subject, number, SplitRefusals.Ended(proposal.State)));
        }
        if (at < proposal.Expires)
        {
            return null;
        }
        var expired = Expired(subject, command, at, number);
        Invariant.Require(principal.Tenant == subject.Tenant, "a split is answered within its tenant");
        return Decision.Write(
            SplitsAnswer.Refused(SplitBook.Apply(state, expired), subject, number, SplitRefusals.Ended(ProposalState.Expired)), expired);
    }

    private static Decision Write(SplitBook state, EntityId subject, int proposal, IReadOnlyList<Fact> facts) =>
        Decision.Write(SplitsAnswer.Of(facts.Aggregate(state, SplitBook.Apply), subject, proposal), facts);
}
