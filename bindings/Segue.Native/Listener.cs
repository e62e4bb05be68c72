using System.Runtime.ExceptionServices;

namespace Segue.Native;

/// <summary>Somebody who is told of a long call while it runs, and may stop it: by cancelling, or by throwing.</summary>
internal sealed class Listener(SegueEngine engine, CancellationToken cancellationToken)
{
    /// <summary>The engine whose call is inside a caller's code on this thread.</summary>
    [ThreadStatic]
    private static SegueEngine? _inside;

    private ExceptionDispatchInfo? _thrown;

    /// <summary>Whether this thread is inside a caller's code that a call of this engine told.</summary>
    public static bool IsInside(SegueEngine engine) => ReferenceEquals(_inside, engine);

    /// <summary>Tells, and answers whether the call goes on.</summary>
    public bool Tell(Action tell)
    {
        // A caller's code may make calls of its own, of this engine or another one.
        var before = _inside;
        _inside = engine;
        try
        {
            tell();
        }
#pragma warning disable CA1031 // No exception may enter the native side; it is thrown again on ours.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _thrown ??= ExceptionDispatchInfo.Capture(error);
        }
        finally
        {
            _inside = before;
        }

        return _thrown is null && !cancellationToken.IsCancellationRequested;
    }

    /// <summary>Throws what was thrown while telling: whoever listens may stop a call so, and that is then how it ended.</summary>
    public void Rethrow() => _thrown?.Throw();
}
