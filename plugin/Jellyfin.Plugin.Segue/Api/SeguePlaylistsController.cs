using System.Net.Mime;
using System.Text;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Common.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Segue's playlists: what there is, what people want of them, what the runs did.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SeguePlaylistsController : SegueControllerBase
{
    private readonly IPlaylistPublisher _publisher;
    private readonly IPlaylistMaker _maker;
    private readonly IMusicLibrary _library;
    private readonly IAuthorizationService _authorization;

    /// <summary>
    /// Initializes a new instance of the <see cref="SeguePlaylistsController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="publisher">Knows what is in Jellyfin.</param>
    /// <param name="maker">Brings changes into Jellyfin.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="authorization">Tells administrators from others.</param>
    public SeguePlaylistsController(
        ISegueEngineProvider engines,
        IJellyfinCompat compat,
        IPlaylistPublisher publisher,
        IPlaylistMaker maker,
        IMusicLibrary library,
        IAuthorizationService authorization)
        : base(engines, compat)
    {
        _publisher = publisher;
        _maker = maker;
        _library = library;
        _authorization = authorization;
    }

    /// <summary>Lists all playlists that Segue keeps, excluded ones too.</summary>
    /// <response code="200">The list follows.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The playlists, in the order of the last run.</returns>
    [HttpGet("Playlists")]
    [Authorize(Policy = Policies.RequiresElevation)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<IReadOnlyList<SeguePlaylistDto>> GetSeguePlaylists() => Ask<IReadOnlyList<SeguePlaylistDto>>(engine =>
    {
        var published = Published();
        return Ok(engine.GetPlaylists().Select(playlist => SeguePlaylistDto.Of(playlist, published[playlist.Key])).ToList());
    });

    /// <summary>Pins, excludes or renames a playlist, or takes back what people have changed of it in Jellyfin.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="edit">What is wanted.</param>
    /// <response code="200">The playlist as it is now follows. In Jellyfin it is so at once, or at the end of a run that is under way.</response>
    /// <response code="400">The name cannot be one.</response>
    /// <response code="404">There is no such playlist.</response>
    /// <response code="409">What people have changed cannot be taken back while a run is under way.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The playlist.</returns>
    [HttpPost("Playlists/{key}")]
    [Authorize(Policy = Policies.RequiresElevation)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status409Conflict)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public Task<ActionResult<SeguePlaylistDto>> EditSeguePlaylist([FromRoute] string key, [FromBody] SeguePlaylistEditDto edit) =>
        AskAsync<SeguePlaylistDto>(async engine =>
        {
            ArgumentNullException.ThrowIfNull(edit);
            if (!TryFind(engine, key, out _))
            {
                return Missing("There is no such playlist.");
            }

            var name = edit.Name?.Trim();
            if (name is not null && !IsName(name))
            {
                return Bad("A name has at most 200 characters, and no control characters.");
            }

            var wish = new PlaylistEdit { Pinned = edit.Pinned, Excluded = edit.Excluded, Name = name };
            if (edit.TakeBack || edit.Excluded == false)
            {
                var done = await _maker.ChangeAsync(() => _publisher.TakeBackAsync(key, edit.TakeBack, HttpContext.RequestAborted), HttpContext.RequestAborted).ConfigureAwait(false);
                if (!done)
                {
                    return Busy();
                }
            }

            var playlist = engine.EditPlaylist(key, wish);
            await _maker.PublishAsync(HttpContext.RequestAborted).ConfigureAwait(false);
            return SeguePlaylistDto.Of(playlist, Published()[key]);
        });

    /// <summary>Writes a playlist as a file, with what the caller may see of it.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="format">Form of the file.</param>
    /// <param name="absolute">Whether paths are the server's own; else they are relative to the folder that holds all of them.</param>
    /// <response code="200">The file follows.</response>
    /// <response code="400">There is no such form.</response>
    /// <response code="403">Only an administrator may see the server's own paths.</response>
    /// <response code="404">There is no such playlist, or nothing in it that the caller may see.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The file.</returns>
    [HttpGet("Playlists/{key}/Export")]
    [Produces("audio/x-mpegurl", "application/jspf+json", "application/xspf+xml", MediaTypeNames.Application.ProblemJson)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status403Forbidden)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public async Task<ActionResult> ExportSeguePlaylist([FromRoute] string key, [FromQuery] ListFormat format = ListFormat.M3u8, [FromQuery] bool absolute = false)
    {
        if (!Enum.IsDefined(format))
        {
            return Bad("There is no such form.");
        }

        if (!TryGetCaller(out var user)
            || (absolute && !(await _authorization.AuthorizeAsync(User, Policies.RequiresElevation).ConfigureAwait(false)).Succeeded))
        {
            return Forbid();
        }

        return Tell(engine =>
        {
            var visible = user is null ? null : _library.GetVisibleTracks(user);
            var tracks = TryFind(engine, key, out var playlist)
                ? playlist.Tracks.Where(track => visible is null || (track.ItemId is { } id && visible.Contains(id))).ToList()
                : [];
            if (playlist is null || tracks.Count == 0)
            {
                return Missing("There is no such playlist.");
            }

            var bytes = engine.Export(
                playlist.Name,
                [.. tracks.Select(track => track.SongId)],
                format,
                absolute ? null : CommonFolder([.. tracks.Select(track => track.Path)]));
            return File(bytes, ContentType(format), FileName(playlist.Name, format));
        });
    }

    /// <summary>Tells what the last runs did.</summary>
    /// <param name="count">How many at most.</param>
    /// <response code="200">The reports follow.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The newest first.</returns>
    [HttpGet("Reports")]
    [Authorize(Policy = Policies.RequiresElevation)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueReportsDto> GetSegueReports([FromQuery] int count = 10) => Ask<SegueReportsDto>(engine => new SegueReportsDto
    {
        Reports = [.. engine.GetReports(Math.Clamp(count, 1, 100)).Select(SegueReportDto.Of)],
        Published = _publisher.GetLast() is { } last ? SeguePublishDto.Of(last) : null,
    });

    /// <summary>The innermost folder that holds all of some files; the root's when they have no other in common.</summary>
    internal static string? CommonFolder(IReadOnlyList<string> paths)
    {
        var folder = paths.Count == 0 ? null : Path.GetDirectoryName(paths[0]);
        while (!string.IsNullOrEmpty(folder) && !paths.All(path => path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder;
    }

    private static string ContentType(ListFormat format) => format switch
    {
        ListFormat.Jspf => "application/jspf+json",
        ListFormat.Xspf => "application/xspf+xml",
        _ => "audio/x-mpegurl",
    };

    private static string FileName(string name, ListFormat format)
    {
        var text = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            text.Append(char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_' ? letter : '_');
        }

        return (text.ToString().Trim() is { Length: > 0 } safe ? safe : "playlist") + "." + format switch
        {
            ListFormat.Jspf => "jspf",
            ListFormat.Xspf => "xspf",
            _ => "m3u8",
        };
    }

    private ILookup<string, SeguePublishedDto> Published()
    {
        var names = Compat.GetUsers().ToDictionary(user => user.Id, user => user.Username);
        return _publisher.GetPublished().ToLookup(
            list => list.Key,
            list => SeguePublishedDto.Of(list, names.GetValueOrDefault(list.Owner, string.Empty)),
            StringComparer.Ordinal);
    }
}
