namespace Jellyfin.Plugin.Segue.Playback;

/// <summary>
/// What a client said of what it plays.
/// </summary>
internal enum PlayNoteKind
{
    /// <summary>A track begins.</summary>
    Started,

    /// <summary>A track goes on.</summary>
    Progressed,

    /// <summary>A track was stopped, or is over.</summary>
    Stopped,
}

/// <summary>
/// What is taken down of a playback event.
/// </summary>
/// <param name="Kind">What happened.</param>
/// <param name="Session">Where: a session plays one track at a time.</param>
/// <param name="Track">The track.</param>
/// <param name="Length">Its length; null when nobody knows.</param>
/// <param name="Users">Who listens.</param>
/// <param name="Position">Where in the track; null when the client does not say.</param>
/// <param name="Paused">Whether it is paused from here on.</param>
/// <param name="At">When.</param>
internal sealed record PlayNote(
    PlayNoteKind Kind,
    string Session,
    Guid Track,
    TimeSpan? Length,
    IReadOnlyList<Guid> Users,
    TimeSpan? Position,
    bool Paused,
    DateTimeOffset At);

/// <summary>
/// A track that somebody heard, or some of it.
/// </summary>
/// <param name="User">Who.</param>
/// <param name="Track">What.</param>
/// <param name="At">When it ended.</param>
/// <param name="Heard">How much of it was heard.</param>
/// <param name="Skipped">Whether the listener went on to another track before it was over.</param>
internal sealed record HeardTrack(Guid User, Guid Track, DateTimeOffset At, TimeSpan Heard, bool Skipped);
