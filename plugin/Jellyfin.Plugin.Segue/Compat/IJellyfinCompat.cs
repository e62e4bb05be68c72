using Jellyfin.Database.Implementations.Entities;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Playlists;

namespace Jellyfin.Plugin.Segue.Compat;

/// <summary>
/// What differs between the lines of Jellyfin, and what its entities do by themselves through the server's statics:
/// both kept behind one door, so that all else is the same code everywhere and can be tested without a server.
/// </summary>
public interface IJellyfinCompat
{
    /// <summary>Lists the users of the server.</summary>
    /// <returns>All of them, disabled ones too.</returns>
    IReadOnlyList<User> GetUsers();

    /// <summary>Tells whether an item is a file on this machine, as opposed to a stream or a pointer to one.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether its path can be read.</returns>
    bool IsLocalFile(BaseItem item);

    /// <summary>Lists the folders on disk of the libraries that a user may see: what a query by ids has to be limited to.</summary>
    /// <param name="root">The folder above all libraries, as users see it.</param>
    /// <param name="user">The user.</param>
    /// <returns>Their ids; none when the user may see no library, and then no query may be made.</returns>
    IReadOnlyList<Guid> GetLibraryFolders(Folder root, User user);

    /// <summary>Tells whether a user may see an item: its library, its rating and tags, and those of all that it lies in.</summary>
    /// <param name="item">The item.</param>
    /// <param name="user">The user.</param>
    /// <returns>Whether it exists for that user, as of now.</returns>
    bool IsVisible(BaseItem item, User user);

    /// <summary>Finds the album that a track lies in. Not filtered by user.</summary>
    /// <param name="track">The track.</param>
    /// <returns>The album, or null.</returns>
    MusicAlbum? GetAlbum(Audio track);

    /// <summary>Lists what is in a playlist in its order. Not filtered by user.</summary>
    /// <param name="playlist">The playlist.</param>
    /// <returns>Ids of its entries, which may be other things than tracks and may be gone from the library.</returns>
    IReadOnlyList<Guid> GetPlaylistItems(Playlist playlist);

    /// <summary>Lists what a person has put into a collection. Not filtered by user.</summary>
    /// <param name="collection">The collection.</param>
    /// <returns>The items that there are.</returns>
    IReadOnlyList<BaseItem> GetCollectionItems(Folder collection);

    /// <summary>Makes a playlist's entry for an item.</summary>
    /// <param name="item">The item.</param>
    /// <returns>An entry that both lines can resolve.</returns>
    LinkedChild CreateLink(BaseItem item);

    /// <summary>Saves an item whose properties were edited.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Cancels the save.</param>
    /// <returns>When it is saved.</returns>
    Task SaveAsync(BaseItem item, CancellationToken cancellationToken);

    /// <summary>Saves an item that has got another image.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Cancels the save.</param>
    /// <returns>When it is saved.</returns>
    Task SaveImageAsync(BaseItem item, CancellationToken cancellationToken);
}
