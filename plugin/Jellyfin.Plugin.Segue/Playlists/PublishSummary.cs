namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// What became of a set of playlists in Jellyfin.
/// </summary>
public sealed record PublishSummary
{
    /// <summary>Gets when it ended.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Gets how many are new in Jellyfin.</summary>
    public int Created { get; init; }

    /// <summary>Gets how many were there, and have changed.</summary>
    public int Updated { get; init; }

    /// <summary>Gets how many were there, just so.</summary>
    public int Unchanged { get; init; }

    /// <summary>Gets how many were removed: excluded, or no longer made and never touched by a person.</summary>
    public int Removed { get; init; }

    /// <summary>Gets how many are no longer made but were touched by a person: they are that person's now.</summary>
    public int LeftToPeople { get; init; }

    /// <summary>Gets how many were deleted in Jellyfin by a person, which is taken as a wish not to have them.</summary>
    public int Dismissed { get; init; }

    /// <summary>Gets how many are shown to fewer users than before, because not all of them may see all of it.</summary>
    public int Closed { get; init; }
}
