namespace Segue.Native;

/// <summary>The engine refused or failed. <see cref="Status"/> says how, the message what to do about it.</summary>
public class SegueException : Exception
{
    /// <summary>An exception that says nothing.</summary>
    public SegueException()
    {
    }

    /// <summary>An exception of our own side of the boundary.</summary>
    /// <param name="message">What happened, for people.</param>
    public SegueException(string message)
        : base(message)
    {
    }

    /// <summary>An exception of our own side of the boundary.</summary>
    /// <param name="message">What happened, for people.</param>
    /// <param name="innerException">What it came from.</param>
    public SegueException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception with a status.</summary>
    /// <param name="status">How the engine refused or failed.</param>
    /// <param name="message">What happened, for people.</param>
    public SegueException(SegueStatus status, string message)
        : base(message) => Status = status;

    /// <summary>How the engine refused or failed.</summary>
    public SegueStatus Status { get; } = SegueStatus.Internal;
}

/// <summary>The native library cannot be used here. The message says which file was tried and why it could not be loaded.</summary>
public sealed class SegueNativeUnavailableException : SegueException
{
    /// <summary>An exception that says nothing.</summary>
    public SegueNativeUnavailableException()
    {
    }

    /// <summary>An exception without a cause.</summary>
    /// <param name="message">Which file, and why, for people.</param>
    public SegueNativeUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a cause.</summary>
    /// <param name="message">Which file, and why, for people.</param>
    /// <param name="innerException">What the loader said.</param>
    public SegueNativeUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>How a call across the boundary ended.</summary>
public enum SegueStatus
{
    /// <summary>Well.</summary>
    Ok,

    /// <summary>An argument makes no sense.</summary>
    InvalidArgument,

    /// <summary>No such track in the store.</summary>
    UnknownTrack,

    /// <summary>No playlist has such a key.</summary>
    UnknownPlaylist,

    /// <summary>The track is known, but not analysed yet.</summary>
    NotAnalysed,

    /// <summary>The database could not be read or written.</summary>
    Store,

    /// <summary>The database was written by a newer version. It was left as it is.</summary>
    NewerStore,

    /// <summary>Another process holds the database.</summary>
    StoreLocked,

    /// <summary>No room left on the device.</summary>
    DiskFull,

    /// <summary>The networks cannot be loaded or run.</summary>
    Models,

    /// <summary>A file or folder could not be read.</summary>
    Io,

    /// <summary>The same work, an analysis or the making of playlists, is already under way.</summary>
    Busy,

    /// <summary>The caller stopped it.</summary>
    Cancelled,

    /// <summary>The engine is closed.</summary>
    Closed,

    /// <summary>Something that should not happen.</summary>
    Internal,

    /// <summary>A call came without an engine.</summary>
    NullHandle,

    /// <summary>The engine panicked. The panic was stopped at the boundary.</summary>
    Panic,
}
