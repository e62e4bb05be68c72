namespace Segue.Native;

/// <summary>Where the making of playlists, or a part of it, stands.</summary>
public sealed record MakeProgress
{
    /// <summary>What is being done.</summary>
    public MakeStep Step { get; init; }

    /// <summary>Steps of it done.</summary>
    public long Done { get; init; }

    /// <summary>Steps of it in all.</summary>
    public long Total { get; init; }

    /// <summary>The whole, 0 to 1.</summary>
    public double Fraction { get; init; }

    /// <summary>Fitness of the best so far; 0 before there is one.</summary>
    public double Fitness { get; init; }
}

/// <summary>What is being done while playlists are made.</summary>
public enum MakeStep
{
    /// <summary>Reading what is known of the tracks.</summary>
    Gathering,

    /// <summary>Searching for good groups.</summary>
    Searching,

    /// <summary>Assigning every track.</summary>
    Assigning,

    /// <summary>Selecting, ordering and naming.</summary>
    Naming,

    /// <summary>Writing it down.</summary>
    Saving,
}

/// <summary>What came of making playlists.</summary>
public sealed record PlaylistRun
{
    /// <summary>The playlists to show, in the order to show them.</summary>
    public IReadOnlyList<Playlist> Playlists { get; init; } = [];

    /// <summary>What changed.</summary>
    public RunReport Report { get; init; } = new();
}

/// <summary>What a run changed.</summary>
public sealed record RunReport
{
    /// <summary>Number of the run.</summary>
    public long Run { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset BeganAt { get; init; }

    /// <summary>When it had ended.</summary>
    public DateTimeOffset FinishedAt { get; init; }

    /// <summary>How the groups were found.</summary>
    public ClusterReport Clusters { get; init; } = new();

    /// <summary>Playlists there are now, excluded ones left out.</summary>
    public long Playlists { get; init; }

    /// <summary>Tracks in them.</summary>
    public long Tracks { get; init; }

    /// <summary>New playlists.</summary>
    public long New { get; init; }

    /// <summary>Continued from the run before.</summary>
    public long Continued { get; init; }

    /// <summary>Lost their group and are kept for now.</summary>
    public long Fading { get; init; }

    /// <summary>Gone for good.</summary>
    public long Gone { get; init; }

    /// <summary>Tracks that came into continued playlists.</summary>
    public long TracksAdded { get; init; }

    /// <summary>Tracks that left continued playlists.</summary>
    public long TracksRemoved { get; init; }

    /// <summary>Names that the naming service gave.</summary>
    public long ServiceNames { get; init; }

    /// <summary>What a person should know, such as that the naming service did not answer.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
