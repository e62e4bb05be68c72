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
/// What the settings page, and anybody with a login, may ask.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueController : SegueControllerBase
{
    /// <summary>Most failures told at once; the status has their number.</summary>
    internal const int MaxFailures = 200;

    private readonly ISegueEngineProvider _engines;
    private readonly IAuthorizationService _authorization;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="authorization">Tells administrators from others.</param>
    public SegueController(ISegueEngineProvider engines, IJellyfinCompat compat, IAuthorizationService authorization)
        : base(engines, compat)
    {
        _engines = engines;
        _authorization = authorization;
    }

    /// <summary>Tells how it stands with Segue: what it knows and what it is doing.</summary>
    /// <response code="200">The state follows.</response>
    /// <returns>The state.</returns>
    [HttpGet("Status")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    public async Task<ActionResult<SegueStatusDto>> GetSegueStatus()
    {
        var elevated = await _authorization.AuthorizeAsync(User, Policies.RequiresElevation).ConfigureAwait(false);
        EngineStatistics? statistics = null;
        string? problem = null;
        try
        {
            statistics = _engines.TryGet(out var engine) ? engine.GetStatistics() : null;
        }
        catch (Exception e) when (e is SegueException or ObjectDisposedException)
        {
            problem = e.Message;
        }

        var state = _engines.State;
        problem ??= statistics is null ? state.Failure ?? "The engine is closed." : null;
        var status = new SegueStatusDto
        {
            Version = typeof(SegueController).Assembly.GetName().Version?.ToString() ?? string.Empty,
            NativeVersion = state.NativeVersion,
            NativeAvailable = state.NativeAvailable,
            Ready = statistics is not null,
            Problem = problem is null || elevated.Succeeded ? problem : "Segue is not available. An administrator can see why.",
        };
        return statistics is null ? status : Describe(status, statistics, elevated.Succeeded);
    }

    /// <summary>Lists the files that could not be analysed, with their paths: the 200 that were tried last, newest first.</summary>
    /// <response code="200">The list follows, empty when all is well.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The failures.</returns>
    [HttpGet("Failures")]
    [Authorize(Policy = Policies.RequiresElevation)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<IReadOnlyList<SegueFailureDto>> GetSegueFailures() => Ask<IReadOnlyList<SegueFailureDto>>(engine => Ok(
        engine.GetFailures()
            .OrderByDescending(failure => failure.LastAt)
            .Take(MaxFailures)
            .Select(failure => new SegueFailureDto
            {
                Path = failure.Path,
                Reason = failure.Reason,
                Detail = failure.Detail,
                Tries = failure.Tries,
                LastAt = failure.LastAt,
            })
            .ToList()));

    /// <summary>Forgets which files could not be analysed, so that the next analysis tries them again.</summary>
    /// <response code="200">They are forgotten; how many there were follows.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>How many there were.</returns>
    [HttpPost("Failures/Retry")]
    [Authorize(Policy = Policies.RequiresElevation)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueRetryDto> RetrySegueFailures() => Ask<SegueRetryDto>(engine => new SegueRetryDto { Forgotten = engine.RetryFailed() });

    private static SegueStatusDto Describe(SegueStatusDto status, EngineStatistics statistics, bool elevated) => status with
    {
        Files = statistics.Files,
        Songs = statistics.Songs,
        Pending = statistics.Pending,
        Failures = statistics.Failures,
        AudioSeconds = statistics.AudioSeconds,
        DatabaseBytes = statistics.DatabaseBytes,
        Backend = statistics.Backend,
        Activity = statistics.Activity.ToString(),
        Notice = elevated && statistics.Notice.Length > 0 ? statistics.Notice : null,
        Progress = statistics.Activity == EngineActivity.Idle ? null : new SegueProgressDto
        {
            Done = statistics.Progress.Done,
            Total = statistics.Progress.Total,
            Failed = statistics.Progress.Failed,
            Recognised = statistics.Progress.Recognised,
            AudioSeconds = statistics.Progress.AudioSeconds,
            ElapsedSeconds = statistics.Progress.ElapsedSeconds,
        },
    };
}
