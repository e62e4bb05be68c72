using Segue.Native;

namespace Jellyfin.Plugin.Segue.Playback;

/// <summary>
/// Tells the engine what users think of tracks, as the server knows it.
/// </summary>
public interface IOpinionSync
{
    /// <summary>
    /// Tells all that there is, unless that was done not long ago. Of users of whom nothing is to be remembered, everything is forgotten in
    /// any case.
    /// </summary>
    /// <param name="engine">The engine.</param>
    /// <param name="age">How long ago it may have been.</param>
    /// <param name="cancellationToken">Ends it between two pages of the library; what was known stays then.</param>
    void Sync(ISegueEngine engine, TimeSpan age, CancellationToken cancellationToken);
}
