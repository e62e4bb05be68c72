using System.Diagnostics.CodeAnalysis;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What Segue's controllers share: who asks, and what is said when the engine refuses.
/// </summary>
public abstract class SegueControllerBase : ControllerBase
{
    /// <summary>Where the server writes down who asks. Its own constant is in none of its packages.</summary>
    internal const string UserIdClaim = "Jellyfin-UserId";

    /// <summary>Longest key of a playlist.</summary>
    internal const int MaxKey = 100;

    /// <summary>Longest name of a playlist.</summary>
    internal const int MaxName = 200;

    private readonly ISegueEngineProvider _engines;
    private readonly IJellyfinCompat _compat;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueControllerBase"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    protected SegueControllerBase(ISegueEngineProvider engines, IJellyfinCompat compat)
    {
        _engines = engines;
        _compat = compat;
    }

    /// <summary>Gets what differs between lines of Jellyfin.</summary>
    protected IJellyfinCompat Compat => _compat;

    /// <summary>Finds who asks.</summary>
    /// <param name="user">The user; null for an API key, which may see everything.</param>
    /// <returns>Whether it is a user that there is, or an API key.</returns>
    protected bool TryGetCaller(out User? user)
    {
        user = null;
        if (!Guid.TryParse(User.FindFirst(UserIdClaim)?.Value, out var id))
        {
            return false;
        }

        if (id.Equals(Guid.Empty))
        {
            return true;
        }

        user = _compat.GetUsers().FirstOrDefault(candidate => candidate.Id.Equals(id));
        return user is not null;
    }

    /// <summary>Asks the engine.</summary>
    /// <typeparam name="T">What is answered.</typeparam>
    /// <param name="question">The question.</param>
    /// <returns>The answer, or why there is none.</returns>
    protected ActionResult<T> Ask<T>(Func<ISegueEngine, ActionResult<T>> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Tell(engine => Convert(question(engine)));
    }

    /// <summary>Asks the engine something that takes time.</summary>
    /// <typeparam name="T">What is answered.</typeparam>
    /// <param name="question">The question.</param>
    /// <returns>The answer, or why there is none.</returns>
    protected async Task<ActionResult<T>> AskAsync<T>(Func<ISegueEngine, Task<ActionResult<T>>> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return await TellAsync(async engine => Convert(await question(engine).ConfigureAwait(false))).ConfigureAwait(false);
    }

    /// <summary>Has the engine do something of which nothing, or a file, comes back.</summary>
    /// <param name="wish">What it does.</param>
    /// <returns>What came of it.</returns>
    protected ActionResult Tell(Func<ISegueEngine, ActionResult> wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        try
        {
            return _engines.TryGet(out var engine) ? wish(engine) : Unavailable();
        }
        catch (Exception e) when (e is SegueException or ObjectDisposedException)
        {
            return Refuse(e);
        }
    }

    /// <summary>Has the engine do something that takes time, of which nothing, or a file, comes back.</summary>
    /// <param name="wish">What it does.</param>
    /// <returns>What came of it.</returns>
    protected async Task<ActionResult> TellAsync(Func<ISegueEngine, Task<ActionResult>> wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        try
        {
            return _engines.TryGet(out var engine) ? await wish(engine).ConfigureAwait(false) : Unavailable();
        }
        catch (Exception e) when (e is SegueException or ObjectDisposedException)
        {
            return Refuse(e);
        }
        catch (OperationCanceledException e) when (!HttpContext.RequestAborted.IsCancellationRequested)
        {
            return Refuse(e);
        }
    }

    /// <summary>Says that a request makes no sense.</summary>
    /// <param name="detail">Why, for people.</param>
    /// <returns>The answer.</returns>
    protected ObjectResult Bad(string detail) => Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    /// <summary>Says that there is no such thing.</summary>
    /// <param name="detail">What there is not, for people.</param>
    /// <returns>The answer.</returns>
    protected ObjectResult Missing(string detail) => Problem(detail, statusCode: StatusCodes.Status404NotFound);

    /// <summary>Says that another run is under way.</summary>
    /// <returns>The answer.</returns>
    protected ObjectResult Busy() => Problem("Segue is busy with another run. Try again when it has ended.", statusCode: StatusCodes.Status409Conflict);

    /// <summary>Finds a playlist of the engine's.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="key">What the caller calls its key.</param>
    /// <param name="playlist">The playlist.</param>
    /// <returns>Whether there is one.</returns>
    protected static bool TryFind(ISegueEngine engine, string key, [NotNullWhen(true)] out Playlist? playlist)
    {
        ArgumentNullException.ThrowIfNull(engine);
        playlist = key is { Length: > 0 and <= MaxKey }
            ? engine.GetPlaylists().FirstOrDefault(candidate => string.Equals(candidate.Key, key, StringComparison.Ordinal))
            : null;
        return playlist is not null;
    }

    /// <summary>Tells whether a text can be a name.</summary>
    /// <param name="name">The text.</param>
    /// <returns>Whether it can.</returns>
    protected static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length <= MaxName && !name.Any(char.IsControl);
    }

    private static ActionResult Convert(IConvertToActionResult answer) => (ActionResult)answer.Convert();

    private ObjectResult Unavailable() =>
        Problem("Segue's engine is not open. The settings page says why.", statusCode: StatusCodes.Status503ServiceUnavailable);

    private ObjectResult Refuse(Exception refusal) => refusal switch
    {
        SegueException { Status: SegueStatus.InvalidArgument } => Bad(refusal.Message),
        SegueException { Status: SegueStatus.UnknownPlaylist } => Missing("There is no such playlist."),
        SegueException { Status: SegueStatus.UnknownTrack or SegueStatus.NotAnalysed } => Missing("Segue does not know that."),
        SegueException { Status: SegueStatus.Busy } => Busy(),

        // Other messages may name paths.
        _ => Unavailable(),
    };
}
