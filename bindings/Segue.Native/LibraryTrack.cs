namespace Segue.Native;

/// <summary>A track as the media server's library knows it.</summary>
/// <param name="ItemId">The library's id of the item.</param>
/// <param name="Path">Where the file lies.</param>
/// <param name="Tags">What the library says of it.</param>
public sealed record LibraryTrack(Guid ItemId, string Path, TrackTags Tags);

/// <summary>What a library says of a track. Empty strings and zeros where nothing is known.</summary>
public sealed record TrackTags
{
    /// <summary>Title of the track.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>Performing artist.</summary>
    public string Artist { get; init; } = string.Empty;

    /// <summary>Artist of the album.</summary>
    public string AlbumArtist { get; init; } = string.Empty;

    /// <summary>Album.</summary>
    public string Album { get; init; } = string.Empty;

    /// <summary>Genres, as the library spells them.</summary>
    public IReadOnlyList<string> Genres { get; init; } = [];

    /// <summary>Track number.</summary>
    public int Track { get; init; }

    /// <summary>Year of release.</summary>
    public int Year { get; init; }

    /// <summary>MusicBrainz recording id.</summary>
    public string MbRecording { get; init; } = string.Empty;

    /// <summary>MusicBrainz release id.</summary>
    public string MbRelease { get; init; } = string.Empty;

    /// <summary>MusicBrainz artist id.</summary>
    public string MbArtist { get; init; } = string.Empty;
}

/// <summary>What a sync with a library, or a scan of folders, changed.</summary>
public sealed record SyncSummary
{
    /// <summary>New to the store.</summary>
    public long Added { get; init; }

    /// <summary>Known, but with other content or other tags.</summary>
    public long Updated { get; init; }

    /// <summary>No longer there. What was heard of them is kept.</summary>
    public long Removed { get; init; }

    /// <summary>As before.</summary>
    public long Unchanged { get; init; }
}
