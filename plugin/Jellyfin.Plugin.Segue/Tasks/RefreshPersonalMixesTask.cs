using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Model.Tasks;

namespace Jellyfin.Plugin.Segue.Tasks;

/// <summary>
/// Makes users' own lists anew. The server keeps triggers by the full name of this class: do not rename it.
/// </summary>
public sealed class RefreshPersonalMixesTask : IScheduledTask
{
    private readonly IPersonalMixes _mixes;
    private readonly TimeProvider _time;

    /// <summary>
    /// Initializes a new instance of the <see cref="RefreshPersonalMixesTask"/> class.
    /// </summary>
    /// <param name="mixes">Makes the lists.</param>
    /// <param name="time">The clock.</param>
    public RefreshPersonalMixesTask(IPersonalMixes mixes, TimeProvider time)
    {
        _mixes = mixes;
        _time = time;
    }

    /// <inheritdoc />
    public string Name => "Refresh personal mixes";

    /// <inheritdoc />
    public string Key => "SegueRefreshPersonalMixes";

    /// <inheritdoc />
    public string Description => "Makes each user's own playlists from what they play and like: daily mixes, forgotten favourites, new music and more.";

    /// <inheritdoc />
    public string Category => "Segue";

    /// <inheritdoc />
    public async Task ExecuteAsync(IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        try
        {
            await _mixes.RefreshAsync(new ThrottledProgress(progress, _time), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (EngineClosed.Caused(e))
        {
            throw EngineClosed.AsCancelled(e);
        }

        progress.Report(100);
    }

    /// <inheritdoc />
    public IEnumerable<TaskTriggerInfo> GetDefaultTriggers() =>
    [
        new TaskTriggerInfo { Type = TaskTriggerInfoType.DailyTrigger, TimeOfDayTicks = new TimeSpan(4, 41, 0).Ticks },
    ];
}
