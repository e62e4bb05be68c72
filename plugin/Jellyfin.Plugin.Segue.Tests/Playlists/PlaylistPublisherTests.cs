using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playlists;
using Jellyfin.Plugin.Segue.Tests.Tasks;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;
using MediaBrowser.Model.Playlists;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Xunit;
using EnginePlaylist = Segue.Native.Playlist;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Tests.Playlists;

public sealed class PlaylistPublisherTests
{
    private readonly IPlaylistManager _playlistManager = Substitute.For<IPlaylistManager>();
    private readonly ILibraryManager _libraryManager = Substitute.For<ILibraryManager>();
    private readonly IMusicLibrary _library = Substitute.For<IMusicLibrary>();
    private readonly IJellyfinCompat _compat = Substitute.For<IJellyfinCompat>();
    private readonly RecordingProgress _progress = new();
    private readonly User _plain = Make.User("bob");
    private readonly User _administrator = Make.User("ann", PermissionKind.IsAdministrator);
    private readonly List<PlaylistCreationRequest> _created = [];
    private readonly List<Playlist> _server = [];
    private int _saves;

    public PlaylistPublisherTests()
    {
        _compat.GetUsers().Returns([_plain, _administrator]);
        _compat.CreateLink(default!).ReturnsForAnyArgs(call => new LinkedChild { ItemId = call.Arg<BaseItem>().Id, Path = call.Arg<BaseItem>().Path });
        _compat.SaveAsync(default!, default).ReturnsForAnyArgs(_ =>
        {
            _saves++;
            return Task.CompletedTask;
        });
        See(_administrator, Enumerable.Range(1, 50));
        See(_plain, Enumerable.Range(1, 50));
        _library.GetTrack(default, default).ReturnsForAnyArgs(call => new Audio { Id = call.Arg<Guid>(), Path = PathOf(call.Arg<Guid>()), RunTimeTicks = 10 });
        _libraryManager.GetItemById(default).ReturnsForAnyArgs(call => new Audio { Id = call.Arg<Guid>() });
        _compat.GetPlaylistItems(default!).ReturnsForAnyArgs(call => [.. Tracks(call.Arg<Playlist>())]);

        _playlistManager.CreatePlaylist(default!).ReturnsForAnyArgs(call =>
        {
            var request = call.Arg<PlaylistCreationRequest>();
            _created.Add(request);
            var playlist = new Playlist
            {
                Id = Make.Id(100 + _server.Count),
                Name = request.Name!,
                OwnerUserId = request.UserId,
                OpenAccess = request.Public ?? false,
                DateCreated = new DateTime(2026, 1, 1, 0, 0, _server.Count, DateTimeKind.Utc),
            };
            _server.Add(playlist);
            return new PlaylistCreationResult(Make.Name(playlist.Id));
        });
        _libraryManager.GetItemById<Playlist>(default).ReturnsForAnyArgs(call => _server.Find(playlist => playlist.Id.Equals(call.Arg<Guid>()))!);
        _libraryManager.GetItemList(Arg.Is<InternalItemsQuery>(query => query.IncludeItemTypes.SequenceEqual(new[] { BaseItemKind.Playlist })))
            .Returns(_ => [.. _server]);
    }

    [Fact]
    public async Task A_new_playlist_is_created_once_tied_filled_and_locked()
    {
        var summary = await Publish(List("calm", "Calm", 3, 1, 2));

        Assert.Equal(new PublishSummary(1, 0, 0), summary);
        var request = Assert.Single(_created);
        Assert.Equal("Calm", request.Name);
        Assert.Equal(MediaType.Audio, request.MediaType);
        Assert.Empty(request.ItemIdList);
        Assert.Equal(_administrator.Id, request.UserId);
        Assert.False(request.Public);

        var playlist = Assert.Single(_server);
        Assert.Equal("calm", playlist.ProviderIds["Segue"]);
        Assert.Equal("Calm music.", playlist.Overview);
        Assert.Equal([Make.Id(3), Make.Id(1), Make.Id(2)], Tracks(playlist));
        Assert.Equal(30, playlist.RunTimeTicks);
        Assert.True(playlist.IsLocked);
        Assert.Equal(1, _saves);
        Assert.Equal([100], _progress.Reports);
    }

