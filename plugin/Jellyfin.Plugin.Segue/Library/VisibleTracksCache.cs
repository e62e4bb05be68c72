using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Jellyfin.Database.Implementations.Entities;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Library;

/// <summary>
/// Remembers what users may see. In a large library the question takes the server longer than a person waits gladly.
/// </summary>
internal sealed class VisibleTracksCache
{
    /// <summary>Users whose answers are kept, those who asked last: some megabytes each, in a library of 100,000 tracks.</summary>
    internal const int MaxUsers = 8;

    /// <summary>How long an answer is taken for the present.</summary>
    internal static readonly TimeSpan Fresh = TimeSpan.FromMinutes(2);

    /// <summary>How long an answer is kept for those who check what they choose from it.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromHours(12);

    private readonly Func<User, IReadOnlyList<Guid>> _read;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<Guid, Entry> _entries = new();

    /// <summary>
    /// Initializes a new instance of the <see cref="VisibleTracksCache"/> class.
    /// </summary>
    /// <param name="read">Asks the server.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public VisibleTracksCache(Func<User, IReadOnlyList<Guid>> read, TimeProvider time, ILogger logger)
    {
        _read = read;
        _time = time;
        _logger = logger;
    }

    /// <summary>What the user may see, at most <see cref="Fresh"/> ago.</summary>
    public ItemSet Get(User user) => Find(user, Fresh)?.Tracks ?? Renew(user);

    /// <summary>What the user could see, at most <see cref="Kept"/> ago. What is not fresh is read again behind the caller's back.</summary>
    public ItemSet GetSoon(User user)
    {
        if (Find(user, Kept) is not { } entry)
        {
            return Renew(user);
        }

        if (_time.GetElapsedTime(entry.ReadAt) >= Fresh && entry.TryBeginRenewing())
        {
            _ = Task.Run(() => RenewQuietly(user, entry), CancellationToken.None);
        }

        return entry.Tracks;
    }

    /// <summary>Asks the server.</summary>
    public ItemSet Renew(User user)
    {
        var readAt = _time.GetTimestamp();
        var tracks = new ItemSet(_read(user));
        _entries[user.Id] = new Entry(readAt, tracks);
        if (_entries.Count > MaxUsers && _entries.MinBy(entry => entry.Value.AskedAt) is { Value: not null } oldest)
        {
            _entries.TryRemove(oldest);
        }

        return tracks;
    }

    private Entry? Find(User user, TimeSpan age)
    {
        var now = _time.GetTimestamp();
        foreach (var (id, entry) in _entries)
        {
            if (_time.GetElapsedTime(entry.ReadAt, now) >= Kept)
            {
                _entries.TryRemove(new(id, entry));
            }
        }

        if (!_entries.TryGetValue(user.Id, out var found) || _time.GetElapsedTime(found.ReadAt, now) >= age)
        {
            return null;
        }

        found.AskedAt = now;
        return found;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Nobody waits for this. Whoever asks next may try again.")]
    private void RenewQuietly(User user, Entry old)
    {
        try
        {
            Renew(user);
        }
        catch (Exception e)
        {
            _logger.LogDebug(e, "What a user may see could not be read again");
            old.GiveUpRenewing();
        }
    }

    private sealed class Entry(long readAt, ItemSet tracks)
    {
        private int _renewing;

        public long ReadAt { get; } = readAt;

        public long AskedAt { get; set; } = readAt;

        public ItemSet Tracks { get; } = tracks;

        /// <summary>Whether the caller is the one to read it again.</summary>
        public bool TryBeginRenewing() => Interlocked.Exchange(ref _renewing, 1) == 0;

        public void GiveUpRenewing() => Volatile.Write(ref _renewing, 0);
    }
}
