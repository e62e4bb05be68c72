using Segue.Native;

namespace Jellyfin.Plugin.Segue.Playback;

/// <summary>
/// Makes a running analysis give way to people.
/// </summary>
public interface IAnalysisPause
{
    /// <summary>Pauses and resumes the engine's analysis as somebody transcodes or nobody does, until cancelled; then resumes it.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="cancellationToken">Ends the watch. The task then completes without an exception.</param>
    /// <returns>When the watch has ended. The first look is taken before the method returns.</returns>
    Task WatchAsync(ISegueEngine engine, CancellationToken cancellationToken);
}
