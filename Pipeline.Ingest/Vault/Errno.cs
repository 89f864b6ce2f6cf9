namespace Pipeline.Ingest.Vault;

/// <summary>The errors of a disk that decide something; <see cref="Exception.HResult"/> of what <c>IDisk</c> throws. Linux's numbers.</summary>
internal static class Errno
{
    public const int InputOutput = 5;
    public const int CrossDevice = 18;
}
