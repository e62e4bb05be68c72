using System.Diagnostics.CodeAnalysis;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Engine;

/// <summary>
/// Holds the server's one engine: opened when first needed, closed when the server stops.
/// </summary>
public interface ISegueEngineProvider
{
    /// <summary>Gets how it stands, without trying anything and without waiting.</summary>
    EngineState State { get; }

    /// <summary>
    /// Gets the engine if it is open or can be opened within a moment: an opening that takes longer goes on without the caller.
    /// Never throws; after a failure it does not try again for a while.
    /// </summary>
    /// <param name="engine">The engine, which stays the provider's: do not dispose of it.</param>
    /// <returns>Whether there is one.</returns>
    bool TryGet([NotNullWhen(true)] out ISegueEngine? engine);

    /// <summary>Gets the engine, trying again even if that failed a moment ago.</summary>
    /// <returns>The engine, which stays the provider's.</returns>
    /// <exception cref="SegueNativeUnavailableException">The native library cannot be loaded here.</exception>
    /// <exception cref="SegueException">The engine could not be opened.</exception>
    ISegueEngine Open();

    /// <summary>
    /// As <see cref="Open"/>, but an engine that was opened with other settings than those of now is closed first.
    /// For work that begins: whoever uses the old engine at this moment gets an exception.
    /// </summary>
    /// <returns>The engine, which stays the provider's.</returns>
    /// <exception cref="SegueNativeUnavailableException">The native library cannot be loaded here.</exception>
    /// <exception cref="SegueException">The engine could not be opened.</exception>
    ISegueEngine OpenWithCurrentSettings();

    /// <summary>Closes the engine for good. A running analysis stops first, and an opening that is under way is waited for.</summary>
    void Close();
}
