namespace Segue.Native;

/// <summary>The state of things.</summary>
public sealed record EngineStatistics
{
    /// <summary>Files known and present.</summary>
    public long Files { get; init; }

    /// <summary>Library items mapped.</summary>
    public long Items { get; init; }

    /// <summary>Songs analysed.</summary>
    public long Songs { get; init; }

    /// <summary>Files still to be analysed.</summary>
    public long Pending { get; init; }

    /// <summary>Files that could not be analysed.</summary>
    public long Failures { get; init; }

    /// <summary>Seconds of music analysed.</summary>
    public double AudioSeconds { get; init; }

    /// <summary>Size of the database in bytes.</summary>
    public long DatabaseBytes { get; init; }

    /// <summary>What runs the networks, such as <c>ONNX Runtime 1.31</c>; empty until they were needed.</summary>
    public string Backend { get; init; } = string.Empty;

    /// <summary>What the engine is doing.</summary>
    public EngineActivity Activity { get; init; }

    /// <summary>Where the running analysis stands.</summary>
    public AnalysisProgress Progress { get; init; } = new();

    /// <summary>What a person should know of how the store was opened (a damaged one kept aside, a migration); empty when nothing.</summary>
    public string Notice { get; init; } = string.Empty;
}

/// <summary>What the engine is doing.</summary>
public enum EngineActivity
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>An analysis runs.</summary>
    Analysing,

    /// <summary>An analysis waits to be resumed.</summary>
    Paused,
}
