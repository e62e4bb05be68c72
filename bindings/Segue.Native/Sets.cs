namespace Segue.Native;

/// <summary>What kind of set.</summary>
public enum SetKind
{
    /// <summary>The songs of an artist.</summary>
    Artist,

    /// <summary>The songs of an album.</summary>
    Album,
}

/// <summary>An artist or album that sounds like another.</summary>
/// <param name="Name">The artist, or the album's title.</param>
/// <param name="Artist">The album's artist; empty for an artist.</param>
/// <param name="Distance">How far its songs are from the other's, as sets: 0 is the same, 1 is as far as it gets.</param>
/// <param name="Songs">Its songs that may be seen.</param>
/// <param name="Example">The most typical of these; a server finds the artist or album by it.</param>
public sealed record SimilarSet(string Name, string Artist, float Distance, int Songs, Neighbour Example);

/// <summary>Some tracks about which something is asked.</summary>
public sealed record TracksRequest
{
    /// <summary>Item ids, content keys or paths.</summary>
    public IReadOnlyList<string> Tracks { get; init; } = [];

    /// <summary>The server's id of the user whose plays, skips and favourites are heeded, 32 hexadecimal digits; empty for nobody in particular.</summary>
    public string Listener { get; init; } = string.Empty;

    /// <summary>As <see cref="MixRequest.Allowed"/>.</summary>
    public ItemSet? Allowed { get; init; }
}

/// <summary>A wish for more tracks like some.</summary>
public sealed record ExtendRequest
{
    /// <summary>Item ids, content keys or paths, in their order.</summary>
    public IReadOnlyList<string> Tracks { get; init; } = [];

    /// <summary>How many more.</summary>
    public int Count { get; init; }

    /// <summary>Which of the equally good answers.</summary>
    public ulong Variation { get; init; }

    /// <summary>The server's id of the user whose plays, skips and favourites are heeded, 32 hexadecimal digits; empty for nobody in particular.</summary>
    public string Listener { get; init; } = string.Empty;

    /// <summary>As <see cref="MixRequest.Allowed"/>.</summary>
    public ItemSet? Allowed { get; init; }
}

/// <summary>A track that does not belong with the others.</summary>
/// <param name="Track">The track.</param>
/// <param name="Deviations">How far out it lies, in deviations of the others' distances to the set.</param>
public sealed record Misfit(Neighbour Track, float Deviations);
