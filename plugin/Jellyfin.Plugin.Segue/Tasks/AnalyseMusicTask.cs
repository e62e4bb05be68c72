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
    /// Tracks told to the engine at once: it takes a call to its end, and a person who stops the task does not wait for more.
    /// </summary>
    internal const int ChunkSize = 100;

    /// <summary>The part of the whole, in percent, that telling the engine of the library is shown as.</summary>
    private const double SyncPercent = 5;

    /// <summary>
    /// The start-up trigger fires seconds after the server has made the task; what comes later was asked for by a person or a clock.
    /// </summary>
    internal static readonly TimeSpan StartupWindow = TimeSpan.FromSeconds(30);

    /// <summary>How long a store that another process holds is waited for: a server that was just replaced may still close it.</summary>
    internal static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(30);

    /// <summary>Time between two attempts meanwhile.</summary>
    internal static readonly TimeSpan LockRetry = TimeSpan.FromSeconds(2);

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
        var engine = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (atStartup && engine.GetStatistics() is { Files: > 0, Pending: 0 })
        {
            _logger.LogDebug("Nothing was left to analyse when the server stopped");
            progress.Report(100);
            return;
        }

        var throttled = new ThrottledProgress(progress, _time);
        var changes = Sync(engine, throttled, cancellationToken);
        _logger.LogInformation(
            "Library: {Added} tracks new, {Updated} changed, {Removed} gone, {Unchanged} as before",
            changes.Added,
            changes.Updated,
            changes.Removed,
            changes.Unchanged);

        var summary = await AnalyseAsync(engine, throttled, cancellationToken).ConfigureAwait(false);
        _logger.LogInformation(
            "Analysed {Analysed} of {Total} tracks in {Seconds:F0} s; {Recognised} were known by their sound, {Failed} failed, {Left} wait for the next run",
            summary.Analysed,
            summary.Total,
            summary.ElapsedSeconds,
            summary.Recognised,
            summary.Failed,
            summary.Left);
        progress.Report(100);
    }

    private async Task<ISegueEngine> OpenAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return _engines.OpenWithCurrentSettings();
            }
            catch (SegueException e) when (e.Status == SegueStatus.StoreLocked && _time.GetElapsedTime(began) < LockPatience)
            {
                _logger.LogDebug(e, "Another process holds the store; trying again");
            }

            await Task.Delay(LockRetry, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    // What is not seen between begin and finish counts as gone, so a sync that is cut short is never finished.
    private SyncSummary Sync(ISegueEngine engine, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        var total = _library.CountTracks();
        var told = 0;
        var generation = engine.BeginSync();
        foreach (var chunk in _library.ReadTracks(cancellationToken).SelectMany(page => page.Chunk(ChunkSize)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            engine.Sync(generation, chunk);
            told += chunk.Length;
            progress.Report(SyncPercent * told / Math.Max(told, total));
        }

        cancellationToken.ThrowIfCancellationRequested();
        return engine.FinishSync(generation);
    }

    private async Task<AnalysisSummary> AnalyseAsync(ISegueEngine engine, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = _pause.WatchAsync(engine, ended.Token);
        try
        {
            return await engine.AnalyseAsync(new Analysing(progress), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }
    }

    private sealed class Analysing(ThrottledProgress target) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value)
        {
            if (value.Total > 0)
            {
                target.Report(SyncPercent + ((100 - SyncPercent) * value.Done / value.Total));
            }
        }
    }
}
