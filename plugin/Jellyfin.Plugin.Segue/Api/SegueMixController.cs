using System.Net.Mime;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Library;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Mixes, paths and blends, of what the caller may see.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueMixController : SegueHearingControllerBase
{
    /// <summary>Most tracks of a mix, and of a queue.</summary>
    internal const int MaxMix = 10_000;

    /// <summary>Most tracks of a path or a blend.</summary>
    internal const int MaxPath = 1000;

    /// <summary>Most tracks that a path is led through.</summary>
    internal const int MaxWaypoints = 100;

    /// <summary>The largest cap and window.</summary>
    internal const int MaxCap = 1000;

    private const int UsualPath = 25;
    private const int UsualBlend = 50;

    private readonly ISegueSettings _settings;
    private readonly TimeProvider _time;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueMixController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="libraryManager">The server's library.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    public SegueMixController(
        ISegueEngineProvider engines,
        IJellyfinCompat compat,
        IMusicLibrary library,
        ILibraryManager libraryManager,
        ISegueSettings settings,
        TimeProvider time)
        : base(engines, compat, library, libraryManager)
    {
        _settings = settings;
        _time = time;
    }

    /// <summary>Makes a mix.</summary>
    /// <param name="ids">Items that it starts from: tracks, albums, artists, playlists, genres or folders.</param>
    /// <param name="genres">Genres that it starts from, by name.</param>
    /// <param name="moods">Moods or tags that it starts from.</param>
    /// <param name="taste">Whether it starts from the caller's taste, too.</param>
    /// <param name="queue">The tracks that were played, the last one last: the mix goes on from there.</param>
    /// <param name="length">How many tracks, at most 10,000; by default as set for instant mixes.</param>
    /// <param name="variation">Which of the equally good mixes; by default the same one for ten minutes.</param>
    /// <param name="includeSeeds">Whether it begins with the first seed that is a track.</param>
    /// <response code="200">The mix follows.</response>
    /// <response code="400">The wish makes no sense.</response>
    /// <response code="404">There is no such item, or nothing is known of it.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The mix.</returns>
    [HttpGet("Mix")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueMixDto> GetSegueMix(
        [FromQuery] Guid[] ids,
        [FromQuery] string[] genres,
        [FromQuery] string[] moods,
        [FromQuery] bool taste,
        [FromQuery] Guid[] queue,
        [FromQuery] int? length = null,
        [FromQuery] ulong? variation = null,
        [FromQuery] bool includeSeeds = true) => Mix(new SegueMixRequestDto
        {
            Seeds =
            [
                .. (ids ?? []).Select(id => new SegueSeedDto { Id = id }),
                .. (genres ?? []).Select(name => new SegueSeedDto { Kind = SegueSeedKind.Genre, Name = name }),
                .. (moods ?? []).Select(name => new SegueSeedDto { Kind = SegueSeedKind.Mood, Name = name }),
                .. taste ? new[] { new SegueSeedDto { Kind = SegueSeedKind.Taste } } : [],
            ],
            Queue = queue ?? [],
            Length = length,
            Variation = variation,
            IncludeSeeds = includeSeeds,
        });

    /// <summary>Makes a mix.</summary>
    /// <param name="wish">What is wanted.</param>
    /// <response code="200">The mix follows.</response>
    /// <response code="400">The wish makes no sense.</response>
    /// <response code="404">There is no such item, or nothing is known of it.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The mix.</returns>
    [HttpPost("Mix")]
    [RequestSizeLimit(MaxBody)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueMixDto> PostSegueMix([FromBody] SegueMixRequestDto wish) => Mix(wish);

    /// <summary>Finds a way from one track to another with even steps, through others if wanted.</summary>
    /// <param name="ids">Two or more tracks, each of which is on the way, in this order.</param>
    /// <param name="length">How many tracks, those included, at most 1,000; by default 25.</param>
    /// <response code="200">The way follows.</response>
    /// <response code="400">The wish makes no sense.</response>
    /// <response code="404">There is no such track, or it was not analysed.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The way.</returns>
    [HttpGet("Path")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SeguePathDto> GetSeguePath([FromQuery] Guid[] ids, [FromQuery] int? length = null) => Path(ids ?? [], length);

    /// <summary>Finds a way from one track to another with even steps, through others if wanted.</summary>
    /// <param name="wish">What is wanted.</param>
    /// <response code="200">The way follows.</response>
    /// <response code="400">The wish makes no sense.</response>
    /// <response code="404">There is no such track, or it was not analysed.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The way.</returns>
    [HttpPost("Path")]
    [RequestSizeLimit(MaxBody)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SeguePathDto> PostSeguePath([FromBody] SeguePathRequestDto wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        return Path(wish.Ids, wish.Length);
    }

    /// <summary>Finds tracks that are like some music and, if wanted, not like other music.</summary>
    /// <param name="wish">What is wanted.</param>
    /// <response code="200">The tracks follow, the nearest first.</response>
    /// <response code="400">The wish makes no sense.</response>
    /// <response code="404">There is no such item, or nothing is known of it.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The tracks.</returns>
    [HttpPost("Blend")]
    [RequestSizeLimit(MaxBody)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueMixDto> PostSegueBlend([FromBody] SegueBlendRequestDto wish) => AskFor<SegueMixDto>((engine, audience) =>
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (wish.Add is not { Count: > 0 }
            || wish.Length is < 1 or > MaxPath
            || wish.ArtistCap is < 0 or > MaxCap
            || wish.Temperature is not (>= 0 and <= 10))
        {
            return Bad("A blend needs something to be like, 1 to 1000 tracks and a temperature from 0 to 10.");
        }

        var subtract = wish.Subtract ?? [];
        var variation = Vary(wish.Variation, NameOf(wish.Add) + "\n-\n" + NameOf(subtract), audience, _time);
        if (Resolve(wish.Add, audience, variation, out var add) is { } wrong)
        {
            return wrong;
        }

        if (Resolve(subtract, audience, variation, out var less) is { } odd)
        {
            return odd;
        }

        return add.Count == 0 ? Unknown() : Answer(audience, engine.Blend(new BlendRequest
        {
            Add = add,
            Subtract = less,
            Length = wish.Length ?? UsualBlend,
            Temperature = wish.Temperature,
            Variation = variation,
            ArtistCap = wish.ArtistCap ?? _settings.Current.ArtistCap,
            Listener = audience.Listener,
            Allowed = audience.Allowed,
        }));
    });

    private static SegueMixDto Answer(SegueAudience audience, IReadOnlyList<Neighbour> tracks) => new() { Tracks = audience.Describe(tracks) };

    private ObjectResult Unknown() => Missing("Segue knows no music there that you may hear.");

    private ActionResult<SegueMixDto> Mix(SegueMixRequestDto wish) => AskFor<SegueMixDto>((engine, audience) =>
    {
        ArgumentNullException.ThrowIfNull(wish);
        var (wanted, queue) = (wish.Seeds ?? [], wish.Queue ?? []);
        if (wish.Length is < 1 or > MaxMix || wish.ArtistCap is < 0 or > MaxCap || wish.AlbumCap is < 0 or > MaxCap || wish.Window is < 0 or > MaxCap)
        {
            return Bad("A mix has 1 to 10000 tracks, and caps and a window from 0 to 1000.");
        }

        if ((wanted.Count == 0 && queue.Count == 0) || queue.Count > MaxMix)
        {
            return Bad("A mix needs a seed, or a queue of at most 10000 tracks to go on from.");
        }

        var settings = _settings.Current;
        var variation = Vary(wish.Variation, NameOf(wanted), audience, _time);
        if (Resolve(wanted, audience, variation, out var seeds) is { } problem)
        {
            return problem;
        }

        return seeds.Count == 0 && queue.Count == 0 ? Unknown() : Answer(audience, engine.Mix(new MixRequest
        {
            Seeds = seeds,
            Length = wish.Length ?? settings.MixLength,
            ArtistCap = wish.ArtistCap ?? settings.ArtistCap,
            AlbumCap = wish.AlbumCap ?? settings.AlbumCap,
            Window = wish.Window ?? settings.MixWindow,
            Variation = variation,
            IncludeSeeds = wish.IncludeSeeds,
            Queue = [.. queue.Select(SegueAudience.Name)],
            Listener = audience.Listener,
            Allowed = audience.Allowed,
        }));
    });

    private ActionResult<SeguePathDto> Path(IReadOnlyList<Guid>? ids, int? length) => AskFor<SeguePathDto>((engine, audience) =>
    {
        var waypoints = ids ?? [];
        var wanted = length ?? Math.Max(UsualPath, waypoints.Count);
        if (waypoints.Count is < 2 or > MaxWaypoints || wanted < waypoints.Count || wanted > MaxPath)
        {
            return Bad("A way leads through 2 to 100 tracks, and has as many or more, at most 1000.");
        }

        var known = audience.Find(waypoints);
        if (!waypoints.All(known.ContainsKey))
        {
            return Missing("There is no such track.");
        }

        var path = engine.FindPath(new PathRequest
        {
            Waypoints = [.. waypoints.Select(SegueAudience.Name)],
            Length = wanted,
            Listener = audience.Listener,
            Allowed = audience.Allowed,
        });
        var tracks = audience.Describe(path.Tracks);

        // What was hidden meanwhile is left out, and the places after it move up.
        var places = tracks.Select((track, place) => (track.Id, place)).ToDictionary(pair => pair.Id, pair => pair.place);
        return new SeguePathDto
        {
            Tracks = tracks,
            LargestStep = path.LargestStep,
            Jumps =
            [
                .. path.Jumps.Where(jump => jump >= 0 && jump < path.Tracks.Count)
                    .Select(jump => path.Tracks[jump].ItemId is { } id && places.TryGetValue(id, out var place) ? place : -1)
                    .Where(place => place >= 0),
            ],
        };
    });
}
