namespace Jellyfin.Plugin.Segue.Playback;

/// <summary>
/// Makes of what clients say what was heard and what was skipped. Clients differ: some say nothing between start and stop, some
/// never stop but start the next, some stop at position 0, and the server may turn the order of a stop and the next start round.
/// Not for several threads.
/// </summary>
internal sealed class PlayTracker
{
    /// <summary>Most sessions that are followed.</summary>
    internal const int MaxSessions = 1000;

    /// <summary>From this share of its length on, a track has been heard to its end: fading out is no reason to stay.</summary>
    private const double EndShare = 0.9;

    /// <summary>How soon another track begins after one that was skipped.</summary>
    internal static readonly TimeSpan NextWithin = TimeSpan.FromSeconds(10);

    /// <summary>How long a session may be silent until its track counts as left.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromMinutes(30);

    /// <summary>How long a client that tells of its progress is silent until it counts as gone.</summary>
    internal static readonly TimeSpan ProgressWithin = TimeSpan.FromMinutes(1);

    /// <summary>Less than this is nothing.</summary>
    internal static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>So near to its end it has been, too.</summary>
    private static readonly TimeSpan EndMargin = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>Takes a note, and tells what it shows to be over.</summary>
    /// <param name="note">The note.</param>
    /// <returns>What was heard, per user.</returns>
    public IReadOnlyList<HeardTrack> Take(PlayNote note)
    {
        var heard = new List<HeardTrack>();
        if (!_sessions.TryGetValue(note.Session, out var session))
        {
            if (note.Kind == PlayNoteKind.Stopped)
            {
                return heard;
            }

            if (_sessions.Count >= MaxSessions)
            {
                var oldest = _sessions.MinBy(entry => entry.Value.LastNote).Key;
                Leave(_sessions[oldest], heard);
                _sessions.Remove(oldest);
            }

            _sessions[note.Session] = session = new Session();
        }

        session.LastNote = note.At;
        switch (note.Kind)
        {
            case PlayNoteKind.Stopped:
                Stop(session, note, heard);
                break;
            case PlayNoteKind.Progressed when session.Now is { } now && now.Track.Equals(note.Track):
                now.GoOn(note);
                break;
            case PlayNoteKind.Progressed when session.Now is null && session.Before is { } before && before.Track.Equals(note.Track):
                // It was on its way when the track stopped.
                break;
            default:
                Start(session, note, heard);
                break;
        }

        return heard;
    }

    /// <summary>Tells what is over because nothing followed.</summary>
    /// <param name="now">The time.</param>
    /// <returns>What was heard, per user.</returns>
    public IReadOnlyList<HeardTrack> Expire(DateTimeOffset now)
    {
        var heard = new List<HeardTrack>();
        foreach (var (id, session) in _sessions.ToList())
        {
            if (session.Before is { } before && now - before.EndedAt >= NextWithin)
            {
                session.Before = null;
                before.Tell(heard);
            }

            if (now - session.LastNote >= Silence)
            {
                Leave(session, heard);
            }

            if (session is { Now: null, Before: null })
            {
                _sessions.Remove(id);
            }
        }

        return heard;
    }

    private static void Start(Session session, PlayNote note, List<HeardTrack> heard)
    {
        session.Before?.FollowedBy(note);
        if (session.Now is { } now)
        {
            if (now.Track.Equals(note.Track) && !now.IsAtItsEnd(note.At))
            {
                // The client starts again where it was, as after a seek in what is transcoded.
                now.GoOn(note);
                return;
            }

            // Its stop may still come, and knows better where it was.
            session.Before?.Tell(heard);
            var left = now.IsSilent(note.At);
            now.End(note with { Position = null });
            if (!left)
            {
                now.FollowedBy(note);
            }

            session.Before = now;
        }

        session.Now = new Play(note);
    }

    private static void Stop(Session session, PlayNote note, List<HeardTrack> heard)
    {
        if (session.Before is { } before && before.Track.Equals(note.Track) && !before.Stopped && note.At - before.EndedAt < NextWithin)
        {
            session.Before = null;
            before.Correct(note);
            before.Tell(heard);
        }
        else if (session.Now is { } now && now.Track.Equals(note.Track))
        {
            session.Before?.Tell(heard);
            now.End(note);
            now.Stopped = true;
            session.Before = now;
            session.Now = null;
        }
    }

