namespace Jellyfin.Plugin.Segue.Tasks;

/// <summary>
/// Hands percentages to Jellyfin at most twice a second and never backwards: Jellyfin posts each report to the thread pool,
/// where they may overtake each other.
/// </summary>
internal sealed class ThrottledProgress : IProgress<double>
{
    /// <summary>Least time between two reports.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly IProgress<double> _target;
    private readonly TimeProvider _time;
    private long? _reportedAt;
    private double _percent;

    /// <summary>
    /// Initializes a new instance of the <see cref="ThrottledProgress"/> class.
    /// </summary>
    /// <param name="target">Takes percentages.</param>
    /// <param name="time">The clock.</param>
    public ThrottledProgress(IProgress<double> target, TimeProvider time)
    {
        _target = target;
        _time = time;
    }

    /// <inheritdoc />
    public void Report(double value)
    {
        if (_reportedAt is { } at && _time.GetElapsedTime(at) < Interval)
        {
            return;
        }

        _reportedAt = _time.GetTimestamp();
        _percent = Math.Max(_percent, Math.Min(100, value));
        _target.Report(_percent);
    }
}
