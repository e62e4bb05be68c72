using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Model.Tasks;

namespace Jellyfin.Plugin.Segue.Tasks;

/// <summary>
/// Makes playlists when a person asks for them. The server keeps triggers by the full name of this class: do not rename it.
/// </summary>
public sealed class MakePlaylistsTask : IScheduledTask
{
    private readonly IPlaylistMaker _maker;
    private readonly TimeProvider _time;

    /// <summary>
    /// Initializes a new instance of the <see cref="MakePlaylistsTask"/> class.
    /// </summary>
    /// <param name="maker">Makes playlists.</param>
    /// <param name="time">The clock.</param>
    public MakePlaylistsTask(IPlaylistMaker maker, TimeProvider time)
    {
        _maker = maker;
        _time = time;
    }

    /// <inheritdoc />
    public string Name => "Make playlists";

    /// <inheritdoc />
    public string Key => "SegueMakePlaylists";

    /// <inheritdoc />
    public string Description => "Makes playlists of tracks that sound alike, and brings those of earlier runs up to date.";

    /// <inheritdoc />
    public string Category => "Segue";

    /// <inheritdoc />
    public Task ExecuteAsync(IProgress<double> progress, CancellationToken cancellationToken) => RunAsync(_maker, progress, _time, cancellationToken);

    /// <inheritdoc />
    public IEnumerable<TaskTriggerInfo> GetDefaultTriggers() => [];

    /// <summary>What both tasks do.</summary>
    internal static async Task RunAsync(IPlaylistMaker maker, IProgress<double> progress, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        try
        {
            await maker.MakeAsync(new ThrottledProgress(progress, time), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (EngineClosed.Caused(e))
        {
            throw EngineClosed.AsCancelled(e);
        }

        progress.Report(100);
    }
}
