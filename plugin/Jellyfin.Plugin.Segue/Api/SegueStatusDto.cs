using System.ComponentModel.DataAnnotations;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// How it stands with Segue.
/// </summary>
public sealed record SegueStatusDto
{
    /// <summary>Gets the version of the plugin.</summary>
    [Required]
    public required string Version { get; init; }

    /// <summary>Gets the version of the native library; null while it is not loaded.</summary>
    public string? NativeVersion { get; init; }

    /// <summary>Gets a value indicating whether the native library could be loaded; null while nobody has tried.</summary>
    public bool? NativeAvailable { get; init; }

    /// <summary>Gets a value indicating whether the engine is open: without it Jellyfin's own instant mixes are used.</summary>
    public bool Ready { get; init; }

    /// <summary>Gets why the engine is not open. Details for administrators only, they may name paths.</summary>
    public string? Problem { get; init; }

    /// <summary>Gets the number of files known.</summary>
    public long Files { get; init; }

    /// <summary>Gets the number of songs analysed.</summary>
    public long Songs { get; init; }

    /// <summary>Gets the number of files still to be analysed.</summary>
    public long Pending { get; init; }

    /// <summary>Gets the number of files that could not be analysed.</summary>
    public long Failures { get; init; }

    /// <summary>Gets the seconds of music analysed.</summary>
    public double AudioSeconds { get; init; }

    /// <summary>Gets the size of the database in bytes.</summary>
    public long DatabaseBytes { get; init; }

    /// <summary>Gets what runs the networks; empty until they were needed.</summary>
    [Required]
    public string Backend { get; init; } = string.Empty;

    /// <summary>Gets what the engine is doing: Idle, Analysing or Paused.</summary>
    [Required]
    public string Activity { get; init; } = "Idle";

    /// <summary>Gets where the running analysis stands; null when none runs.</summary>
    public SegueProgressDto? Progress { get; init; }

    /// <summary>Gets what an administrator should know of the store; null for everybody else, or when there is nothing.</summary>
    public string? Notice { get; init; }
}
