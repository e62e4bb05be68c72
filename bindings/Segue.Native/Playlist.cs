namespace Segue.Native;

/// <summary>A playlist as Segue keeps it.</summary>
public sealed record Playlist
{
    /// <summary>Stays the same for as long as the playlist is recognisably the same.</summary>
    public string Key { get; init; } = string.Empty;

    /// <summary>What made it.</summary>
    public PlaylistKind Kind { get; init; }

    /// <summary>Name for people.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Who gave it.</summary>
    public NamedBy NamedBy { get; init; }

    /// <summary>One sentence on why these songs belong together.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>The words it is strong in, the strongest first.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>A person wants its tracks to stay as they are.</summary>
    public bool Pinned { get; init; }

    /// <summary>A person does not want it: it is not made, and not shown.</summary>
    public bool Excluded { get; init; }

    /// <summary>Runs since it lost its group; 0 while it has one.</summary>
    public int Faded { get; init; }

    /// <summary>The definition of <see cref="PlaylistKind.Definition"/>, as text; else empty.</summary>
    public string Definition { get; init; } = string.Empty;

    /// <summary>Its tracks, in order.</summary>
    public IReadOnlyList<Neighbour> Tracks { get; init; } = [];
}

/// <summary>What made a playlist.</summary>
public enum PlaylistKind
{
    /// <summary>A group of tracks that sound alike.</summary>
    Cluster,

    /// <summary>A definition by descriptors.</summary>
    Definition,
}

/// <summary>Who gave a playlist its name.</summary>
public enum NamedBy
{
    /// <summary>The rule.</summary>
    Rule,

    /// <summary>A naming service.</summary>
    Service,

    /// <summary>A person: it stays.</summary>
    Person,
}

/// <summary>What a person wants of a playlist. Null leaves it as it is.</summary>
public sealed record PlaylistEdit
{
    /// <summary>Keep its tracks as they are.</summary>
    public bool? Pinned { get; init; }

    /// <summary>Do not make it.</summary>
    public bool? Excluded { get; init; }

    /// <summary>Its name from now on; empty: the rule's again.</summary>
    public string? Name { get; init; }
}

/// <summary>A playlist defined by descriptors, for a preview or to be kept.</summary>
public sealed record DefinitionRequest
{
    /// <summary>The definition, such as <c>tempo 90..120, calm &gt; 0.6, not genre "Christmas"</c>; <c>docs/descriptors.md</c> has its language.</summary>
    public string Definition { get; init; } = string.Empty;

    /// <summary>Name, for keeping.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Key of the kept definition that this one replaces; empty: a new one.</summary>
    public string Key { get; init; } = string.Empty;

    /// <summary>Library items that may appear; null for all.</summary>
    public ItemSet? Allowed { get; init; }
}
