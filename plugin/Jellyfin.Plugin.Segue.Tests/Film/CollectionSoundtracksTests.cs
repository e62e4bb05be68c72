using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Film;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Tasks;
using Jellyfin.Plugin.Segue.Tests.Tasks;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Movies;
using MediaBrowser.Controller.Entities.TV;
using MediaBrowser.Controller.Library;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Film;

public sealed class CollectionSoundtracksTests
{
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly IFilmMusic _music = Substitute.For<IFilmMusic>();
    private readonly ISoundtrackPublisher _publisher = Substitute.For<ISoundtrackPublisher>();
    private readonly ILibraryManager _libraryManager = Substitute.For<ILibraryManager>();
    private readonly IJellyfinCompat _compat = Substitute.For<IJellyfinCompat>();
    private readonly RecordingProgress _progress = new();
    private readonly User _bob = Make.User("bob");
    private readonly User _ann = Make.User("ann", PermissionKind.IsAdministrator);
    private readonly PluginConfiguration _configuration = new() { SoundtrackCollections = [Make.Name(Make.Id(10)), Make.Name(Make.Id(11)), Make.Name(Make.Id(404))] };
    private readonly List<BaseItem> _library;
    private readonly List<BaseItem> _collection;
    private readonly List<(SoundtrackList List, User Owner, IReadOnlyCollection<User>? Viewers)> _published = [];
    private Func<BaseItem, FilmMusic> _make = film => new FilmMusic(new Soundtrack { Tracks = [Make.Near(film.Id.ToByteArray()[0])] }, null, null);
    private Func<PublishedSoundtracks> _before;
    private Action _afterPublishing = () => { };

    public CollectionSoundtracksTests()
    {
        _library = [Film(1), Film(2), Film(3)];
        _collection = [Film(2), Film(4), new Episode { Id = Make.Id(5), Name = "Episode" }, new Series { Id = Make.Id(6), Name = "Series" }, new Trailer { Id = Make.Id(7) }];
        _compat.GetUsers().Returns([_bob, _ann]);
        _compat.IsVisible(default!, default!).ReturnsForAnyArgs(true);
        _compat.GetCollectionItems(default!).ReturnsForAnyArgs(_ => _collection);
        _libraryManager.GetItemById(Make.Id(10)).Returns(new CollectionFolder { Id = Make.Id(10), PhysicalFolderIds = [Make.Id(20)] });
        _libraryManager.GetItemById(Make.Id(11)).Returns(new BoxSet { Id = Make.Id(11) });
        _libraryManager.GetPeople(Arg.Any<BaseItem>()).ReturnsForAnyArgs([]);
        _libraryManager.GetItemList(default!).ReturnsForAnyArgs(_ => _library);
        _music.MakeAsync(default!, default!, default!, default).ReturnsForAnyArgs(call =>
        {
            call.Arg<IProgress<SegueJobStep>>().Report(new SegueJobStep(0.5, "Listening"));
            return _make(call.Arg<BaseItem>());
        });

        // What is published is there the next time.
        _before = () => new PublishedSoundtracks(_published.GroupBy(made => made.List.Film).ToDictionary(made => made.Key, made => made.Last().List.Digest), new HashSet<Guid>());
        _publisher.GetPublished(default!).ReturnsForAnyArgs(_ => _before());
        _publisher.PublishAsync(default!, default!, default!, default, default).ReturnsForAnyArgs(call =>
        {
            _published.Add((call.Arg<SoundtrackList>(), call.Arg<User>(), call.Arg<IReadOnlyCollection<User>?>()));
            _afterPublishing();
            return new SoundtrackPlaylist(Make.Id(1000 + _published.Count), call.Arg<SoundtrackList>().Name);
        });
    }

    [Fact]
    public async Task Each_film_of_the_chosen_libraries_and_collections_gets_one()
    {
        await Run();

        Assert.Equal(new[] { 1, 2, 3, 4 }.Select(Make.Id), _published.Select(made => made.List.Film));
        Assert.Equal("Music for Film 1", _published[0].List.Name);
        Assert.All(_published, made => Assert.Equal((_ann, null), (made.Owner, made.Viewers)));
        Assert.Equal([12.5, 37.5, 62.5, 87.5], _progress.Reports);
        await _music.Received(4).MakeAsync(Arg.Any<BaseItem>(), new FilmWish(_ann) { Length = 20 }, Arg.Any<IProgress<SegueJobStep>>(), TestContext.Current.CancellationToken);
        var query = (InternalItemsQuery)_libraryManager.ReceivedCalls().Single(call => call.GetMethodInfo().Name == "GetItemList").GetArguments()[0]!;
        Assert.Equal([BaseItemKind.Movie, BaseItemKind.Video, BaseItemKind.MusicVideo], query.IncludeItemTypes);
        Assert.Equal([Make.Id(20)], query.TopParentIds);
        Assert.Same(_ann, query.User);
    }

    [Fact]
    public async Task Nothing_chosen_is_nothing_done()
    {
        _configuration.SoundtrackCollections = [];

        await Run();

        Assert.Empty(_published);
        _libraryManager.DidNotReceiveWithAnyArgs().GetItemList(default!);
    }

    [Fact]
    public async Task The_next_run_makes_what_is_new_or_has_changed_and_nothing_else()
    {
        await Run();
        var before = _before();
        _before = () => before;
        _library.Add(Film(8));
        _library[0].Overview = "Now we know.";
        _published.Clear();

        await Run();

        Assert.Equal([Make.Id(1), Make.Id(8)], _published.Select(made => made.List.Film));
    }

