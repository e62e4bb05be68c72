using System.Net.Mime;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Library;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What comes of listening: a user's own lists, which nobody else is told, and the map.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueListeningController : SegueHearingControllerBase
{
    /// <summary>Decimals of places on the map: a ten-thousandth of its width is less than a point on a screen.</summary>
    private const int Decimals = 4;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueListeningController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="libraryManager">The server's library.</param>
    public SegueListeningController(ISegueEngineProvider engines, IJellyfinCompat compat, IMusicLibrary library, ILibraryManager libraryManager)
        : base(engines, compat, library, libraryManager)
    {
    }

    /// <summary>Lists the caller's own lists as they were made last.</summary>
    /// <response code="200">The lists follow; none before the first were made.</response>
    /// <response code="400">An API key has no taste.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The lists.</returns>
    [HttpGet("Taste")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<IReadOnlyList<SeguePersonalListDto>> GetSegueTaste() => AskFor<IReadOnlyList<SeguePersonalListDto>>((engine, audience) =>
    {
        if (audience.User is null)
        {
            return Bad("An API key has no taste. Log in as the user whose it is.");
        }

        var lists = engine.GetPersonalLists(audience.Listener, audience.Allowed);
        var answer = new List<SeguePersonalListDto>(lists.Count);
        foreach (var list in lists)
        {
            HttpContext.RequestAborted.ThrowIfCancellationRequested();
            answer.Add(new SeguePersonalListDto
            {
                Key = list.Key,
                Kind = list.Kind.ToString(),
                Slot = list.Slot,
                Name = list.Name,
                Description = list.Description,
                Tracks = audience.Describe(list.Tracks),
            });
        }

        return Ok(answer);
    });

    /// <summary>
    /// Forgets what Segue knows of the caller's listening: the play log, opinions and own lists. What Jellyfin itself keeps (plays,
    /// favourites) stays there, and is read again unless the caller is left out of the play log.
    /// </summary>
    /// <response code="204">It is forgotten.</response>
    /// <response code="400">Of an API key nothing is kept.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>Nothing.</returns>
    [HttpDelete("Listening")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult ForgetSegueListening() => !TryGetCaller(out var user) ? Forbid()
        : user is null ? Bad("Of an API key nothing is kept.")
        : Tell(engine =>
        {
            engine.ForgetListener(SegueAudience.Name(user.Id));
            return NoContent();
        });

    /// <summary>Gives the map of what the caller may see: a plane on which what sounds alike lies together.</summary>
    /// <response code="200">The map follows; empty before the first was made.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The map.</returns>
    [HttpGet("Map")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueMapDto> GetSegueMap() => AskFor<SegueMapDto>((engine, audience) =>
    {
        var map = engine.GetMap(audience.Allowed);
        HttpContext.RequestAborted.ThrowIfCancellationRequested();

        // The whole library may be in it: one question for all, as of now, and none for each track.
        var ids = map.Points.Select(point => point.ItemId).OfType<Guid>().Where(audience.Saw).ToHashSet();
        var hidden = audience.User is { } user && ids.Count > 0 ? Library.GetHiddenTracks(user, ids) : null;
        ids.ExceptWith(hidden ?? Enumerable.Empty<Guid>());
        var points = map.Points.Where(point => point.ItemId is { } id && ids.Contains(id)).ToList();
        return new SegueMapDto
        {
            Ids = points.ConvertAll(point => point.ItemId!.Value),
            X = points.ConvertAll(point => MathF.Round(point.X, Decimals)),
            Y = points.ConvertAll(point => MathF.Round(point.Y, Decimals)),
            Regions = points.ConvertAll(point => point.Region),
            Names = [.. map.Regions.Select(region => new SegueMapRegionDto(region.Name, MathF.Round(region.X, Decimals), MathF.Round(region.Y, Decimals), region.Songs))],
        };
    });
}
