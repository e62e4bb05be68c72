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
using Microsoft.Extensions.Logging;
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

    /// <summary>Ids asked for at once: servers have failed on a thousand.</summary>
    internal const int BatchSize = 500;

    private readonly ILibraryManager _libraryManager;
    private readonly IJellyfinCompat _compat;
    private readonly VisibleTracksCache _visible;

    /// <summary>
    /// Initializes a new instance of the <see cref="MusicLibrary"/> class.
    /// </summary>
    /// <param name="libraryManager">The server's library.</param>
    /// <param name="compat">What entities do by themselves.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public MusicLibrary(ILibraryManager libraryManager, IJellyfinCompat compat, TimeProvider time, ILogger<MusicLibrary> logger)
    {
        _libraryManager = libraryManager;
        _compat = compat;
        _visible = new VisibleTracksCache(user => Query(user, static _ => { }), time, logger);
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
        var pages = Pages(
            () =>
            {
                var query = Tracks(null);
                query.DtoOptions = new DtoOptions(false) { Fields = [ItemFields.ProviderIds], EnableImages = false, EnableUserData = false };
                return query;
            },
            cancellationToken);
        foreach (var page in pages)
        {
            var tracks = page.OfType<Audio>().Where(IsMusicFile).Select(Describe).ToList();
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
        UserRootFolder or AggregateFolder or UserView => Query(user, static _ => { }),
        CollectionFolder { PhysicalFolderIds: { Length: > 0 } folders } => Query(user, query => query.TopParentIds = folders),
        CollectionFolder => [],

        // Not by its parent, which would be direct children only: discs of an album lie in folders of their own.
        Folder => Query(user, query => query.AncestorIds = [item.Id]),
        _ => [],
    };

    /// <inheritdoc />
    public IReadOnlyList<Guid> GetSeedsOfGenres(IReadOnlyList<string> genres, User? user) =>
        genres.Count == 0 ? [] : Query(user, query => query.Genres = genres);

    /// <inheritdoc />
    public IReadOnlySet<Guid> GetVisibleTracks(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return _visible.Get(user);
    }

    /// <inheritdoc />
    public ItemSet GetCandidates(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return _visible.GetSoon(user);
    }

    /// <inheritdoc />
    public ItemSet RenewCandidates(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return _visible.Renew(user);
    }

    /// <inheritdoc />
    public IReadOnlyList<Audio> GetTracks(IReadOnlyList<Guid> ids, User? user, DtoOptions? options)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count == 0)
        {
            return [];
        }

        // A query by ids is limited to the user's libraries only by naming their folders. No folder at all would mean no limit.
        var folders = user is null ? [] : _compat.GetLibraryFolders(_libraryManager.GetUserRootFolder(), user);
        if (user is not null && folders.Count == 0)
        {
            return [];
        }

        var found = new Dictionary<Guid, Audio>(ids.Count);
        foreach (var batch in ids.Distinct().Chunk(BatchSize))
        {
            var query = Tracks(user);
            query.ItemIds = batch;
            query.TopParentIds = [.. folders];
            query.DtoOptions = options ?? new DtoOptions(false);
            foreach (var track in _libraryManager.GetItemList(query).OfType<Audio>())
            {
                // The server's database knows ratings and tags of what a track lies in as they were when it was scanned.
                if (user is null || _compat.IsVisible(track, user))
                {
                    found[track.Id] = track;
                }
            }
        }

        return [.. ids.Distinct().Select(found.GetValueOrDefault).OfType<Audio>()];
    }

    /// <inheritdoc />
    public IReadOnlyList<MusicAlbum> GetAlbums(IReadOnlyList<Audio> tracks, User? user)
    {
        ArgumentNullException.ThrowIfNull(tracks);
        return
        [
            .. tracks.Select(_compat.GetAlbum)
                .OfType<MusicAlbum>()
                .DistinctBy(album => album.Id)
                .Where(album => user is null || _compat.IsVisible(album, user)),
        ];
    }

    /// <inheritdoc />
    public IReadOnlyList<MusicArtist> GetArtists(IReadOnlyList<string> names, User? user, DtoOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0)
        {
            return [];
        }

        // One line of Jellyfin finds names that are written otherwise too and tells them by what was asked, the other by the artist's own name.
        var known = _libraryManager.GetArtists([.. names.Distinct(StringComparer.Ordinal)]);
        var byName = known.Values.SelectMany(artists => artists).ToLookup(artist => artist.Name, StringComparer.OrdinalIgnoreCase);
        var ids = names.Select(name => known.GetValueOrDefault(name)?.FirstOrDefault() ?? byName[name].FirstOrDefault())
            .OfType<MusicArtist>()
            .Select(artist => artist.Id)
            .Distinct()
            .ToList();

        // What comes by name has no images.
        var found = new Dictionary<Guid, MusicArtist>(ids.Count);
        foreach (var batch in ids.Chunk(BatchSize))
        {
            var query = user is null ? new InternalItemsQuery() : new InternalItemsQuery(user);
            query.IncludeItemTypes = [BaseItemKind.MusicArtist];
            query.ItemIds = batch;
            query.DtoOptions = options ?? new DtoOptions(false);
            foreach (var artist in _libraryManager.GetItemList(query).OfType<MusicArtist>().Where(artist => user is null || _compat.IsVisible(artist, user)))
            {
                found[artist.Id] = artist;
            }
        }

        return [.. ids.Select(found.GetValueOrDefault).OfType<MusicArtist>()];
    }

    /// <inheritdoc />
    public IReadOnlySet<string> GetArtistNames(IReadOnlyCollection<Guid> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return ids.Where(id => !id.Equals(Guid.Empty))
            .Select(id => (_libraryManager.GetItemById(id) as MusicArtist)?.Name)
            .OfType<string>()
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc />
    public IEnumerable<IReadOnlyList<Audio>> ReadTracksWithUserData(CancellationToken cancellationToken)
    {
        // The whole library once for all users: dislikes cannot be asked for, since one line of Jellyfin takes that question for its
        // opposite and the other for "no opinion" as well.
        var pages = Pages(
            () =>
            {
                var query = Tracks(null);
                query.DtoOptions = new DtoOptions(false) { EnableImages = false, EnableUserData = true };
                return query;
            },
            cancellationToken);
        return pages.Select(page => (IReadOnlyList<Audio>)[.. page.OfType<Audio>().Where(track => track.UserData is { Count: > 0 })])
            .Where(tracks => tracks.Count > 0);
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

    private static InternalItemsQuery Tracks(User? user)
    {
        var query = user is null ? new InternalItemsQuery() : new InternalItemsQuery(user);
        query.IncludeItemTypes = [BaseItemKind.Audio];
        query.Recursive = true;
        query.IsVirtualItem = false;
        return query;
    }

    private IEnumerable<IReadOnlyList<BaseItem>> Pages(Func<InternalItemsQuery> make, CancellationToken cancellationToken)
    {
        for (var start = 0; ; start += PageSize)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // A fresh one for each page: the server writes into it.
            var query = make();

            // What is added meanwhile comes at the end.
            query.OrderBy = [(ItemSortBy.DateCreated, SortOrder.Ascending), (ItemSortBy.SortName, SortOrder.Ascending)];
            query.StartIndex = start;
            query.Limit = PageSize;
            var items = _libraryManager.GetItemList(query);

            // Only an empty page is the end: the server leaves out of a page what it cannot read, or what the user may not see.
            if (items.Count == 0)
            {
                yield break;
            }

            yield return items;
        }
    }

    private IReadOnlyList<Guid> Query(User? user, Action<InternalItemsQuery> narrow)
    {
        var query = Tracks(user);
        query.DtoOptions = new DtoOptions(false);
        narrow(query);
        return _libraryManager.GetItemIds(query);
    }
}
