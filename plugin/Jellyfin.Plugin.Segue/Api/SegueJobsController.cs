using System.Net.Mime;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Library;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// The caller's long work: how far it is, what came of it, and calling it off.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue/Jobs")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueJobsController : SegueJobControllerBase
{
    /// <summary>
    /// Initializes a new instance of the <see cref="SegueJobsController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="libraryManager">The server's library.</param>
    /// <param name="jobs">The jobs.</param>
    public SegueJobsController(
        ISegueEngineProvider engines, IJellyfinCompat compat, IMusicLibrary library, ILibraryManager libraryManager, ISegueJobs jobs)
        : base(engines, compat, library, libraryManager, jobs)
    {
    }

    /// <summary>Lists the caller's jobs.</summary>
    /// <response code="200">They follow, the newest first; those that ended more than an hour ago are forgotten.</response>
    /// <returns>The jobs.</returns>
    [HttpGet]
    [ProducesResponseType(StatusCodes.Status200OK)]
    public ActionResult<IReadOnlyList<SegueJobDto>> GetSegueJobs() => For<IReadOnlyList<SegueJobDto>>(audience =>
        Ok(Jobs.GetAll().Where(job => job.Owner.Equals(OwnerOf(audience))).Select(job => Describe(job, audience)).ToList()));

    /// <summary>Tells of a job of the caller's.</summary>
    /// <param name="id">Its id.</param>
    /// <response code="200">The job follows, with what came of it when it is done.</response>
    /// <response code="404">The caller has no such job, or it ended more than an hour ago.</response>
    /// <returns>The job.</returns>
    [HttpGet("{id:guid}")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    public ActionResult<SegueJobDto> GetSegueJob([FromRoute] Guid id) => For<SegueJobDto>(audience =>
        Jobs.Find(id) is { } job && job.Owner.Equals(OwnerOf(audience)) ? Describe(job, audience) : Unknown());

    /// <summary>Calls a job of the caller's off.</summary>
    /// <param name="id">Its id.</param>
    /// <response code="200">The job follows. It may go on for a moment; what has ended stays as it ended.</response>
    /// <response code="404">The caller has no such job, or it ended more than an hour ago.</response>
    /// <returns>The job.</returns>
    [HttpDelete("{id:guid}")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    public ActionResult<SegueJobDto> CancelSegueJob([FromRoute] Guid id) => For<SegueJobDto>(audience =>
        Jobs.Find(id) is { } job && job.Owner.Equals(OwnerOf(audience)) && Jobs.Cancel(id) is { } cancelled ? Describe(cancelled, audience) : Unknown());

    private ObjectResult Unknown() => Missing("There is no such job.");

    private ActionResult<T> For<T>(Func<SegueAudience, ActionResult<T>> question) =>
        TryGetCaller(out var user) ? question(new SegueAudience(Library, user)) : Forbid();
}
