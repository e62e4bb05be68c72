using System.ComponentModel.DataAnnotations;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What words were understood to mean, and the tracks that fit.
/// </summary>
public sealed record SegueSearchDto
{
    /// <summary>Gets what was understood, in the order of the words.</summary>
    [Required]
    public required IReadOnlyList<SegueUnderstoodDto> Understood { get; init; }

    /// <summary>Gets the words that were not: they were looked for in titles, artists and albums.</summary>
    [Required]
    public required IReadOnlyList<string> Left { get; init; }

    /// <summary>Gets a value indicating whether the words read like a description of music rather than like a name.</summary>
    public bool Described { get; init; }

    /// <summary>Gets a value indicating whether a model of words and sound took part.</summary>
    public bool BySound { get; init; }

    /// <summary>Gets the tracks that the caller may see, the best first.</summary>
    [Required]
    public required IReadOnlyList<SegueFoundDto> Tracks { get; init; }
}

/// <summary>
/// A piece of what was asked that was understood.
/// </summary>
public sealed record SegueUnderstoodDto
{
    /// <summary>Gets what it means, in a word or two.</summary>
    [Required]
    public required string Label { get; init; }

    /// <summary>Gets the words that were asked.</summary>
    [Required]
    public required string Words { get; init; }

    /// <summary>Gets a value indicating whether it is not wanted.</summary>
    public bool Negated { get; init; }
}

/// <summary>
/// A track that the caller may see and that fits words.
/// </summary>
public sealed record SegueFoundDto
{
    /// <summary>Gets Jellyfin's id.</summary>
    public Guid Id { get; init; }

    /// <summary>Gets the title.</summary>
    [Required]
    public required string Title { get; init; }

    /// <summary>Gets the artist; empty when none is known.</summary>
    [Required]
    public required string Artist { get; init; }

    /// <summary>Gets how well it fits, 0 to 1.</summary>
    public float Score { get; init; }

    /// <summary>Gets what of the words it fulfils.</summary>
    [Required]
    public required string Reason { get; init; }

    /// <summary>Gets a value indicating whether its title, artist or album is what was asked for.</summary>
    public bool Named { get; init; }
}
