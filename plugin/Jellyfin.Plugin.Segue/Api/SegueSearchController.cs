using System.Net.Mime;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Library;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Music by words, of what the caller may see.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue/Search")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueSearchController : SegueHearingControllerBase
{
    /// <summary>Longest question.</summary>
    internal const int MaxQuery = 1000;

    /// <summary>Most tracks of an answer.</summary>
    internal const int MaxTracks = 1000;

    /// <summary>Asked for beyond what is wanted, for what was hidden meanwhile.</summary>
    internal const int Spare = 20;

    private const int UsualTracks = 50;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueSearchController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="libraryManager">The server's library.</param>
    public SegueSearchController(ISegueEngineProvider engines, IJellyfinCompat compat, IMusicLibrary library, ILibraryManager libraryManager)
        : base(engines, compat, library, libraryManager)
    {
    }

    /// <summary>Finds tracks that fit what somebody typed, such as "calm piano for reading, no vocals".</summary>
    /// <param name="q">What was typed, up to 1000 characters.</param>
    /// <param name="limit">How many tracks are wanted, up to 1000; null: 50.</param>
    /// <response code="200">What was understood and the tracks follow.</response>
    /// <response code="400">The question makes no sense.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The answer.</returns>
    [HttpGet]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueSearchDto> GetSegueSearch([FromQuery] string? q, [FromQuery] int? limit = null) => AskFor<SegueSearchDto>((engine, audience) =>
    {
        if (string.IsNullOrWhiteSpace(q) || q.Length > MaxQuery || limit is < 1 or > MaxTracks)
        {
            return Bad("A question has 1 to 1000 characters, and its answer 1 to 1000 tracks.");
        }

        var wanted = limit ?? UsualTracks;
        var answer = engine.Search(new SearchRequest
        {
            Query = q,
            Length = Math.Min(wanted + Spare, MaxTracks),
            Listener = audience.Listener,
            Allowed = audience.Allowed,
        });
        return new SegueSearchDto
        {
            Understood = [.. answer.Understood.Select(piece => new SegueUnderstoodDto { Label = piece.Label, Words = piece.Words, Negated = piece.Negated })],
            Left = answer.Left,
            Described = answer.Described,
            BySound = answer.BySound,
            Tracks = [.. Describe(answer.Hits, audience).Take(wanted)],
        };
    });

    private static IEnumerable<SegueFoundDto> Describe(IReadOnlyList<SearchHit> hits, SegueAudience audience)
    {
        var known = audience.Find(hits.Select(hit => hit.Track.ItemId).OfType<Guid>());
        foreach (var hit in hits.DistinctBy(hit => hit.Track.ItemId))
        {
            if (hit.Track.ItemId is { } id && known.TryGetValue(id, out var track))
            {
                var described = SegueTracks.Describe(track);
                yield return new SegueFoundDto
                {
                    Id = described.Id,
                    Title = described.Title,
                    Artist = described.Artist,
                    Score = hit.Score,
                    Reason = hit.Track.Reason,
                    Named = hit.Named,
                };
            }
        }
    }
}
