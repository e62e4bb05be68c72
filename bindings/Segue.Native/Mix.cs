namespace Segue.Native;

/// <summary>A track near another, or in a mix or playlist.</summary>
/// <param name="ItemId">The library item to play; null when the track came from a folder. With a restriction, an item that it admits.</param>
/// <param name="SongId">Content key, 32 hexadecimal digits.</param>
/// <param name="Path">A file that holds it.</param>
/// <param name="Distance">Distance to the seed, or to the nearest of several: 0 is the same, larger is farther.</param>
/// <param name="Reason">Why it is there, in a few words of English; empty where the distance says it all.</param>
public sealed record Neighbour(Guid? ItemId, string SongId, string Path, float Distance, string Reason = "");

/// <summary>What a mix or a blend is made of: a track, or everything that belongs to something.</summary>
public enum SeedKind
{
    /// <summary>An item id, a content key or a path.</summary>
    Track,

    /// <summary>An album's title; where several share it, with the artist and a slash in front: <c>Artist/Album</c>.</summary>
    Album,

    /// <summary>An artist's name, as performer or as the album's artist.</summary>
    Artist,

    /// <summary>A genre.</summary>
    Genre,

    /// <summary>A folder: all tracks below it.</summary>
    Folder,

    /// <summary>The <see cref="Playlist.Key"/> of a playlist that the engine keeps.</summary>
    Playlist,

    /// <summary>A mood or a tag of the networks, such as <c>happy</c> or <c>piano</c>.</summary>
    Mood,

    /// <summary>The listener's taste; the name does not count.</summary>
    Taste,

    /// <summary>Words, as <see cref="ISegueEngine.Search"/> understands them.</summary>
    Words,
}

/// <summary>One ingredient of a mix or a blend.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Which one.</param>
/// <param name="Weight">How much it counts beside the others. 0: as 1.</param>
public sealed record Seed(SeedKind Kind, string Name, float Weight = 0)
{
    /// <summary>A seed that is a track.</summary>
    /// <param name="item">The library item.</param>
    /// <returns>The seed.</returns>
    public static Seed Track(Guid item) => new(SeedKind.Track, item.ToString("N"));

    /// <summary>A seed that is a track.</summary>
    /// <param name="reference">Item id, content key or path.</param>
    /// <returns>The seed.</returns>
    public static Seed Track(string reference) => new(SeedKind.Track, reference);
}

/// <summary>A wish for a mix, or for what follows a queue.</summary>
public sealed record MixRequest
{
    /// <summary>Where it starts.</summary>
    public IReadOnlyList<Seed> Seeds { get; init; } = [];

    /// <summary>Tracks wanted, seeds included; at most 10,000.</summary>
    public int Length { get; init; }

    /// <summary>Most tracks of one artist in any <see cref="Window"/> tracks in a row. 0: 3. Relaxed only when the neighbourhood is too small.</summary>
    public int ArtistCap { get; init; }

    /// <summary>Most tracks of one album in any <see cref="Window"/> tracks in a row. 0: as many as of one artist.</summary>
    public int AlbumCap { get; init; }

    /// <summary>In how many tracks in a row the caps count. 0: 25.</summary>
    public int Window { get; init; }

    /// <summary>Which of the equally good mixes: the same request with the same variation gives the same mix.</summary>
    public ulong Variation { get; init; }

    /// <summary>Whether the mix begins with the first seed that is a track.</summary>
    public bool IncludeSeeds { get; init; }

    /// <summary>A queue that this goes on from, the last track last: none of it comes again. Item ids, content keys or paths.</summary>
    public IReadOnlyList<string> Queue { get; init; } = [];

    /// <summary>The server's id of the user whose plays, skips and favourites are heeded, 32 hexadecimal digits; empty for nobody in particular.</summary>
    public string Listener { get; init; } = string.Empty;

    /// <summary>Library items that may appear; null for all. Everything else does not exist for this request.</summary>
    public ItemSet? Allowed { get; init; }
}

/// <summary>A wish for a blend: some music and, if wanted, away from other music.</summary>
public sealed record BlendRequest
{
    /// <summary>What it should be like.</summary>
    public IReadOnlyList<Seed> Add { get; init; } = [];

    /// <summary>What it should not be like.</summary>
    public IReadOnlyList<Seed> Subtract { get; init; } = [];

    /// <summary>Tracks wanted, at most 1,000.</summary>
    public int Length { get; init; }

    /// <summary>How adventurous: 0 takes the nearest, the higher the farther; up to 10.</summary>
    public float Temperature { get; init; }

    /// <summary>Which draw.</summary>
    public ulong Variation { get; init; }

    /// <summary>Most tracks of one artist. 0: 3.</summary>
    public int ArtistCap { get; init; }

    /// <summary>The server's id of the user whose plays, skips and favourites are heeded, 32 hexadecimal digits; empty for nobody in particular.</summary>
    public string Listener { get; init; } = string.Empty;

    /// <summary>As <see cref="MixRequest.Allowed"/>.</summary>
    public ItemSet? Allowed { get; init; }
}

/// <summary>A wish for a way from one track to another.</summary>
public sealed record PathRequest
{
    /// <summary>Two or more tracks: item ids, content keys or paths. Each is on the way, in this order.</summary>
    public IReadOnlyList<string> Waypoints { get; init; } = [];

    /// <summary>Tracks wanted, waypoints included; at least as many as waypoints, at most 1,000.</summary>
    public int Length { get; init; }

    /// <summary>The server's id of the user whose plays, skips and favourites are heeded, 32 hexadecimal digits; empty for nobody in particular.</summary>
    public string Listener { get; init; } = string.Empty;

    /// <summary>As <see cref="MixRequest.Allowed"/>.</summary>
    public ItemSet? Allowed { get; init; }
}

/// <summary>A way from track to track.</summary>
public sealed record SongPath
{
    /// <summary>The tracks, waypoints included; each one's distance is that to the track before it. Fewer than asked where there are no more between them.</summary>
    public IReadOnlyList<Neighbour> Tracks { get; init; } = [];

    /// <summary>The largest step, cosine distance from 0 to 2.</summary>
    public float LargestStep { get; init; }

    /// <summary>Where the way had to jump between islands of music that nothing connects: the index of the track after each jump.</summary>
    public IReadOnlyList<int> Jumps { get; init; } = [];
}
