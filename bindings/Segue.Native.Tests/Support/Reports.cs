using System.Collections.Concurrent;

namespace Segue.Native.Tests.Support;

/// <summary>Keeps what it is told, and may do something about it. Unlike <see cref="Progress{T}"/> it does so at once, on the caller's thread.</summary>
internal sealed class Reports(Action<AnalysisProgress>? react = null) : IProgress<AnalysisProgress>
{
    public ConcurrentQueue<AnalysisProgress> All { get; } = new();

    public void Report(AnalysisProgress value)
    {
        All.Enqueue(value);
        react?.Invoke(value);
    }
}
