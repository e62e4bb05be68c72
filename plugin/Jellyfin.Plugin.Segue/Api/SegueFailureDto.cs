using System.ComponentModel.DataAnnotations;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// A file that could not be analysed.
/// </summary>
public sealed record SegueFailureDto
{
    /// <summary>Gets the file.</summary>
    [Required]
    public required string Path { get; init; }

    /// <summary>Gets the reason in one stable word.</summary>
    [Required]
    public required string Reason { get; init; }

    /// <summary>Gets the reason in a sentence.</summary>
    [Required]
    public required string Detail { get; init; }

    /// <summary>Gets how often it was tried.</summary>
    public long Tries { get; init; }

    /// <summary>Gets when it was tried last.</summary>
    public DateTimeOffset LastAt { get; init; }
}
