using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Common.Api;
using MediaBrowser.Controller.Library;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Models that can be added. Nothing is fetched but by <see cref="InstallSeguePack"/>, and only what an administrator accepted.
/// </summary>
[ApiController]
[Authorize(Policy = Policies.RequiresElevation)]
[Route("Segue/Models")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueModelsController : SegueJobControllerBase
{
    /// <summary>Longest name of a pack.</summary>
    internal const int MaxPack = 100;

    /// <summary>Longest name of a licence.</summary>
    internal const int MaxLicence = 200;

    private readonly ISegueEngineProvider _engines;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueModelsController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="libraryManager">The server's library.</param>
    /// <param name="jobs">The jobs.</param>
    public SegueModelsController(
        ISegueEngineProvider engines, IJellyfinCompat compat, IMusicLibrary library, ILibraryManager libraryManager, ISegueJobs jobs)
        : base(engines, compat, library, libraryManager, jobs) => _engines = engines;

    /// <summary>Lists the models that can be added, and how each stands.</summary>
    /// <response code="200">They follow.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>One entry for each pack.</returns>
    [HttpGet]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<IReadOnlyList<SeguePackDto>> GetSeguePacks() =>
        Ask<IReadOnlyList<SeguePackDto>>(engine => Ok(engine.GetPacks().Select(Describe).ToList()));

    /// <summary>Begins to fetch a pack, or goes on where it was interrupted.</summary>
    /// <param name="name">The pack's name.</param>
    /// <param name="acceptance">The licence that the person accepts.</param>
    /// <response code="202">It began, or was under way already. The job follows; ask <c>Segue/Jobs</c> for what comes of it.</response>
    /// <response code="400">That is not its licence, or Segue cannot fetch it.</response>
    /// <response code="404">There is no such pack.</response>
    /// <response code="409">Too much is under way.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The job.</returns>
    [HttpPost("{name}/Install")]
    [RequestSizeLimit(MaxBody)]
    [ProducesResponseType(StatusCodes.Status202Accepted)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status409Conflict)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SegueJobDto> InstallSeguePack([FromRoute] string name, [FromBody] SeguePackAcceptanceDto acceptance) => AskFor<SegueJobDto>((engine, audience) =>
    {
        ArgumentNullException.ThrowIfNull(acceptance);
        if (!TryFindPack(engine, name, out var pack))
        {
            return Unknown();
        }

        if (!string.Equals(acceptance.Accept, pack.Licence, StringComparison.Ordinal))
        {
            return Bad($"Its licence is {pack.Licence}. Nothing is fetched before that is accepted.");
        }

        return pack.Fetched
            ? Begin(
                new SegueJobOrder(
                    SegueJobKind.PackInstallation,
                    pack.Name,
                    OwnerOf(audience),
                    async (progress, token) => await _engines.Open().InstallPackAsync(pack.Name, pack.Licence, new Steps(progress), token).ConfigureAwait(false)),
                audience)
            : Bad("Segue cannot fetch it. Its files are put into its folder by hand.");
    });

    /// <summary>Removes a pack's files. What was heard with it stays.</summary>
    /// <param name="name">The pack's name.</param>
    /// <response code="200">They are gone; the pack as it is now follows.</response>
    /// <response code="404">There is no such pack.</response>
    /// <response code="409">It is being installed.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The pack.</returns>
    [HttpDelete("{name}")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status409Conflict)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<SeguePackDto> RemoveSeguePack([FromRoute] string name) => Ask<SeguePackDto>(engine =>
    {
        if (!TryFindPack(engine, name, out var pack))
        {
            return Unknown();
        }

        return Jobs.GetAll().Any(job => job is { Kind: SegueJobKind.PackInstallation, IsUnderWay: true } && string.Equals(job.Subject, pack.Name, StringComparison.Ordinal))
            ? Busy()
            : Describe(engine.RemovePack(pack.Name));
    });

    private static bool TryFindPack(ISegueEngine engine, string name, [NotNullWhen(true)] out Pack? pack)
    {
        pack = name is { Length: > 0 and <= MaxPack }
            ? engine.GetPacks().FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.Ordinal))
            : null;
        return pack is not null;
    }

    private static SeguePackDto Describe(Pack pack) => new()
    {
        Name = pack.Name,
        Title = pack.Title,
        About = pack.About,
        Enables = pack.Enables,
        Licence = pack.Licence,
        LicenceUrl = pack.LicenceUrl,
        Terms = pack.Terms,
        Source = pack.Source,
        Bytes = pack.Bytes,
        MemoryBytes = pack.MemoryBytes,
        Fetched = pack.Fetched,
        Folder = pack.Folder,
        Files =
        [
            .. pack.Files.Select(file => new SeguePackFileDto { Name = file.Name, Url = file.Url, Bytes = file.Bytes, Sha256 = file.Sha256, Present = file.Present }),
        ],
        State = pack.State,
        Detail = pack.Detail,
        Songs = pack.Songs,
    };

    private ObjectResult Unknown() => Missing("There is no such pack.");

    /// <summary>Says in one number and in words how far an installation is: most of it is fetching.</summary>
    private sealed class Steps(IProgress<SegueJobStep> target) : IProgress<PackProgress>
    {
        public void Report(PackProgress value)
        {
            ArgumentNullException.ThrowIfNull(value);
            var done = value.Total > 0 ? Math.Clamp((double)value.Done / value.Total, 0, 1) : 0;
            target.Report(value.Step switch
            {
                PackStep.Looking => new SegueJobStep(0, "Looking"),
                PackStep.Fetching => new SegueJobStep(0.9 * done, "Fetching " + value.File),
                PackStep.Checking => new SegueJobStep(0.9 + (0.09 * done), "Checking " + value.File),
                _ => new SegueJobStep(0.99, "Putting it in place"),
            });
        }
    }
}
