using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Entities.Movies;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Entities;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Segue.Native;
using Xunit;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Tests.Library;

public sealed class MusicLibraryTests
{
    private readonly ILibraryManager _manager = Substitute.For<ILibraryManager>();
    private readonly IJellyfinCompat _compat = Substitute.For<IJellyfinCompat>();
    private readonly FakeTime _time = new();
    private readonly User _user = Make.User("ann");
    private readonly List<InternalItemsQuery> _queries = [];
    private readonly MusicLibrary _library;

    public MusicLibraryTests()
    {
        _compat.IsLocalFile(default!).ReturnsForAnyArgs(true);
        _manager.GetItemIds(default!).ReturnsForAnyArgs(call =>
        {
            _queries.Add(call.Arg<InternalItemsQuery>());
            return [Make.Id(1), Make.Id(2)];
        });
        _library = new MusicLibrary(_manager, _compat, _time, NullLogger<MusicLibrary>.Instance);
    }

    [Fact]
    public void The_whole_library_is_read_in_pages()
    {
        Hold([.. Enumerable.Range(1, 2345).Select(Make.Track)]);

        var pages = Read();

        Assert.Equal([1000, 1000, 345], pages.Select(page => page.Count));
        Assert.Equal(Enumerable.Range(1, 2345).Select(Make.Id), pages.SelectMany(page => page).Select(track => track.ItemId));
        Assert.All(_queries, query =>
        {
            Assert.Equal([BaseItemKind.Audio], query.IncludeItemTypes);
            Assert.True(query.Recursive);
            Assert.False(query.IsVirtualItem);
            Assert.Equal(MusicLibrary.PageSize, query.Limit);
            Assert.Equal(ItemSortBy.DateCreated, query.OrderBy[0].Item1);
        });
    }

    [Fact]
    public void A_page_with_gaps_is_not_the_end()
    {
        // The server leaves out what it cannot read: a page of 1000 rows may hold fewer items.
        _manager.GetItemList(default!).ReturnsForAnyArgs(
            [.. Enumerable.Range(1, 990).Select(Make.Track)],
            [.. Enumerable.Range(1001, 10).Select(Make.Track)],
            []);

        Assert.Equal([990, 10], Read().Select(page => page.Count));
    }

    [Fact]
    public void What_is_no_music_file_is_skipped()
    {
        var theme = Make.Track(1);
        theme.ExtraType = ExtraType.ThemeSong;
        var gone = Make.Track(2);
        gone.IsVirtualItem = true;
        var stream = Make.Track(3);
        _compat.IsLocalFile(stream).Returns(false);
        var pathless = Make.Track(4);
        pathless.Path = null!;
        var book = new AudioBook { Id = Make.Id(5), Path = "/books/5.m4b" };
        Hold([theme, gone, stream, pathless, book, new Movie { Id = Make.Id(6), Path = "/films/6.mkv" }, Make.Track(7)]);

        Assert.Equal(Make.Id(7), Assert.Single(Assert.Single(Read())).ItemId);
    }

    [Fact]
    public void The_librarys_tags_are_handed_on()
    {
        var track = Make.Track(1);
        track.Artists = ["Ann", "Bob"];
        track.AlbumArtists = ["Various"];
        track.Album = "Both";
        track.IndexNumber = 7;
        track.ProductionYear = 1999;
        track.ProviderIds = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["MusicBrainzRecording"] = "rec",
            ["MusicBrainzAlbum"] = "rel",
            ["MusicBrainzArtist"] = "art",
        };
        track.Genres = ["Jazz", " ", "Post-Bop"];
        Hold([track]);