    [Fact]
    public async Task A_run_that_was_stopped_goes_on_where_it_stopped()
    {
        using var stop = new CancellationTokenSource();
        _afterPublishing = () =>
        {
            if (_published.Count == 2)
            {
                stop.Cancel();
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NewSoundtracks().MakeAsync(_progress, stop.Token));
        Assert.Equal([Make.Id(1), Make.Id(2)], _published.Select(made => made.List.Film));

        await Run();
        Assert.Equal(new[] { 1, 2, 3, 4 }.Select(Make.Id), _published.Select(made => made.List.Film));
    }

    [Fact]
    public async Task One_that_a_person_deleted_does_not_come_back()
    {
        _before = () => new PublishedSoundtracks(new Dictionary<Guid, string>(), new HashSet<Guid> { Make.Id(1), Make.Id(4) });

        await Run();

        Assert.Equal([Make.Id(2), Make.Id(3)], _published.Select(made => made.List.Film));
    }

    [Fact]
    public async Task A_film_that_fails_keeps_the_others_from_nothing_and_all_of_them_fail_the_task()
    {
        var make = _make;
        _make = _ => throw new SegueException(SegueStatus.Internal, "broken");
        await Assert.ThrowsAsync<InvalidOperationException>(Run);
        Assert.Empty(_published);

        _make = film => film.Id.Equals(Make.Id(2)) ? throw new SegueException(SegueStatus.Internal, "broken") : make(film);
        await Run();
        Assert.Equal(new[] { 1, 3, 4 }.Select(Make.Id), _published.Select(made => made.List.Film));
    }

    [Fact]
    public async Task An_engine_that_is_closed_ends_it()
    {
        _make = _ => throw new SegueException(SegueStatus.Closed, "closed");

        await Assert.ThrowsAsync<SegueException>(Run);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new MakeSoundtracksTask(NewSoundtracks(), new FakeTime()).ExecuteAsync(_progress, TestContext.Current.CancellationToken));
        await _music.ReceivedWithAnyArgs(2).MakeAsync(default!, default!, default!, default);
    }

    [Fact]
    public async Task What_the_owner_may_not_see_gets_none()
    {
        _configuration.SoundtrackUser = Make.Name(_bob.Id);
        _compat.IsVisible(Arg.Is<BaseItem>(item => item.Id.Equals(Make.Id(3))), _bob).Returns(false);

        await Run();

        Assert.Equal(new[] { 1, 2, 4 }.Select(Make.Id), _published.Select(made => made.List.Film));
        Assert.All(_published, made => Assert.Same(_bob, made.Owner));
    }

    [Fact]
    public async Task Shared_lists_are_for_those_who_may_see_the_film_and_that_is_looked_at_again()
    {
        _configuration.SoundtracksShared = true;
        _compat.IsVisible(Arg.Is<BaseItem>(item => item.Id.Equals(Make.Id(3))), _bob).Returns(false);
        await Run();
        Assert.Equal([2, 2, 1, 2], _published.Select(made => made.Viewers!.Count));

        _published.RemoveAll(made => made.List.Film.Equals(Make.Id(4)));
        await Run();

        await _publisher.Received(1).ShareAsync(
            _engine, Arg.Is<IReadOnlyCollection<Guid>>(films => films.SequenceEqual(new[] { Make.Id(1), Make.Id(2) })), _ann, Arg.Is<IReadOnlyCollection<User>>(viewers => viewers.Count == 2), TestContext.Current.CancellationToken);
        await _publisher.Received(1).ShareAsync(
            _engine, Arg.Is<IReadOnlyCollection<Guid>>(films => films.SequenceEqual(new[] { Make.Id(3) })), _ann, Arg.Is<IReadOnlyCollection<User>>(viewers => viewers.Count == 1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Without_an_owner_it_says_what_is_wrong()
    {
        _configuration.SoundtrackUser = Make.Name(Make.Id(999));
        Assert.Contains("Choose another", (await Assert.ThrowsAsync<InvalidOperationException>(Run)).Message, StringComparison.Ordinal);

        _configuration.SoundtrackUser = string.Empty;
        _compat.GetUsers().Returns([_bob, Make.User("eve", PermissionKind.IsAdministrator, PermissionKind.IsDisabled)]);
        Assert.Contains("administrator", (await Assert.ThrowsAsync<InvalidOperationException>(Run)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_task_ends_at_the_end_and_begins_when_a_person_says_so()
    {
        var task = new MakeSoundtracksTask(NewSoundtracks(), new FakeTime());

        await task.ExecuteAsync(_progress, TestContext.Current.CancellationToken);

        Assert.Equal(100, _progress.Reports[^1]);
        Assert.Empty(task.GetDefaultTriggers());
    }

    private static Movie Film(int number) => new() { Id = Make.Id(number), Name = $"Film {number}" };

    private Task Run() => NewSoundtracks().MakeAsync(_progress, TestContext.Current.CancellationToken);

    private CollectionSoundtracks NewSoundtracks() => new(
        Make.Provider(_engine),
        _music,
        _publisher,
        _libraryManager,
        _compat,
        new PluginSettings(() => _configuration, () => null),
        NullLogger<CollectionSoundtracks>.Instance);
}
