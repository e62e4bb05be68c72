using System.Net.Mime;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Film;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Library;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Music that fits a film, of what the caller may see.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue/Soundtrack")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueSoundtrackController : SegueJobControllerBase
{
    /// <summary>Most tracks.</summary>
    internal const int MaxTracks = 1000;

    private readonly IFilmMusic _films;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueSoundtrackController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="libraryManager">The server's library.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="films">Finds music for films.</param>
    public SegueSoundtrackController(
        ISegueEngineProvider engines, IJellyfinCompat compat, IMusicLibrary library, ILibraryManager libraryManager, ISegueJobs jobs, IFilmMusic films)
        : base(engines, compat, library, libraryManager, jobs) => _films = films;

    /// <summary>Begins to find music for a film, an episode, a video, a music video or a folder of pictures. It takes seconds to minutes.</summary>
    /// <param name="itemId">The item.</param>
    /// <param name="wish">How it is wanted; may be left out.</param>
    /// <response code="202">It began, or was under way already. The job follows; ask <c>Segue/Jobs</c> for what comes of it.</response>
    /// <response code="400">The wish makes no sense.</response>
    /// <response code="404">There is no such film that the caller may see.</response>
    /// <response code="409">Too much is under way.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The job.</returns>
    [HttpPost("{itemId:guid}")]
    [RequestSizeLimit(MaxBody)]
    [ProducesResponseType(StatusCodes.Status202Accepted)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status409Conflict)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueJobDto> PostSegueSoundtrack(
        [FromRoute] Guid itemId, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] SegueSoundtrackRequestDto? wish = null) => AskFor<SegueJobDto>((_, audience) =>
    {
        var (length, playlist) = (wish?.Length, wish?.Playlist ?? false);
        if (length is < 1 or > MaxTracks || (playlist && audience.User is null))
        {
            return Bad("A soundtrack has 1 to 1000 tracks, and an API key has no playlists.");
        }

        if (itemId.Equals(Guid.Empty) || _films.Find(itemId, audience.User) is not { } film)
        {
            return Missing("There is no such film.");
        }

        var wanted = new FilmWish(audience.User) { Length = length ?? 0, Playlist = playlist, Offline = wish?.Offline ?? false };
        return Begin(
            new SegueJobOrder(
                SegueJobKind.Soundtrack,
                SegueAudience.Name(film.Id),
                OwnerOf(audience),
                async (progress, token) => await _films.MakeAsync(film, wanted, progress, token).ConfigureAwait(false)),
            audience);
    });
}
