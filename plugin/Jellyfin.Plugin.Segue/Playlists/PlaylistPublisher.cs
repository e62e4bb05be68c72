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
/// shared playlist's tracks to all who may open it; else it stays the administrator's. Disabled users count: enabling
/// them again must not show them more than they may see. A list that is closed, by this rule or by a person, is not
/// opened again by itself, and a name that a person has given is kept.
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

        var users = _compat.GetUsers();
        var enabled = users.Where(user => !Has(user, PermissionKind.IsDisabled)).ToList();
        var administrator = enabled.Find(user => Has(user, PermissionKind.IsAdministrator))
            ?? throw new InvalidOperationException("Playlists need an owner, and this server has no enabled administrator.");
        var hidden = FindHidden(users, playlists.SelectMany(playlist => playlist.Tracks).Select(neighbour => neighbour.ItemId).OfType<Guid>(), cancellationToken);
        var known = ByKey(FindOurs());
        var written = new HashSet<Guid>();

        int created = 0, updated = 0, unchanged = 0;
        for (var i = 0; i < playlists.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var wanted = playlists[i];
            var existing = known.TryGetValue(wanted.Key, out var id) ? _libraryManager.GetItemById<Playlist>(id) : null;

            // Who owns the list must be able to see all of it.
            var owner = enabled.Find(user => existing is not null && user.Id.Equals(existing.OwnerUserId)) ?? administrator;
            var tracks = Resolve(wanted, owner, hidden[owner.Id]);
            if (tracks.Count == 0)
            {
                _logger.LogDebug("Playlist {Name} holds nothing that {User} may see", wanted.Name, owner.Username);
                continue;
            }

            var open = !hidden.Values.Any(of => tracks.Exists(track => of.Contains(track.Id)));
            if (existing is null)
            {
                // From here to its first save the list must not be left half made, cancelled or not.
                var playlist = await CreateAsync(wanted, owner).ConfigureAwait(false);
                playlist.OpenAccess = open;
                Write(playlist, wanted, owner, tracks);
                await _compat.SaveAsync(playlist, CancellationToken.None).ConfigureAwait(false);
                written.Add(playlist.Id);
                created++;
            }
            else
            {
                var differs = Differs(existing, wanted, owner, tracks, open);
                if (differs)
                {
                    existing.OpenAccess &= open;
                    Write(existing, wanted, owner, tracks);
                    await _compat.SaveAsync(existing, cancellationToken).ConfigureAwait(false);
                }

                written.Add(existing.Id);
                updated += differs ? 1 : 0;
                unchanged += differs ? 0 : 1;
            }

            progress.Report(100.0 * (i + 1) / playlists.Count);
        }

        await CloseWhatIsHiddenAsync(users, written, cancellationToken).ConfigureAwait(false);
        return new PublishSummary(created, updated, unchanged);
    }

    /// <inheritdoc />
    public Task<int> CloseWhatIsHiddenAsync(CancellationToken cancellationToken) =>
        CloseWhatIsHiddenAsync(_compat.GetUsers(), new HashSet<Guid>(), cancellationToken);

    private static bool Has(User user, PermissionKind kind) => user.Permissions.Any(permission => permission.Kind == kind && permission.Value);

    private static bool Differs(Playlist playlist, EnginePlaylist wanted, User owner, List<Audio> tracks, bool open) =>
        !playlist.IsLocked
        || (playlist.OpenAccess && !open)
        || !playlist.OwnerUserId.Equals(owner.Id)
        || !string.Equals(playlist.Overview, wanted.Description, StringComparison.Ordinal)
        || (!NamedByPerson(playlist) && !string.Equals(playlist.Name, wanted.Name, StringComparison.Ordinal))
        || playlist.LinkedChildren.Length != tracks.Count
        || playlist.LinkedChildren.Zip(tracks).Any(pair => !IsLink(pair.First, pair.Second));

    // A full refresh of 10.11 brings entries back without their id.
    private static bool IsLink(LinkedChild entry, Audio track) => entry.ItemId is { } id && !id.Equals(Guid.Empty)
        ? id.Equals(track.Id)
        : string.Equals(entry.Path, track.Path, StringComparison.Ordinal);

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

    private List<Playlist> FindOurs() =>
    [
        .. _libraryManager.GetItemList(new InternalItemsQuery
            {
                IncludeItemTypes = [BaseItemKind.Playlist],
                Recursive = true,
                DtoOptions = new DtoOptions(true),
            })
            .OfType<Playlist>()
            .Where(playlist => Key(playlist) is not null),
    ];

    private static string? Key(Playlist playlist) => playlist.ProviderIds?.GetValueOrDefault(Tether) is { Length: > 0 } key ? key : null;

    private static Dictionary<string, Guid> ByKey(IEnumerable<Playlist> ours)
    {
        var ids = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var playlist in ours.OrderBy(playlist => playlist.DateCreated))
        {
            // Of two with the same key the older is the one that people know.
            ids.TryAdd(Key(playlist)!, playlist.Id);
        }

        return ids;
    }

    /// <summary>Finds out for each user which of some items are hidden. All of what a user may see is held only while it is compared.</summary>
    private Dictionary<Guid, IReadOnlySet<Guid>> FindHidden(IEnumerable<User> users, IEnumerable<Guid> items, CancellationToken cancellationToken)
    {
        var among = items.ToHashSet();
        var hidden = new Dictionary<Guid, IReadOnlySet<Guid>>();
        foreach (var user in users)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hidden[user.Id] = _library.GetHiddenTracks(user, among);
        }

        return hidden;
    }

    private async Task<int> CloseWhatIsHiddenAsync(IReadOnlyList<User> users, HashSet<Guid> except, CancellationToken cancellationToken)
    {
        // Read anew one by one: entries need not come with a list, and what is saved must be whole.
        var open = FindOurs()
            .Where(playlist => playlist.OpenAccess && !except.Contains(playlist.Id))
            .Select(playlist => _libraryManager.GetItemById<Playlist>(playlist.Id))
            .OfType<Playlist>()
            .Select(playlist => (Playlist: playlist, Items: _compat.GetPlaylistItems(playlist)))
            .ToList();
        if (open.Count == 0)
        {
            return 0;
        }

        var hidden = FindHidden(users, open.SelectMany(entry => entry.Items), cancellationToken).Values.SelectMany(ids => ids).ToHashSet();

        // What has left the library is hidden from everybody, and shown to nobody.
        hidden.RemoveWhere(id => _libraryManager.GetItemById(id) is null);

        var closed = 0;
        foreach (var (playlist, _) in open.Where(entry => entry.Items.Any(hidden.Contains)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            playlist.OpenAccess = false;
            await _compat.SaveAsync(playlist, cancellationToken).ConfigureAwait(false);
            _logger.LogInformation("Playlist {Name} is no longer open to everybody: not every user may see all of it", playlist.Name);
            closed++;
        }

        return closed;
    }

    private List<Audio> Resolve(EnginePlaylist wanted, User owner, IReadOnlySet<Guid> hidden) =>
    [
        .. wanted.Tracks
            .Select(neighbour => neighbour.ItemId)
            .OfType<Guid>()
            .Distinct()
            .Where(id => !hidden.Contains(id))
            .Select(id => _library.GetTrack(id, owner))
            .OfType<Audio>(),
    ];
}
