namespace Jellyfin.Plugin.Segue.Tests.Tasks;

/// <summary>
/// Keeps what was reported, in order.
/// </summary>
internal sealed class RecordingProgress : IProgress<double>
{
    public List<double> Reports { get; } = [];

    public void Report(double value) => Reports.Add(value);
}
