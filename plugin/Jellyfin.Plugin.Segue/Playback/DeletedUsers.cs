using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jellyfin.Data.Events.Users;
using Jellyfin.Plugin.Segue.Engine;
using MediaBrowser.Controller.Events;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Segue.Playback;

/// <summary>
/// Forgets what was remembered of a user whom the server has deleted.
/// </summary>
internal sealed class DeletedUsers : IEventConsumer<UserDeletedEventArgs>
{
    private readonly ISegueEngineProvider _engines;
    private readonly ILogger<DeletedUsers> _logger;

    /// <summary>
    /// Initializes a new instance of the <see cref="DeletedUsers"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="logger">The log.</param>
    public DeletedUsers(ISegueEngineProvider engines, ILogger<DeletedUsers> logger)
    {
        _engines = engines;
        _logger = logger;
    }

    /// <inheritdoc />
    public Task OnEvent(UserDeletedEventArgs eventArgs)
    {
        ArgumentNullException.ThrowIfNull(eventArgs);
        return eventArgs.Argument is { } user ? ForgetAsync(user.Id) : Task.CompletedTask;
    }

    /// <summary>Forgets a user. Never fails: the user is deleted all the same, and the server's other consumers want to hear of it.</summary>
    /// <param name="user">The user's id.</param>
    /// <returns>When it is done, or could not be.</returns>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "See above.")]
    internal async Task ForgetAsync(Guid user)
    {
        try
        {
            // Opening may take a while, and the server waits for its consumers.
            var listener = user.ToString("N", CultureInfo.InvariantCulture);
            await Task.Run(() => _engines.Open().ForgetListener(listener)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _logger.LogWarning(e, "What was remembered of a deleted user could not be forgotten; it goes with the age that the settings name");
        }
    }
}
