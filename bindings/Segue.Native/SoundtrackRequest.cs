namespace Segue.Native;

/// <summary>A wish for music that fits a film, a clip or pictures.</summary>
public sealed record SoundtrackRequest
{
    /// <summary>The video file; null where there is none, or none that may be opened.</summary>
    public string? Video { get; init; }

    /// <summary>Picture files of a slideshow, in order, in place of a video.</summary>
    public IReadOnlyList<string> Pictures { get; init; } = [];

    /// <summary>What the library says of it.</summary>
    public FilmFacts Facts { get; init; } = new();

    /// <summary>Tracks wanted, at most 1,000. 0: 20.</summary>
    public int Length { get; init; }

    /// <summary>Most tracks of one artist. 0: 3.</summary>
    public int ArtistCap { get; init; }

    /// <summary>A service that looks at it; null: everything stays on this machine.</summary>
    public VisionService? Service { get; init; }

    /// <summary>The server's id of the user whose plays, skips and favourites are heeded, 32 hexadecimal digits; empty for nobody in particular.</summary>
    public string Listener { get; init; } = string.Empty;

    /// <summary>As <see cref="MixRequest.Allowed"/>.</summary>
    public ItemSet? Allowed { get; init; }
}

/// <summary>What a library says of a film. Empty where nothing is known.</summary>
public sealed record FilmFacts
{
    /// <summary>Title.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>Of an episode: the series.</summary>
    public string Series { get; init; } = string.Empty;

    /// <summary>What it is about.</summary>
    public string Overview { get; init; } = string.Empty;

    /// <summary>Genres.</summary>
    public IReadOnlyList<string> Genres { get; init; } = [];

    /// <summary>Tags and keywords.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Directors, actors, composers.</summary>
    public IReadOnlyList<FilmPerson> People { get; init; } = [];

    /// <summary>Year; 0: not known.</summary>
    public int Year { get; init; }

    /// <summary>Age rating, such as <c>PG-13</c>.</summary>
    public string Rating { get; init; } = string.Empty;

    /// <summary>What it is.</summary>
    public FilmKind Kind { get; init; }
}

/// <summary>Somebody who took part in a film.</summary>
/// <param name="Name">Who.</param>
/// <param name="Role">What they did, in a word such as <c>composer</c>.</param>
public sealed record FilmPerson(string Name, string Role);

/// <summary>What kind of thing is to have music.</summary>
public enum FilmKind
{
    /// <summary>A film.</summary>
    Film,

    /// <summary>An episode of a series.</summary>
    Episode,

    /// <summary>Somebody's own video.</summary>
    HomeVideo,

    /// <summary>A music video.</summary>
    MusicVideo,

    /// <summary>Pictures one after the other.</summary>
    Slideshow,

    /// <summary>A file of which nothing more is known.</summary>
    Clip,
}

/// <summary>A service that looks at pictures. Its key, if it needs one, is given by <see cref="ISegueEngine.SetKey"/>.</summary>
public sealed record VisionService
{
    /// <summary>What it speaks.</summary>
    public NamingProvider Provider { get; init; }

    /// <summary>Where it is; null: the provider's own address.</summary>
    public Uri? Url { get; init; }

    /// <summary>The model; empty: the provider's usual one.</summary>
    public string Model { get; init; } = string.Empty;

    /// <summary>Time between two calls.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Time for one answer. Zero: a minute.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Pictures that are sent, at most 32. 0: 8.</summary>
    public int Frames { get; init; }

    /// <summary>Questions that it may be asked in one day, by everything here together. 0: 100.</summary>
    public int DailyCalls { get; init; }

    /// <summary>Whether a short clip may be sent as a video where the provider takes one.</summary>
    public bool Video { get; init; }
}
