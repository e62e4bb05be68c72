namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Where a running analysis stands.
/// </summary>
public sealed record SegueProgressDto
{
    /// <summary>Gets the number of tracks finished in this run, well or badly.</summary>
    public long Done { get; init; }

    /// <summary>Gets the number of tracks to do in this run.</summary>
    public long Total { get; init; }

    /// <summary>Gets how many of those done could not be analysed.</summary>
    public long Failed { get; init; }

    /// <summary>Gets how many of those done were known by their content.</summary>
    public long Recognised { get; init; }

    /// <summary>Gets the seconds of music heard so far.</summary>
    public double AudioSeconds { get; init; }

    /// <summary>Gets the seconds since the run began.</summary>
    public double ElapsedSeconds { get; init; }
}
