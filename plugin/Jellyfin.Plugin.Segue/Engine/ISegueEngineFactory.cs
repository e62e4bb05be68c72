using Segue.Native;

namespace Jellyfin.Plugin.Segue.Engine;

/// <summary>
/// Makes engines. The one that is real loads the native library.
/// </summary>
public interface ISegueEngineFactory
{
    /// <summary>Gets the version of the native library.</summary>
    /// <exception cref="SegueNativeUnavailableException">The library cannot be loaded.</exception>
    string LibraryVersion { get; }

    /// <summary>Opens the store and what goes with it.</summary>
    /// <param name="options">Where and how.</param>
    /// <returns>An engine that the caller disposes of.</returns>
    /// <exception cref="SegueNativeUnavailableException">The library cannot be loaded.</exception>
    /// <exception cref="SegueException">The library was loaded but could not open the store.</exception>
    ISegueEngine Open(SegueOptions options);
}
