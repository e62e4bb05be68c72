using Segue.Native;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Brings playlists into Jellyfin.
/// </summary>
public interface IPlaylistPublisher
{
    /// <summary>
    /// Creates what is new and updates in place what is there. What a person has changed is theirs and stays; what the engine no longer
    /// makes goes, unless a person has touched it.
    /// </summary>
    /// <param name="engine">Whose playlists are brought.</param>
    /// <param name="progress">Takes percentages.</param>
    /// <param name="cancellationToken">Ends the work between two playlists.</param>
    /// <returns>What was done.</returns>
    Task<PublishSummary> PublishAsync(ISegueEngine engine, IProgress<double> progress, CancellationToken cancellationToken);

    /// <summary>Takes each of Segue's playlists from those who may not see all of it.</summary>
    /// <param name="cancellationToken">Ends the work between two playlists.</param>
    /// <returns>How many were closed.</returns>
    Task<int> CloseWhatIsHiddenAsync(CancellationToken cancellationToken);

    /// <summary>Lists Segue's playlists in Jellyfin.</summary>
    /// <returns>One entry for each.</returns>
    IReadOnlyList<PublishedPlaylist> GetPublished();

    /// <summary>Makes a playlist again for those who deleted it, and takes what people have changed of it for Segue's own again.</summary>
    /// <param name="key">The engine's key.</param>
    /// <param name="changesToo">Whether the changes are taken too; the next run then updates what people had changed.</param>
    /// <param name="cancellationToken">Ends the work between two playlists.</param>
    /// <returns>When it is done.</returns>
    Task TakeBackAsync(string key, bool changesToo, CancellationToken cancellationToken);

    /// <summary>Gets what the last run did.</summary>
    /// <returns>It; null when there was none.</returns>
    PublishSummary? GetLast();
}

/// <summary>
/// One of Segue's playlists in Jellyfin.
/// </summary>
/// <param name="Key">The engine's key.</param>
/// <param name="Id">Jellyfin's id.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Tracks">How many entries it has.</param>
/// <param name="Theirs">What of it a person has changed: <c>name</c>, <c>tracks</c>, <c>description</c>, <c>cover</c>, <c>sharing</c>.</param>
public sealed record PublishedPlaylist(string Key, Guid Id, Guid Owner, string Name, int Tracks, IReadOnlyList<string> Theirs);
