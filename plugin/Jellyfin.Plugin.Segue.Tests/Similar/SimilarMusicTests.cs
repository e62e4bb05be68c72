using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Similar;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Entities.Movies;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using NSubstitute.Extensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Similar;

public sealed class SimilarMusicTests
{
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly FakeServer _server = new();
    private readonly User _user = Make.User("ann");

    public SimilarMusicTests()
    {
        // Track n is by artist n % 10, on album n % 10.
        for (var number = 0; number < 100; number++)
        {
            _server.Add(number + 1, 1, $"Artist {number % 10}", $"Album {number % 10}", "Jazz");
        }

        _server.See(_user, 1);
        _engine.Similar(default!, default, default).ReturnsForAnyArgs([.. Enumerable.Range(2, 80).Select(number => Make.Near(number, number))]);
        _engine.SimilarSets(default, default!, default, default).ReturnsForAnyArgs(
            [.. Enumerable.Range(1, 10).Reverse().Select(number => new SimilarSet($"Artist {number - 1}", string.Empty, number, 10, Make.Near(number)))]);
    }

    private Audio Track => _server.Tracks.First();

    [Fact]
    public void Songs_come_in_the_engines_order_and_as_many_as_are_wanted()
    {
        var found = Find(Track, 50);

        Assert.Equal(Enumerable.Range(2, 50).Select(Make.Id), found.Select(item => item.Id));
        _engine.Received(1).Similar(Make.Name(Make.Id(1)), 50 + SimilarMusic.Spare, Arg.Is<ItemSet?>(set => set != null));
    }

    [Fact]
    public void Albums_are_found_by_the_folder_and_shown_by_one_of_their_songs()
    {
        var album = _server.Albums.First();

        var found = Find(album, 5);

        Assert.Equal(Enumerable.Range(5, 5).Reverse().Select(number => $"Album {number}"), found.Select(item => item.Name));
        _engine.Received(1).SimilarSets(SetKind.Album, new Seed(SeedKind.Folder, album.Path), 5 + SimilarMusic.Spare, Arg.Is<ItemSet?>(set => set != null));
    }

    [Fact]
    public void An_album_without_a_folder_is_found_by_its_name()
    {
        Find(new MusicAlbum { Id = Make.Id(999), Name = "Both" }, 5);

        _engine.Received(1).SimilarSets(SetKind.Album, new Seed(SeedKind.Album, "Both"), Arg.Any<int>(), Arg.Is<ItemSet?>(set => set != null));
    }

    [Fact]
    public void Artists_are_found_by_name()
    {
        var artist = _server.Artists.First();

        var found = Find(artist, 50);

        // All but the artist who was asked about.
        Assert.Equal(Enumerable.Range(1, 9).Reverse().Select(number => $"Artist {number}"), found.Select(item => item.Name));
        Assert.All(found, item => Assert.IsType<MusicArtist>(item));
        _engine.Received(1).SimilarSets(SetKind.Artist, new Seed(SeedKind.Artist, "Artist 0"), Arg.Any<int>(), Arg.Is<ItemSet?>(set => set != null));
    }

    [Fact]
    public void What_is_excluded_does_not_come_and_the_rest_makes_up_for_it()
    {
        var artist = _server.Artists.ElementAt(1);
        var wish = new SimilarWish(_user, 20) { ExcludeItems = [Make.Id(3), Make.Id(4)], ExcludeArtists = [artist.Id] };

        var songs = Similar().Find(Track, wish);
        var artists = Similar().Find(_server.Artists.First(), wish);

        Assert.Equal(20, songs.Count);
        Assert.All(songs, song => Assert.DoesNotContain(artist.Name, ((Audio)song).Artists));
        Assert.DoesNotContain(songs, song => song.Id.Equals(Make.Id(3)) || song.Id.Equals(Make.Id(4)));
        Assert.DoesNotContain(artist, artists);
        Assert.Equal(8, artists.Count);
    }

    [Fact]
    public void What_clients_want_of_the_items_is_read()
    {
        var options = new DtoOptions(false);

        Similar().Find(Track, new SimilarWish(_user, 5) { Options = options });

        Assert.Same(options, Assert.Single(_server.Queries, query => query.ItemIds.Length > 0).DtoOptions);
    }

    [Fact]
    public void An_API_key_is_not_limited()
    {
        Assert.Equal(50, Similar().Find(Track, new SimilarWish(null, 50)).Count);

        _engine.Received(1).Similar(Arg.Any<string>(), Arg.Any<int>(), null);
    }

    [Fact]
    public void A_wish_without_bounds_is_bounded()
    {
        Assert.Equal(80, Find(Track, int.MaxValue).Count);
        Assert.Empty(Find(Track, 0));
        Assert.Empty(Find(Track, -1));

        _engine.Received(1).Similar(Arg.Any<string>(), SimilarMusic.MaxLimit + SimilarMusic.Spare, Arg.Any<ItemSet?>());
    }

    [Fact]
    public void Other_things_are_left_to_the_server()
    {
        Assert.All<BaseItem>([new Movie { Id = Make.Id(900) }, new AudioBook { Id = Make.Id(901) }, new Folder { Id = Make.Id(902) }], item => Assert.Empty(Find(item, 10)));
        Assert.Empty(_engine.ReceivedCalls());
    }

    [Fact]
    public void What_the_engine_does_not_know_is_left_to_the_server_and_other_failures_are_told()
    {
        _engine.Similar(default!, default, default).ThrowsForAnyArgs(new SegueException(SegueStatus.NotAnalysed, "not yet"));
        Assert.Empty(Find(Track, 10));

        _engine.Configure().Similar(default!, default, default).ThrowsForAnyArgs(new SegueException(SegueStatus.Store, "disk"));
        Assert.Throws<SegueException>(() => Find(Track, 10));
        Assert.Empty(new SimilarMusic(Substitute.For<ISegueEngineProvider>(), _server.Library).Find(Track, new SimilarWish(_user, 10)));
    }

    private SimilarMusic Similar() => new(Make.Provider(_engine), _server.Library);

    private IReadOnlyList<BaseItem> Find(BaseItem item, int limit) => Similar().Find(item, new SimilarWish(_user, limit));
}
