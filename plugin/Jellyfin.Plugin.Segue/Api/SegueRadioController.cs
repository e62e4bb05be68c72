using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Controller.Library;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using JellyfinPlaylist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Playlists that refill themselves.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue/Radio")]
public sealed class SegueRadioController : SegueControllerBase
{
    private readonly IRadioPlaylists _radio;
    private readonly ILibraryManager _libraryManager;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueRadioController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="radio">Refills playlists.</param>
    /// <param name="libraryManager">Finds playlists.</param>
    public SegueRadioController(ISegueEngineProvider engines, IJellyfinCompat compat, IRadioPlaylists radio, ILibraryManager libraryManager)
        : base(engines, compat)
    {
        _radio = radio;
        _libraryManager = libraryManager;
    }

    /// <summary>Lets one of the user's own playlists refill itself: while it is played, music that goes on from its end is added.</summary>
    /// <param name="playlistId">The playlist.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Nothing.</returns>
    /// <response code="204">It refills itself from now on.</response>
    /// <response code="403">The caller is no user of this server.</response>
    /// <response code="404">The user has no such playlist.</response>
    [HttpPut("{playlistId:guid}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType(StatusCodes.Status403Forbidden)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    public Task<ActionResult> BeginSegueRadio([FromRoute] Guid playlistId, CancellationToken cancellationToken) => SwitchAsync(playlistId, on: true, cancellationToken);

    /// <summary>Makes such a playlist an ordinary one again. Its tracks stay.</summary>
    /// <param name="playlistId">The playlist.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Nothing.</returns>
    /// <response code="204">It stays as it is from now on.</response>
    /// <response code="403">The caller is no user of this server.</response>
    /// <response code="404">The user has no such playlist.</response>
    [HttpDelete("{playlistId:guid}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType(StatusCodes.Status403Forbidden)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    public Task<ActionResult> EndSegueRadio([FromRoute] Guid playlistId, CancellationToken cancellationToken) => SwitchAsync(playlistId, on: false, cancellationToken);

    private async Task<ActionResult> SwitchAsync(Guid playlistId, bool on, CancellationToken cancellationToken)
    {
        if (!TryGetCaller(out var user))
        {
            return Forbid();
        }

        // Segue's own lists have makers of their own, and would be edited by two.
        if (user is null
            || _libraryManager.GetItemById<JellyfinPlaylist>(playlistId) is not { } playlist
            || !playlist.OwnerUserId.Equals(user.Id)
            || PlaylistMarks.Key(playlist) is not null)
        {
            return Missing("You have no such playlist.");
        }

        await _radio.SwitchAsync(playlist, on, cancellationToken).ConfigureAwait(false);
        return NoContent();
    }
}
