using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What a seed is.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<SegueSeedKind>))]
public enum SegueSeedKind
{
    /// <summary>An item of Jellyfin's: a track, album, artist, playlist, genre or folder. By its id.</summary>
    Item,

    /// <summary>An artist, by name.</summary>
    Artist,

    /// <summary>An album, by its title, with its artist and a slash in front where several share it.</summary>
    Album,

    /// <summary>A genre, by name.</summary>
    Genre,

    /// <summary>A playlist of Segue's, by its key.</summary>
    Playlist,

    /// <summary>A mood or tag of the networks.</summary>
    Mood,

    /// <summary>The caller's taste.</summary>
    Taste,

    /// <summary>Words, as the search understands them.</summary>
    Words,
}

/// <summary>
/// One ingredient of a mix or a blend.
/// </summary>
public sealed record SegueSeedDto
{
    /// <summary>Gets what it is.</summary>
    public SegueSeedKind Kind { get; init; }

    /// <summary>Gets the id of an item.</summary>
    public Guid? Id { get; init; }

    /// <summary>Gets the name of what is no item.</summary>
    public string? Name { get; init; }

    /// <summary>Gets how much it counts beside the others. 0: as 1.</summary>
    public float Weight { get; init; }
}

/// <summary>
/// A wish for a mix, or for what follows a queue.
/// </summary>
public sealed record SegueMixRequestDto
{
    /// <summary>Gets where it starts. May be empty when there is a queue.</summary>
    public IReadOnlyList<SegueSeedDto> Seeds { get; init; } = [];

    /// <summary>Gets how many tracks are wanted, seeds included; null: as set for instant mixes.</summary>
    public int? Length { get; init; }

    /// <summary>Gets how many tracks of one artist may come in a row of <see cref="Window"/>; null: as set.</summary>
    public int? ArtistCap { get; init; }

    /// <summary>Gets how many tracks of one album may come in a row of <see cref="Window"/>; null: as many as of one artist.</summary>
    public int? AlbumCap { get; init; }

    /// <summary>Gets in how many tracks in a row the caps count; null: 25.</summary>
    public int? Window { get; init; }

    /// <summary>Gets which of the equally good mixes; null: the same one for ten minutes.</summary>
    public ulong? Variation { get; init; }

    /// <summary>Gets a value indicating whether the mix begins with the first seed that is a track.</summary>
    public bool IncludeSeeds { get; init; } = true;

    /// <summary>Gets the tracks that were played, the last one last: the mix goes on from there, and none of them comes again.</summary>
    public IReadOnlyList<Guid> Queue { get; init; } = [];
}

/// <summary>
/// A wish for a way from one track to another.
/// </summary>
public sealed record SeguePathRequestDto
{
    /// <summary>Gets two or more tracks, each of which is on the way, in this order.</summary>
    [Required]
    public required IReadOnlyList<Guid> Ids { get; init; }

    /// <summary>Gets how many tracks are wanted, the named ones included.</summary>
    public int? Length { get; init; }
}

/// <summary>
/// A wish for a blend: some music and, if wanted, away from other music.
/// </summary>
public sealed record SegueBlendRequestDto
{
    /// <summary>Gets what it should be like.</summary>
    [Required]
    public required IReadOnlyList<SegueSeedDto> Add { get; init; }

    /// <summary>Gets what it should not be like.</summary>
    public IReadOnlyList<SegueSeedDto> Subtract { get; init; } = [];

    /// <summary>Gets how many tracks are wanted.</summary>
    public int? Length { get; init; }

    /// <summary>Gets how adventurous it is: 0 takes the nearest, the higher the farther; up to 10.</summary>
    public float Temperature { get; init; }

    /// <summary>Gets how many tracks of one artist may come; null: as set for instant mixes.</summary>
    public int? ArtistCap { get; init; }

    /// <summary>Gets which draw; null: the same one for ten minutes.</summary>
    public ulong? Variation { get; init; }
}

/// <summary>
/// A track that the caller may see, and how near it is.
/// </summary>
public sealed record SegueNearDto
{
    /// <summary>Gets Jellyfin's id.</summary>
    public Guid Id { get; init; }

    /// <summary>Gets the title.</summary>
    [Required]
    public required string Title { get; init; }

    /// <summary>Gets the artist; empty when none is known.</summary>
    [Required]
    public required string Artist { get; init; }

    /// <summary>Gets the distance: 0 is the same, larger is farther. On a path it is that to the track before.</summary>
    public float Distance { get; init; }

    /// <summary>Gets why it is there, in a few words of English; empty where the distance says it all.</summary>
    [Required]
    public required string Reason { get; init; }
}

/// <summary>
/// A mix, a blend, or what is like a track.
/// </summary>
public sealed record SegueMixDto
{
    /// <summary>Gets the tracks, in order.</summary>
    [Required]
    public required IReadOnlyList<SegueNearDto> Tracks { get; init; }
}

/// <summary>
/// A way from track to track.
/// </summary>
public sealed record SeguePathDto
{
    /// <summary>Gets the tracks, in order.</summary>
    [Required]
    public required IReadOnlyList<SegueNearDto> Tracks { get; init; }

    /// <summary>Gets the largest step, cosine distance from 0 to 2.</summary>
    public float LargestStep { get; init; }

    /// <summary>Gets the places, counted from 0, of the tracks before which the way had to jump: nothing connects them with what came before.</summary>
    [Required]
    public required IReadOnlyList<int> Jumps { get; init; }
}

/// <summary>
/// An artist or album that sounds like another.
/// </summary>
public sealed record SegueSimilarSetDto
{
    /// <summary>Gets Jellyfin's id of the artist or album.</summary>
    public Guid Id { get; init; }

    /// <summary>Gets the artist's name, or the album's title.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Gets how far its songs are from the other's, as sets: 0 is the same, 1 is as far as it gets.</summary>
    public float Distance { get; init; }

    /// <summary>Gets how many of its songs the caller may see.</summary>
    public int Songs { get; init; }

    /// <summary>Gets the most typical of them.</summary>
    [Required]
    public required SegueTrackDto Example { get; init; }
}
