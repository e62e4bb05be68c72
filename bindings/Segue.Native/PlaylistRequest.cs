namespace Segue.Native;

/// <summary>How playlists are made.</summary>
public sealed record PlaylistRequest
{
    /// <summary>How the library is grouped.</summary>
    public ClusterRequest Cluster { get; init; } = new();

    /// <summary>Most tracks in a playlist.</summary>
    public int MaxSongs { get; init; } = 40;

    /// <summary>Most tracks of one artist in a playlist.</summary>
    public int MaxSongsPerArtist { get; init; } = 3;

    /// <summary>Fewest tracks that make a playlist; fewer in a small library.</summary>
    public int MinSongs { get; init; } = 20;

    /// <summary>How far from the middle of its group a track may lie, from 0, the median of all such distances, to 1, the largest. Less strict in a small library.</summary>
    public float MaxDistance { get; init; } = 0.5F;

    /// <summary>Most playlists, those that differ most from each other. 0: all.</summary>
    public int TopPlaylists { get; init; } = 30;

    /// <summary>Language of names and descriptions: <c>en</c>, <c>de</c>, <c>fr</c>, <c>es</c>; others are answered in English.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Whether names have the form <c>Mood_Mood_Tempo_automatic</c>.</summary>
    public bool AutomaticNames { get; init; }

    /// <summary>Tags in a name of that form.</summary>
    public int NameMoods { get; init; } = 3;

    /// <summary>Who is asked for names. Null: nobody, the rule's names stand.</summary>
    public NamingService? Naming { get; init; }
}

/// <summary>A service that is asked for names. Its key, if it needs one, is given by <see cref="ISegueEngine.SetKey"/>.</summary>
public sealed record NamingService
{
    /// <summary>What it speaks.</summary>
    public NamingProvider Provider { get; init; }

    /// <summary>Where it is; null: the provider's own address.</summary>
    public Uri? Url { get; init; }

    /// <summary>The model; empty: the provider's usual one.</summary>
    public string Model { get; init; } = string.Empty;

    /// <summary>Time between two calls.</summary>
    public TimeSpan Delay { get; init; }
}

/// <summary>What kind of service is asked for names, or looks at films.</summary>
public enum NamingProvider
{
    /// <summary>An Ollama server.</summary>
    Ollama,

    /// <summary>Google Gemini.</summary>
    Gemini,

    /// <summary>Anything that speaks OpenAI's chat completions.</summary>
    OpenAi,
}
