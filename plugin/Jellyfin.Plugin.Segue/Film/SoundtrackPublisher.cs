using System.Globalization;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;
using Microsoft.Extensions.Logging;
using Segue.Native;
using EnginePlaylist = Segue.Native.Playlist;

namespace Jellyfin.Plugin.Segue.Film;

/// <summary>
/// Keeps the playlists of films, one for each film and owner.
/// </summary>
public interface ISoundtrackPublisher
{
    /// <summary>
    /// Creates a film's playlist, or updates it in place by the rules of <see cref="IPlaylistPublisher.PublishAsync"/>: what a person has
    /// changed of it is theirs.
    /// </summary>
    /// <param name="engine">The engine.</param>
    /// <param name="list">What is in it.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="viewers">The other users to whom it is shown, as far as they may see all of it; null when it is the owner's alone.</param>
    /// <param name="cancellationToken">Ends the work before it begins.</param>
    /// <returns>The playlist; null when there was nothing to put into it.</returns>
    Task<SoundtrackPlaylist?> PublishAsync(ISegueEngine engine, SoundtrackList list, User owner, IReadOnlyCollection<User>? viewers, CancellationToken cancellationToken);

    /// <summary>Shows playlists that stay as they are to those who may see them now, and to nobody else.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="films">The films.</param>
    /// <param name="owner">Whose playlists.</param>
    /// <param name="viewers">To whom.</param>
    /// <param name="cancellationToken">Ends the work between two playlists.</param>
    /// <returns>How many have changed.</returns>
    Task<int> ShareAsync(ISegueEngine engine, IReadOnlyCollection<Guid> films, User owner, IReadOnlyCollection<User> viewers, CancellationToken cancellationToken);

    /// <summary>Tells what was published for a user.</summary>
    /// <param name="owner">The user.</param>
    /// <returns>The films.</returns>
    PublishedSoundtracks GetPublished(User owner);
}

/// <summary>The music of a film.</summary>
/// <param name="Film">The film's id.</param>
/// <param name="Name">The playlist's name.</param>
/// <param name="Description">Why this music.</param>
/// <param name="Digest">Tells the film from one that has changed.</param>
/// <param name="Tracks">The music.</param>
public sealed record SoundtrackList(Guid Film, string Name, string Description, string Digest, IReadOnlyList<Neighbour> Tracks);

/// <summary>A film's playlist.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, which a person may have given.</param>
public sealed record SoundtrackPlaylist(Guid Id, string Name);

/// <summary>The playlists of films that a user has or had.</summary>
/// <param name="Digests">Of each film that has a playlist, what it was made of.</param>
/// <param name="Deleted">The films whose playlists a person has deleted.</param>
public sealed record PublishedSoundtracks(IReadOnlyDictionary<Guid, string> Digests, IReadOnlySet<Guid> Deleted);

/// <summary>
/// Lets a <see cref="PublishRun"/> do it, for the lists in question alone.
/// </summary>
internal sealed class SoundtrackPublisher : ISoundtrackPublisher
{
    private readonly IPlaylistManager _playlistManager;
    private readonly ILibraryManager _libraryManager;
    private readonly IMusicLibrary _library;
    private readonly IJellyfinCompat _compat;
    private readonly IPlaylistCovers _covers;
    private readonly IPublishedLedger _ledger;
    private readonly ILogger<SoundtrackPublisher> _logger;
    private readonly TiedPlaylists _tied;

    /// <summary>
    /// Initializes a new instance of the <see cref="SoundtrackPublisher"/> class.
    /// </summary>
    /// <param name="playlistManager">Creates playlists.</param>
    /// <param name="libraryManager">Finds playlists.</param>
    /// <param name="library">The music, and who may see it.</param>
    /// <param name="compat">What entities do by themselves.</param>
    /// <param name="covers">Gives covers.</param>
    /// <param name="ledger">Remembers what was there.</param>
    /// <param name="logger">The log.</param>
    public SoundtrackPublisher(
        IPlaylistManager playlistManager,
        ILibraryManager libraryManager,
        IMusicLibrary library,
        IJellyfinCompat compat,
        IPlaylistCovers covers,
        IPublishedLedger ledger,
        ILogger<SoundtrackPublisher> logger)
    {
        _playlistManager = playlistManager;
        _libraryManager = libraryManager;
        _library = library;
        _compat = compat;
        _covers = covers;
        _ledger = ledger;
        _logger = logger;
        _tied = new TiedPlaylists(libraryManager, library, compat);
    }

