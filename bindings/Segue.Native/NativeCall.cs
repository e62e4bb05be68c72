using System.Runtime.CompilerServices;
using Segue.Native.Generated;

namespace Segue.Native;

/// <summary>Turns what the native side answers into values and our own exceptions.</summary>
internal static class NativeCall
{
    /// <summary>Makes sure that calls can be made.</summary>
    /// <exception cref="SegueNativeUnavailableException">The library cannot be loaded, or belongs to another version of these bindings.</exception>
    public static void EnsureAvailable()
    {
        NativeLibraryResolver.Load();
        try
        {
            // Compares the list of exports with the one that the bindings were made from.
            RuntimeHelpers.RunClassConstructor(typeof(Interop).TypeHandle);
        }
        catch (TypeInitializationException error)
        {
            throw new SegueNativeUnavailableException(
                $"The native library in {NativeLibraryResolver.NativeFolder} belongs to another version of Segue; install both from one package. "
                + $"({error.InnerException?.Message})",
                error);
        }
    }

    /// <summary>The value of a call that ended well.</summary>
    /// <exception cref="ObjectDisposedException">The engine was closed.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped it.</exception>
    /// <exception cref="SegueException">All else.</exception>
    public static T Unwrap<T>(IResult<T, Status> result)
    {
        if (result.IsOk)
        {
            return result.AsOk();
        }

        // The text is kept per thread, and this is still the thread that made the call.
        var status = StatusOf(result);
        var text = LastError(status);
        throw status switch
        {
            SegueStatus.Closed => new ObjectDisposedException(nameof(SegueEngine), text),
            SegueStatus.Cancelled => new OperationCanceledException(text),
            _ => new SegueException(status, text),
        };
    }

    /// <summary>How a call ended.</summary>
    public static SegueStatus StatusOf<T>(IResult<T, Status> result) =>
        result.IsOk ? SegueStatus.Ok
        : result.IsErr ? Translate(result.AsErr())
        : result.IsNull ? SegueStatus.NullHandle
        : SegueStatus.Panic;

    /// <summary>The public twin of a status. Both have the same names, which a test watches over.</summary>
    public static SegueStatus Translate(Status status) =>
        Enum.TryParse<SegueStatus>(status.ToString(), out var translated) ? translated : SegueStatus.Internal;

    private static string LastError(SegueStatus status)
    {
        using var answer = Interop.segue_last_error();
        var text = answer.IsOk ? answer.AsOk().Unwire() : string.Empty;
        return string.IsNullOrEmpty(text) ? $"The call ended with {status}." : text;
    }
}
