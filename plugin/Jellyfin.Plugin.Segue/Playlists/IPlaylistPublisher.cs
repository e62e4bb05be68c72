using EnginePlaylist = Segue.Native.Playlist;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Brings playlists into Jellyfin.
/// </summary>
public interface IPlaylistPublisher
{
    /// <summary>
    /// Creates what is new and updates in place what is there. Nothing is deleted: a playlist of which the engine no longer
    /// speaks keeps its tracks, somebody may love it. Of those too the open ones are closed if not every user may see all of them.
    /// </summary>
    /// <param name="playlists">The engine's playlists.</param>
    /// <param name="progress">Takes percentages.</param>
    /// <param name="cancellationToken">Ends the work between two playlists.</param>
    /// <returns>What was done.</returns>
    Task<PublishSummary> PublishAsync(IReadOnlyList<EnginePlaylist> playlists, IProgress<double> progress, CancellationToken cancellationToken);

    /// <summary>Takes those of Segue's playlists that are open to everybody, and closes each that holds a track which some user may not see.</summary>
    /// <param name="cancellationToken">Ends the work between two playlists.</param>
    /// <returns>How many were closed.</returns>
    Task<int> CloseWhatIsHiddenAsync(CancellationToken cancellationToken);
}
