using System.Globalization;
using Pipeline.Audit.Splits;
using Pipeline.Audit.Vocabulary;

namespace Pipeline.Actors.Splits;

/// <summary>What a book tells whoever may read it.</summary>
public static class SplitsAnswer
{
    /// <param name="proposal">The one that a command was about; 0 for none.</param>
    public static SplitsStanding Of(SplitBook book, EntityId subject, int proposal) =>
        new(subject, [], proposal, [.. book.Proposals.Select(p => Standing(book, p))], [.. book.Versions.Select(Standing)]);

    /// <summary>The same, and why nothing happened.</summary>
    public static SplitsStanding Refused(SplitBook book, EntityId subject, int proposal, Finding finding) =>
        Of(book, subject, proposal) with { Refusal = [finding] };

    /// <summary>How a state is called outside.</summary>
    public static string Word(ProposalState state) => state == ProposalState.InForce ? "in-force" : state.ToString().ToLowerInvariant();

    private static ProposalStanding Standing(SplitBook book, SplitProposal p)
    {
        var silent = p is { State: ProposalState.Open, Sheet: { } sheet } ? book.Needed(sheet).Except(p.Accepted) : [];
        return new ProposalStanding(
            p.Number, Word(p.State), p.Sheet?.ToDocument(), p.Commitment, p.Expires, [.. p.Accepted.Select(a => a.Text)],
            [.. silent.Select(s => s.Text)], p.State == ProposalState.Open && !p.ByAnother);
    }

    private static VersionStanding Standing(SplitVersion v) => new(v.Number, v.Proposal, v.Position, v.Sheet?.ToDocument());
}

/// <summary>Why a command about a split does nothing, in words for the one who sent it.</summary>
public static class SplitRefusals
{
    public static Finding CommandReused(CommandId command) => Finding.Reject(
        "COMMAND_REUSED", "command id", command.Text, "This command id was used for something else.", "Send the command under an id of its own.");

    public static Finding NotASheet() => Finding.Reject(
        "SPLIT_SHEET", "sheet", "", "This is not the canonical form of a split sheet.", "Send it through the CSV import or the API, which write that form.");

    public static Finding Invitation(long expires) => Finding.Reject(
        "SPLIT_INVITATION", "expires", expires.ToString(CultureInfo.InvariantCulture), "An invitation ends after now and within a year.", "State an end within that time.");

    public static Finding TooMany() => Finding.Reject(
        "SPLIT_TOO_MANY", "proposals", "", $"A recording or work has at most {SplitDecider.MaxProposals} proposals.", "Ask the operator: something proposes without end.");

    public static Finding Unknown(int number) => Finding.Reject(
        "SPLIT_UNKNOWN", "proposal", number.ToString(CultureInfo.InvariantCulture), "There is no proposal of this number.", "Take the id that the import or 'mp split show' prints.");

    public static Finding Ended(ProposalState state) => Finding.Reject(
        "SPLIT_NOT_OPEN", "proposal", SplitsAnswer.Word(state), "This proposal is not open any more; what was in force before it is not changed by an answer.",
        state == ProposalState.InForce ? "Nothing: it is in force." : "Propose the sheet again if it is still wanted.");

    public static Finding NotAParty(string? party) => Finding.Reject(
        "SPLIT_NOT_A_PARTY", "party", party, "This proposal needs no word of this party.",
        "A party answers under its own name; a second person who approves has the role label or operator.");

    public static Finding SecondPerson() => Finding.Reject(
        "SPLIT_SECOND_PERSON", "approver", "", "Whoever proposed a change of a split cannot be the one who approves it.", "Have a second person approve it.");

    public static Finding Signature() => Finding.Reject(
        "SPLIT_SIGNATURE", "signature", "", "The signature does not fit this proposal and party under this key.", "Sign the commitment that 'mp split show' prints for the proposal.");

    public static Finding NotTheProposer() => Finding.Reject(
        "SPLIT_NOT_YOURS", "proposal", "", "Only its proposer takes a proposal back.", "Refuse it, as one of its parties.");

    public static Finding Erased() => Finding.Reject(
        "SPLIT_ERASED", "proposal", "", "A sheet that this needs was erased, so whose consent it takes cannot be known.", "People decide this one; ask the operator.");
}
