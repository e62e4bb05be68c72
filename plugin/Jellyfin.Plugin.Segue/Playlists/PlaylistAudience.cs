using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Plugin.Segue.Configuration;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Whom playlists are for.
/// </summary>
internal sealed record PlaylistAudience
{
    /// <summary>Most users that get a set of their own: with thirty lists each the server has 1500 to keep by then.</summary>
    internal const int MaxSets = 50;

    /// <summary>Gets every user of the server, disabled ones too: enabling them again must not show them more than they may see.</summary>
    public required IReadOnlyList<User> All { get; init; }

    /// <summary>Gets who owns a set: the first administrator when one set is shared, else each user that playlists are for.</summary>
    public required IReadOnlyList<User> Owners { get; init; }

    /// <summary>Gets the users that playlists are for.</summary>
    public required IReadOnlyList<User> Chosen { get; init; }

    /// <summary>Gets a value indicating whether no user was chosen, so that playlists are for all.</summary>
    public required bool Everybody { get; init; }

    /// <summary>Gets a value indicating whether each user has a set of their own.</summary>
    public required bool Private { get; init; }

    /// <summary>Gets how many users get no set because there are too many.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Finds out whom playlists are for.</summary>
    /// <param name="users">The users of the server.</param>
    /// <param name="settings">The settings.</param>
    /// <returns>The audience.</returns>
    /// <exception cref="InvalidOperationException">There is nobody to own a shared set.</exception>
    public static PlaylistAudience Of(IReadOnlyList<User> users, SegueSettings settings)
    {
        var everybody = settings.PlaylistUsers.Count == 0;
        var chosen = users.Where(user => everybody || settings.PlaylistUsers.Contains(user.Id)).ToList();
        var enabled = chosen.Where(IsEnabled).ToList();
        var isPrivate = settings.PlaylistSharing == PlaylistSharing.Private;
        return new PlaylistAudience
        {
            All = users,
            Chosen = chosen,
            Everybody = everybody,
            Private = isPrivate,
            Owners = isPrivate
                ? [.. enabled.OrderBy(user => user.Username, StringComparer.OrdinalIgnoreCase).Take(MaxSets)]
                : [FindAdministrator(enabled) ?? FindAdministrator(users.Where(IsEnabled)) ?? throw new InvalidOperationException("Playlists need an owner, and this server has no enabled administrator.")],
            LeftOut = isPrivate ? Math.Max(0, enabled.Count - MaxSets) : 0,
        };
    }

    /// <summary>Tells whether a user can log in.</summary>
    /// <param name="user">The user.</param>
    /// <returns>Whether they can.</returns>
    public static bool IsEnabled(User user) => !Has(user, PermissionKind.IsDisabled);

    /// <summary>Finds who owns what belongs to nobody in particular.</summary>
    /// <param name="users">The users in question.</param>
    /// <returns>The first administrator among them; null when there is none.</returns>
    public static User? FindAdministrator(IEnumerable<User> users) => users.FirstOrDefault(user => Has(user, PermissionKind.IsAdministrator));

    private static bool Has(User user, PermissionKind kind) => user.Permissions.Any(permission => permission.Kind == kind && permission.Value);
}
