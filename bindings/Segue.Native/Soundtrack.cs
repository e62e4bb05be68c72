namespace Segue.Native;

/// <summary>Music for a film, and why.</summary>
public sealed record Soundtrack
{
    /// <summary>What it is about and how it feels.</summary>
    public FilmAnswer Answer { get; init; } = new();

    /// <summary>Who says so: <c>offline</c>, or the service's name.</summary>
    public string AnsweredBy { get; init; } = string.Empty;

    /// <summary>What a person should know, such as why the service did not answer; empty when nothing.</summary>
    public string Notice { get; init; } = string.Empty;

    /// <summary>What was measured.</summary>
    public FilmMeasures Measures { get; init; } = new();

    /// <summary>The music, in order, each track with its reason.</summary>
    public IReadOnlyList<Neighbour> Tracks { get; init; } = [];
}

/// <summary>What a film is about and how it feels.</summary>
public sealed record FilmAnswer
{
    /// <summary>What it is about and how it looks and sounds.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>Music that would fit, in a sentence that <see cref="ISegueEngine.Search"/> understands.</summary>
    public string MusicRecommendation { get; init; } = string.Empty;

    /// <summary>Keywords.</summary>
    public IReadOnlyList<string> Keywords { get; init; } = [];

    /// <summary>Its mood in a word.</summary>
    public string Mood { get; init; } = string.Empty;

    /// <summary>Genres of music that would fit.</summary>
    public IReadOnlyList<string> GenreSuggestions { get; init; } = [];

    /// <summary><c>Slow</c>, <c>Medium</c> or <c>Fast</c>.</summary>
    public string Tempo { get; init; } = string.Empty;

    /// <summary><c>Low</c>, <c>Medium</c> or <c>High</c>.</summary>
    public string EnergyLevel { get; init; } = string.Empty;
}

/// <summary>What was measured of a film. Null where it could not be.</summary>
public sealed record FilmMeasures
{
    /// <summary>Length in seconds.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>Frames that were looked at.</summary>
    public int Frames { get; init; }

    /// <summary>Changes of shot a minute.</summary>
    public float? ShotsPerMinute { get; init; }

    /// <summary>Mean luma, 0 to 1.</summary>
    public float? Brightness { get; init; }

    /// <summary>Deviation of luma within a frame, 0 to 1.</summary>
    public float? Contrast { get; init; }

    /// <summary>Mean saturation, 0 to 1.</summary>
    public float? Saturation { get; init; }

    /// <summary>From −1, all blue, to 1, all red and yellow.</summary>
    public float? Warmth { get; init; }

    /// <summary>Mean change between frames that lie a moment apart, within a shot, 0 to 1.</summary>
    public float? Motion { get; init; }

    /// <summary>Share of the sound that is music, 0 to 1.</summary>
    public float? MusicShare { get; init; }

    /// <summary>Share of the sound that is speech, 0 to 1.</summary>
    public float? SpeechShare { get; init; }

    /// <summary>Integrated loudness in LUFS.</summary>
    public float? LoudnessLufs { get; init; }

    /// <summary>Loudness range in LU.</summary>
    public float? LoudnessRangeLu { get; init; }

    /// <summary>How much is going on in its sound, 0 to 1.</summary>
    public float? Arousal { get; init; }

    /// <summary>How pleasant its sound is, 0 to 1.</summary>
    public float? Valence { get; init; }

    /// <summary>Tempo of its music in beats per minute.</summary>
    public float? Bpm { get; init; }
}

/// <summary>Where the making of a soundtrack stands.</summary>
public sealed record FilmProgress
{
    /// <summary>What is being done.</summary>
    public FilmStep Step { get; init; }

    /// <summary>How much of all of it is done, 0 to 1.</summary>
    public float Fraction { get; init; }
}

/// <summary>What is being done for a soundtrack.</summary>
public enum FilmStep
{
    /// <summary>Looking at pictures.</summary>
    Looking,

    /// <summary>Listening.</summary>
    Listening,

    /// <summary>Waiting for a service.</summary>
    Asking,

    /// <summary>Choosing music.</summary>
    Choosing,
}
