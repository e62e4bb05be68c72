namespace Segue.Native;

/// <summary>A wish to find a playlist's tracks in the library.</summary>
public sealed record ImportRequest
{
    /// <summary>The file's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The file's name: its ending tells the form where the content does not, its folder resolves relative paths.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Whether gaps are filled with the nearest tracks.</summary>
    public bool Fill { get; init; }

    /// <summary>Library items that may appear; null for all.</summary>
    public ItemSet? Allowed { get; init; }
}

/// <summary>What an imported playlist is in this library.</summary>
public sealed record Import
{
    /// <summary>The file's title, where it has one.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>Its entries, in order.</summary>
    public IReadOnlyList<ImportEntry> Entries { get; init; } = [];

    /// <summary>Tracks near those that were found, one for each that was not, where the caller asked for them.</summary>
    public IReadOnlyList<Neighbour> Filled { get; init; } = [];

    /// <summary>Lines that could not be understood.</summary>
    public long Unreadable { get; init; }
}

/// <summary>A track of an imported playlist.</summary>
public sealed record ImportEntry
{
    /// <summary>Title as the file has it.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>Artist as the file has it.</summary>
    public string Artist { get; init; } = string.Empty;

    /// <summary>Album as the file has it.</summary>
    public string Album { get; init; } = string.Empty;

    /// <summary>What it was found as; null: the library has nothing like it.</summary>
    public Neighbour? Found { get; init; }

    /// <summary>How sure that is, 0 to 1.</summary>
    public float Score { get; init; }

    /// <summary>How it was found: <c>musicbrainz</c>, <c>path</c> or <c>names</c>; empty when it was not.</summary>
    public string How { get; init; } = string.Empty;
}

/// <summary>Form of a playlist file.</summary>
public enum ListFormat
{
    /// <summary>Extended M3U in UTF-8.</summary>
    M3u8,

    /// <summary>JSPF: XSPF as JSON.</summary>
    Jspf,

    /// <summary>XSPF.</summary>
    Xspf,
}
