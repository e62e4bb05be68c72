using System.ComponentModel.DataAnnotations;
using Jellyfin.Plugin.Segue.Playlists;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// A playlist as Segue keeps it, and what became of it in Jellyfin.
/// </summary>
public sealed record SeguePlaylistDto
{
    /// <summary>Gets what it is referred to by.</summary>
    [Required]
    public required string Key { get; init; }

    /// <summary>Gets <c>Cluster</c> or <c>Definition</c>.</summary>
    [Required]
    public required string Kind { get; init; }

    /// <summary>Gets the name.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Gets who gave it: <c>Rule</c>, <c>Service</c> or <c>Person</c>.</summary>
    [Required]
    public required string NamedBy { get; init; }

    /// <summary>Gets why these songs belong together.</summary>
    [Required]
    public required string Description { get; init; }

    /// <summary>Gets the words that it is strong in.</summary>
    [Required]
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>Gets a value indicating whether its tracks stay as they are.</summary>
    public bool Pinned { get; init; }

    /// <summary>Gets a value indicating whether nobody wants it.</summary>
    public bool Excluded { get; init; }

    /// <summary>Gets for how many runs it has had no group.</summary>
    public int Faded { get; init; }

    /// <summary>Gets the definition; empty for one of a cluster.</summary>
    [Required]
    public required string Definition { get; init; }

    /// <summary>Gets how many tracks it has.</summary>
    public int Tracks { get; init; }

    /// <summary>Gets what there is of it in Jellyfin, one entry for each user who has one of their own.</summary>
    [Required]
    public required IReadOnlyList<SeguePublishedDto> Published { get; init; }

    /// <summary>Describes a playlist.</summary>
    internal static SeguePlaylistDto Of(Playlist playlist, IEnumerable<SeguePublishedDto> published) => new()
    {
        Key = playlist.Key,
        Kind = playlist.Kind.ToString(),
        Name = playlist.Name,
        NamedBy = playlist.NamedBy.ToString(),
        Description = playlist.Description,
        Words = playlist.Words,
        Pinned = playlist.Pinned,
        Excluded = playlist.Excluded,
        Faded = playlist.Faded,
        Definition = playlist.Definition,
        Tracks = playlist.Tracks.Count,
        Published = [.. published],
    };
}

/// <summary>
/// A playlist of Segue's in Jellyfin.
/// </summary>
public sealed record SeguePublishedDto
{
    /// <summary>Gets Jellyfin's id.</summary>
    public Guid Id { get; init; }

    /// <summary>Gets the owner's name; empty when that user is gone.</summary>
    [Required]
    public required string Owner { get; init; }

    /// <summary>Gets its name there.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Gets how many entries it has.</summary>
    public int Tracks { get; init; }

    /// <summary>Gets what of it a person has changed, which is theirs: <c>name</c>, <c>tracks</c>, <c>description</c>, <c>cover</c>, <c>sharing</c>.</summary>
    [Required]
    public required IReadOnlyList<string> Theirs { get; init; }

    /// <summary>Describes one.</summary>
    internal static SeguePublishedDto Of(PublishedPlaylist published, string owner) => new()
    {
        Id = published.Id,
        Owner = owner,
        Name = published.Name,
        Tracks = published.Tracks,
        Theirs = published.Theirs,
    };
}

/// <summary>
/// What a person wants of a playlist. What is missing stays as it is.
/// </summary>
public sealed record SeguePlaylistEditDto
{
    /// <summary>Gets whether its tracks stay as they are.</summary>
    public bool? Pinned { get; init; }

    /// <summary>Gets whether it is not made.</summary>
    public bool? Excluded { get; init; }

    /// <summary>Gets its name; empty for the rule's.</summary>
    [StringLength(SegueControllerBase.MaxName)]
    public string? Name { get; init; }

    /// <summary>Gets a value indicating whether what people have changed of it in Jellyfin is Segue's again.</summary>
    public bool TakeBack { get; init; }
}

/// <summary>
/// A definition of a playlist.
/// </summary>
public sealed record SegueDefinitionDto
{
    /// <summary>Gets the definition, in the language of <c>docs/descriptors.md</c>.</summary>
    [Required]
    [StringLength(SegueDefinitionsController.MaxDefinition, MinimumLength = 1)]
    public required string Definition { get; init; }

    /// <summary>Gets the name, for keeping.</summary>
    [StringLength(SegueControllerBase.MaxName)]
    public string? Name { get; init; }

    /// <summary>Gets the key of the kept definition that this one replaces.</summary>
    [StringLength(SegueControllerBase.MaxKey)]
    public string? Key { get; init; }
}

/// <summary>
/// What a definition would hold.
/// </summary>
public sealed record SeguePreviewDto
{
    /// <summary>Gets why these songs belong together.</summary>
    [Required]
    public required string Description { get; init; }

    /// <summary>Gets how many tracks the caller would find in it.</summary>
    public int Count { get; init; }

    /// <summary>Gets the first of them.</summary>
    [Required]
    public required IReadOnlyList<SegueTrackDto> Tracks { get; init; }
}

/// <summary>
/// A track that the caller may see.
/// </summary>
public sealed record SegueTrackDto
{
    /// <summary>Gets Jellyfin's id.</summary>
    public Guid Id { get; init; }

    /// <summary>Gets the title.</summary>
    [Required]
    public required string Title { get; init; }

    /// <summary>Gets the artist; empty when none is known.</summary>
    [Required]
    public required string Artist { get; init; }
}
