using System.Net.Mime;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What sounds like a track, an artist or an album, of what the caller may see.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue/Similar")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueSimilarController : SegueHearingControllerBase
{
    /// <summary>Most tracks of one answer.</summary>
    internal const int MaxTracks = 1000;

    /// <summary>Most artists or albums of one answer.</summary>
    internal const int MaxSets = 100;

    /// <summary>Asked for beyond the wish, for the seed itself and what turns out to be hidden or gone.</summary>
    internal const int Spare = 20;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueSimilarController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="libraryManager">The server's library.</param>
    public SegueSimilarController(ISegueEngineProvider engines, IJellyfinCompat compat, IMusicLibrary library, ILibraryManager libraryManager)
        : base(engines, compat, library, libraryManager)
    {
    }

    /// <summary>Finds the tracks that sound most like one.</summary>
    /// <param name="id">The track.</param>
    /// <param name="count">How many, at most 1,000.</param>
    /// <response code="200">The tracks follow, the nearest first.</response>
    /// <response code="400">The number makes no sense.</response>
    /// <response code="404">There is no such track, or it was not analysed.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The tracks.</returns>
    [HttpGet]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueMixDto> GetSegueSimilarTracks([FromQuery] Guid id, [FromQuery] int count = 25) => AskFor<SegueMixDto>((engine, audience) =>
    {
        if (count is < 1 or > MaxTracks)
        {
            return Bad("The number of tracks is from 1 to 1000.");
        }

        if (!audience.Find([id]).ContainsKey(id))
        {
            return Missing("There is no such track.");
        }

        var found = audience.Describe(engine.Similar(SegueAudience.Name(id), count + Spare, audience.Allowed));
        return new SegueMixDto { Tracks = [.. found.Where(track => !track.Id.Equals(id)).Take(count)] };
    });

    /// <summary>Finds the artists whose songs are most like those of one, both of five songs or more.</summary>
    /// <param name="id">The artist.</param>
    /// <param name="count">How many, at most 100.</param>
    /// <response code="200">The artists follow, the nearest first.</response>
    /// <response code="400">The number makes no sense.</response>
    /// <response code="404">There is no such artist, or too little is known of them.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The artists.</returns>
    [HttpGet("Artists")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<IReadOnlyList<SegueSimilarSetDto>> GetSegueSimilarArtists([FromQuery] Guid id, [FromQuery] int count = 20) =>
        Find<MusicArtist>(id, count, SetKind.Artist, artist => new Seed(SeedKind.Artist, artist.Name ?? string.Empty), (sets, _, user) =>
        {
            var artists = Library.GetArtists([.. sets.Select(set => set.Name)], user).ToLookup(artist => artist.Name, StringComparer.OrdinalIgnoreCase);
            return [.. sets.Select(set => artists[set.Name].FirstOrDefault())];
        });

    /// <summary>Finds the albums whose songs are most like those of one.</summary>
    /// <param name="id">The album.</param>
    /// <param name="count">How many, at most 100.</param>
    /// <response code="200">The albums follow, the nearest first.</response>
    /// <response code="400">The number makes no sense.</response>
    /// <response code="404">There is no such album, or it was not analysed.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The albums.</returns>
    [HttpGet("Albums")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<IReadOnlyList<SegueSimilarSetDto>> GetSegueSimilarAlbums([FromQuery] Guid id, [FromQuery] int count = 20) =>

        // By its folder: titles are shared, and an album's songs may be of many artists.
        Find<MusicAlbum>(
            id,
            count,
            SetKind.Album,
            album => string.IsNullOrEmpty(album.Path) ? new Seed(SeedKind.Album, album.Name ?? string.Empty) : new Seed(SeedKind.Folder, album.Path),
            (_, examples, user) => [.. examples.Select(track => Library.GetAlbums([track], user) is [var album, ..] ? album : null)]);

    private ActionResult<IReadOnlyList<SegueSimilarSetDto>> Find<T>(
        Guid id,
        int count,
        SetKind kind,
        Func<T, Seed> name,
        Func<IReadOnlyList<SimilarSet>, IReadOnlyList<Audio>, Jellyfin.Database.Implementations.Entities.User?, IReadOnlyList<BaseItem?>> locate)
        where T : BaseItem => AskFor<IReadOnlyList<SegueSimilarSetDto>>((engine, audience) =>
    {
        if (count is < 1 or > MaxSets)
        {
            return Bad("The number is from 1 to 100.");
        }

        if (FindItem<T>(id, audience) is not { } item || name(item) is not { Name.Length: > 0 } seed)
        {
            return Missing("There is no such item.");
        }

        var found = engine.SimilarSets(kind, seed, count + Spare, audience.Allowed);

        // An artist or album is known by a song of theirs that may be seen now; without one, there is none.
        var songs = audience.Find(found.Select(set => set.Example.ItemId).OfType<Guid>());
        var sets = found.Where(set => set.Example.ItemId is { } example && songs.ContainsKey(example)).ToList();
        var examples = sets.ConvertAll(set => songs[set.Example.ItemId!.Value]);
        HttpContext.RequestAborted.ThrowIfCancellationRequested();
        var items = locate(sets, examples, audience.User);
        return Ok(sets.Zip(examples, items)
            .Where(entry => entry.Third is { } other && !other.Id.Equals(id))
            .DistinctBy(entry => entry.Third!.Id)
            .Take(count)
            .Select(entry => new SegueSimilarSetDto
            {
                Id = entry.Third!.Id,
                Name = entry.Third.Name ?? string.Empty,
                Distance = entry.First.Distance,
                Songs = entry.First.Songs,
                Example = SegueTracks.Describe(entry.Second),
            })
            .ToList());
    });
}
