using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Playlists;
using MediaBrowser.Model.Entities;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// What Segue last wrote into a Jellyfin playlist, remembered in the playlist itself as provider ids: what differs from it
/// was changed by a person, and is theirs. The marks travel with the playlist through moves and restored backups.
/// </summary>
internal static class PlaylistMarks
{
    /// <summary>Ties a Jellyfin playlist to the engine's key.</summary>
    internal const string Tether = "Segue";

    /// <summary>The name last given.</summary>
    internal const string GivenName = "SegueName";

    /// <summary>The tracks last written: the first eight digits of each id, in order. No whole ids, since clients may read this.</summary>
    internal const string GivenTracks = "SegueTracks";

    /// <summary>A digest of the description last given.</summary>
    internal const string GivenOverview = "SegueOverview";

    /// <summary>Whom the playlist was last shown to.</summary>
    internal const string GivenSharing = "SegueSharing";

    /// <summary>A digest of the cover last given, and how it was made.</summary>
    internal const string GivenCover = "SegueCover";

    /// <summary>A digest of the film that a soundtrack was last made for.</summary>
    internal const string GivenFilm = "SegueFilm";

    /// <summary>What the keys of lists that are made for one listener begin with here.</summary>
    internal const string PersonalPrefix = "personal.";

    /// <summary>What the keys of lists that are made for a film begin with here; its id follows.</summary>
    internal const string FilmPrefix = "film.";

    private const int PrintLength = 8;

    // Jellyfin keeps no empty provider ids.
    private const string Nothing = "none";

    private static readonly string[] All = [Tether, GivenName, GivenTracks, GivenOverview, GivenSharing, GivenCover, GivenFilm];

    /// <summary>Gets the engine's key of a playlist; null for a playlist that is not Segue's.</summary>
    public static string? Key(BaseItem playlist) => Get(playlist, Tether);

    /// <summary>Tells what a list was made of, by its key.</summary>
    public static ListKind Kind(string key) =>
        key.StartsWith(PersonalPrefix, StringComparison.Ordinal) ? ListKind.Personal
        : key.StartsWith(FilmPrefix, StringComparison.Ordinal) ? ListKind.Film
        : ListKind.Library;

    /// <summary>Reads of which film a list is, by its key.</summary>
    /// <returns>The film's id; null for a list that is of none.</returns>
    public static Guid? Film(string key) =>
        Kind(key) == ListKind.Film && Guid.TryParse(key.AsSpan(FilmPrefix.Length), out var film) ? film : null;

    /// <summary>Tells whether a person has given another name.</summary>
    public static bool IsRenamed(Playlist playlist) =>
        Get(playlist, GivenName) is { } given && !string.Equals(playlist.Name, given, StringComparison.Ordinal);

    /// <summary>Tells whether a person has written another description.</summary>
    public static bool IsDescribed(Playlist playlist) =>
        Get(playlist, GivenOverview) is { } given && !string.Equals(Digest(playlist.Overview), given, StringComparison.Ordinal);

    /// <summary>
    /// Tells whether a person has changed whom the playlist is shown to. One of an earlier version that is closed counts as closed by a person.
    /// </summary>
    public static bool IsReshared(Playlist playlist) => Get(playlist, GivenSharing) is { } given
        ? !string.Equals(Sharing(playlist), given, StringComparison.Ordinal)
        : !playlist.OpenAccess;

    /// <summary>Tells whether a person has changed the tracks. Tracks that have left the library since are no change.</summary>
    /// <param name="playlist">The playlist.</param>
    /// <param name="items">What is in it.</param>
    /// <param name="library">Tells which tracks and items there are.</param>
    /// <returns>Whether they differ from what was written.</returns>
    public static bool IsEdited(Playlist playlist, IReadOnlyList<Guid> items, IExistence library)
    {
        if (Get(playlist, GivenTracks) is not { } given)
        {
            return false;
        }

        if (string.Equals(Prints(items), given, StringComparison.Ordinal))
        {
            return false;
        }

        var written = given.Chunk(PrintLength).Select(print => new string(print)).Where(library.HasTrack);
        var found = items.Where(library.HasItem).Select(Print);
        return !found.SequenceEqual(written, StringComparer.Ordinal);
    }