    [Fact]
    public async Task A_second_run_updates_in_place()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        var id = _server[0].Id;

        var summary = await Publish(List("calm", "Calm at night", 3, 2, 4, 5));

        Assert.Equal(new PublishSummary(0, 1, 0), summary);
        var playlist = Assert.Single(_server);
        Assert.Equal(id, playlist.Id);
        Assert.Equal("Calm at night", playlist.Name);
        Assert.Equal("Calm at night music.", playlist.Overview);
        Assert.Equal([Make.Id(3), Make.Id(2), Make.Id(4), Make.Id(5)], Tracks(playlist));
        Assert.Equal(40, playlist.RunTimeTicks);
        Assert.Single(_created);
        NothingDeleted();
    }

    [Fact]
    public async Task What_has_not_changed_is_not_saved()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));

        var summary = await Publish(List("calm", "Calm", 1, 2, 3));

        Assert.Equal(new PublishSummary(0, 0, 1), summary);
        Assert.Equal(1, _saves);
    }

    [Fact]
    public async Task A_list_that_lost_its_lock_or_a_track_is_healed()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));

        _server[0].IsLocked = false;
        Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2, 3))).Updated);
        Assert.True(_server[0].IsLocked);

        _server[0].LinkedChildren = [.. _server[0].LinkedChildren.Skip(1)];
        Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2, 3))).Updated);
        Assert.Equal(3, _server[0].LinkedChildren.Length);
    }

    [Fact]
    public async Task A_playlist_is_found_by_its_tether_and_never_by_its_name()
    {
        // Somebody's own playlist of the same name, and an older one of ours under another name.
        _server.Add(new Playlist { Id = Make.Id(200), Name = "Calm", OwnerUserId = _plain.Id });
        await Publish(List("calm", "Calm", 1, 2, 3));
        _server[1].Name = "What I call it";

        var summary = await Publish(List("calm", "Calm", 1, 2, 4));

        Assert.Equal(new PublishSummary(0, 1, 0), summary);
        Assert.Equal(2, _server.Count);
        Assert.Empty(_server[0].LinkedChildren);
        Assert.Equal("What I call it", _server[1].Name);
        Assert.Equal([Make.Id(1), Make.Id(2), Make.Id(4)], Tracks(_server[1]));
    }

    [Fact]
    public async Task Of_two_with_the_same_tether_the_older_is_kept_up_to_date()
    {
        _server.Add(new Playlist { Id = Make.Id(201), DateCreated = new DateTime(2026, 2, 2, 0, 0, 0, DateTimeKind.Utc) });
        _server.Add(new Playlist { Id = Make.Id(200), DateCreated = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) });
        _server[0].ProviderIds["Segue"] = "calm";
        _server[1].ProviderIds["Segue"] = "calm";

        await Publish(List("calm", "Calm", 1, 2, 3));

        Assert.Empty(_server[0].LinkedChildren);
        Assert.Equal(3, _server[1].LinkedChildren.Length);
        Assert.Empty(_created);
    }

    [Fact]
    public async Task A_playlist_that_the_engine_no_longer_makes_stays()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6));

        await Publish(List("calm", "Calm", 1, 2, 3));

        Assert.Equal(2, _server.Count);
        Assert.Equal(3, _server[1].LinkedChildren.Length);
        NothingDeleted();
    }

    [Fact]
    public async Task A_playlist_that_somebody_deleted_is_made_again()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        _server.Clear();

        Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2, 3))).Created);
    }

    [Fact]
    public async Task A_list_is_open_only_if_everybody_may_see_all_of_it()
    {
        See(_plain, [1, 2, 3]);

        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 1, 2, 4));

        Assert.True(_server[0].OpenAccess);
        Assert.False(_server[1].OpenAccess);
    }

    [Fact]
    public async Task A_list_is_closed_when_somebody_may_no_longer_see_all_of_it_and_stays_closed()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        Assert.True(_server[0].OpenAccess);

        See(_plain, [1, 2]);
        Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2, 3))).Updated);
        Assert.False(_server[0].OpenAccess);

        See(_plain, [1, 2, 3]);
        Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2))).Updated);
        Assert.False(_server[0].OpenAccess);
    }

    [Fact]
    public async Task Disabled_users_own_nothing_but_count_since_they_may_be_enabled_again()
    {
        var gone = Make.User("zoe", PermissionKind.IsDisabled, PermissionKind.IsAdministrator);
        See(gone, [4, 5, 6]);
        _compat.GetUsers().Returns([gone, _plain, _administrator]);

        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6));

        Assert.False(_server[0].OpenAccess);
        Assert.True(_server[1].OpenAccess);
        Assert.Equal(_administrator.Id, _server[0].OwnerUserId);
    }

    [Fact]
    public async Task An_open_list_that_is_made_no_longer_is_closed_when_somebody_may_not_see_all_of_it()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6), List("slow", "Slow", 7, 8, 9));
        See(_plain, [1, 2, 3, 4, 5, 7, 8, 9]);
        _saves = 0;

        await Publish(List("calm", "Calm", 1, 2, 3));

        Assert.Equal([true, false, true], _server.Select(playlist => playlist.OpenAccess));
        Assert.Equal(3, _server[1].LinkedChildren.Length);
        Assert.Equal(1, _saves);
    }

    [Fact]
    public async Task An_open_list_that_came_out_empty_is_closed_when_somebody_may_not_see_what_is_in_it()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        See(_plain, [4]);

        await Publish(List("calm", "Calm", 60));

        Assert.False(_server[0].OpenAccess);
        Assert.Equal(3, _server[0].LinkedChildren.Length);
    }

    [Fact]
    public async Task Access_is_checked_without_new_lists_too_and_other_peoples_lists_are_theirs()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5));
        _server.Add(new Playlist { Id = Make.Id(200), Name = "Mine", OpenAccess = true, LinkedChildren = [new LinkedChild { ItemId = Make.Id(3) }] });

        // The younger of two with the same tether shows its tracks as well.
        _server.Add(new Playlist { Id = Make.Id(201), OpenAccess = true, DateCreated = DateTime.MaxValue, LinkedChildren = [new LinkedChild { ItemId = Make.Id(3) }] });
        _server[3].ProviderIds["Segue"] = "calm";
        See(_plain, [1, 2, 4, 5]);

        Assert.Equal(2, await Publisher().CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken));
        Assert.Equal([false, true, true, false], _server.Select(playlist => playlist.OpenAccess));
        Assert.Equal(0, await Publisher().CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_track_that_has_left_the_library_closes_no_list()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        See(_plain, [1, 2]);
        See(_administrator, [1, 2]);
        _libraryManager.GetItemById(Make.Id(3)).Returns((BaseItem?)null);

        Assert.Equal(0, await Publisher().CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken));
        Assert.True(_server[0].OpenAccess);
    }

    [Fact]
    public async Task Each_user_is_asked_for_once_and_only_about_the_tracks_in_question()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 3, 4, 5));

        var questions = _library.ReceivedCalls().Where(call => call.GetMethodInfo().Name == nameof(IMusicLibrary.GetHiddenTracks)).ToList();
        Assert.Equal(2, questions.Count);
        Assert.All(questions, call => Assert.Equal(Enumerable.Range(1, 5).Select(Make.Id), ((IReadOnlyCollection<Guid>)call.GetArguments()[1]!).Order()));
        _library.DidNotReceiveWithAnyArgs().GetVisibleTracks(default!);
    }

    [Fact]
    public async Task Entries_that_came_back_without_their_id_are_known_by_their_path()
    {
        await Publish(List("calm", "Calm", 1, 2));
        _server[0].LinkedChildren = [new LinkedChild { Path = PathOf(Make.Id(1)) }, new LinkedChild { Path = PathOf(Make.Id(2)) }];

        Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2))).Unchanged);

        _server[0].LinkedChildren = [new LinkedChild { Path = PathOf(Make.Id(1)) }, new LinkedChild { Path = "/elsewhere.flac" }];
        Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2))).Updated);
        Assert.Equal([Make.Id(1), Make.Id(2)], Tracks(_server[0]));
    }

    [Fact]
    public async Task A_track_that_the_owner_may_not_see_is_left_out()
    {
        See(_administrator, [1, 2, 3]);
        _library.GetTrack(Make.Id(2), _administrator).Returns((Audio?)null);

        await Publish(List("calm", "Calm", 1, 2, 3, 4), List("loud", "Loud", 4, 5));

        Assert.Equal([Make.Id(1), Make.Id(3)], Tracks(Assert.Single(_server)));
    }

    [Fact]
    public async Task The_owner_stays_the_owner()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        var other = Make.User("new", PermissionKind.IsAdministrator);
        See(other, []);
        _compat.GetUsers().Returns([other, _plain, _administrator]);

        await Publish(List("calm", "Calm", 1, 2));

        Assert.Equal(_administrator.Id, _server[0].OwnerUserId);
        Assert.Equal([Make.Id(1), Make.Id(2)], Tracks(_server[0]));
    }

    [Fact]
    public async Task Without_an_administrator_there_is_nobody_to_own_them()
    {
        _compat.GetUsers().Returns([_plain]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Publish(List("calm", "Calm", 1)));
    }

    [Fact]
    public async Task A_cancel_leaves_no_list_half_made()
    {
        using var cancel = new CancellationTokenSource();
        _playlistManager.When(manager => manager.CreatePlaylist(Arg.Any<PlaylistCreationRequest>())).Do(_ => cancel.Cancel());

        await Assert.ThrowsAsync<OperationCanceledException>(
            () => Publisher().PublishAsync([List("calm", "Calm", 1, 2), List("loud", "Loud", 3, 4)], _progress, cancel.Token));

        Assert.Equal(2, Assert.Single(_server).LinkedChildren.Length);
        await _compat.Received(1).SaveAsync(_server[0], CancellationToken.None);
    }

    private static EnginePlaylist List(string key, string name, params int[] tracks) =>
        new(key, name, name + " music.", [.. tracks.Select(number => Make.Near(number))]);

    private static IEnumerable<Guid> Tracks(Playlist playlist) => playlist.LinkedChildren.Select(child => child.ItemId!.Value);

    private static string PathOf(Guid id) => "/music/" + Make.Name(id) + ".flac";

    private void See(User user, IEnumerable<int> numbers)
    {
        var visible = numbers.Select(Make.Id).ToHashSet();
        _library.GetHiddenTracks(user, Arg.Any<IReadOnlyCollection<Guid>>()).Returns(call => call.Arg<IReadOnlyCollection<Guid>>().Where(id => !visible.Contains(id)).ToHashSet());
    }

    private void NothingDeleted()
    {
        _libraryManager.DidNotReceiveWithAnyArgs().DeleteItem(default!, default!);
        _libraryManager.DidNotReceiveWithAnyArgs().DeleteItem(default!, default!, default(bool));
    }

    private Task<PublishSummary> Publish(params EnginePlaylist[] playlists) =>
        Publisher().PublishAsync(playlists, _progress, TestContext.Current.CancellationToken);

    private PlaylistPublisher Publisher() =>
        new(_playlistManager, _libraryManager, _library, _compat, NullLogger<PlaylistPublisher>.Instance);
}
