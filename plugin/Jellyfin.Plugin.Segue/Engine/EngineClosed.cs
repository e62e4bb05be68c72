using Segue.Native;

namespace Jellyfin.Plugin.Segue.Engine;

/// <summary>
/// Tells a task that was cut short by the server's stop from one that failed: the one is cancelled and goes on after the start.
/// </summary>
internal static class EngineClosed
{
    /// <summary>Tells whether an exception says that the engine was closed.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>Whether it does.</returns>
    public static bool Caused(Exception exception) =>
        exception is ObjectDisposedException or SegueException { Status: SegueStatus.Closed or SegueStatus.Cancelled };

    /// <summary>Makes the exception that Jellyfin takes for a cancelled task.</summary>
    /// <param name="cause">What the engine said.</param>
    /// <returns>The exception to throw.</returns>
    public static OperationCanceledException AsCancelled(Exception cause) =>
        new("The engine was closed. The next run goes on from here.", cause);
}
