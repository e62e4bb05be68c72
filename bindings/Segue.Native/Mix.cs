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

/// <summary>How playlists are made from clusters.</summary>
public sealed record PlaylistRequest
{
    /// <summary>Number of clusters. 0: by the size of the library.</summary>
    public int Clusters { get; init; }

    /// <summary>Most tracks in a playlist.</summary>
    public int MaxSongs { get; init; } = 40;

    /// <summary>Most tracks of one artist in a playlist.</summary>
    public int MaxSongsPerArtist { get; init; } = 3;

    /// <summary>Fewest tracks that make a playlist.</summary>
    public int MinSongs { get; init; } = 5;

    /// <summary>Seed of the search: same library and seed, same playlists.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>A playlist made by Segue.</summary>
/// <param name="Key">Stays the same from run to run while the playlist is recognisably the same.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Description">One sentence on what is in it.</param>
/// <param name="Tracks">Its tracks, in order.</param>
public sealed record Playlist(string Key, string Name, string Description, IReadOnlyList<Neighbour> Tracks);
