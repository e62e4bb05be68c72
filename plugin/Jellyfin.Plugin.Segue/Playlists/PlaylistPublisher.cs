using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;
using MediaBrowser.Model.Playlists;
using Microsoft.Extensions.Logging;
using EnginePlaylist = Segue.Native.Playlist;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Writes the engine's playlists into Jellyfin.
/// </summary>
/// <remarks>
/// One set for the whole server, not one per user: hundreds of lists make clients slow. They belong to the first
/// administrator. A list is open to everybody only if every user may see every track in it, because Jellyfin shows a
/// shared playlist's tracks to all who may open it; else it stays the administrator's. A list that is closed, by this
/// rule or by a person, is not opened again by itself, and a name that a person has given is kept.
/// </remarks>
internal sealed class PlaylistPublisher : IPlaylistPublisher
{
    /// <summary>The provider id that ties a Jellyfin playlist to the engine's key.</summary>
    internal const string Tether = "Segue";

    /// <summary>The provider id that remembers the name last given, so that another name is known for a person's.</summary>
    internal const string GivenName = "SegueName";

    private readonly IPlaylistManager _playlistManager;
    private readonly ILibraryManager _libraryManager;
    private readonly IMusicLibrary _library;
    private readonly IJellyfinCompat _compat;
    private readonly ILogger<PlaylistPublisher> _logger;

    /// <summary>
    /// Initializes a new instance of the <see cref="PlaylistPublisher"/> class.
    /// </summary>
    /// <param name="playlistManager">Creates playlists.</param>
    /// <param name="libraryManager">Finds playlists.</param>
    /// <param name="library">The music, and who may see it.</param>
    /// <param name="compat">What entities do by themselves.</param>
    /// <param name="logger">The log.</param>
    public PlaylistPublisher(
        IPlaylistManager playlistManager,
        ILibraryManager libraryManager,
        IMusicLibrary library,
        IJellyfinCompat compat,
        ILogger<PlaylistPublisher> logger)
    {
        _playlistManager = playlistManager;
        _libraryManager = libraryManager;
        _library = library;
        _compat = compat;
        _logger = logger;
    }

    /// <inheritdoc />
    public async Task<PublishSummary> PublishAsync(IReadOnlyList<EnginePlaylist> playlists, IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(playlists);
        ArgumentNullException.ThrowIfNull(progress);

        var users = _compat.GetUsers().Where(user => !Has(user, PermissionKind.IsDisabled)).ToList();
        var administrator = users.Find(user => Has(user, PermissionKind.IsAdministrator))
            ?? throw new InvalidOperationException("Playlists need an owner, and this server has no enabled administrator.");
        var known = FindOurs();

        int created = 0, updated = 0, unchanged = 0;
        for (var i = 0; i < playlists.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var wanted = playlists[i];
            var existing = known.TryGetValue(wanted.Key, out var id) ? _libraryManager.GetItemById<Playlist>(id) : null;

            // Who owns the list must be able to see all of it.
            var owner = users.Find(user => existing is not null && user.Id.Equals(existing.OwnerUserId)) ?? administrator;
            var tracks = Resolve(wanted, owner);
            if (tracks.Count == 0)
            {
                _logger.LogDebug("Playlist {Name} holds nothing that {User} may see", wanted.Name, owner.Username);
                continue;
            }

            var open = users.TrueForAll(user => _library.GetVisibleTracks(user).IsSupersetOf(tracks.Select(track => track.Id)));
            if (existing is null)
            {
                // From here to its first save the list must not be left half made, cancelled or not.
                var playlist = await CreateAsync(wanted, owner).ConfigureAwait(false);
                playlist.OpenAccess = open;
                Write(playlist, wanted, owner, tracks);
                await _compat.SaveAsync(playlist, CancellationToken.None).ConfigureAwait(false);
                created++;
            }
            else if (Differs(existing, wanted, owner, tracks, open))
            {
                existing.OpenAccess &= open;
                Write(existing, wanted, owner, tracks);
                await _compat.SaveAsync(existing, cancellationToken).ConfigureAwait(false);
                updated++;
            }
            else
            {
                unchanged++;
            }

            progress.Report(100.0 * (i + 1) / playlists.Count);
        }

        return new PublishSummary(created, updated, unchanged);
    }

