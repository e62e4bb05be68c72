using Segue.Native;

namespace Jellyfin.Plugin.Segue.Configuration;

/// <summary>
/// The settings, each within its range. Made from <see cref="PluginConfiguration"/>.
/// </summary>
public sealed record SegueSettings
{
    /// <summary>Gets how many tracks are analysed at the same time. 0: half the cores.</summary>
    public required int Threads { get; init; }

    /// <summary>Gets a value indicating whether analysis keeps to one thread, the lowest priority and few patches.</summary>
    public required bool Gentle { get; init; }

    /// <summary>Gets how many 3 s patches of a track the networks hear. 0: all of them.</summary>
    public required int Patches { get; init; }

    /// <summary>Gets how many albums one analysis hears. 0: all.</summary>
    public required int RecentAlbums { get; init; }

    /// <summary>Gets what runs the networks.</summary>
    public required SegueBackend Backend { get; init; }

    /// <summary>Gets which variant of the networks runs.</summary>
    public required SeguePrecision Precision { get; init; }

    /// <summary>Gets a value indicating whether analysis waits while somebody transcodes.</summary>
    public required bool PauseWhileTranscoding { get; init; }

    /// <summary>Gets a value indicating whether instant mixes are Segue's.</summary>
    public required bool ReplaceInstantMix { get; init; }

    /// <summary>Gets the length of an instant mix.</summary>
    public required int MixLength { get; init; }

    /// <summary>Gets how many tracks of one artist a mix may hold.</summary>
    public required int ArtistCap { get; init; }

    /// <summary>Gets a value indicating whether playlists are made.</summary>
    public required bool PlaylistsEnabled { get; init; }

    /// <summary>Gets how playlists are made, the clusters and the naming service included.</summary>
    public required PlaylistRequest Playlists { get; init; }

    /// <summary>Gets the users that playlists are for. None: all users.</summary>
    public required IReadOnlyList<Guid> PlaylistUsers { get; init; }

    /// <summary>Gets how playlists are given to users.</summary>
    public required PlaylistSharing PlaylistSharing { get; init; }

    /// <summary>Gets the range of the elbow curve.</summary>
    public required CountRange Elbow { get; init; }
}

/// <summary>
/// How playlists are given to users.
/// </summary>
public enum PlaylistSharing
{
    /// <summary>One set for all, which belongs to the first administrator. Each list is shown to those who may see all of it.</summary>
    Shared,

    /// <summary>A set of their own for each user, of what that user may see, and shown to nobody else.</summary>
    Private,
}
