using System.Globalization;
using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Library;
using Microsoft.Extensions.Logging;
using Segue.Native;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Playlists that refill themselves while they are played.
/// </summary>
public interface IRadioPlaylists
{
    /// <summary>Makes a user's playlist one that refills itself, or an ordinary one again. Its tracks stay.</summary>
    /// <param name="playlist">The playlist.</param>
    /// <param name="on">Whether it refills itself.</param>
    /// <param name="cancellationToken">Cancels the save.</param>
    /// <returns>When it is saved.</returns>
    Task SwitchAsync(Playlist playlist, bool on, CancellationToken cancellationToken);

    /// <summary>Refills those of a user's playlists whose end a track is near.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="user">The user who plays.</param>
    /// <param name="track">What they play.</param>
    /// <param name="cancellationToken">Ends it between two playlists.</param>
    /// <returns>How many tracks were added.</returns>
    Task<int> RefillAsync(ISegueEngine engine, User user, Guid track, CancellationToken cancellationToken);
}

/// <summary>
/// Adds to the end what goes on from there, and takes from the front what was heard long ago.
/// </summary>
internal sealed class RadioPlaylists : IRadioPlaylists
{
    /// <summary>Marks a playlist that refills itself; holds what it began with.</summary>
    internal const string Mark = "SegueRadio";

    /// <summary>A playlist is refilled while at most this many tracks are left.</summary>
    internal const int Ahead = 10;

    /// <summary>Tracks added at a time.</summary>
    internal const int Refill = 25;

    /// <summary>Tracks that stay, the newest; more would make the server slow.</summary>
    internal const int Longest = 200;

    /// <summary>Tracks that say what the radio plays.</summary>
    internal const int MaxSeeds = 5;

    private readonly ILibraryManager _libraryManager;
    private readonly IMusicLibrary _library;
    private readonly IJellyfinCompat _compat;
    private readonly ISegueSettings _settings;
    private readonly ILogger<RadioPlaylists> _logger;

    /// <summary>
    /// Initializes a new instance of the <see cref="RadioPlaylists"/> class.
    /// </summary>
    /// <param name="libraryManager">Finds playlists.</param>
    /// <param name="library">The music, and who may see it.</param>
    /// <param name="compat">What entities do by themselves.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="logger">The log.</param>
    public RadioPlaylists(ILibraryManager libraryManager, IMusicLibrary library, IJellyfinCompat compat, ISegueSettings settings, ILogger<RadioPlaylists> logger)
    {
        _libraryManager = libraryManager;
        _library = library;
        _compat = compat;
        _settings = settings;
        _logger = logger;
    }

    /// <inheritdoc />
    public async Task SwitchAsync(Playlist playlist, bool on, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(playlist);
        if (on)
        {
            PlaylistMarks.Set(playlist, Mark, string.Join(',', _compat.GetPlaylistItems(playlist).Take(MaxSeeds).Select(Name)));
        }
        else
        {
            playlist.ProviderIds.Remove(Mark);
        }

        // A full refresh of an unlocked playlist merges old entries back on 10.11.
        playlist.IsLocked |= on;
        await _compat.SaveAsync(playlist, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task<int> RefillAsync(ISegueEngine engine, User user, Guid track, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(user);

        var added = 0;
        foreach (var playlist in Find(user))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var items = _compat.GetPlaylistItems(playlist);
            if (items.TakeLast(Ahead).Contains(track))
            {
                added += await RefillAsync(engine, user, playlist, items, cancellationToken).ConfigureAwait(false);
            }
        }

        return added;
    }

    private static string Name(Guid id) => id.ToString("N", CultureInfo.InvariantCulture);

    private IEnumerable<Playlist> Find(User user) => _libraryManager
        .GetItemList(new InternalItemsQuery
        {
            IncludeItemTypes = [BaseItemKind.Playlist],
            Recursive = true,
            DtoOptions = new DtoOptions(true),
        })
        .OfType<Playlist>()
        .Where(playlist => playlist.OwnerUserId.Equals(user.Id) && PlaylistMarks.Get(playlist, Mark) is not null)

        // Read anew: entries need not come with a list, and what is saved must be whole.
        .Select(playlist => _libraryManager.GetItemById<Playlist>(playlist.Id))
        .OfType<Playlist>();

    private async Task<int> RefillAsync(ISegueEngine engine, User user, Playlist playlist, IReadOnlyList<Guid> items, CancellationToken cancellationToken)
    {
        var settings = _settings.Current;
        var allowed = _library.GetCandidates(user);
        var seeds = (PlaylistMarks.Get(playlist, Mark) ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty)
            .Where(allowed.Contains)
            .ToList();
        if (seeds.Count == 0)
        {
            seeds = [.. items.Where(allowed.Contains).Take(MaxSeeds)];
        }

        var answer = engine.Mix(new MixRequest
        {
            Seeds = [.. seeds.Select(Seed.Track)],
            Queue = [.. items.Select(Name)],
            Length = Refill,
            ArtistCap = settings.ArtistCap,
            AlbumCap = settings.AlbumCap,
            Window = settings.MixWindow,
            Listener = Name(user.Id),
            Allowed = allowed,
        });

        // Who can open the list sees all of it, so what is added must be open to all of them.
        var chosen = answer.Select(near => near.ItemId).OfType<Guid>().Except(items).Distinct().ToList();
        var users = _compat.GetUsers();
        var access = PlaylistAccess.To(chosen, users, _library, _libraryManager, cancellationToken);
        var viewers = access.Viewers(playlist).Append(user.Id).Distinct().ToList();
        chosen.RemoveAll(id => !viewers.TrueForAll(viewer => access.Sees(viewer, id)));
        var tracks = _library.GetTracks(chosen, user, null);
        if (tracks.Count == 0)
        {
            return 0;
        }

        var kept = playlist.LinkedChildren.TakeLast(Longest - tracks.Count).ToList();
        var gone = playlist.LinkedChildren.Length - kept.Count;
        var before = playlist.RunTimeTicks ?? 0;
        var leaving = gone > 0 ? _library.GetTracks([.. items.Take(gone)], null, null).Sum(track => track.RunTimeTicks ?? 0) : 0;
        playlist.LinkedChildren = [.. kept, .. tracks.Select(_compat.CreateLink)];
        playlist.RunTimeTicks = Math.Max(0, before - leaving) + tracks.Sum(track => track.RunTimeTicks ?? 0);
        await _compat.SaveAsync(playlist, cancellationToken).ConfigureAwait(false);
        _logger.LogDebug("Playlist {Name} goes on with {Count} tracks", playlist.Name, tracks.Count);
        return tracks.Count;
    }
}
