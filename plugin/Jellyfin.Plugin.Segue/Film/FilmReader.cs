using System.Globalization;
using System.Text.Json;
using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Movies;
using MediaBrowser.Controller.Entities.TV;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Entities;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Film;

/// <summary>
/// What the library knows of a film, as the engine takes it.
/// </summary>
/// <param name="Video">The file; null where there is none that can be opened.</param>
/// <param name="Pictures">The pictures of a slideshow, in order.</param>
/// <param name="Facts">What is known of it.</param>
internal sealed record FilmDescription(string? Video, IReadOnlyList<string> Pictures, FilmFacts Facts);

/// <summary>
/// Reads films, clips and folders of pictures. Paths come from the library alone, never from a request.
/// </summary>
/// <param name="libraryManager">The server's library.</param>
/// <param name="compat">What entities do by themselves.</param>
internal sealed class FilmReader(ILibraryManager libraryManager, IJellyfinCompat compat)
{
    /// <summary>Most pictures of a slideshow that are looked at, evenly spread.</summary>
    internal const int MaxPictures = 200;

    /// <summary>Most people who are told.</summary>
    internal const int MaxPeople = 30;

    /// <summary>Finds what is to have music, as the user sees it.</summary>
    public BaseItem? Find(Guid id, User? user)
    {
        var item = user is null ? libraryManager.GetItemById<BaseItem>(id) : libraryManager.GetItemById<BaseItem>(id, user);
        return item is Video || (item is not null && IsPictureFolder(item) && ReadPictures(item, user).Count > 0) ? item : null;
    }

    /// <summary>Reads what is known of it.</summary>
    public FilmDescription Read(BaseItem film, User? user)
    {
        var series = film is Episode { SeriesId: var id } && !id.Equals(Guid.Empty) ? libraryManager.GetItemById(id) : null;
        return new FilmDescription(
            film is Video video ? FindFile(video) : null,
            film is Video ? [] : ReadPictures(film, user),
            new FilmFacts
            {
                Title = film.Name ?? string.Empty,
                Series = (film as Episode)?.SeriesName ?? string.Empty,
                Overview = FirstText(film.Overview, series?.Overview),
                Genres = FirstOf(film.Genres, series?.Genres),
                Tags = FirstOf(film.Tags, series?.Tags),
                People = [.. (libraryManager.GetPeople(film) ?? []).Where(person => !string.IsNullOrWhiteSpace(person.Name)).Take(MaxPeople).Select(Describe)],
                Year = film.ProductionYear ?? 0,
                Rating = FirstText(film.OfficialRating, series?.OfficialRating),
                Kind = film switch
                {
                    Movie => FilmKind.Film,
                    Episode => FilmKind.Episode,
                    MusicVideo => FilmKind.MusicVideo,
                    Video => FilmKind.HomeVideo,
                    _ => FilmKind.Slideshow,
                },
            });
    }

    /// <summary>Tells a film from the same one with other facts, another file, or other wishes.</summary>
    /// <param name="film">The film.</param>
    /// <param name="description">What is known of it.</param>
    /// <param name="length">How many tracks are wanted.</param>
    /// <param name="service">Who looks at it.</param>
    /// <returns>A short digest.</returns>
    public static string Digest(BaseItem film, FilmDescription description, int length, VisionService? service) => PlaylistMarks.Digest(JsonSerializer.Serialize(new
    {
        description,
        Changed = description.Video is null ? string.Empty : film.DateModified.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        film.Size,
        length,
        service?.Provider,
        service?.Model,
    }));

    private static string FirstText(string? own, string? otherwise) => string.IsNullOrWhiteSpace(own) ? otherwise ?? string.Empty : own;

    private static IReadOnlyList<string> FirstOf(string[]? own, string[]? otherwise) =>
        [.. (own is { Length: > 0 } ? own : otherwise ?? []).Where(text => !string.IsNullOrWhiteSpace(text))];

    private static FilmPerson Describe(PersonInfo person) => new(
        person.Name,
        person.Type switch
        {
            PersonKind.Unknown => person.Role ?? string.Empty,
            PersonKind.Actor or PersonKind.GuestStar => "actor",
            PersonKind.Director => "director",
            PersonKind.Composer => "composer",
            PersonKind.Conductor => "conductor",
            PersonKind.Writer => "writer",
            PersonKind.Producer => "producer",
            var other => other.ToString(),
        });

    // Neither a series nor a library, which are folders as well.
    private static bool IsPictureFolder(BaseItem item) => item is PhotoAlbum || item.GetType() == typeof(Folder);

    private string? FindFile(Video video) =>
        video is { IsVirtualItem: false, VideoType: VideoType.VideoFile } && !string.IsNullOrEmpty(video.Path) && compat.IsLocalFile(video) && File.Exists(video.Path)
            ? video.Path
            : null;

    private IReadOnlyList<string> ReadPictures(BaseItem folder, User? user)
    {
        // A query by parent is not limited to what the user may see: each picture is looked at.
        var query = user is null ? new InternalItemsQuery() : new InternalItemsQuery(user);
        query.IncludeItemTypes = [BaseItemKind.Photo];
        query.ParentId = folder.Id;
        query.Recursive = true;
        query.IsVirtualItem = false;
        query.OrderBy = [(ItemSortBy.SortName, SortOrder.Ascending)];
        query.DtoOptions = new DtoOptions(false) { EnableImages = false, EnableUserData = false };
        var photos = libraryManager.GetItemList(query).OfType<Photo>().Where(photo => !string.IsNullOrEmpty(photo.Path) && compat.IsLocalFile(photo)).ToList();
        var step = Math.Max(1, (double)photos.Count / MaxPictures);
        return
        [
            .. Enumerable.Range(0, Math.Min(MaxPictures, photos.Count))
                .Select(place => photos[(int)(place * step)])
                .Where(photo => user is null || compat.IsVisible(photo, user))
                .Select(photo => photo.Path),
        ];
    }
}
