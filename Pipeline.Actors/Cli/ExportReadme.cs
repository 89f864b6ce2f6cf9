using Pipeline.Actors.Hosting;

namespace Pipeline.Actors.Cli;

/// <summary>The page that tells whoever opens a bag, years from now and without us, what it holds and how to check it.</summary>
internal static class ExportReadme
{
    public static string Text(ReleaseContentsAnswer contents, int facts, bool openings) => $"""
        {contents.Release}, revision {contents.Revision}

        This directory is a BagIt 1.0 bag (RFC 8493). Any BagIt tool says whether it is complete and unchanged:

            mp export --verify DIR           bagit.py --validate DIR

        data/delivery/    the message and the files, byte for byte as they were handed in
        data/contents.json    which name each file was handed in under, and where it is here
        data/documents/   the list of what was handed in, and what each stage of verification measured
        data/status.json  how the release stood when this was exported
        data/facts/       {facts} facts about it, in the order of the log; each folder has
            entry              the leaf: who, when, what, in canonical JSON
            proof.tlog-proof   that the leaf is in the log (c2sp.org/tlog-proof), with the signed checkpoint{(openings ? """

            opening.json, opening.salt   the private part behind the leaf's commitment, where there is one:
                               SHA-256("mp-commit-v1" || salt || opening) is the member "private" of the leaf
            """ : "")}
        data/log/vkey     the log's verifier key; compare it with one that you have from elsewhere
        data/log/checkpoint   the checkpoint under which the last of them was proven

        To check one fact, without us and without a network:

            mp log verify-proof data/facts/N/proof.tlog-proof --entry data/facts/N/entry --vkey VKEY

        Each leaf names the one before it about this release ("prev" is its place in the log), so a fact that was left out
        leaves a gap. The delivered files are named in data/documents/delivery.json by SHA-256; that document's own SHA-256
        stands in the leaf release.received as "contents".

        What this proves: these facts were in the log when the checkpoint was signed, and these are the bytes they speak of.
        What it does not: that what was recorded is true, or that the key is the one you think it is.

        """;
}
