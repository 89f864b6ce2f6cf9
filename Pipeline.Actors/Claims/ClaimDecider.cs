using Pipeline.Actors.Messages;
using Pipeline.Audit.Facts;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Claims;

/// <summary>Granted or contested. Pure. The table is music-rights 3.11.</summary>
public static class ClaimDecider
{
    public static Decision Decide(Claim state, ClaimIdentifier c, Salts salts)
    {
        if (state.Holder is null)
        {
            return Grant(c, c.Subject, salts[0]);
        }
        var sameHolder = state.Holder == c.Holder;
        var subject = state.Subject!.Value;
        // An ISRC leads to the recording it stands for; a sound or barcode must already be the same thing.
        var fits = sameHolder && (subject == c.Subject || c.Claim.Kind == "isrc" || c.AdoptSubject);
        if (fits)
        {
            return state.Releases.Contains(c.Release)
                ? Decision.Answer(new ClaimAnswer(true, subject, true, null))
                : Grant(c, subject, salts[0]);
        }
        if (state.Cases.TryGetValue(c.Release, out var known))
        {
            return Decision.Answer(new ClaimAnswer(false, c.Subject, sameHolder, known));
        }
        var opened = EntityId.From("case", c.Tenant, c.Claim.Text, c.Release.Text);
        return Decision.Write(new ClaimAnswer(false, c.Subject, sameHolder, opened), new ClaimConflicted
        {
            Tenant = c.Tenant,
            By = Pseudonym.System,
            Command = c.Command,
            At = c.At,
            Kind = c.Claim.Kind,
            Case = opened,
            Holder = c.Holder,
            Subject = c.Subject,
            Release = c.Release,
            Private = Close(c.Claim, salts[0]),
        });
    }

    public static Decision Decide(Claim state, FreeIdentifier c, Salts _)
    {
        var answer = new ClaimAnswer(true, c.Release, true, null);
        return !state.Releases.Contains(c.Release)
            ? Decision.Answer(answer)
            : Decision.Write(answer, new IdentifierReleased
            {
                Tenant = c.Tenant,
                By = Pseudonym.System,
                Command = c.Command,
                At = c.At,
                Kind = c.Claim.Kind,
                Holder = state.Holder!.Value,
                Subject = state.Subject!.Value,
                Release = c.Release,
            });
    }

    public static Decision Decide(Claim state, GetClaim _, Salts __) => Decision.Answer(new ClaimHolding(state.Holder, state.Subject));

    private static Decision Grant(ClaimIdentifier c, EntityId subject, Salt salt) =>
        Decision.Write(new ClaimAnswer(true, subject, true, null), new IdentifierClaimed
        {
            Tenant = c.Tenant,
            By = Pseudonym.System,
            Command = c.Command,
            At = c.At,
            Kind = c.Claim.Kind,
            Holder = c.Holder,
            Subject = subject,
            Release = c.Release,
            Private = Close(c.Claim, salt),
        });

    private static Sealed<ClaimedIdentifier> Close(ClaimKey claim, Salt salt) =>
        Sealed<ClaimedIdentifier>.Close(new ClaimedIdentifier(claim.Identifier), salt, FactJson.Default.ClaimedIdentifier);
}