    private static bool Has(User user, PermissionKind kind) => user.Permissions.Any(permission => permission.Kind == kind && permission.Value);

    private static bool Differs(Playlist playlist, EnginePlaylist wanted, User owner, List<Audio> tracks, bool open) =>
        !playlist.IsLocked
        || (playlist.OpenAccess && !open)
        || !playlist.OwnerUserId.Equals(owner.Id)
        || !string.Equals(playlist.Overview, wanted.Description, StringComparison.Ordinal)
        || (!NamedByPerson(playlist) && !string.Equals(playlist.Name, wanted.Name, StringComparison.Ordinal))
        || !playlist.LinkedChildren.Select(child => child.ItemId ?? Guid.Empty).SequenceEqual(tracks.Select(track => track.Id));

    private static bool NamedByPerson(Playlist playlist) =>
        playlist.ProviderIds.TryGetValue(GivenName, out var given) && !string.Equals(playlist.Name, given, StringComparison.Ordinal);

    private void Write(Playlist playlist, EnginePlaylist wanted, User owner, List<Audio> tracks)
    {
        if (!NamedByPerson(playlist))
        {
            playlist.Name = wanted.Name;
            playlist.ProviderIds[GivenName] = wanted.Name;
        }

        playlist.ProviderIds[Tether] = wanted.Key;
        playlist.Overview = wanted.Description;
        playlist.OwnerUserId = owner.Id;
        playlist.LinkedChildren = [.. tracks.Select(_compat.CreateLink)];

        // The server does not add up the new tracks by itself.
        playlist.RunTimeTicks = tracks.Sum(track => track.RunTimeTicks ?? 0);

        // Unlocked, a full refresh of 10.11 merges the file beside the list back into it: entries double or vanish.
        playlist.IsLocked = true;
    }

    private async Task<Playlist> CreateAsync(EnginePlaylist wanted, User owner)
    {
        var result = await _playlistManager.CreatePlaylist(new PlaylistCreationRequest
        {
            Name = wanted.Name,
            UserId = owner.Id,
            MediaType = MediaType.Audio,
            ItemIdList = [],
            Public = false,
        }).ConfigureAwait(false);

        var playlist = Guid.TryParse(result.Id, out var id) ? _libraryManager.GetItemById<Playlist>(id) : null;
        return playlist ?? throw new InvalidOperationException($"Jellyfin created the playlist \"{wanted.Name}\" but does not find it again.");
    }

    private Dictionary<string, Guid> FindOurs()
    {
        var all = _libraryManager.GetItemList(new InternalItemsQuery
        {
            IncludeItemTypes = [BaseItemKind.Playlist],
            Recursive = true,
            DtoOptions = new DtoOptions(true),
        });

        var ours = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var playlist in all.OrderBy(playlist => playlist.DateCreated))
        {
            if (playlist.ProviderIds?.GetValueOrDefault(Tether) is { Length: > 0 } key)
            {
                // Of two with the same key the older is the one that people know.
                ours.TryAdd(key, playlist.Id);
            }
        }

        return ours;
    }

    private List<Audio> Resolve(EnginePlaylist wanted, User owner)
    {
        var visible = _library.GetVisibleTracks(owner);
        return
        [
            .. wanted.Tracks
                .Select(neighbour => neighbour.ItemId)
                .OfType<Guid>()
                .Distinct()
                .Where(visible.Contains)
                .Select(id => _library.GetTrack(id, owner))
                .OfType<Audio>(),
        ];
    }
}
