using Segue.Native;

namespace Jellyfin.Plugin.Segue.Engine;

/// <summary>
/// Opens the engine that lies in the native library.
/// </summary>
internal sealed class NativeEngineFactory : ISegueEngineFactory
{
    /// <inheritdoc />
    public string LibraryVersion => SegueEngine.LibraryVersion;

    /// <inheritdoc />
    public ISegueEngine Open(SegueOptions options)
    {
        // A library whose panics are not caught at the boundary would take the server down: ask before trusting it.
        SegueEngine.CheckGuard();
        return SegueEngine.Open(options);
    }
}
