using System.Collections.Concurrent;
using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Plugin.Segue.Compat;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Entities;
using MediaBrowser.Model.Querying;
using Segue.Native;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Library;

/// <summary>
/// Asks <see cref="ILibraryManager"/>. Holds the rules of access: a query that names items, parents or ancestors is not
/// limited to the user's libraries by the server, so such answers are only ever candidates.
/// </summary>
internal sealed class MusicLibrary : IMusicLibrary
{
    /// <summary>Tracks read at once.</summary>
    internal const int PageSize = 1000;

    /// <summary>How long the set of tracks that a user may see is kept.</summary>
    internal static readonly TimeSpan VisibleFor = TimeSpan.FromMinutes(2);

    private readonly ILibraryManager _libraryManager;
    private readonly IJellyfinCompat _compat;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<Guid, VisibleTracks> _visible = new();

    /// <summary>
    /// Initializes a new instance of the <see cref="MusicLibrary"/> class.
    /// </summary>
    /// <param name="libraryManager">The server's library.</param>
    /// <param name="compat">What entities do by themselves.</param>
    /// <param name="time">The clock.</param>
    public MusicLibrary(ILibraryManager libraryManager, IJellyfinCompat compat, TimeProvider time)
    {
        _libraryManager = libraryManager;
        _compat = compat;
        _time = time;
    }

    /// <inheritdoc />
    public int CountTracks() => _libraryManager.GetCount(new InternalItemsQuery
    {
        IncludeItemTypes = [BaseItemKind.Audio],
        Recursive = true,
        IsVirtualItem = false,
    });

    /// <inheritdoc />
    public IEnumerable<IReadOnlyList<LibraryTrack>> ReadTracks(CancellationToken cancellationToken)
    {
        for (var start = 0; ; start += PageSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var items = _libraryManager.GetItemList(new InternalItemsQuery
            {
                IncludeItemTypes = [BaseItemKind.Audio],
                Recursive = true,
                IsVirtualItem = false,
                DtoOptions = new DtoOptions(false) { Fields = [ItemFields.ProviderIds], EnableImages = false, EnableUserData = false },

                // What is added meanwhile comes at the end.
                OrderBy = [(ItemSortBy.DateCreated, SortOrder.Ascending), (ItemSortBy.SortName, SortOrder.Ascending)],
                StartIndex = start,
                Limit = PageSize,
            });

            // Only an empty page is the end: the server leaves out of a page what it cannot read.
            if (items.Count == 0)
            {
                yield break;
            }

            var tracks = items.OfType<Audio>().Where(IsMusicFile).Select(Describe).ToList();
            if (tracks.Count > 0)
            {
                yield return tracks;
            }
        }
    }

    /// <inheritdoc />
    public IReadOnlyCollection<Guid> GetAllTracks() => Query(null, static _ => { });

    /// <inheritdoc />
    public IReadOnlyList<Guid> GetSeeds(BaseItem item, User? user) => item switch
    {
        AudioBook => [],
        Audio => [item.Id],
        Playlist playlist => _compat.GetPlaylistItems(playlist),
        MusicArtist => Query(user, query => query.ArtistIds = [item.Id]),
        MusicGenre => Query(user, query => query.GenreIds = [item.Id]),
        Folder => Query(user, query => query.ParentId = item.Id),
        _ => [],
    };

    /// <inheritdoc />
    public IReadOnlyList<Guid> GetSeedsOfGenres(IReadOnlyList<string> genres, User? user) =>
        genres.Count == 0 ? [] : Query(user, query => query.Genres = genres);

    /// <inheritdoc />
    public IReadOnlySet<Guid> GetVisibleTracks(User user)
    {
        ArgumentNullException.ThrowIfNull(user);

        var now = _time.GetTimestamp();
        foreach (var (id, entry) in _visible)
        {
            if (_time.GetElapsedTime(entry.ReadAt, now) >= VisibleFor)
            {
                _visible.TryRemove(new(id, entry));
            }
        }

        return _visible.GetOrAdd(
            user.Id,
            static (_, state) => new VisibleTracks(state.now, [.. state.library.Query(state.user, static _ => { })]),
            (library: this, user, now)).Ids;
    }

    /// <inheritdoc />
    public IReadOnlySet<Guid> GetHiddenTracks(User user, IReadOnlyCollection<Guid> among)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(among);

        // Not by their ids: such a query is not limited to the user's libraries.
        var hidden = among.ToHashSet();
        hidden.ExceptWith(Query(user, static _ => { }));
        return hidden;
    }

    /// <inheritdoc />
    public Audio? GetTrack(Guid id, User? user) =>
        user is null ? _libraryManager.GetItemById<Audio>(id) : _libraryManager.GetItemById<Audio>(id, user);

    private static LibraryTrack Describe(Audio track) => new(
        track.Id,
        track.Path,
        new TrackTags
        {
            Title = track.Name ?? string.Empty,
            Artist = First(track.Artists),
            AlbumArtist = First(track.AlbumArtists),
            Album = track.Album ?? string.Empty,
            Track = Math.Max(0, track.IndexNumber ?? 0),
            Year = track.ProductionYear ?? 0,
            Genres = [.. (track.Genres ?? []).Where(genre => !string.IsNullOrWhiteSpace(genre))],
            MbRecording = Id(track, MetadataProvider.MusicBrainzRecording),
            MbRelease = Id(track, MetadataProvider.MusicBrainzAlbum),
            MbArtist = Id(track, MetadataProvider.MusicBrainzArtist),
        });

    private static string First(IReadOnlyList<string>? names) => names is { Count: > 0 } ? names[0] ?? string.Empty : string.Empty;

    private static string Id(Audio track, MetadataProvider provider) =>
        track.ProviderIds?.GetValueOrDefault(provider.ToString()) ?? string.Empty;

    private bool IsMusicFile(Audio track) =>
        track is not AudioBook
        && track.ExtraType is null
        && !track.IsVirtualItem
        && !string.IsNullOrEmpty(track.Path)
        && _compat.IsLocalFile(track);

    private IReadOnlyList<Guid> Query(User? user, Action<InternalItemsQuery> narrow)
    {
        var query = user is null ? new InternalItemsQuery() : new InternalItemsQuery(user);
        query.IncludeItemTypes = [BaseItemKind.Audio];
        query.Recursive = true;
        query.IsVirtualItem = false;
        query.DtoOptions = new DtoOptions(false);
        narrow(query);
        return _libraryManager.GetItemIds(query);
    }

    private sealed record VisibleTracks(long ReadAt, HashSet<Guid> Ids);
}
