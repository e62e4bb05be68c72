namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What came of asking to try failed files again.
/// </summary>
public sealed record SegueRetryDto
{
    /// <summary>Gets the number of failures that were forgotten.</summary>
    public long Forgotten { get; init; }
}
