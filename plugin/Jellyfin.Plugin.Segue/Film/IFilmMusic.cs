using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Jobs;
using MediaBrowser.Controller.Entities;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Film;

/// <summary>
/// Finds music that fits a film, a clip or pictures of the library.
/// </summary>
public interface IFilmMusic
{
    /// <summary>Finds what is to have music, as the user sees it.</summary>
    /// <param name="id">The item's id.</param>
    /// <param name="user">Who asks; null for an API key, which may see everything.</param>
    /// <returns>A film, an episode, a video, a music video, or a folder that pictures may lie in; null for anything else and for what is hidden from the user.</returns>
    BaseItem? Find(Guid id, User? user);

    /// <summary>
    /// Chooses music, of what the user may see. Takes seconds to minutes. A service is asked only if the settings name one.
    /// </summary>
    /// <param name="film">What <see cref="Find"/> found.</param>
    /// <param name="wish">For whom, and how.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The music, and the playlist that was made of it.</returns>
    /// <exception cref="SegueException">The engine cannot, for example because nothing has been analysed.</exception>
    /// <exception cref="SegueNativeUnavailableException">There is no engine on this machine.</exception>
    Task<FilmMusic> MakeAsync(BaseItem film, FilmWish wish, IProgress<SegueJobStep> progress, CancellationToken cancellationToken);
}

/// <summary>How music for a film is wanted.</summary>
/// <param name="User">For whom: it is that user's visible music, and that user's playlist. Null for an API key: all music, and no playlist.</param>
public sealed record FilmWish(User? User)
{
    /// <summary>Gets how many tracks. 0: as many as the settings say.</summary>
    public int Length { get; init; }

    /// <summary>Gets a value indicating whether it becomes a playlist of the user's, which nobody else is shown. The next one for the same film takes its place.</summary>
    public bool Playlist { get; init; }

    /// <summary>Gets a value indicating whether no service is asked, also if the settings name one.</summary>
    public bool Offline { get; init; }
}

/// <summary>Music for a film.</summary>
/// <param name="Soundtrack">What the film is like and what music fits it, as far as the user may see that music now.</param>
/// <param name="PlaylistId">The playlist that was made of it; null when none was wanted, or when there was nothing to put into it.</param>
/// <param name="PlaylistName">Its name; null when there is none.</param>
public sealed record FilmMusic(Soundtrack Soundtrack, Guid? PlaylistId, string? PlaylistName);
