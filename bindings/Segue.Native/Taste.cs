namespace Segue.Native;

/// <summary>What a listener thinks of a track.</summary>
public sealed record Opinion
{
    /// <summary>The library item.</summary>
    public Guid ItemId { get; init; }

    /// <summary>How often it was played.</summary>
    public int Plays { get; init; }

    /// <summary>Whether it is a favourite.</summary>
    public bool Favourite { get; init; }

    /// <summary>Whether it was marked as disliked.</summary>
    public bool Disliked { get; init; }

    /// <summary>When it was played last; null: never.</summary>
    public DateTimeOffset? LastPlayed { get; init; }
}

/// <summary>A track that was played.</summary>
public sealed record Play
{
    /// <summary>The library item.</summary>
    public Guid ItemId { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>How long it was heard.</summary>
    public TimeSpan Played { get; init; }

    /// <summary>Whether the listener went on to another track before it was over.</summary>
    public bool Skipped { get; init; }
}

/// <summary>The lists that taste gives.</summary>
public enum PersonalKind
{
    /// <summary>One per centre of the taste.</summary>
    DailyMix,

    /// <summary>Near what is played most.</summary>
    MoreLikeThis,

    /// <summary>Loved once, not heard for long.</summary>
    Forgotten,

    /// <summary>Played much lately.</summary>
    OnRepeat,

    /// <summary>Never played, near the taste.</summary>
    NewForYou,

    /// <summary>Never played, some way off.</summary>
    Discover,
}

/// <summary>A wish for a listener's own lists.</summary>
public sealed record TasteRequest
{
    /// <summary>The server's id of the user whose lists they are, 32 hexadecimal digits.</summary>
    public string Listener { get; init; } = string.Empty;

    /// <summary>Which lists; empty for all.</summary>
    public IReadOnlyList<PersonalKind> Kinds { get; init; } = [];

    /// <summary>Daily mixes at most. 0: 6.</summary>
    public int DailyMixes { get; init; }

    /// <summary>Tracks of each list. 0: 50.</summary>
    public int Length { get; init; }

    /// <summary>Most tracks of one artist. 0: 3.</summary>
    public int ArtistCap { get; init; }

    /// <summary>Which draw: the day, say.</summary>
    public ulong Variation { get; init; }

    /// <summary>The time that counts as now.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>As <see cref="MixRequest.Allowed"/>.</summary>
    public ItemSet? Allowed { get; init; }
}

/// <summary>One of a listener's own lists.</summary>
public sealed record PersonalList
{
    /// <summary>Stays while the list is the same one, whatever its tracks.</summary>
    public string Key { get; init; } = string.Empty;

    /// <summary>What it is.</summary>
    public PersonalKind Kind { get; init; }

    /// <summary>Which of several of its kind, from 0.</summary>
    public int Slot { get; init; }

    /// <summary>Name.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>What it holds, in a sentence.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>The tracks, in order.</summary>
    public IReadOnlyList<Neighbour> Tracks { get; init; } = [];
}
