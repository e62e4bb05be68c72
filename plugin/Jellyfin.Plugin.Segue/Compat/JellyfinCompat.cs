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
        return item.IsFileProtocol && !item.IsShortcut;
    }

    /// <inheritdoc />
    public IReadOnlyList<Guid> GetPlaylistTracks(Playlist playlist)
    {
        ArgumentNullException.ThrowIfNull(playlist);
        return [.. playlist.GetManageableItems().Select(entry => entry.Item2).OfType<Audio>().Select(track => track.Id)];
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
}
