using Jellyfin.Database.Implementations.Entities;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Library;

/// <summary>
/// The music in Jellyfin's library.
/// </summary>
public interface IMusicLibrary
{
    /// <summary>Counts the tracks, those that are no files on this machine too.</summary>
    /// <returns>About as many as <see cref="ReadTracks"/> reads.</returns>
    int CountTracks();

    /// <summary>Reads all tracks that are files on this machine, a page at a time.</summary>
    /// <param name="cancellationToken">Ends the reading between two pages.</param>
    /// <returns>Pages, none empty.</returns>
    IEnumerable<IReadOnlyList<LibraryTrack>> ReadTracks(CancellationToken cancellationToken);

    /// <summary>Lists all tracks. Not filtered by user.</summary>
    /// <returns>Their ids.</returns>
    IReadOnlyCollection<Guid> GetAllTracks();

    /// <summary>Lists the tracks that a mix from an item starts with. They may hold what the user must not see: compare with <see cref="GetVisibleTracks"/>.</summary>
    /// <param name="item">A track, album, artist, playlist, genre or folder.</param>
    /// <param name="user">The asking user; null for an API key.</param>
    /// <returns>Ids, empty when the item holds no music.</returns>
    IReadOnlyList<Guid> GetSeeds(BaseItem item, User? user);

    /// <summary>Lists the tracks that a mix from genres starts with, with the same reservation as <see cref="GetSeeds"/>.</summary>
    /// <param name="genres">Names of genres.</param>
    /// <param name="user">The asking user; null for an API key.</param>
    /// <returns>Ids, empty when no track is of these genres.</returns>
    IReadOnlyList<Guid> GetSeedsOfGenres(IReadOnlyList<string> genres, User? user);

    /// <summary>Lists what a user may see, by the libraries open to them and their parental rating.</summary>
    /// <param name="user">The user.</param>
    /// <returns>Ids of tracks. At most some minutes old, so test what is handed out with <see cref="GetTrack"/> as well.</returns>
    IReadOnlySet<Guid> GetVisibleTracks(User user);

    /// <summary>
    /// Lists what a user could see a while ago. Never waits for the server's database but the first time, so it is for people who
    /// wait; what is chosen from it must go through <see cref="GetTracks"/>.
    /// </summary>
    /// <param name="user">The user.</param>
    /// <returns>Ids of tracks, packed for the engine.</returns>
    ItemSet GetCandidates(User user);

    /// <summary>Reads again, now, what <see cref="GetCandidates"/> answers: what it answered has proved wrong.</summary>
    /// <param name="user">The user.</param>
    /// <returns>Ids of tracks, packed for the engine.</returns>
    ItemSet RenewCandidates(User user);

    /// <summary>
    /// Gets those of some tracks that exist and that the user may see as of now: libraries, ratings and tags, those of what they lie in
    /// too. Few reads from the server's database for all of them.
    /// </summary>
    /// <param name="ids">Ids of items.</param>
    /// <param name="user">The asking user; null for an API key, which may see everything.</param>
    /// <param name="options">What of the tracks is read; null for what an answer to a client needs.</param>
    /// <returns>The tracks in the order of the ids.</returns>
    IReadOnlyList<Audio> GetTracks(IReadOnlyList<Guid> ids, User? user, DtoOptions? options);

    /// <summary>Gets the albums of some tracks, if the user may see them.</summary>
    /// <param name="tracks">Tracks that the user may see.</param>
    /// <param name="user">The asking user; null for an API key.</param>
    /// <returns>The albums in the order of the tracks, each once.</returns>
    IReadOnlyList<MusicAlbum> GetAlbums(IReadOnlyList<Audio> tracks, User? user);

    /// <summary>Gets artists by their names, if the user may see them. None is made.</summary>
    /// <param name="names">Names, of artists of tracks that the user may see.</param>
    /// <param name="user">The asking user; null for an API key.</param>
    /// <param name="options">What of the artists is read; null for what an answer to a client needs.</param>
    /// <returns>The artists in the order of the names, each once.</returns>
    IReadOnlyList<MusicArtist> GetArtists(IReadOnlyList<string> names, User? user, DtoOptions? options = null);

    /// <summary>Finds the names of artists.</summary>
    /// <param name="ids">Ids of items.</param>
    /// <returns>The names of those that are artists.</returns>
    IReadOnlySet<string> GetArtistNames(IReadOnlyCollection<Guid> ids);

    /// <summary>Reads all tracks with what users have played and think of them, a page at a time. Not filtered by user.</summary>
    /// <param name="cancellationToken">Ends the reading between two pages.</param>
    /// <returns>Pages, none empty, of tracks that somebody has played or thinks something of.</returns>
    IEnumerable<IReadOnlyList<Audio>> ReadTracksWithUserData(CancellationToken cancellationToken);

    /// <summary>Finds out which of some items a user may not see as tracks, by the same rules, and as of now.</summary>
    /// <param name="user">The user.</param>
    /// <param name="among">Ids of items.</param>
    /// <returns>Those of them that are hidden from the user, and those that are no tracks.</returns>
    IReadOnlySet<Guid> GetHiddenTracks(User user, IReadOnlyCollection<Guid> among);

    /// <summary>Gets a track if it exists and the user may see it.</summary>
    /// <param name="id">The item's id.</param>
    /// <param name="user">The asking user; null for an API key, which may see everything.</param>
    /// <returns>The track, or null.</returns>
    Audio? GetTrack(Guid id, User? user);
}
