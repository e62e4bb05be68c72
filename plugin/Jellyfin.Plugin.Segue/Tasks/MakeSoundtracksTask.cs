using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Film;
using MediaBrowser.Model.Tasks;

namespace Jellyfin.Plugin.Segue.Tasks;

/// <summary>
/// Makes playlists for films when a person asks for them. The server keeps triggers by the full name of this class: do not rename it.
/// </summary>
public sealed class MakeSoundtracksTask : IScheduledTask
{
    private readonly ICollectionSoundtracks _soundtracks;
    private readonly TimeProvider _time;

    /// <summary>
    /// Initializes a new instance of the <see cref="MakeSoundtracksTask"/> class.
    /// </summary>
    /// <param name="soundtracks">Makes the playlists.</param>
    /// <param name="time">The clock.</param>
    public MakeSoundtracksTask(ICollectionSoundtracks soundtracks, TimeProvider time)
    {
        _soundtracks = soundtracks;
        _time = time;
    }

    /// <inheritdoc />
    public string Name => "Make music for films";

    /// <inheritdoc />
    public string Key => "SegueMakeSoundtracks";

    /// <inheritdoc />
    public string Description => "Makes a playlist of fitting music for each film of the libraries and collections that Segue's settings name. Can be stopped at any time and goes on where it stopped.";

    /// <inheritdoc />
    public string Category => "Segue";

    /// <inheritdoc />
    public async Task ExecuteAsync(IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        try
        {
            await _soundtracks.MakeAsync(new ThrottledProgress(progress, _time), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (EngineClosed.Caused(e))
        {
            throw EngineClosed.AsCancelled(e);
        }

        progress.Report(100);
    }

    /// <inheritdoc />
    public IEnumerable<TaskTriggerInfo> GetDefaultTriggers() => [];
}
