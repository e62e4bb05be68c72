namespace Segue.Native;

/// <summary>A track near another, or in a mix or playlist.</summary>
/// <param name="ItemId">The library item to play; null when the track came from a folder. With a restriction, an item that it admits.</param>
/// <param name="SongId">Content key, 32 hexadecimal digits.</param>
/// <param name="Path">A file that holds it.</param>
/// <param name="Distance">Distance to the seed, or to the nearest of several: 0 is the same, larger is farther.</param>
public sealed record Neighbour(Guid? ItemId, string SongId, string Path, float Distance);

/// <summary>A wish for a mix.</summary>
public sealed record MixRequest
{
    /// <summary>Where it starts: item ids, content keys or paths.</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>Tracks wanted, seeds included.</summary>
    public int Length { get; init; }

    /// <summary>Most tracks of one artist. 0: 3. Relaxed only when the library is too small for <see cref="Length"/>.</summary>
    public int ArtistCap { get; init; }

    /// <summary>Which of the equally good mixes: the same request with the same variation gives the same mix.</summary>
    public ulong Variation { get; init; }

    /// <summary>Whether the mix begins with the first seed.</summary>
    public bool IncludeSeeds { get; init; }

    /// <summary>Library items that may appear; null for all. Everything else does not exist for this request.</summary>
    public IReadOnlyCollection<Guid>? Allowed { get; init; }
}
