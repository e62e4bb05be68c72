using Jellyfin.Database.Implementations.Entities;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;

namespace Jellyfin.Plugin.Segue.Compat;

/// <summary>
/// The only file that knows which line of Jellyfin it is compiled for.
/// </summary>
internal sealed class JellyfinCompat : IJellyfinCompat
{
    private readonly IUserManager _userManager;

    /// <summary>
    /// Initializes a new instance of the <see cref="JellyfinCompat"/> class.
    /// </summary>
    /// <param name="userManager">The server's users.</param>
    public JellyfinCompat(IUserManager userManager) => _userManager = userManager;

    /// <inheritdoc />
    public IReadOnlyList<User> GetUsers()
    {
#if NET10_0_OR_GREATER
        return [.. _userManager.GetUsers()];
#else
        // 10.11.9 replaced the property by a method. This build is against 10.11.0 and runs on both, and on 12.
        var type = typeof(IUserManager);
        var users = type.GetMethod("GetUsers", Type.EmptyTypes)?.Invoke(_userManager, null)
            ?? type.GetProperty("Users")?.GetValue(_userManager);
        return users is IEnumerable<User> known
            ? [.. known]
            : throw new NotSupportedException("This version of Jellyfin lists its users in a way that Segue does not know.");
#endif
    }

    /// <inheritdoc />
    public bool IsLocalFile(BaseItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return !item.IsShortcut && item.IsFileProtocol;
    }

    /// <inheritdoc />
    public IReadOnlyList<Guid> GetLibraryFolders(Folder root, User user)
    {
        ArgumentNullException.ThrowIfNull(root);
        return [.. root.GetChildren(user, true).OfType<CollectionFolder>().SelectMany(library => library.PhysicalFolderIds).Distinct()];
    }

    /// <inheritdoc />
    public bool IsVisible(BaseItem item, User user)
    {
        ArgumentNullException.ThrowIfNull(item);

        // Not `IsVisible`, which asks for ratings and tags only.
        return item.IsVisibleStandalone(user);
    }

    /// <inheritdoc />
    public MusicAlbum? GetAlbum(Audio track)
    {
        ArgumentNullException.ThrowIfNull(track);
        return track.AlbumEntity;
    }

    /// <inheritdoc />
    public IReadOnlyList<Guid> GetPlaylistItems(Playlist playlist)
    {
        ArgumentNullException.ThrowIfNull(playlist);

        // Asking the server is a read from its database for each entry. It is needed where an entry has only its path, as 10.11
        // leaves it after a full refresh, and where entries are not loaded at all, as may be on 12.
        var entries = playlist.LinkedChildren;
        var known = entries.Select(entry => entry.ItemId).OfType<Guid>().Where(id => !id.Equals(Guid.Empty)).ToList();
        return known.Count > 0 && known.Count == entries.Length
            ? known
            : [.. playlist.GetManageableItems().Select(entry => entry.Item2).OfType<BaseItem>().Select(item => item.Id)];
    }

    /// <inheritdoc />
    public IReadOnlyList<BaseItem> GetCollectionItems(Folder collection)
    {
        ArgumentNullException.ThrowIfNull(collection);
        return [.. collection.GetLinkedChildren()];
    }

    /// <inheritdoc />
    public LinkedChild CreateLink(BaseItem item)
    {
        ArgumentNullException.ThrowIfNull(item);

        // 10.11 finds the entry again by the path that Create sets, 12 by the id; a bare id is lost on 10.11 at the next restart.
        var link = LinkedChild.Create(item);
        link.ItemId = item.Id;
        return link;
    }

    /// <inheritdoc />
    public Task SaveAsync(BaseItem item, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.UpdateToRepositoryAsync(ItemUpdateType.MetadataEdit, cancellationToken);
    }

    /// <inheritdoc />
    public Task SaveImageAsync(BaseItem item, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.UpdateToRepositoryAsync(ItemUpdateType.ImageUpdate, cancellationToken);
    }
}