    /// <summary>Tells whether nothing of a playlist was changed by a person. Of one whose tracks were not marked nobody knows.</summary>
    public static bool IsUntouched(Playlist playlist, IReadOnlyList<Guid> items, IExistence library, bool coverIsTheirs) =>
        Get(playlist, GivenTracks) is not null
        && !coverIsTheirs
        && !IsRenamed(playlist)
        && !IsDescribed(playlist)
        && !IsReshared(playlist)
        && !IsEdited(playlist, items, library);

    /// <summary>Remembers the name as given.</summary>
    public static void MarkName(Playlist playlist) => Set(playlist, GivenName, playlist.Name);

    /// <summary>Remembers the tracks as given.</summary>
    public static void MarkTracks(Playlist playlist, IEnumerable<Guid> tracks) => Set(playlist, GivenTracks, Prints(tracks));

    /// <summary>Remembers the description as given.</summary>
    public static void MarkOverview(Playlist playlist) => Set(playlist, GivenOverview, Digest(playlist.Overview));

    /// <summary>Remembers whom the playlist is shown to as given.</summary>
    public static void MarkSharing(Playlist playlist) => Set(playlist, GivenSharing, Sharing(playlist));

    /// <summary>Takes a playlist out of Segue's hands: nothing remains that ties it.</summary>
    public static void Untie(Playlist playlist)
    {
        foreach (var mark in All)
        {
            playlist.ProviderIds.Remove(mark);
        }
    }

    /// <summary>Gets a mark.</summary>
    public static string? Get(BaseItem playlist, string mark) => playlist.ProviderIds?.GetValueOrDefault(mark) is { Length: > 0 } value ? value : null;

    /// <summary>Sets a mark. Jellyfin keeps no empty ones.</summary>
    public static void Set(Playlist playlist, string mark, string value)
    {
        if (value.Length > 0)
        {
            playlist.ProviderIds[mark] = value;
        }
        else
        {
            playlist.ProviderIds.Remove(mark);
        }
    }

    /// <summary>A short digest of a text.</summary>
    public static string Digest(string? text) => Digest(Encoding.UTF8.GetBytes(text ?? string.Empty));

    /// <summary>A short digest of some bytes.</summary>
    public static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];

    /// <summary>How a track is written down: enough to tell it from others of a library, too little to ask for it.</summary>
    public static string Print(Guid id) => id.ToString("N", CultureInfo.InvariantCulture)[..PrintLength];

    private static string Prints(IEnumerable<Guid> ids) => string.Concat(ids.Select(Print)) is { Length: > 0 } prints ? prints : Nothing;

    private static string Sharing(Playlist playlist) => playlist switch
    {
        { OpenAccess: true } => "open",
        { Shares: { Count: > 0 } shares } => "users " + Digest(string.Join(',', shares.Select(Describe).Order(StringComparer.Ordinal))),
        _ => "closed",
    };

    private static string Describe(PlaylistUserPermissions share) =>
        share.UserId.ToString("N", CultureInfo.InvariantCulture) + (share.CanEdit ? "+" : "-");
}

/// <summary>
/// What a list was made of. Lists of one kind are kept without looking at those of the others.
/// </summary>
internal enum ListKind
{
    /// <summary>The library's groups and people's definitions.</summary>
    Library,

    /// <summary>What one listener plays and likes.</summary>
    Personal,

    /// <summary>A film.</summary>
    Film,
}

/// <summary>
/// Tells what is in the library, for telling what a person took out of a playlist from what has vanished.
/// </summary>
internal interface IExistence
{
    /// <summary>Tells whether there is a track that is written down so.</summary>
    /// <param name="print">See <see cref="PlaylistMarks.Print"/>.</param>
    /// <returns>Whether there is.</returns>
    bool HasTrack(string print);

    /// <summary>Tells whether there is an item.</summary>
    /// <param name="id">The item's id.</param>
    /// <returns>Whether there is.</returns>
    bool HasItem(Guid id);
}
