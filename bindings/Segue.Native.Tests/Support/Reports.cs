using System.Collections.Concurrent;

namespace Segue.Native.Tests.Support;

/// <summary>Keeps what it is told, and may do something about it. Unlike <see cref="Progress{T}"/> it does so at once, on the caller's thread.</summary>
internal sealed class Reports<T>(Action<T>? react = null) : IProgress<T>
{
    public ConcurrentQueue<T> All { get; } = new();

    public void Report(T value)
    {
        All.Enqueue(value);
        react?.Invoke(value);
    }
}
