using System.Net.Mime;
using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Playlists;
using MediaBrowser.Model.Playlists;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Playlists from elsewhere.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue/Import")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueImportController : SegueControllerBase
{
    /// <summary>Largest file.</summary>
    internal const int MaxBytes = 8 << 20;

    private const int MaxFileName = 255;

    private readonly IMusicLibrary _library;
    private readonly IPlaylistManager _playlistManager;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueImportController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="playlistManager">Creates playlists.</param>
    public SegueImportController(ISegueEngineProvider engines, IJellyfinCompat compat, IMusicLibrary library, IPlaylistManager playlistManager)
        : base(engines, compat)
    {
        _library = library;
        _playlistManager = playlistManager;
    }

    /// <summary>
    /// Finds the tracks of a playlist file (CSV, M3U, JSPF or XSPF) among what the caller may see. The file is the body of the request.
    /// </summary>
    /// <param name="name">The file's name: its ending tells the form where the content does not.</param>
    /// <param name="fill">Whether gaps are filled with the nearest tracks.</param>
    /// <param name="create">Whether a playlist of what was found is made, the caller's own.</param>
    /// <param name="title">The playlist's name; by default the file's title or name.</param>
    /// <response code="200">What was found follows, and what is missing.</response>
    /// <response code="400">The file is empty or cannot be understood, or nobody could own the playlist.</response>
    /// <response code="413">The file is larger than 8 MiB.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>What was found.</returns>
    [HttpPost]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status413PayloadTooLarge)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public async Task<ActionResult<SegueImportDto>> ImportSeguePlaylist(
        [FromQuery] string name = "",
        [FromQuery] bool fill = false,
        [FromQuery] bool create = false,
        [FromQuery] string title = "")
    {
        if (!TryGetCaller(out var user))
        {
            return Forbid();
        }

        if (create && user is null)
        {
            return Bad("An API key cannot own a playlist. Log in as the user that it is for.");
        }

        // Never a path: the caller's folders are none of the server's.
        var file = (name ?? string.Empty).Split('/', '\\')[^1];
        if (file.Length > MaxFileName || file.Any(char.IsControl) || !IsName(title ?? string.Empty))
        {
            return Bad("The name is too long, or has control characters in it.");
        }

        var bytes = await ReadBodyAsync(HttpContext.RequestAborted).ConfigureAwait(false);
        if (bytes is null)
        {
            return Problem("The file is larger than 8 MiB.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        if (bytes.Length == 0)
        {
            return Bad("The file is empty.");
        }

        return await AskAsync<SegueImportDto>(async engine =>
        {
            var visible = user is null ? null : _library.GetVisibleTracks(user);
            var import = engine.Import(new ImportRequest { Bytes = bytes, Name = file, Fill = fill, Allowed = visible is null ? null : [.. visible] });
            var entries = import.Entries.Select(entry => Describe(entry, user, visible)).ToList();
            var filled = import.Filled.Select(track => Find(track, user, visible)).OfType<SegueTrackDto>().ToList();
            var answer = new SegueImportDto
            {
                Title = Name(title, import.Title, file),
                Found = entries.Count(entry => entry.Found is not null),
                Missing = entries.Count(entry => entry.Found is null),
                Unreadable = import.Unreadable,
                Entries = entries,
                Filled = filled,
            };
            return create && user is not null ? await CreateAsync(answer, user).ConfigureAwait(false) : answer;
        }).ConfigureAwait(false);
    }

    private static string Name(string? title, string found, string file)
    {
        string?[] candidates = [title, found, Path.GetFileNameWithoutExtension(file)];
        return candidates.Select(candidate => candidate?.Trim() ?? string.Empty).FirstOrDefault(candidate => candidate.Length > 0 && IsName(candidate))
            ?? "Imported playlist";
    }

    private async Task<SegueImportDto> CreateAsync(SegueImportDto import, User user)
    {
        var tracks = import.Entries.Select(entry => entry.Found).OfType<SegueTrackDto>().Concat(import.Filled).Select(track => track.Id).Distinct().ToList();
        if (tracks.Count == 0)
        {
            return import;
        }

        var result = await _playlistManager.CreatePlaylist(new PlaylistCreationRequest
        {
            Name = import.Title,
            UserId = user.Id,
            MediaType = MediaType.Audio,
            ItemIdList = tracks,
            Public = false,
        }).ConfigureAwait(false);
        return Guid.TryParse(result.Id, out var id) ? import with { PlaylistId = id } : import;
    }

    private SegueImportEntryDto Describe(ImportEntry entry, User? user, IReadOnlySet<Guid>? visible)
    {
        var found = entry.Found is { } track ? Find(track, user, visible) : null;
        return new SegueImportEntryDto
        {
            Title = entry.Title,
            Artist = entry.Artist,
            Album = entry.Album,
            Found = found,
            Score = found is null ? 0 : entry.Score,
            How = found is null ? string.Empty : entry.How,
        };
    }

    private SegueTrackDto? Find(Neighbour track, User? user, IReadOnlySet<Guid>? visible) =>
        track.ItemId is { } id && (visible is null || visible.Contains(id)) && _library.GetTrack(id, user) is { } found ? SegueTracks.Describe(found) : null;

    /// <summary>The body; null when it is too large, of which no more is read than is needed to know.</summary>
    private async Task<byte[]?> ReadBodyAsync(CancellationToken cancellationToken)
    {
        if (Request.ContentLength > MaxBytes)
        {
            return null;
        }

        using var body = new MemoryStream();
        var buffer = new byte[81920];
        while (true)
        {
            var read = await Request.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return body.ToArray();
            }

            if (body.Length + read > MaxBytes)
            {
                return null;
            }

            await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }
    }
}
