using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Library;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Playback;

/// <summary>
/// Reads the library once for all users.
/// </summary>
internal sealed class OpinionSync : IOpinionSync
{
    private readonly IMusicLibrary _library;
    private readonly IUserDataManager _userData;
    private readonly IJellyfinCompat _compat;
    private readonly ISegueSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<OpinionSync> _logger;
    private readonly Lock _gate = new();
    private long? _syncedAt;

    /// <summary>
    /// Initializes a new instance of the <see cref="OpinionSync"/> class.
    /// </summary>
    /// <param name="library">The library.</param>
    /// <param name="userData">What users think.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public OpinionSync(
        IMusicLibrary library,
        IUserDataManager userData,
        IJellyfinCompat compat,
        ISegueSettings settings,
        TimeProvider time,
        ILogger<OpinionSync> logger)
    {
        _library = library;
        _userData = userData;
        _compat = compat;
        _settings = settings;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc />
    public void Sync(ISegueEngine engine, TimeSpan age, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);

        // One at a time; who comes second finds it done.
        lock (_gate)
        {
            var settings = _settings.Current;
            var users = _compat.GetUsers().ToLookup(user => settings.Remembers(user.Id));
            foreach (var user in users[false])
            {
                engine.ForgetListener(Opinions.Listener(user.Id));
            }

            if (_syncedAt is { } at && _time.GetElapsedTime(at) < age)
            {
                return;
            }

            var began = _time.GetTimestamp();
            Sync(engine, users[true], cancellationToken);
            _syncedAt = began;
        }
    }

    private void Sync(ISegueEngine engine, IEnumerable<User> users, CancellationToken cancellationToken)
    {
        var opinions = Read(users, cancellationToken);
        foreach (var (user, theirs) in opinions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            engine.SetOpinions(Opinions.Listener(user.Id), theirs, whole: true);
        }

        _logger.LogDebug("What {Users} users think of {Tracks} tracks in all was read", opinions.Count, opinions.Values.Sum(theirs => theirs.Count));
    }

    private Dictionary<User, List<Opinion>> Read(IEnumerable<User> users, CancellationToken cancellationToken)
    {
        var opinions = users.ToDictionary(user => user, _ => new List<Opinion>());
        if (opinions.Count == 0)
        {
            return opinions;
        }

        var known = opinions.Keys.ToDictionary(user => user.Id);
        foreach (var track in _library.ReadTracksWithUserData(cancellationToken).SelectMany(page => page))
        {
            foreach (var id in track.UserData.Select(row => row.UserId).Distinct())
            {
                // Of several rows the server knows which one counts.
                if (known.TryGetValue(id, out var user) && _userData.GetUserData(user, track) is { } data)
                {
                    var opinion = Opinions.Of(track.Id, data);
                    if (Opinions.SaysAnything(opinion))
                    {
                        opinions[user].Add(opinion);
                    }
                }
            }
        }

        return opinions;
    }
}