        var read = Assert.Single(Assert.Single(Read()));
        Assert.Equal(["Jazz", "Post-Bop"], read.Tags.Genres);
        var expected = new TrackTags
        {
            Title = "Track 1",
            Artist = "Ann",
            AlbumArtist = "Various",
            Album = "Both",
            Track = 7,
            Year = 1999,
            MbRecording = "rec",
            MbRelease = "rel",
            MbArtist = "art",
            Genres = read.Tags.Genres,
        };
        Assert.Equal(new LibraryTrack(Make.Id(1), "/music/1.flac", expected), read);
    }

    [Fact]
    public void A_track_without_tags_has_empty_ones()
    {
        Hold([new Audio { Id = Make.Id(1), Path = "/music/1.flac", ProviderIds = null!, Genres = null! }]);

        var read = Assert.Single(Assert.Single(Read()));
        Assert.Empty(read.Tags.Genres);
        Assert.Equal(new LibraryTrack(Make.Id(1), "/music/1.flac", new TrackTags { Genres = read.Tags.Genres }), read);
    }

    [Fact]
    public void Reading_can_be_cancelled_between_pages()
    {
        Hold([.. Enumerable.Range(1, 3000).Select(Make.Track)]);
        using var cancel = new CancellationTokenSource();
        var pages = 0;

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var page in _library.ReadTracks(cancel.Token))
            {
                pages += Math.Sign(page.Count);
                cancel.Cancel();
            }
        });
        Assert.Equal(1, pages);
    }

    [Fact]
    public void Each_kind_of_seed_is_asked_for_in_its_own_way()
    {
        Assert.Equal([Make.Id(9)], _library.GetSeeds(Make.Track(9), _user));
        Assert.Empty(_queries);

        // By what they lie in, at any depth: by parent alone the discs of an album would be missing.
        Seeds(new MusicAlbum { Id = Make.Id(10) }, query => query.AncestorIds.SequenceEqual([Make.Id(10)]) && query.ParentId.Equals(Guid.Empty));
        Seeds(new Folder { Id = Make.Id(11) }, query => query.AncestorIds.SequenceEqual([Make.Id(11)]) && query.ParentId.Equals(Guid.Empty));
        Seeds(new CollectionFolder { Id = Make.Id(12), PhysicalFolderIds = [Make.Id(15), Make.Id(16)] }, query => query.TopParentIds.SequenceEqual([Make.Id(15), Make.Id(16)]));
        Seeds(new UserRootFolder { Id = Make.Id(17) }, query => query is { AncestorIds.Length: 0, TopParentIds.Length: 0 } && query.ParentId.Equals(Guid.Empty));
        Seeds(new UserView { Id = Make.Id(18) }, query => query is { AncestorIds.Length: 0, TopParentIds.Length: 0 } && query.ParentId.Equals(Guid.Empty));
        Seeds(new MusicArtist { Id = Make.Id(13) }, query => query.ArtistIds.SequenceEqual([Make.Id(13)]) && query.ParentId.Equals(Guid.Empty));
        Seeds(new MusicGenre { Id = Make.Id(14) }, query => query.GenreIds.SequenceEqual([Make.Id(14)]) && query.ParentId.Equals(Guid.Empty));

        _queries.Clear();
        Assert.Equal([Make.Id(1), Make.Id(2)], _library.GetSeedsOfGenres(["Jazz", "Folk"], _user));
        Assert.Equal(["Jazz", "Folk"], Assert.Single(_queries).Genres);
    }

    [Fact]
    public void A_playlist_names_its_tracks_itself()
    {
        var playlist = new Playlist { Id = Make.Id(20) };
        _compat.GetPlaylistItems(playlist).Returns([Make.Id(5), Make.Id(4)]);

        Assert.Equal([Make.Id(5), Make.Id(4)], _library.GetSeeds(playlist, _user));
        Assert.Empty(_queries);
    }

    [Fact]
    public void What_holds_no_music_has_no_seeds()
    {
        Assert.Empty(_library.GetSeeds(new Movie { Id = Make.Id(30) }, _user));
        Assert.Empty(_library.GetSeeds(new AudioBook { Id = Make.Id(31) }, _user));
        Assert.Empty(_library.GetSeeds(new CollectionFolder { Id = Make.Id(32) }, _user));
        Assert.Empty(_library.GetSeedsOfGenres([], _user));
        Assert.Empty(_queries);
    }

    [Fact]
    public void What_a_user_may_see_is_asked_without_ids_or_parents_because_those_lift_the_restriction()
    {
        Assert.Equal([Make.Id(1), Make.Id(2)], _library.GetVisibleTracks(_user).Order());

        var query = Assert.Single(_queries);
        Assert.Same(_user, query.User);
        Assert.Empty(query.ItemIds);
        Assert.Empty(query.AncestorIds);
        Assert.Equal(Guid.Empty, query.ParentId);
        Assert.Equal([BaseItemKind.Audio], query.IncludeItemTypes);
    }

    [Fact]
    public void What_a_user_may_see_is_remembered_for_a_while_and_for_that_user_only()
    {
        _library.GetVisibleTracks(_user);
        _library.GetVisibleTracks(_user);
        Assert.Single(_queries);

        _library.GetVisibleTracks(Make.User("bob"));
        Assert.Equal(2, _queries.Count);

        _time.Advance(VisibleTracksCache.Fresh);
        _library.GetVisibleTracks(_user);
        Assert.Equal(3, _queries.Count);
    }

    [Fact]
    public void What_is_hidden_is_found_by_the_same_question_and_nothing_is_remembered()
    {
        Assert.Equal([Make.Id(3)], _library.GetHiddenTracks(_user, [Make.Id(1), Make.Id(3)]));
        Assert.Empty(_library.GetHiddenTracks(_user, [Make.Id(1)]));

        Assert.Equal(2, _queries.Count);
        Assert.All(_queries, query =>
        {
            Assert.Same(_user, query.User);
            Assert.Empty(query.ItemIds);
            Assert.Equal([BaseItemKind.Audio], query.IncludeItemTypes);
        });
    }

    [Fact]
    public void Tracks_are_counted_as_they_are_read()
    {
        _manager.GetCount(Arg.Is<InternalItemsQuery>(query => query.IncludeItemTypes.SequenceEqual(new[] { BaseItemKind.Audio }) && query.Recursive && query.IsVirtualItem == false)).Returns(36);

        Assert.Equal(36, _library.CountTracks());
    }

    [Fact]
    public void Many_tracks_are_fetched_with_few_questions_and_come_in_the_order_asked_for()
    {
        _compat.GetLibraryFolders(default!, default!).ReturnsForAnyArgs([Make.Id(90), Make.Id(91)]);
        _compat.IsVisible(default!, default!).ReturnsForAnyArgs(call => !call.Arg<BaseItem>().Id.Equals(Make.Id(7)));
        _manager.GetItemList(default!).ReturnsForAnyArgs(call =>
        {
            _queries.Add(call.Arg<InternalItemsQuery>());
            return [.. call.Arg<InternalItemsQuery>().ItemIds.Where(id => !id.Equals(Make.Id(8))).Order().Select(id => new Audio { Id = id })];
        });
        var ids = Enumerable.Range(1, 1200).Reverse().Append(1200).Select(Make.Id).ToList();
        var options = new DtoOptions(false);

        // 7 is hidden by now, 8 is gone, 1200 is named twice.
        Assert.Equal(ids.SkipLast(1).Where(id => !id.Equals(Make.Id(7)) && !id.Equals(Make.Id(8))), _library.GetTracks(ids, _user, options).Select(track => track.Id));

        Assert.Equal([500, 500, 200], _queries.Select(query => query.ItemIds.Length));
        Assert.All(_queries, query =>
        {
            Assert.Same(_user, query.User);
            Assert.Same(options, query.DtoOptions);
            Assert.Equal([Make.Id(90), Make.Id(91)], query.TopParentIds);
            Assert.Equal([BaseItemKind.Audio], query.IncludeItemTypes);
        });
    }

    [Fact]
    public void For_an_API_key_tracks_are_fetched_without_limits()
    {
        _manager.GetItemList(default!).ReturnsForAnyArgs(call =>
        {
            _queries.Add(call.Arg<InternalItemsQuery>());
            return [Make.Track(1)];
        });

        Assert.Single(_library.GetTracks([Make.Id(1)], null, null));
        Assert.Empty(_library.GetTracks([], null, null));

        var query = Assert.Single(_queries);
        Assert.Null(query.User);
        Assert.Empty(query.TopParentIds);
        _compat.DidNotReceiveWithAnyArgs().IsVisible(default!, default!);
    }

    [Fact]
    public void Albums_and_artists_come_in_order_each_once_and_only_if_they_are_visible()
    {
        MusicAlbum[] albums = [new() { Id = Make.Id(20) }, new() { Id = Make.Id(21) }, new() { Id = Make.Id(22) }];
        MusicArtist[] artists = [new() { Id = Make.Id(30), Name = "Ann" }, new() { Id = Make.Id(31), Name = "BOB" }, new() { Id = Make.Id(32), Name = "Cleo" }];
        _compat.GetAlbum(default!).ReturnsForAnyArgs(call => call.Arg<Audio>().Id.Equals(Make.Id(9)) ? null : albums[(call.Arg<Audio>().RunTimeTicks!.Value / TimeSpan.TicksPerMinute) % 3]);
        _compat.IsVisible(default!, default!).ReturnsForAnyArgs(call => !call.Arg<BaseItem>().Id.Equals(Make.Id(21)) && !call.Arg<BaseItem>().Id.Equals(Make.Id(32)));
        _manager.GetArtists(Arg.Any<IReadOnlyList<string>>()).ReturnsForAnyArgs(artists.ToDictionary(artist => artist.Name, artist => new[] { artist }, StringComparer.Ordinal));

        Assert.Equal([albums[2], albums[0]], _library.GetAlbums([Make.Track(2), Make.Track(1), Make.Track(9), Make.Track(3), Make.Track(5)], _user));
        Assert.Equal([albums[1]], _library.GetAlbums([Make.Track(1)], null));
        _manager.GetItemList(default!).ReturnsForAnyArgs(call =>
        {
            _queries.Add(call.Arg<InternalItemsQuery>());
            return artists;
        });
        var options = new DtoOptions(false);
        Assert.Equal([artists[1], artists[0]], _library.GetArtists(["Bob", "Cleo", "Ann", "Bob", "Nobody"], _user, options));
        Assert.Empty(_library.GetArtists([], _user, options));

        var query = Assert.Single(_queries);
        Assert.Equal([BaseItemKind.MusicArtist], query.IncludeItemTypes);
        Assert.Equal([Make.Id(31), Make.Id(32), Make.Id(30)], query.ItemIds);
        Assert.Same(_user, query.User);
        Assert.Same(options, query.DtoOptions);
    }

    [Fact]
    public void An_artist_is_found_by_the_name_that_was_asked_for_even_if_the_library_spells_it_otherwise()
    {
        var artist = new MusicArtist { Id = Make.Id(30), Name = "Beyoncé" };
        _manager.GetArtists(Arg.Any<IReadOnlyList<string>>()).ReturnsForAnyArgs(new Dictionary<string, MusicArtist[]>(StringComparer.Ordinal) { ["Beyonce"] = [artist] });
        _manager.GetItemList(default!).ReturnsForAnyArgs([artist]);

        Assert.Equal([artist], _library.GetArtists(["Beyonce", "Nobody"], null, null));
    }

    [Fact]
    public void The_names_of_artists_are_found_and_other_items_have_none()
    {
        _manager.GetItemById(Make.Id(1)).Returns(new MusicArtist { Name = "Ann" });
        _manager.GetItemById(Make.Id(2)).Returns(Make.Track(2));

        Assert.Equal(["Ann"], _library.GetArtistNames([Make.Id(1), Make.Id(2), Make.Id(3), Guid.Empty]));
    }

    [Fact]
    public void What_users_think_is_read_in_one_go_for_all_of_them()
    {
        var heard = Make.Track(1500);
        heard.UserData = [new UserData { ItemId = heard.Id, UserId = _user.Id, CustomDataKey = "key", Item = null, User = null }];
        Hold([.. Enumerable.Range(1, 1499).Select(Make.Track), heard, new Movie { UserData = heard.UserData }]);

        Assert.Equal([heard], Assert.Single(_library.ReadTracksWithUserData(TestContext.Current.CancellationToken)));
        Assert.All(_queries, query =>
        {
            Assert.Null(query.User);
            Assert.True(query.DtoOptions.EnableUserData);
            Assert.Equal(MusicLibrary.PageSize, query.Limit);
        });
    }

    [Fact]
    public void A_track_is_fetched_as_the_user()
    {
        var hidden = Make.Track(1);
        _manager.GetItemById<Audio>(Make.Id(1)).Returns(hidden);
        _manager.GetItemById<Audio>(Make.Id(1), _user).Returns((Audio?)null);

        Assert.Null(_library.GetTrack(Make.Id(1), _user));
        Assert.Same(hidden, _library.GetTrack(Make.Id(1), null));
    }

    private void Seeds(BaseItem item, Predicate<InternalItemsQuery> isExpected)
    {
        foreach (var user in new[] { _user, null })
        {
            _queries.Clear();
            Assert.Equal([Make.Id(1), Make.Id(2)], _library.GetSeeds(item, user));
            var query = Assert.Single(_queries);
            Assert.Same(user, query.User);
            Assert.Equal([BaseItemKind.Audio], query.IncludeItemTypes);
            Assert.True(query.Recursive);
            Assert.True(isExpected(query), item.GetType().Name);
        }
    }

    private void Hold(IReadOnlyList<BaseItem> items) => _manager.GetItemList(default!).ReturnsForAnyArgs(call =>
    {
        var query = call.Arg<InternalItemsQuery>();
        _queries.Add(query);
        return [.. items.Skip(query.StartIndex ?? 0).Take(query.Limit ?? int.MaxValue)];
    });

    private List<IReadOnlyList<LibraryTrack>> Read() => [.. _library.ReadTracks(TestContext.Current.CancellationToken)];
}
