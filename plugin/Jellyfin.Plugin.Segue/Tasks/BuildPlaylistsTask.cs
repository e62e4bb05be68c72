using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Model.Tasks;

namespace Jellyfin.Plugin.Segue.Tasks;

/// <summary>
/// Makes playlists on a schedule. The server keeps triggers by the full name of this class: do not rename it.
/// </summary>
public sealed class BuildPlaylistsTask : IScheduledTask
{
    private readonly IPlaylistMaker _maker;
    private readonly TimeProvider _time;

    /// <summary>
    /// Initializes a new instance of the <see cref="BuildPlaylistsTask"/> class.
    /// </summary>
    /// <param name="maker">Makes playlists.</param>
    /// <param name="time">The clock.</param>
    public BuildPlaylistsTask(IPlaylistMaker maker, TimeProvider time)
    {
        _maker = maker;
        _time = time;
    }

    /// <inheritdoc />
    public string Name => "Make playlists on schedule";

    /// <inheritdoc />
    public string Key => "SegueBuildPlaylists";

    /// <inheritdoc />
    public string Description => "Keeps playlists of tracks that sound alike up to date, at the times that are set here.";

    /// <inheritdoc />
    public string Category => "Segue";

    /// <inheritdoc />
    public Task ExecuteAsync(IProgress<double> progress, CancellationToken cancellationToken) => MakePlaylistsTask.RunAsync(_maker, progress, _time, cancellationToken);

    /// <inheritdoc />
    public IEnumerable<TaskTriggerInfo> GetDefaultTriggers() =>
    [
        new TaskTriggerInfo { Type = TaskTriggerInfoType.DailyTrigger, TimeOfDayTicks = new TimeSpan(5, 23, 0).Ticks },
    ];
}
