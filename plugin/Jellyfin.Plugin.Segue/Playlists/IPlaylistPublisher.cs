using EnginePlaylist = Segue.Native.Playlist;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Brings playlists into Jellyfin.
/// </summary>
public interface IPlaylistPublisher
{
    /// <summary>
    /// Creates what is new and updates in place what is there. Nothing is deleted: a playlist of which the engine no longer
    /// speaks stays as it is, somebody may love it.
    /// </summary>
    /// <param name="playlists">The engine's playlists.</param>
    /// <param name="progress">Takes percentages.</param>
    /// <param name="cancellationToken">Ends the work between two playlists.</param>
    /// <returns>What was done.</returns>
    Task<PublishSummary> PublishAsync(IReadOnlyList<EnginePlaylist> playlists, IProgress<double> progress, CancellationToken cancellationToken);
}
