using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Entities;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Who may see which of the tracks in question. Jellyfin shows a shared playlist's tracks to all who may open it, so a list
/// is shown to those only who may see all of it.
/// </summary>
internal sealed class PlaylistAccess
{
    private readonly IReadOnlyList<User> _users;
    private readonly Dictionary<Guid, HashSet<Guid>> _hidden;

    private PlaylistAccess(IReadOnlyList<User> users, Dictionary<Guid, HashSet<Guid>> hidden)
    {
        _users = users;
        _hidden = hidden;
    }

    /// <summary>Finds out for each user which of some items are hidden. All of what a user may see is held only while it is compared.</summary>
    public static PlaylistAccess To(
        IReadOnlyCollection<Guid> items,
        IReadOnlyList<User> users,
        IMusicLibrary library,
        ILibraryManager libraryManager,
        CancellationToken cancellationToken)
    {
        var hidden = new Dictionary<Guid, HashSet<Guid>>();
        foreach (var user in users)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hidden[user.Id] = [.. library.GetHiddenTracks(user, items)];
        }

        // What has left the library is hidden from everybody, and shown to nobody.
        var gone = hidden.Values.SelectMany(ids => ids).Distinct().Where(id => libraryManager.GetItemById(id) is null).ToHashSet();
        foreach (var ids in hidden.Values)
        {
            ids.ExceptWith(gone);
        }

        return new PlaylistAccess(users, hidden);
    }

    /// <summary>Tells whether a user may see an item. One who is not known may see none.</summary>
    public bool Sees(Guid user, Guid item) => _hidden.TryGetValue(user, out var hidden) && !hidden.Contains(item);

    /// <summary>Tells whether a user may see all of some items.</summary>
    public bool SeesAll(Guid user, IEnumerable<Guid> items) => items.All(item => Sees(user, item));

    /// <summary>Tells whether every user may see all of some items.</summary>
    public bool EverybodySeesAll(IReadOnlyCollection<Guid> items) => _users.All(user => SeesAll(user.Id, items));

    /// <summary>Lists who can open a playlist besides its owner.</summary>
    public IReadOnlyList<Guid> Viewers(Playlist playlist) => playlist.OpenAccess
        ? [.. _users.Select(user => user.Id)]
        : [.. (playlist.Shares ?? []).Select(share => share.UserId)];

    /// <summary>Takes a playlist from those who may not see all of it. One that a person has shared is theirs to share.</summary>
    /// <param name="playlist">The playlist.</param>
    /// <param name="items">What is in it.</param>
    /// <param name="maySee">Tells who may see what its name tells of; null for everybody.</param>
    /// <returns>Whether the playlist was changed, and must be saved.</returns>
    public bool Limit(Playlist playlist, IReadOnlyCollection<Guid> items, Func<User, bool>? maySee = null)
    {
        if (PlaylistMarks.IsReshared(playlist))
        {
            return false;
        }

        if (playlist.OpenAccess)
        {
            if (EverybodySeesAll(items) && _users.All(user => maySee?.Invoke(user) != false))
            {
                return false;
            }

            playlist.OpenAccess = false;
        }
        else
        {
            PlaylistUserPermissions[] left = [.. (playlist.Shares ?? []).Where(share => SeesAll(share.UserId, items) && (maySee is null || _users.Any(user => user.Id.Equals(share.UserId) && maySee(user))))];
            if (left.Length == (playlist.Shares?.Count ?? 0))
            {
                return false;
            }

            playlist.Shares = left;
        }

        PlaylistMarks.MarkSharing(playlist);
        return true;
    }
}
