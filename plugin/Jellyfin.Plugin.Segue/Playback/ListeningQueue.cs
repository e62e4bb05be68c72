using Segue.Native;

namespace Jellyfin.Plugin.Segue.Playback;

/// <summary>
/// What waits to be written, per user. Not for several threads.
/// </summary>
internal sealed class ListeningQueue
{
    private readonly int _most;
    private Dictionary<Guid, Listened> _users = [];
    private int _count;

    /// <summary>
    /// Initializes a new instance of the <see cref="ListeningQueue"/> class.
    /// </summary>
    /// <param name="most">Most plays and opinions that wait; what comes beyond is lost.</param>
    public ListeningQueue(int most) => _most = most;

    /// <summary>Gets a value indicating whether nothing waits.</summary>
    public bool IsEmpty => _users.Count == 0;

    /// <summary>Adds plays.</summary>
    /// <param name="heard">What was heard.</param>
    public void Add(IReadOnlyList<HeardTrack> heard)
    {
        foreach (var track in heard.Take(_most - _count))
        {
            _count++;
            Of(track.User).PlayList.Add(new Play { ItemId = track.Track, At = track.At, Played = track.Heard, Skipped = track.Skipped });
        }
    }

    /// <summary>Adds an opinion, in place of an earlier one of the same track.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="opinion">The opinion.</param>
    public void Add(Guid user, Opinion opinion)
    {
        if (_count < _most)
        {
            _count++;
            Of(user).OpinionsByTrack[opinion.ItemId] = opinion;
        }
    }

    /// <summary>Takes everything.</summary>
    /// <returns>What waited, per user.</returns>
    public IReadOnlyDictionary<Guid, Listened> Take()
    {
        var all = _users;
        _users = [];
        _count = 0;
        return all;
    }

    private Listened Of(Guid user) => _users.TryGetValue(user, out var listened) ? listened : _users[user] = new Listened();

    /// <summary>What waits of one user.</summary>
    internal sealed class Listened
    {
        /// <summary>Gets the plays, in the order in which they ended.</summary>
        public IReadOnlyList<Play> Plays => PlayList;

        /// <summary>Gets the opinions.</summary>
        public IReadOnlyCollection<Opinion> Opinions => OpinionsByTrack.Values;

        /// <summary>Gets the plays, to be added to.</summary>
        internal List<Play> PlayList { get; } = [];

        /// <summary>Gets the opinions by their track.</summary>
        internal Dictionary<Guid, Opinion> OpinionsByTrack { get; } = [];
    }
}
