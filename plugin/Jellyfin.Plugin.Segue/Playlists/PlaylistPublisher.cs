using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Finds Segue's playlists in Jellyfin and keeps them. The rules of a run are <see cref="PublishRun"/>'s.
/// </summary>
/// <remarks>
/// The place among other playlists is kept by leaving name and date of creation alone, which clients sort by. A forced sort
/// name would hold it even when a person renames a list, but hides from them why it stands where it stands, and survives in
/// the list when it has become theirs.
/// </remarks>
internal sealed class PlaylistPublisher : IPlaylistPublisher
{
    private readonly IPlaylistManager _playlistManager;
    private readonly ILibraryManager _libraryManager;
    private readonly IMusicLibrary _library;
    private readonly IJellyfinCompat _compat;
    private readonly IPlaylistCovers _covers;
    private readonly IPublishedLedger _ledger;
    private readonly TiedPlaylists _tied;
    private readonly ISegueSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<PlaylistPublisher> _logger;

    /// <summary>
    /// Initializes a new instance of the <see cref="PlaylistPublisher"/> class.
    /// </summary>
    /// <param name="playlistManager">Creates playlists.</param>
    /// <param name="libraryManager">Finds playlists.</param>
    /// <param name="library">The music, and who may see it.</param>
    /// <param name="compat">What entities do by themselves.</param>
    /// <param name="covers">Gives covers.</param>
    /// <param name="ledger">Remembers what was there.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public PlaylistPublisher(
        IPlaylistManager playlistManager,
        ILibraryManager libraryManager,
        IMusicLibrary library,
        IJellyfinCompat compat,
        IPlaylistCovers covers,
        IPublishedLedger ledger,
        ISegueSettings settings,
        TimeProvider time,
        ILogger<PlaylistPublisher> logger)
    {
        _playlistManager = playlistManager;
        _libraryManager = libraryManager;
        _library = library;
        _compat = compat;
        _covers = covers;
        _ledger = ledger;
        _tied = new TiedPlaylists(libraryManager, library, compat);
        _settings = settings;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc />
    public async Task<PublishSummary> PublishAsync(ISegueEngine engine, IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(progress);

        var audience = PlaylistAudience.Of(_compat.GetUsers(), _settings.Current);
        if (audience.LeftOut > 0)
        {
            _logger.LogWarning("{Count} users get no playlists: a set of their own is for {Max} at most", audience.LeftOut, PlaylistAudience.MaxSets);
        }

        var wanted = engine.GetPlaylists();
        var ours = _tied.Read(ListKind.Library);
        var access = PlaylistAccess.To(
            wanted.SelectMany(playlist => playlist.Tracks).Select(track => track.ItemId).OfType<Guid>().Concat(ours.SelectMany(list => list.Items)).ToHashSet(),
            audience.All,
            _library,
            _libraryManager,
            cancellationToken);
        var run = new PublishRun(
            engine,
            audience,
            access,
            wanted,
            ours,
            _ledger.Read().Part(ListKind.Library),
            new PublishTools(_playlistManager, _libraryManager, _library, _compat, _covers, _tied.Existence(), _logger));
        await run.DoAsync(progress, cancellationToken).ConfigureAwait(false);
        var summary = run.Summary with { At = _time.GetUtcNow() };
        _ledger.Change(state => run.State.Beside(state.Without(ListKind.Library)) with { Last = summary });
        return summary;
    }

    /// <inheritdoc />
    public async Task<int> CloseWhatIsHiddenAsync(CancellationToken cancellationToken)
    {
        var shown = Enum.GetValues<ListKind>().SelectMany(kind => _tied.Read(kind)).Where(list => list.Playlist.OpenAccess || list.Playlist.Shares is { Count: > 0 }).ToList();
        if (shown.Count == 0)
        {
            return 0;
        }

        var access = PlaylistAccess.To(shown.SelectMany(list => list.Items).ToHashSet(), _compat.GetUsers(), _library, _libraryManager, cancellationToken);
        var closed = 0;
        foreach (var list in shown)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var film = PlaylistMarks.Film(list.Key) is { } id ? _libraryManager.GetItemById(id) : null;
            if (access.Limit(list.Playlist, list.Items, film is null ? null : user => _compat.IsVisible(film, user)))
            {
                await _compat.SaveAsync(list.Playlist, cancellationToken).ConfigureAwait(false);
                _logger.LogInformation("Playlist {Name} is shown to fewer users: not all of them may see all of it", list.Playlist.Name);
                closed++;
            }
        }

        return closed;
    }

    /// <inheritdoc />
    public IReadOnlyList<PublishedPlaylist> GetPublished()
    {
        var existence = _tied.Existence();
        return
        [
            .. _tied.Read(ListKind.Library).Select(list => new PublishedPlaylist(
                list.Key,
                list.Playlist.Id,
                list.Playlist.OwnerUserId,
                list.Playlist.Name,
                list.Items.Count,
                [.. FindTheirs(list, existence)])),
        ];
    }

    /// <inheritdoc />
    public async Task TakeBackAsync(string key, bool changesToo, CancellationToken cancellationToken)
    {
        foreach (var list in changesToo ? _tied.Read(ListKind.Library).Where(list => string.Equals(list.Key, key, StringComparison.Ordinal)) : [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            PlaylistMarks.MarkName(list.Playlist);
            PlaylistMarks.MarkOverview(list.Playlist);
            PlaylistMarks.MarkSharing(list.Playlist);
            PlaylistMarks.MarkTracks(list.Playlist, list.Items);
            _covers.TakeBack(list.Playlist);
            await _compat.SaveAsync(list.Playlist, cancellationToken).ConfigureAwait(false);
        }

        _ledger.Change(state => state with { Dismissed = [.. state.Dismissed.Where(list => !string.Equals(list.Key, key, StringComparison.Ordinal))] });
    }

    /// <inheritdoc />
    public PublishSummary? GetLast() => _ledger.Read().Last;

    private IEnumerable<string> FindTheirs(TiedPlaylist list, IExistence existence)
    {
        if (PlaylistMarks.IsRenamed(list.Playlist))
        {
            yield return "name";
        }

        if (PlaylistMarks.IsEdited(list.Playlist, list.Items, existence))
        {
            yield return "tracks";
        }

        if (PlaylistMarks.IsDescribed(list.Playlist))
        {
            yield return "description";
        }

        if (_covers.IsTheirs(list.Playlist))
        {
            yield return "cover";
        }

        if (PlaylistMarks.IsReshared(list.Playlist))
        {
            yield return "sharing";
        }
    }
}
