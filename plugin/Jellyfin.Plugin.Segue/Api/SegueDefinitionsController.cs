using System.Net.Mime;
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
/// Playlists defined by descriptors.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue/Definitions")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueDefinitionsController : SegueControllerBase
{
    /// <summary>Longest definition.</summary>
    internal const int MaxDefinition = 4000;

    /// <summary>Most tracks of a preview that are told.</summary>
    internal const int MaxShown = 100;

    private readonly IMusicLibrary _library;
    private readonly IPlaylistMaker _maker;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueDefinitionsController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="maker">Brings changes into Jellyfin.</param>
    public SegueDefinitionsController(ISegueEngineProvider engines, IJellyfinCompat compat, IMusicLibrary library, IPlaylistMaker maker)
        : base(engines, compat)
    {
        _library = library;
        _maker = maker;
    }

    /// <summary>Tells what a definition would hold, of what the caller may see. Nothing is kept.</summary>
    /// <param name="definition">The definition.</param>
    /// <response code="200">The preview follows.</response>
    /// <response code="400">The definition cannot be understood; the answer says where.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The preview.</returns>
    [HttpPost("Preview")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SeguePreviewDto> PreviewSegueDefinition([FromBody] SegueDefinitionDto definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (!TryGetCaller(out var user))
        {
            return Forbid();
        }

        return Ask<SeguePreviewDto>(engine =>
        {
            var visible = user is null ? null : _library.GetVisibleTracks(user);
            var preview = engine.Preview(new DefinitionRequest { Definition = definition.Definition, Allowed = visible is null ? null : [.. visible] });
            var ids = preview.Tracks.Select(track => track.ItemId).OfType<Guid>().Where(id => visible is null || visible.Contains(id)).ToList();
            return new SeguePreviewDto
            {
                Description = preview.Description,
                Count = ids.Count,
                Tracks = [.. ids.Take(MaxShown).Select(id => _library.GetTrack(id, user)).Where(track => track is not null).Select(track => SegueTracks.Describe(track!))],
            };
        });
    }

    /// <summary>Keeps a definition: a playlist that refills itself with each run.</summary>
    /// <param name="definition">The definition, with a name.</param>
    /// <response code="200">The playlist follows.</response>
    /// <response code="400">The definition cannot be understood, or has no name; the answer says where.</response>
    /// <response code="404">There is no definition that it could replace.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The playlist.</returns>
    [HttpPost]
    [Authorize(Policy = Policies.RequiresElevation)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public Task<ActionResult<SeguePlaylistDto>> KeepSegueDefinition([FromBody] SegueDefinitionDto definition) => AskAsync<SeguePlaylistDto>(async engine =>
    {
        ArgumentNullException.ThrowIfNull(definition);
        var name = definition.Name?.Trim() ?? string.Empty;
        if (name.Length == 0 || !IsName(name))
        {
            return Bad("A definition that is kept needs a name of at most 200 characters, without control characters.");
        }

        if (!string.IsNullOrEmpty(definition.Key) && !IsDefinition(engine, definition.Key))
        {
            return Missing("There is no such definition.");
        }

        var playlist = engine.KeepDefinition(new DefinitionRequest { Definition = definition.Definition, Name = name, Key = definition.Key ?? string.Empty });
        await _maker.PublishAsync(HttpContext.RequestAborted).ConfigureAwait(false);
        return SeguePlaylistDto.Of(playlist, []);
    });

    /// <summary>Forgets a definition. Its playlist goes, unless a person has touched it.</summary>
    /// <param name="key">The playlist's key.</param>
    /// <response code="204">It is forgotten.</response>
    /// <response code="404">There is no such definition.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>Nothing.</returns>
    [HttpDelete("{key}")]
    [Authorize(Policy = Policies.RequiresElevation)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public Task<ActionResult> ForgetSegueDefinition([FromRoute] string key) => TellAsync(async engine =>
    {
        if (!IsDefinition(engine, key))
        {
            return Missing("There is no such definition.");
        }

        engine.ForgetDefinition(key);
        await _maker.PublishAsync(HttpContext.RequestAborted).ConfigureAwait(false);
        return NoContent();
    });

    private static bool IsDefinition(ISegueEngine engine, string key) => TryFind(engine, key, out var playlist) && playlist.Kind == PlaylistKind.Definition;
}
