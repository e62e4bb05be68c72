using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Segue.Engine;

/// <summary>
/// Closes the engine when the server stops. Needed: a restart of Jellyfin keeps the process, and with it the native library.
/// </summary>
internal sealed class EngineLifetime : IHostedService
{
    /// <summary>How long the server waits for the engine at most.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ISegueEngineProvider _provider;
    private readonly ILogger<EngineLifetime> _logger;

    /// <summary>
    /// Initializes a new instance of the <see cref="EngineLifetime"/> class.
    /// </summary>
    /// <param name="provider">Holds the engine.</param>
    /// <param name="logger">The log.</param>
    public EngineLifetime(ISegueEngineProvider provider, ILogger<EngineLifetime> logger)
    {
        _provider = provider;
        _logger = logger;
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(_provider.Close, CancellationToken.None).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            _logger.LogWarning("The engine did not close in time; it goes on closing in the background");
        }
    }
}
