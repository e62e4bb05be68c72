using Jellyfin.Data.Enums;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Library;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>One of Segue's playlists in Jellyfin, as it was found.</summary>
internal sealed record TiedPlaylist(string Key, Playlist Playlist, IReadOnlyList<Guid> Items);

/// <summary>
/// Finds the playlists that are tied to the engine's lists.
/// </summary>
/// <param name="libraryManager">Finds playlists.</param>
/// <param name="library">The music.</param>
/// <param name="compat">What entities do by themselves.</param>
internal sealed class TiedPlaylists(ILibraryManager libraryManager, IMusicLibrary library, IJellyfinCompat compat)
{
    /// <summary>Reads them, the oldest first: of two with the same key it is the one that people know.</summary>
    /// <param name="kind">What they were made of.</param>
    /// <param name="wanted">Tells which of these are wanted, by key and owner; null for all.</param>
    /// <returns>The playlists.</returns>
    public IReadOnlyList<TiedPlaylist> Read(ListKind kind, Func<string, Guid, bool>? wanted = null) =>
    [
        .. libraryManager.GetItemList(new InternalItemsQuery
            {
                IncludeItemTypes = [BaseItemKind.Playlist],
                Recursive = true,
                DtoOptions = new DtoOptions(true),
            })
            .OfType<Playlist>()
            .Where(playlist => PlaylistMarks.Key(playlist) is { } key && PlaylistMarks.Kind(key) == kind && wanted?.Invoke(key, playlist.OwnerUserId) != false)
            .OrderBy(playlist => playlist.DateCreated)

            // Read anew one by one: entries need not come with a list, and what is saved must be whole.
            .Select(playlist => libraryManager.GetItemById<Playlist>(playlist.Id))
            .OfType<Playlist>()
            .Select(playlist => new TiedPlaylist(PlaylistMarks.Key(playlist) ?? string.Empty, playlist, compat.GetPlaylistItems(playlist))),
    ];

    /// <summary>Tells what there is; reads the library's ids once, and only when somebody asks.</summary>
    /// <returns>As of now.</returns>
    public IExistence Existence() => new ExistingTracks(library, libraryManager);

    private sealed class ExistingTracks(IMusicLibrary library, ILibraryManager libraryManager) : IExistence
    {
        private HashSet<Guid>? _tracks;
        private HashSet<string>? _prints;

        public bool HasTrack(string print) =>
            (_prints ??= Tracks().Select(PlaylistMarks.Print).ToHashSet(StringComparer.Ordinal)).Contains(print);

        public bool HasItem(Guid id) => Tracks().Contains(id) || libraryManager.GetItemById(id) is not null;

        private HashSet<Guid> Tracks() => _tracks ??= [.. library.GetAllTracks()];
    }
}