    private static void Leave(Session session, List<HeardTrack> heard)
    {
        session.Before?.Tell(heard);
        session.Now?.Tell(heard);
        session.Before = null;
        session.Now = null;
    }

    private sealed class Session
    {
        public DateTimeOffset LastNote { get; set; }

        public Play? Now { get; set; }

        /// <summary>The track before, of which it is not known yet whether it was skipped or how far it came.</summary>
        public Play? Before { get; set; }
    }

    private sealed class Play
    {
        private readonly TimeSpan? _length;
        private readonly IReadOnlyList<Guid> _users;
        private TimeSpan _heard;
        private TimeSpan _position;
        private bool _positionKnown;
        private bool _paused;
        private bool _reports;
        private bool _followed;

        public Play(PlayNote note)
        {
            Track = note.Track;
            _length = note.Length is { } length && length > TimeSpan.Zero ? length : null;
            _users = note.Users;
            _position = note.Position ?? TimeSpan.Zero;
            _positionKnown = note.Position is not null;
            _paused = note.Paused;
            EndedAt = note.At;
        }

        public Guid Track { get; }

        /// <summary>When it ended, or was last heard of.</summary>
        public DateTimeOffset EndedAt { get; private set; }

        /// <summary>Whether the client has said that it ended.</summary>
        public bool Stopped { get; set; }

        public void GoOn(PlayNote note)
        {
            Move(note.Position, note.At);
            _paused = note.Paused;
            _reports = true;
        }

        public bool IsSilent(DateTimeOffset at) => _reports && at - EndedAt > ProgressWithin;

        /// <summary>Ends it; at position 0 stop those clients too whose track has run to its end.</summary>
        public void End(PlayNote note) => Move(note.Position > TimeSpan.Zero ? note.Position : null, note.At);

        /// <summary>Puts right what was only guessed when the next track began.</summary>
        public void Correct(PlayNote note)
        {
            if (note.Position is { } position && position > TimeSpan.Zero)
            {
                _heard = position < _position ? Max(TimeSpan.Zero, _heard - (_position - position)) : _heard;
                _position = position;
            }
        }

        /// <summary>Whether it must have come to its end by a time, if it went on as it did.</summary>
        public bool IsAtItsEnd(DateTimeOffset at) => IsEnd(_paused ? _position : _position + Max(TimeSpan.Zero, at - EndedAt));

        public void FollowedBy(PlayNote next) => _followed = _followed || (!next.Track.Equals(Track) && next.At - EndedAt < NextWithin);

        public void Tell(List<HeardTrack> heard)
        {
            if (_heard >= Least)
            {
                var skipped = _followed && _length is not null && !IsEnd(_position);
                heard.AddRange(_users.Select(user => new HeardTrack(user, Track, EndedAt, _heard, skipped)));
            }
        }

        private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

        private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

        private bool IsEnd(TimeSpan position) => _length is { } length && (position >= length * EndShare || position >= length - EndMargin);

        private void Move(TimeSpan? position, DateTimeOffset at)
        {
            var passed = Max(TimeSpan.Zero, at - EndedAt);
            var silent = IsSilent(at);
            EndedAt = at;
            if (position is { } known)
            {
                // As far as the position went, yet no more than time has passed: the rest was a seek. Backwards, all of it was.
                var moved = known - _position;
                var wasPlaying = _paused ? TimeSpan.Zero : passed;
                _heard += !_positionKnown || moved < TimeSpan.Zero ? Min(wasPlaying, known) : Min(moved, passed);
                _position = known;
                _positionKnown = true;
            }
            else if (!_paused)
            {
                // A client that used to tell more may have gone long ago.
                var left = _length is { } length ? Max(TimeSpan.Zero, length - _position) : passed;
                var moved = Min(silent ? ProgressWithin : passed, left);
                _heard += moved;
                _position += moved;
            }
        }
    }
}
