using System.ComponentModel.DataAnnotations;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What is done with an answer about a playlist.
/// </summary>
public enum SegueApply
{
    /// <summary>The playlist itself is changed.</summary>
    InPlace,

    /// <summary>A new playlist is made, the caller's own.</summary>
    Copy,
}

/// <summary>
/// What was found about a playlist, and what was done.
/// </summary>
public sealed record SegueSetDto
{
    /// <summary>Gets the tracks in question: what fits, what does not belong, or all in their new order.</summary>
    [Required]
    public required IReadOnlyList<SegueSetTrackDto> Tracks { get; init; }

    /// <summary>Gets the playlist that was changed or made; null when none was.</summary>
    public Guid? PlaylistId { get; init; }
}

/// <summary>
/// A track of an answer about a playlist.
/// </summary>
public sealed record SegueSetTrackDto
{
    /// <summary>Gets Jellyfin's id.</summary>
    public Guid Id { get; init; }

    /// <summary>Gets the title.</summary>
    [Required]
    public required string Title { get; init; }

    /// <summary>Gets the artist; empty when none is known.</summary>
    [Required]
    public required string Artist { get; init; }

    /// <summary>Gets the distance to the rest.</summary>
    public float Distance { get; init; }

    /// <summary>Gets how far out it lies, in deviations of the others; 0 where that was not asked.</summary>
    public float Deviations { get; init; }

    /// <summary>Gets why it is there, in a few words of English; may be empty.</summary>
    [Required]
    public required string Reason { get; init; }
}

/// <summary>
/// One of a user's own lists.
/// </summary>
public sealed record SeguePersonalListDto
{
    /// <summary>Gets what it is referred to by; stays while the list is the same one.</summary>
    [Required]
    public required string Key { get; init; }

    /// <summary>Gets what it is: <c>DailyMix</c>, <c>MoreLikeThis</c>, <c>Forgotten</c>, <c>OnRepeat</c>, <c>NewForYou</c> or <c>Discover</c>.</summary>
    [Required]
    public required string Kind { get; init; }

    /// <summary>Gets which of several of its kind, from 0.</summary>
    public int Slot { get; init; }

    /// <summary>Gets the name.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Gets what it holds, in a sentence.</summary>
    [Required]
    public required string Description { get; init; }

    /// <summary>Gets the tracks, in order.</summary>
    [Required]
    public required IReadOnlyList<SegueNearDto> Tracks { get; init; }
}

/// <summary>
/// The library as a plane, in columns: the songs' ids, where they lie and in which region, each in the same order.
/// </summary>
public sealed record SegueMapDto
{
    /// <summary>Gets the songs' ids.</summary>
    [Required]
    public required IReadOnlyList<Guid> Ids { get; init; }

    /// <summary>Gets where they lie from left to right, −1 to 1.</summary>
    [Required]
    public required IReadOnlyList<float> X { get; init; }

    /// <summary>Gets where they lie from top to bottom, −1 to 1.</summary>
    [Required]
    public required IReadOnlyList<float> Y { get; init; }

    /// <summary>Gets their regions, places in <see cref="Names"/>; −1 for none.</summary>
    [Required]
    public required IReadOnlyList<int> Regions { get; init; }

    /// <summary>Gets what lies where.</summary>
    [Required]
    public required IReadOnlyList<SegueMapRegionDto> Names { get; init; }
}

/// <summary>
/// A region of the map.
/// </summary>
/// <param name="Name">What is heard there.</param>
/// <param name="X">Where its name stands.</param>
/// <param name="Y">Where its name stands, too.</param>
/// <param name="Songs">How many songs of it the caller may see.</param>
public sealed record SegueMapRegionDto(string Name, float X, float Y, int Songs);
