using System.Net.Mime;
using System.Text;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using MediaBrowser.Common.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// How the library falls into groups. For administrators: artists' names tell what is in libraries.
/// </summary>
[ApiController]
[Authorize(Policy = Policies.RequiresElevation)]
[Route("Segue")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueClustersController : SegueControllerBase
{
    /// <summary>Most groups of an elbow curve.</summary>
    internal const int MaxElbow = 200;

    private readonly ISegueSettings _settings;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueClustersController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="settings">The settings.</param>
    public SegueClustersController(ISegueEngineProvider engines, IJellyfinCompat compat, ISegueSettings settings)
        : base(engines, compat) => _settings = settings;

    /// <summary>Tells how the library was last grouped.</summary>
    /// <response code="200">It follows.</response>
    /// <response code="404">It was not grouped yet.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>How the groups were found and how good they are.</returns>
    [HttpGet("Clusters")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueClustersDto> GetSegueClusters() => Ask<SegueClustersDto>(engine =>
        engine.GetReports(1) is [var report, ..] ? SegueClustersDto.Of(report.Clusters) : Missing("No playlists were made yet."));

    /// <summary>Tells how many tracks can take part with the settings of now, and why others cannot.</summary>
    /// <response code="200">It follows.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>What was found.</returns>
    [HttpGet("DataQuality")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueDataQualityDto> GetSegueDataQuality() => Ask<SegueDataQualityDto>(engine =>
        SegueDataQualityDto.Of(engine.GetDataQuality(_settings.Current.Playlists.Cluster)));

    /// <summary>Draws the curve that tells how many groups there are. Takes seconds to minutes.</summary>
    /// <param name="least">The fewest groups; by default as set.</param>
    /// <param name="most">The most groups; by default as set.</param>
    /// <response code="200">The curve follows, as data and as SVG.</response>
    /// <response code="400">The range makes no sense.</response>
    /// <response code="409">Another run is under way.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The curve.</returns>
    [HttpGet("Elbow")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status409Conflict)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public Task<ActionResult<SegueElbowDto>> GetSegueElbow([FromQuery] int? least = null, [FromQuery] int? most = null) => AskAsync<SegueElbowDto>(async engine =>
    {
        if (!TryGetRange(least, most, out var range))
        {
            return Bad("The range goes from 1 to 200, the smaller number first.");
        }

        var elbow = await DrawAsync(engine, range).ConfigureAwait(false);
        return new SegueElbowDto
        {
            Curve = [.. elbow.Curve.Select(point => new SegueElbowPointDto(point.K, point.Inertia, point.Silhouette))],
            Suggested = elbow.Suggested,
            Svg = elbow.Svg,
        };
    });

    /// <summary>The same curve as a picture.</summary>
    /// <param name="least">The fewest groups; by default as set.</param>
    /// <param name="most">The most groups; by default as set.</param>
    /// <response code="200">The picture follows.</response>
    /// <response code="400">The range makes no sense.</response>
    /// <response code="409">Another run is under way.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The picture, SVG.</returns>
    [HttpGet("Elbow/Image")]
    [Produces("image/svg+xml", MediaTypeNames.Application.ProblemJson)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status409Conflict)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public Task<ActionResult> GetSegueElbowImage([FromQuery] int? least = null, [FromQuery] int? most = null) => TellAsync(async engine =>
    {
        if (!TryGetRange(least, most, out var range))
        {
            return Bad("The range goes from 1 to 200, the smaller number first.");
        }

        var elbow = await DrawAsync(engine, range).ConfigureAwait(false);

        // A picture may carry scripts; this one has none, and none would run.
        Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        return File(Encoding.UTF8.GetBytes(elbow.Svg), "image/svg+xml");
    });

    /// <summary>Lists artists with a vector of their own, and who is near them.</summary>
    /// <param name="similar">How many of the nearest others each is given.</param>
    /// <response code="200">The artists follow.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>One entry per artist.</returns>
    [HttpGet("Artists")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<IReadOnlyList<SegueArtistDto>> GetSegueArtists([FromQuery] int similar = 5) => Ask<IReadOnlyList<SegueArtistDto>>(engine =>
        Ok(engine.GetArtists(Math.Clamp(similar, 0, 50))
            .Select(artist => new SegueArtistDto(
                artist.Artist,
                artist.Songs,
                [.. artist.Similar.Select(other => new SegueSimilarArtistDto(other.Artist, other.Similarity))]))
            .ToList()));

    private bool TryGetRange(int? least, int? most, out CountRange range)
    {
        var set = _settings.Current.Elbow;
        range = new CountRange(least ?? set.Least, most ?? set.Most);
        return range.Least >= 1 && range.Most >= range.Least && range.Most <= MaxElbow;
    }

    private Task<Elbow> DrawAsync(ISegueEngine engine, CountRange range) =>
        engine.ElbowAsync(_settings.Current.Playlists.Cluster, range.Least, range.Most, null, HttpContext.RequestAborted);
}
