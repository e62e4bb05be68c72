using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Playlists;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// A user's personal mixes as playlists.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue/PersonalMixes")]
public sealed class SeguePersonalMixesController : SegueControllerBase
{
    private readonly IPersonalPublisher _publisher;

    /// <summary>
    /// Initializes a new instance of the <see cref="SeguePersonalMixesController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="publisher">Writes playlists.</param>
    public SeguePersonalMixesController(ISegueEngineProvider engines, IJellyfinCompat compat, IPersonalPublisher publisher)
        : base(engines, compat)
    {
        _publisher = publisher;
    }

    /// <summary>Lets the user have again what they deleted of their personal mixes. The next refresh brings it.</summary>
    /// <returns>Nothing.</returns>
    /// <response code="204">It will come.</response>
    /// <response code="403">The caller is no user of this server.</response>
    /// <response code="404">Nobody asks: an API key has no personal mixes.</response>
    [HttpPost("Restore")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType(StatusCodes.Status403Forbidden)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    public ActionResult RestoreSeguePersonalMixes()
    {
        if (!TryGetCaller(out var user))
        {
            return Forbid();
        }

        if (user is null)
        {
            return Missing("An API key has no personal mixes.");
        }

        _publisher.TakeBack(user.Id);
        return NoContent();
    }
}
