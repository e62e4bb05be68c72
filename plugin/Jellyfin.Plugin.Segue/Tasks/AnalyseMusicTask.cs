using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playback;
using MediaBrowser.Model.Tasks;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Tasks;

/// <summary>
/// Tells the engine what is in the library, then has it listen to what it does not know yet. The server keeps triggers by
/// the full name of this class: do not rename it.
/// </summary>
public sealed class AnalyseMusicTask : IScheduledTask
{
    /// <summary>
    /// The start-up trigger fires seconds after the server has made the task; what comes later was asked for by a person or a clock.
    /// </summary>
    internal static readonly TimeSpan StartupWindow = TimeSpan.FromSeconds(30);

    private readonly ISegueEngineProvider _engines;
    private readonly IMusicLibrary _library;
    private readonly IAnalysisPause _pause;
    private readonly TimeProvider _time;
    private readonly ILogger<AnalyseMusicTask> _logger;
    private readonly long _madeAt;
    private int _runs;

    /// <summary>
    /// Initializes a new instance of the <see cref="AnalyseMusicTask"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="library">The library.</param>
    /// <param name="pause">Gives way to people.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public AnalyseMusicTask(
        ISegueEngineProvider engines,
        IMusicLibrary library,
        IAnalysisPause pause,
        TimeProvider time,
        ILogger<AnalyseMusicTask> logger)
    {
        ArgumentNullException.ThrowIfNull(time);
        _engines = engines;
        _library = library;
        _pause = pause;
        _time = time;
        _logger = logger;
        _madeAt = time.GetTimestamp();
    }

    /// <inheritdoc />
    public string Name => "Analyse music";

    /// <inheritdoc />
    public string Key => "SegueAnalyseMusic";

    /// <inheritdoc />
    public string Description =>
        "Listens to tracks that are new or have changed. Can be stopped at any time and goes on where it stopped.";

    /// <inheritdoc />
    public string Category => "Segue";

    /// <inheritdoc />
    public async Task ExecuteAsync(IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);

        var atStartup = Interlocked.Increment(ref _runs) == 1 && _time.GetElapsedTime(_madeAt) < StartupWindow;
        try
        {
            await RunAsync(atStartup, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (EngineClosed.Caused(e))
        {
            throw EngineClosed.AsCancelled(e);
        }
    }

    /// <inheritdoc />
    public IEnumerable<TaskTriggerInfo> GetDefaultTriggers() =>
    [
        new TaskTriggerInfo { Type = TaskTriggerInfoType.DailyTrigger, TimeOfDayTicks = new TimeSpan(2, 17, 0).Ticks },
        new TaskTriggerInfo { Type = TaskTriggerInfoType.StartupTrigger },
    ];

    private async Task RunAsync(bool atStartup, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var engine = _engines.OpenWithCurrentSettings();
        if (atStartup && engine.GetStatistics() is { Files: > 0, Pending: 0 })
        {
            _logger.LogDebug("Nothing was left to analyse when the server stopped");
            progress.Report(100);
            return;
        }

        var changes = Sync(engine, cancellationToken);
        _logger.LogInformation(
            "Library: {Added} tracks new, {Updated} changed, {Removed} gone, {Unchanged} as before",
            changes.Added,
            changes.Updated,
            changes.Removed,
            changes.Unchanged);

        var summary = await AnalyseAsync(engine, progress, cancellationToken).ConfigureAwait(false);
        _logger.LogInformation(
            "Analysed {Analysed} of {Total} tracks in {Seconds:F0} s; {Recognised} were known by their sound, {Failed} failed",
            summary.Analysed,
            summary.Total,
            summary.ElapsedSeconds,
            summary.Recognised,
            summary.Failed);
        progress.Report(100);
    }

    // What is not seen between begin and finish counts as gone, so a sync that is cut short is never finished.
    private SyncSummary Sync(ISegueEngine engine, CancellationToken cancellationToken)
    {
        var generation = engine.BeginSync();
        foreach (var page in _library.ReadTracks(cancellationToken))
        {
            engine.Sync(generation, page);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return engine.FinishSync(generation);
    }

    private async Task<AnalysisSummary> AnalyseAsync(ISegueEngine engine, IProgress<double> progress, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = _pause.WatchAsync(engine, ended.Token);
        try
        {
            return await engine.AnalyseAsync(new ThrottledProgress(progress, _time), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }
    }
}
