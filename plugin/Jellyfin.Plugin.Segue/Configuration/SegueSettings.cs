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

    /// <summary>Gets how many tracks of one artist may come in <see cref="MixWindow"/> tracks of a mix.</summary>
    public required int ArtistCap { get; init; }

    /// <summary>Gets how many tracks of one album may come in <see cref="MixWindow"/> tracks of a mix. 0: as many as of one artist.</summary>
    public required int AlbumCap { get; init; }

    /// <summary>Gets how many tracks in a row the caps hold for.</summary>
    public required int MixWindow { get; init; }

    /// <summary>Gets a value indicating whether "more like this" is Segue's where the server asks plugins for it.</summary>
    public required bool ReplaceSimilar { get; init; }

    /// <summary>Gets a value indicating whether the server's answer to "more like this" is exchanged where it asks no plugin.</summary>
    public required bool SimilarFilter { get; init; }

    /// <summary>Gets a value indicating whether the search box understands descriptions of music.</summary>
    public required bool TextSearch { get; init; }

    /// <summary>Gets what makes a search Segue's when it stands before it; empty when nothing does.</summary>
    public required string SearchMark { get; init; }

    /// <summary>Gets how many tracks the music for a film has.</summary>
    public required int SoundtrackLength { get; init; }

    /// <summary>Gets the libraries and collections whose films get a playlist each.</summary>
    public required IReadOnlyList<Guid> SoundtrackCollections { get; init; }

    /// <summary>Gets who owns these playlists; null for the first administrator.</summary>
    public required Guid? SoundtrackUser { get; init; }

    /// <summary>Gets a value indicating whether these playlists are shown to others.</summary>
    public required bool SoundtracksShared { get; init; }

    /// <summary>Gets the service that looks at films; null when none does.</summary>
    public required VisionService? Vision { get; init; }

    /// <summary>Gets a value indicating whether it is remembered who plays, skips and likes what.</summary>
    public required bool PlayLog { get; init; }

    /// <summary>Gets for how many days it is remembered what was played and skipped. 0: not at all.</summary>
    public required int PlayLogDays { get; init; }

    /// <summary>Gets the users of whom nothing is remembered.</summary>
    public required IReadOnlyList<Guid> PlayLogExcept { get; init; }

    /// <summary>Gets a value indicating whether each user gets playlists of their own.</summary>
    public required bool PersonalMixes { get; init; }

    /// <summary>Gets how many daily mixes a user gets at most.</summary>
    public required int DailyMixes { get; init; }

    /// <summary>Gets how many tracks each of these playlists has.</summary>
    public required int PersonalMixLength { get; init; }

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

    /// <summary>Tells whether what a user plays and likes may be remembered.</summary>
    /// <param name="user">The user's id.</param>
    /// <returns>Whether it may.</returns>
    public bool Remembers(Guid user) => PlayLog && !PlayLogExcept.Contains(user);
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
