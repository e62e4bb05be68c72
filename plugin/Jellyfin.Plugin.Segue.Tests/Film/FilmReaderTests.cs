using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Film;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Entities.Movies;
using MediaBrowser.Controller.Entities.TV;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Entities;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Film;

public sealed class FilmReaderTests : IDisposable
{
    private readonly ILibraryManager _libraryManager = Substitute.For<ILibraryManager>();
    private readonly IJellyfinCompat _compat = Substitute.For<IJellyfinCompat>();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("segue-film");
    private readonly User _ann = Make.User("ann");
    private readonly FilmReader _reader;

    public FilmReaderTests()
    {
        _compat.IsLocalFile(default!).ReturnsForAnyArgs(true);
        _compat.IsVisible(default!, default!).ReturnsForAnyArgs(true);
        _libraryManager.GetPeople(Arg.Any<BaseItem>()).ReturnsForAnyArgs([]);
        _libraryManager.GetItemList(default!).ReturnsForAnyArgs([]);
        _reader = new FilmReader(_libraryManager, _compat);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_films_facts_are_the_librarys()
    {
        var film = new Movie
        {
            Id = Make.Id(1),
            Name = "Metropolis",
            Path = FileAt("metropolis.mkv"),
            Overview = "A city of two halves.",
            Genres = ["Drama", "Science Fiction"],
            Tags = ["silent", " "],
            ProductionYear = 1927,
            OfficialRating = "PG",
        };
        _libraryManager.GetPeople(Arg.Any<BaseItem>()).ReturnsForAnyArgs(
        [
            new PersonInfo { Name = "Fritz Lang", Type = PersonKind.Director },
            new PersonInfo { Name = "Gottfried Huppertz", Type = PersonKind.Composer },
            new PersonInfo { Name = "Brigitte Helm", Type = PersonKind.Actor, Role = "Maria" },
            new PersonInfo { Name = "Karl Freund", Type = PersonKind.Unknown, Role = "camera" },
            new PersonInfo { Name = " ", Type = PersonKind.Actor },
        ]);

        var read = _reader.Read(film, _ann);

        Assert.Equal(film.Path, read.Video);
        Assert.Empty(read.Pictures);
        Assert.Equal(("Metropolis", "A city of two halves.", 1927, "PG", FilmKind.Film), (read.Facts.Title, read.Facts.Overview, read.Facts.Year, read.Facts.Rating, read.Facts.Kind));
        Assert.Equal(["Drama", "Science Fiction"], read.Facts.Genres);
        Assert.Equal(["silent"], read.Facts.Tags);
        Assert.Equal(
            [new FilmPerson("Fritz Lang", "director"), new FilmPerson("Gottfried Huppertz", "composer"), new FilmPerson("Brigitte Helm", "actor"), new FilmPerson("Karl Freund", "camera")],
            read.Facts.People);
    }

    [Fact]
    public void What_an_episode_does_not_say_its_series_does()
    {
        _libraryManager.GetItemById(Make.Id(9)).Returns(new Series
        {
            Id = Make.Id(9),
            Name = "Nights",
            Overview = "About nights.",
            Genres = ["Thriller"],
            Tags = ["dark"],
            OfficialRating = "TV-14",
        });
        var episode = new Episode { Id = Make.Id(1), Name = "The first", SeriesName = "Nights", SeriesId = Make.Id(9), Overview = "About the first.", Genres = [], Tags = [] };

        var facts = _reader.Read(episode, _ann).Facts;

        Assert.Equal(("The first", "Nights", "About the first.", "TV-14", FilmKind.Episode), (facts.Title, facts.Series, facts.Overview, facts.Rating, facts.Kind));
        Assert.Equal(["Thriller"], facts.Genres);
        Assert.Equal(["dark"], facts.Tags);
    }

    [Fact]
    public void Nothing_known_is_nothing_told()
    {
        var facts = _reader.Read(new Video { Id = Make.Id(1), Name = null!, Genres = null!, Tags = null! }, null).Facts;

        Assert.Equal((string.Empty, string.Empty, string.Empty, 0, FilmKind.HomeVideo), (facts.Title, facts.Series, facts.Overview, facts.Year, facts.Kind));
        Assert.Equal((0, 0, 0), (facts.Genres.Count, facts.Tags.Count, facts.People.Count));
        Assert.Equal(FilmKind.MusicVideo, _reader.Read(new MusicVideo { Id = Make.Id(1) }, null).Facts.Kind);
    }

    [Fact]
    public void Only_a_file_on_this_machine_is_opened()
    {
        var path = FileAt("film.mkv");
        Assert.Equal(path, File(new Movie { Path = path }));

        Assert.Null(File(new Movie { Path = Path.Combine(_folder.FullName, "gone.mkv") }));
        Assert.Null(File(new Movie { Path = _folder.FullName }));
        Assert.Null(File(new Movie { Path = null! }));
        Assert.Null(File(new Movie { Path = path, IsVirtualItem = true }));
        Assert.Null(File(new Movie { Path = path, VideoType = VideoType.Dvd }));
        Assert.Null(File(new Movie { Path = path, VideoType = VideoType.Iso }));

        // A stream, or a file that only points to one.
        _compat.IsLocalFile(default!).ReturnsForAnyArgs(false);
        Assert.Null(File(new Movie { Path = path }));
    }

    [Fact]
    public void Pictures_come_in_order_those_that_the_user_may_see()
    {
        var album = new PhotoAlbum { Id = Make.Id(5), Name = "Summer" };
        var photos = Photos(4);
        _compat.IsVisible(photos[1], _ann).Returns(false);
        _compat.IsLocalFile(photos[2]).Returns(false);

        var read = _reader.Read(album, _ann);

        Assert.Equal([photos[0].Path, photos[3].Path], read.Pictures);
        Assert.Null(read.Video);
        Assert.Equal((FilmKind.Slideshow, "Summer"), (read.Facts.Kind, read.Facts.Title));
        Assert.Equal(3, _reader.Read(album, null).Pictures.Count);
        _libraryManager.Received().GetItemList(Arg.Is<InternalItemsQuery>(query => query.ParentId.Equals(album.Id) && query.User == _ann));
    }

    [Fact]
    public void Of_many_pictures_some_are_looked_at_evenly_spread()
    {
        var photos = Photos((FilmReader.MaxPictures * 5) + 3);

        var pictures = _reader.Read(new PhotoAlbum { Id = Make.Id(5) }, _ann).Pictures;

        Assert.Equal(FilmReader.MaxPictures, pictures.Count);
        Assert.Equal(FilmReader.MaxPictures, pictures.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(photos[0].Path, pictures[0]);
        Assert.Contains(pictures[^1], photos.TakeLast(10).Select(photo => photo.Path));
    }

    [Fact]
    public void What_can_have_music_is_found_as_the_user_sees_it()
    {
        Photos(2);
        BaseItem[] fitting = [new Movie(), new Episode(), new Video(), new MusicVideo(), new PhotoAlbum(), new Folder()];
        BaseItem[] others = [new Series(), new Audio(), new BoxSet(), new CollectionFolder(), new MusicAlbum()];
        foreach (var item in fitting.Concat(others))
        {
            item.Id = Make.Id(1);
            _libraryManager.GetItemById<BaseItem>(Make.Id(1), _ann).Returns(item);
            _libraryManager.GetItemById<BaseItem>(Make.Id(1)).Returns(item);

            Assert.Equal(fitting.Contains(item) ? item : null, _reader.Find(Make.Id(1), _ann));
            Assert.Equal(fitting.Contains(item) ? item : null, _reader.Find(Make.Id(1), null));
        }

        Assert.Null(_reader.Find(Make.Id(1), Make.User("bob")));
        _libraryManager.GetItemList(default!).ReturnsForAnyArgs([]);
        _libraryManager.GetItemById<BaseItem>(Make.Id(1), _ann).Returns(new Folder { Id = Make.Id(1) });
        Assert.Null(_reader.Find(Make.Id(1), _ann));
    }

    [Fact]
    public void A_change_of_film_or_wish_changes_the_digest_and_nothing_else_does()
    {
        var film = new Movie { Id = Make.Id(1), Name = "Metropolis", Path = FileAt("film.mkv"), Genres = ["Drama"], DateModified = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) };
        string Digest(int length = 20, VisionService? service = null) => FilmReader.Digest(film, _reader.Read(film, _ann), length, service);
        var seen = new HashSet<string>(StringComparer.Ordinal) { Digest() };
        Assert.False(seen.Add(Digest()));

        Assert.True(seen.Add(Digest(length: 30)));
        Assert.True(seen.Add(Digest(service: new VisionService { Provider = NamingProvider.Gemini })));
        Assert.True(seen.Add(Digest(service: new VisionService { Provider = NamingProvider.Gemini, Model = "large" })));
        Assert.False(seen.Add(Digest(service: new VisionService { Provider = NamingProvider.Gemini, Model = "large", Delay = TimeSpan.FromSeconds(1) })));
        film.DateModified = film.DateModified.AddSeconds(1);
        Assert.True(seen.Add(Digest()));
        film.Overview = "A city of two halves.";
        Assert.True(seen.Add(Digest()));
        film.DateLastSaved = DateTime.UtcNow;
        Assert.False(seen.Add(Digest()));
    }

    private string? File(Movie film) => _reader.Read(film, _ann).Video;

    private string FileAt(string name)
    {
        var path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllBytes(path, [1]);
        return path;
    }

    private List<Photo> Photos(int count)
    {
        var photos = Enumerable.Range(0, count).Select(number => new Photo { Id = Make.Id(1000 + number), Path = $"/photos/{number:D4}.jpg" }).ToList();
        _libraryManager.GetItemList(Arg.Is<InternalItemsQuery>(query => query.IncludeItemTypes.Contains(BaseItemKind.Photo))).Returns([.. photos]);
        return photos;
    }
}
