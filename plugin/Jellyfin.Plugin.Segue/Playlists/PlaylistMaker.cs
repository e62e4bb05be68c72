using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Makes playlists and brings them into Jellyfin, one run at a time whoever asks.
/// </summary>
public interface IPlaylistMaker
{
    /// <summary>
    /// Makes playlists. While another run is under way it waits for that one, which then was this one's too; if it failed or was
    /// cancelled this one runs itself.
    /// </summary>
    /// <param name="progress">Takes percentages.</param>
    /// <param name="cancellationToken">Ends the run, or the wait.</param>
    /// <returns>When there are playlists.</returns>
    Task MakeAsync(IProgress<double> progress, CancellationToken cancellationToken);

    /// <summary>Brings the playlists that there are into Jellyfin, after a person has changed something.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether it was done; not while a run is under way, which does it at its end, and not while playlists are switched off.</returns>
    Task<bool> PublishAsync(CancellationToken cancellationToken);

    /// <summary>Changes something about playlists in Jellyfin that a run would overwrite, then does as <see cref="PublishAsync"/>.</summary>
    /// <param name="change">The change.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether the change was made; not while a run is under way.</returns>
    Task<bool> ChangeAsync(Func<Task> change, CancellationToken cancellationToken);
}

/// <summary>
/// The one run at a time.
/// </summary>
internal sealed class PlaylistMaker : IPlaylistMaker, IDisposable
{
    /// <summary>The part of the whole, in percent, that making playlists is shown as; bringing them into Jellyfin is the rest.</summary>
    internal const double MakingPercent = 80;

    private readonly ISegueEngineProvider _engines;
    private readonly IPlaylistPublisher _publisher;
    private readonly ISegueSettings _settings;
    private readonly ILogger<PlaylistMaker> _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _completed;

    /// <summary>
    /// Initializes a new instance of the <see cref="PlaylistMaker"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="publisher">Writes playlists.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="logger">The log.</param>
    public PlaylistMaker(ISegueEngineProvider engines, IPlaylistPublisher publisher, ISegueSettings settings, ILogger<PlaylistMaker> logger)
    {
        _engines = engines;
        _publisher = publisher;
        _settings = settings;
        _logger = logger;
    }

    /// <inheritdoc />
    public async Task MakeAsync(IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);

        var completed = Volatile.Read(ref _completed);
        if (!await _gate.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            _logger.LogInformation("Playlists are being made already: waiting for that run");
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            if (completed != Volatile.Read(ref _completed))
            {
                _logger.LogInformation("Playlists were made by the run that was under way");
            }
            else
            {
                await RunAsync(progress, cancellationToken).ConfigureAwait(false);
                Interlocked.Increment(ref _completed);
            }
        }
        finally
        {
            _gate.Release();
        }

        progress.Report(100);
    }

    /// <inheritdoc />
    public async Task<bool> PublishAsync(CancellationToken cancellationToken) =>
        _settings.Current.PlaylistsEnabled && await ChangeAsync(() => Task.CompletedTask, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public async Task<bool> ChangeAsync(Func<Task> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (!await _gate.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        try
        {
            await change().ConfigureAwait(false);
            if (_settings.Current.PlaylistsEnabled)
            {
                var engine = _engines.Open();
                await _publisher.PublishAsync(engine, new Nobody(), cancellationToken).ConfigureAwait(false);
            }

            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async Task RunAsync(IProgress<double> progress, CancellationToken cancellationToken)
    {
        var settings = _settings.Current;
        if (!settings.PlaylistsEnabled)
        {
            _logger.LogInformation("Playlists are switched off in Segue's settings");
            await _publisher.CloseWhatIsHiddenAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        ISegueEngine engine;
        try
        {
            engine = _engines.Open();
            var run = await engine.MakePlaylistsAsync(settings.Playlists, new Making(progress), cancellationToken).ConfigureAwait(false);
            _logger.LogInformation(
                "Playlists, run {Run}: {Playlists} of {Tracks} tracks; {New} new, {Continued} continued, {Fading} fading, {Gone} gone; fitness {Fitness:F3}",
                run.Report.Run,
                run.Report.Playlists,
                run.Report.Tracks,
                run.Report.New,
                run.Report.Continued,
                run.Report.Fading,
                run.Report.Gone,
                run.Report.Clusters.Fitness);
        }
        catch (Exception e) when (!EngineClosed.Caused(e) && e is not OperationCanceledException)
        {
            // No new lists, but who may see the old ones does not hang on the engine.
            await _publisher.CloseWhatIsHiddenAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }

        progress.Report(MakingPercent);
        var summary = await _publisher.PublishAsync(engine, new Part(progress, MakingPercent, 100), cancellationToken).ConfigureAwait(false);
        _logger.LogInformation(
            "In Jellyfin: {Created} created, {Updated} updated, {Unchanged} as before, {Removed} removed, {Left} left to people, {Dismissed} deleted by people",
            summary.Created,
            summary.Updated,
            summary.Unchanged,
            summary.Removed,
            summary.LeftToPeople,
            summary.Dismissed);
    }

    private sealed class Making(IProgress<double> target) : IProgress<MakeProgress>
    {
        public void Report(MakeProgress value) => target.Report(MakingPercent * Math.Clamp(value.Fraction, 0, 1));
    }

    private sealed class Part(IProgress<double> target, double from, double to) : IProgress<double>
    {
        public void Report(double value) => target.Report(from + ((to - from) * value / 100));
    }

    private sealed class Nobody : IProgress<double>
    {
        public void Report(double value)
        {
        }
    }
}
