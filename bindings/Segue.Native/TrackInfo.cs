namespace Segue.Native;

/// <summary>What Segue knows of a track.</summary>
public sealed record TrackInfo
{
    /// <summary>Content key of the audio, 32 hexadecimal digits.</summary>
    public string SongId { get; init; } = string.Empty;

    /// <summary>A file that holds it.</summary>
    public string Path { get; init; } = string.Empty;

    /// <summary>The library items that are this track.</summary>
    public IReadOnlyList<Guid> ItemIds { get; init; } = [];

    /// <summary>Title, artist and so on.</summary>
    public TrackTags Tags { get; init; } = new();

    /// <summary>Length in seconds.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>Codec of the file.</summary>
    public string Codec { get; init; } = string.Empty;

    /// <summary>Sample rate of the file in Hz.</summary>
    public int SampleRate { get; init; }

    /// <summary>Channels of the file.</summary>
    public int Channels { get; init; }

    /// <summary>Packets that could not be decoded and were left out.</summary>
    public int Damage { get; init; }

    /// <summary>Tempo in beats per minute; 0 when there is none.</summary>
    public float Bpm { get; init; }

    /// <summary>How sure the tempo is, 0 to 1.</summary>
    public float BpmConfidence { get; init; }

    /// <summary>Tonic (<c>C</c>, <c>C#</c>, …), empty when there is none.</summary>
    public string Key { get; init; } = string.Empty;

    /// <summary><c>major</c> or <c>minor</c>, empty when there is none.</summary>
    public string Scale { get; init; } = string.Empty;

    /// <summary>How sure the key is, 0 to 1.</summary>
    public float KeyStrength { get; init; }

    /// <summary>EBU R128 integrated loudness in LUFS.</summary>
    public float LoudnessLufs { get; init; }

    /// <summary>EBU R128 loudness range in LU.</summary>
    public float LoudnessRangeLu { get; init; }

    /// <summary>True peak in dBTP.</summary>
    public float TruePeakDbtp { get; init; }

    /// <summary>Danceability by detrended fluctuation analysis, 0 to about 3.</summary>
    public float Danceability { get; init; }

    /// <summary>Energy, 0 to 1.</summary>
    public float Energy { get; init; }

    /// <summary>Tag probabilities of each network.</summary>
    public IReadOnlyList<NetworkTags> TagsByNetwork { get; init; } = [];
}

/// <summary>Tag probabilities of one network.</summary>
/// <param name="Network"><c>msd</c> or <c>mtt</c>.</param>
/// <param name="Tags">Names and probabilities, in the network's order.</param>
public sealed record NetworkTags(string Network, IReadOnlyList<TagProbability> Tags);

/// <summary>A tag and how probable it is.</summary>
/// <param name="Name">The tag.</param>
/// <param name="Probability">0 to 1.</param>
public sealed record TagProbability(string Name, float Probability);