    /// <inheritdoc />
    public async Task<SoundtrackPlaylist?> PublishAsync(
        ISegueEngine engine,
        SoundtrackList list,
        User owner,
        IReadOnlyCollection<User>? viewers,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(list);
        ArgumentNullException.ThrowIfNull(owner);

        var wanted = new EnginePlaylist { Key = Key(list.Film), Name = list.Name, Description = list.Description, Tracks = list.Tracks };
        await RunAsync(engine, [wanted], Find([wanted.Key], owner), owner, viewers, cancellationToken).ConfigureAwait(false);
        if (Find([wanted.Key], owner) is not [{ Playlist: var playlist }, ..])
        {
            return null;
        }

        if (!string.Equals(PlaylistMarks.Get(playlist, PlaylistMarks.GivenFilm), list.Digest, StringComparison.Ordinal))
        {
            PlaylistMarks.Set(playlist, PlaylistMarks.GivenFilm, list.Digest);
            await _compat.SaveAsync(playlist, CancellationToken.None).ConfigureAwait(false);
        }

        return new SoundtrackPlaylist(playlist.Id, playlist.Name);
    }

    /// <inheritdoc />
    public async Task<int> ShareAsync(
        ISegueEngine engine,
        IReadOnlyCollection<Guid> films,
        User owner,
        IReadOnlyCollection<User> viewers,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(viewers);

        var ours = Find(films.Select(Key).ToHashSet(StringComparer.Ordinal), owner);
        if (ours.Count == 0)
        {
            return 0;
        }

        var summary = await RunAsync(engine, [.. ours.DistinctBy(list => list.Key, StringComparer.Ordinal).Select(AsItIs)], ours, owner, viewers, cancellationToken).ConfigureAwait(false);
        return summary.Updated;
    }

    /// <inheritdoc />
    public PublishedSoundtracks GetPublished(User owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        var there = new Dictionary<Guid, string>();
        foreach (var list in _tied.Read(ListKind.Film, (_, id) => id.Equals(owner.Id)))
        {
            if (PlaylistMarks.Film(list.Key) is { } film)
            {
                there.TryAdd(film, PlaylistMarks.Get(list.Playlist, PlaylistMarks.GivenFilm) ?? string.Empty);
            }
        }

        // If all are gone at once, it was nobody's wish.
        var were = _ledger.Read().Part(ListKind.Film).Lists.Where(list => list.Owner.Equals(owner.Id)).Select(list => PlaylistMarks.Film(list.Key)).OfType<Guid>();
        return new PublishedSoundtracks(there, there.Count == 0 ? new HashSet<Guid>() : were.Where(film => !there.ContainsKey(film)).ToHashSet());
    }

    private static string Key(Guid film) => PlaylistMarks.FilmPrefix + film.ToString("N", CultureInfo.InvariantCulture);

    /// <summary>What a list holds, for a run that changes nothing but whom it is shown to.</summary>
    private static EnginePlaylist AsItIs(TiedPlaylist list) => new()
    {
        Key = list.Key,
        Name = PlaylistMarks.Get(list.Playlist, PlaylistMarks.GivenName) ?? list.Playlist.Name,
        Description = list.Playlist.Overview ?? string.Empty,
        Tracks = [.. list.Items.Select(id => new Neighbour(id, string.Empty, string.Empty, 0))],
    };

    private IReadOnlyList<TiedPlaylist> Find(IReadOnlyCollection<string> keys, User owner) =>
        _tied.Read(ListKind.Film, (key, id) => keys.Contains(key, StringComparer.Ordinal) && id.Equals(owner.Id));

    private async Task<PublishSummary> RunAsync(
        ISegueEngine engine,
        IReadOnlyList<EnginePlaylist> wanted,
        IReadOnlyList<TiedPlaylist> ours,
        User owner,
        IReadOnlyCollection<User>? viewers,
        CancellationToken cancellationToken)
    {
        var users = _compat.GetUsers();
        var chosen = users.Where(user => user.Id.Equals(owner.Id) || viewers?.Any(viewer => viewer.Id.Equals(user.Id)) == true).ToList();
        var audience = new PlaylistAudience
        {
            All = users,
            Owners = [owner],
            Chosen = chosen,
            Everybody = viewers is not null && chosen.Count == users.Count,
            Private = viewers is null,
            LeftOut = 0,
        };

        // A list that a person has shared is limited by who sees it, whoever was meant to.
        var shared = viewers is not null || ours.Any(list => PlaylistMarks.IsReshared(list.Playlist));
        var access = PlaylistAccess.To(
            wanted.SelectMany(list => list.Tracks).Select(track => track.ItemId).OfType<Guid>().Concat(ours.SelectMany(list => list.Items)).ToHashSet(),
            shared ? users : [owner],
            _library,
            _libraryManager,
            cancellationToken);
        var run = new PublishRun(
            engine,
            audience,
            access,
            wanted,
            ours,
            new PublishedState(),
            new PublishTools(_playlistManager, _libraryManager, _library, _compat, _covers, _tied.Existence(), _logger));
        await run.DoAsync(new Nobody(), cancellationToken).ConfigureAwait(false);
        _ledger.Change(state => state with { Lists = [.. state.Lists.Union(run.State.Lists).OrderBy(list => list.Key, StringComparer.Ordinal).ThenBy(list => list.Owner)] });
        return run.Summary;
    }

    private sealed class Nobody : IProgress<double>
    {
        public void Report(double value)
        {
        }
    }
}
