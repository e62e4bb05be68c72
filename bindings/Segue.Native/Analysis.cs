namespace Segue.Native;

/// <summary>Where a running analysis stands.</summary>
public sealed record AnalysisProgress
{
    /// <summary>Tracks finished, well or badly.</summary>
    public long Done { get; init; }

    /// <summary>Tracks to do in this run.</summary>
    public long Total { get; init; }

    /// <summary>Of those done: could not be analysed.</summary>
    public long Failed { get; init; }

    /// <summary>Of those done: known by their content, so nothing was decoded.</summary>
    public long Recognised { get; init; }

    /// <summary>Seconds of music heard so far.</summary>
    public double AudioSeconds { get; init; }

    /// <summary>Seconds since the run began.</summary>
    public double ElapsedSeconds { get; init; }

    /// <summary>The file finished last; empty at the start.</summary>
    public string Path { get; init; } = string.Empty;

    /// <summary>Whether the run is held.</summary>
    public bool Paused { get; init; }
}

/// <summary>How an analysis ended.</summary>
public sealed record AnalysisSummary
{
    /// <summary>Tracks to do when the run began.</summary>
    public long Total { get; init; }

    /// <summary>Analysed and stored.</summary>
    public long Analysed { get; init; }

    /// <summary>Known by their content: mapped without decoding.</summary>
    public long Recognised { get; init; }

    /// <summary>Could not be analysed; <see cref="ISegueEngine.GetFailures"/> says why.</summary>
    public long Failed { get; init; }

    /// <summary>Files that were opened for decoding.</summary>
    public long Decoded { get; init; }

    /// <summary>Tracks that were left for the next run, see <see cref="SegueOptions.RecentAlbums"/>.</summary>
    public long Left { get; init; }

    /// <summary>Seconds of music heard.</summary>
    public double AudioSeconds { get; init; }

    /// <summary>Wall-clock seconds of the run.</summary>
    public double ElapsedSeconds { get; init; }
}

/// <summary>A track that could not be analysed.</summary>
public sealed record EngineFailure
{
    /// <summary>The file.</summary>
    public string Path { get; init; } = string.Empty;

    /// <summary>One stable word, such as <c>unsupported</c>, <c>damaged</c> or <c>timed-out</c>.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>A sentence for people.</summary>
    public string Detail { get; init; } = string.Empty;

    /// <summary>How often it was tried.</summary>
    public int Tries { get; init; }

    /// <summary>When it was tried last.</summary>
    public DateTimeOffset LastAt { get; init; }
}
