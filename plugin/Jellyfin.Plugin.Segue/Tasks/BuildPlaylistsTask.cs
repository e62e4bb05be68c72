using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Model.Tasks;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Tasks;

/// <summary>
/// Groups the music by sound and keeps one playlist for each group. The server keeps triggers by the full name of this
/// class: do not rename it.
/// </summary>
public sealed class BuildPlaylistsTask : IScheduledTask
{
    private readonly ISegueEngineProvider _engines;
    private readonly IPlaylistPublisher _publisher;
    private readonly ISegueSettings _settings;
    private readonly ILogger<BuildPlaylistsTask> _logger;

    /// <summary>
    /// Initializes a new instance of the <see cref="BuildPlaylistsTask"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="publisher">Writes playlists.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="logger">The log.</param>
    public BuildPlaylistsTask(
        ISegueEngineProvider engines,
        IPlaylistPublisher publisher,
        ISegueSettings settings,
        ILogger<BuildPlaylistsTask> logger)
    {
        _engines = engines;
        _publisher = publisher;
        _settings = settings;
        _logger = logger;
    }

    /// <inheritdoc />
    public string Name => "Build playlists";

    /// <inheritdoc />
    public string Key => "SegueBuildPlaylists";

    /// <inheritdoc />
    public string Description => "Makes playlists of tracks that sound alike, and keeps those of earlier runs up to date.";

    /// <inheritdoc />
    public string Category => "Segue";

    /// <inheritdoc />
    public async Task ExecuteAsync(IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);

        var settings = _settings.Current;
        if (!settings.PlaylistsEnabled)
        {
            _logger.LogInformation("Playlists are switched off in Segue's settings");
            await _publisher.CloseWhatIsHiddenAsync(cancellationToken).ConfigureAwait(false);
            progress.Report(100);
            return;
        }

        var playlists = await BuildAsync(settings, cancellationToken).ConfigureAwait(false);
        progress.Report(50);

        var summary = await _publisher.PublishAsync(playlists, new SecondHalf(progress), cancellationToken).ConfigureAwait(false);
        _logger.LogInformation(
            "Playlists: {Created} created, {Updated} updated, {Unchanged} as before",
            summary.Created,
            summary.Updated,
            summary.Unchanged);
        progress.Report(100);
    }

    /// <inheritdoc />
    public IEnumerable<TaskTriggerInfo> GetDefaultTriggers() =>
    [
        new TaskTriggerInfo { Type = TaskTriggerInfoType.DailyTrigger, TimeOfDayTicks = new TimeSpan(5, 23, 0).Ticks },
    ];

    private async Task<IReadOnlyList<Playlist>> BuildAsync(SegueSettings settings, CancellationToken cancellationToken)
    {
        var request = new PlaylistRequest
        {
            Clusters = settings.PlaylistCount,
            MaxSongs = settings.MaxSongsPerPlaylist,
            MaxSongsPerArtist = settings.MaxSongsPerArtist,
        };
        try
        {
            return await _engines.Open().BuildPlaylistsAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (EngineClosed.Caused(e))
        {
            throw EngineClosed.AsCancelled(e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // No new lists, but who may see the old ones does not hang on the engine.
            await _publisher.CloseWhatIsHiddenAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private sealed class SecondHalf(IProgress<double> target) : IProgress<double>
    {
        public void Report(double value) => target.Report(50 + (value / 2));
    }
}
