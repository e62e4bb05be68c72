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
/// Keys of naming services. They go in and never come out: the engine keeps them in a file of its own.
/// </summary>
[ApiController]
[Authorize(Policy = Policies.RequiresElevation)]
[Route("Segue/Naming/Key")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueNamingController : SegueControllerBase
{
    /// <summary>Longest key.</summary>
    internal const int MaxSecret = 500;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueNamingController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    public SegueNamingController(ISegueEngineProvider engines, IJellyfinCompat compat)
        : base(engines, compat)
    {
    }

    /// <summary>Tells for which naming services there is a key.</summary>
    /// <response code="200">It follows.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>One entry for each service.</returns>
    [HttpGet]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult<IReadOnlyList<SegueNamingKeyStateDto>> GetSegueNamingKeys() => Ask<IReadOnlyList<SegueNamingKeyStateDto>>(engine =>
        Ok(Enum.GetValues<NamingProvider>().Select(provider => new SegueNamingKeyStateDto(provider.ToString(), engine.HasKey(provider))).ToList()));

    /// <summary>Keeps the key of a naming service.</summary>
    /// <param name="provider">Whose key.</param>
    /// <param name="key">The key.</param>
    /// <response code="204">It is kept.</response>
    /// <response code="400">That is no key, or there is no such service.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>Nothing.</returns>
    [HttpPut("{provider}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult SetSegueNamingKey([FromRoute] NamingProvider provider, [FromBody] SegueNamingKeyDto key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var secret = key.Key.Trim();

        // It goes into a header of a request.
        if (secret.Length == 0 || !secret.All(letter => letter is > ' ' and < (char)127))
        {
            return Bad("A key is made of printable ASCII characters, without spaces.");
        }

        return Set(provider, secret);
    }

    /// <summary>Forgets the key of a naming service.</summary>
    /// <param name="provider">Whose key.</param>
    /// <response code="204">It is forgotten.</response>
    /// <response code="400">There is no such service.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>Nothing.</returns>
    [HttpDelete("{provider}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public ActionResult ForgetSegueNamingKey([FromRoute] NamingProvider provider) => Set(provider, null);

    private ActionResult Set(NamingProvider provider, string? secret)
    {
        if (!Enum.IsDefined(provider))
        {
            return Bad("There is no such service.");
        }

        return Tell(engine =>
        {
            engine.SetKey(provider, secret);
            return NoContent();
        });
    }
}
