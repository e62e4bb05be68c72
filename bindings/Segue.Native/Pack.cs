namespace Segue.Native;

/// <summary>A model that does not ship and that a person may install.</summary>
public sealed record Pack
{
    /// <summary>Its name, for <see cref="ISegueEngine.InstallPackAsync"/>: <c>clap</c>, say.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Its name for people.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>What it is, in a sentence or two.</summary>
    public string About { get; init; } = string.Empty;

    /// <summary>What it makes possible, one sentence each.</summary>
    public IReadOnlyList<string> Enables { get; init; } = [];

    /// <summary>Its licence, such as <c>CC-BY-NC-SA-4.0</c>.</summary>
    public string Licence { get; init; } = string.Empty;

    /// <summary>Where the licence can be read; null where it is in the package.</summary>
    public Uri? LicenceUrl { get; init; }

    /// <summary>What the licence asks of a person, in a sentence; to be shown before an installation.</summary>
    public string Terms { get; init; } = string.Empty;

    /// <summary>Who made it.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>Bytes to be fetched in all.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes of memory that it takes while it is used.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Whether Segue can fetch it. Otherwise a person puts the files into <see cref="Folder"/>.</summary>
    public bool Fetched { get; init; }

    /// <summary>Where its files lie or would lie.</summary>
    public string Folder { get; init; } = string.Empty;

    /// <summary>Its files.</summary>
    public IReadOnlyList<PackFile> Files { get; init; } = [];

    /// <summary>How it stands.</summary>
    public PackState State { get; init; }

    /// <summary>What is wrong, or what is to be done; empty when nothing.</summary>
    public string Detail { get; init; } = string.Empty;

    /// <summary>Songs that have been heard with it; 0 for one that does not hear songs.</summary>
    public long Songs { get; init; }
}

/// <summary>One file of a pack.</summary>
/// <param name="Name">File name.</param>
/// <param name="Url">Where it is fetched from; null when a person has to put it there.</param>
/// <param name="Bytes">Bytes that it has; 0 where that is not known before.</param>
/// <param name="Sha256">SHA-256, 64 hexadecimal digits; empty where nobody states one.</param>
/// <param name="Present">Bytes of it that are there, those of an interrupted download included.</param>
public sealed record PackFile(string Name, Uri? Url, long Bytes, string Sha256, long Present);

/// <summary>How a pack stands.</summary>
public enum PackState
{
    /// <summary>Nothing of it is there.</summary>
    Absent,

    /// <summary>A download was interrupted; installing again goes on from there.</summary>
    Partial,

    /// <summary>All files are there and are what they should be.</summary>
    Installed,

    /// <summary>Something is there that is not what it should be; <see cref="Pack.Detail"/> says what.</summary>
    Damaged,
}

/// <summary>Where an installation stands.</summary>
public sealed record PackProgress
{
    /// <summary>What is being done.</summary>
    public PackStep Step { get; init; }

    /// <summary>The file at hand.</summary>
    public string File { get; init; } = string.Empty;

    /// <summary>Bytes of the whole pack done in this step.</summary>
    public long Done { get; init; }

    /// <summary>Bytes of the whole pack in this step; 0 where that is not known.</summary>
    public long Total { get; init; }
}

/// <summary>What is being done for a pack.</summary>
public enum PackStep
{
    /// <summary>Looking what is there, and whether there is room.</summary>
    Looking,

    /// <summary>Fetching.</summary>
    Fetching,

    /// <summary>Comparing digests.</summary>
    Checking,

    /// <summary>Putting it in place.</summary>
    Placing,
}
