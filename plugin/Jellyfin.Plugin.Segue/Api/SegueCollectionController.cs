using System.Net.Mime;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using MediaBrowser.Common.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What the collection of vectors holds.
/// </summary>
[ApiController]
[Authorize(Policy = Policies.RequiresElevation)]
[Route("Segue")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueCollectionController : SegueControllerBase
{
    /// <summary>
    /// Initializes a new instance of the <see cref="SegueCollectionController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    public SegueCollectionController(ISegueEngineProvider engines, IJellyfinCompat compat)
        : base(engines, compat)
    {
    }

    /// <summary>Tells what the collection of vectors holds.</summary>
    /// <response code="200">It follows.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>Its counts, models and state.</returns>
    [HttpGet("Collection")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueCollectionDto> GetSegueCollection() => Ask<SegueCollectionDto>(engine =>
    {
        var now = engine.GetCollection();
        return new SegueCollectionDto
        {
            CollectionName = now.CollectionName,
            VectorsCount = now.VectorsCount,
            PointsCount = now.PointsCount,
            Status = now.Status,
            Models =
            [
                .. now.Models.Select(model => new SegueCollectionModelDto
                {
                    Name = model.Name,
                    Dimensions = model.Dimensions,
                    VectorsCount = model.VectorsCount,
                    Version = model.Version,
                    Current = model.Current,
                }),
            ],
        };
    });

    /// <summary>Tells what the collection of vectors holds, in the form that clients of vector databases know.</summary>
    /// <response code="200">It follows.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>Its counts, models and state.</returns>
    [HttpGet("Statistics")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueStatisticsDto> GetSegueStatistics() => Ask<SegueStatisticsDto>(engine =>
    {
        var now = engine.GetCollection();
        return new SegueStatisticsDto
        {
            Data = new SegueStatisticsDataDto
            {
                CollectionName = now.CollectionName,
                VectorsCount = now.VectorsCount,
                PointsCount = now.PointsCount,
                Status = now.Status,
                Dimensions = Each(now, models => models[0].Dimensions),
                Models = Each(now, models => models.Sum(model => model.VectorsCount)),
            },
        };
    });

    private static Dictionary<string, long> Each(CollectionStatistics now, Func<List<CollectionModel>, long> count) => now.Models
        .GroupBy(model => model.Name, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => count([.. group]), StringComparer.Ordinal);
}
