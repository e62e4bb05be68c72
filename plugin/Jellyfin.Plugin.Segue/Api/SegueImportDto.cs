using System.ComponentModel.DataAnnotations;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What an imported playlist is in this library, as far as the caller may see it.
/// </summary>
public sealed record SegueImportDto
{
    /// <summary>Gets the title.</summary>
    [Required]
    public required string Title { get; init; }

    /// <summary>Gets how many entries were found.</summary>
    public int Found { get; init; }

    /// <summary>Gets how many were not.</summary>
    public int Missing { get; init; }

    /// <summary>Gets how many lines could not be understood.</summary>
    public long Unreadable { get; init; }

    /// <summary>Gets the entries, in order.</summary>
    [Required]
    public required IReadOnlyList<SegueImportEntryDto> Entries { get; init; }

    /// <summary>Gets tracks that fill the gaps.</summary>
    [Required]
    public required IReadOnlyList<SegueTrackDto> Filled { get; init; }

    /// <summary>Gets the id of the playlist that was made; null when none was.</summary>
    public Guid? PlaylistId { get; init; }
}

/// <summary>
/// An entry of an imported playlist.
/// </summary>
public sealed record SegueImportEntryDto
{
    /// <summary>Gets the title as the file has it.</summary>
    [Required]
    public required string Title { get; init; }

    /// <summary>Gets the artist as the file has it.</summary>
    [Required]
    public required string Artist { get; init; }

    /// <summary>Gets the album as the file has it.</summary>
    [Required]
    public required string Album { get; init; }

    /// <summary>Gets what it was found as; null: nothing.</summary>
    public SegueTrackDto? Found { get; init; }

    /// <summary>Gets how sure that is, 0 to 1.</summary>
    public float Score { get; init; }

    /// <summary>Gets how it was found: <c>musicbrainz</c>, <c>path</c> or <c>names</c>; empty when it was not.</summary>
    [Required]
    public required string How { get; init; }
}
