using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Playlists;
using MediaBrowser.Model.Playlists;
using NSubstitute;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Playlists;

/// <summary>
/// What is written, and who may see it.
/// </summary>
public sealed class PlaylistPublisherTests : PublisherTest
{
    [Fact]
    public async Task A_new_playlist_is_created_once_tied_filled_and_locked()
    {
        var summary = await Publish(List("calm", "Calm", 3, 1, 2));

        Assert.Equal(new PublishSummary { Created = 1 }, summary);
        var request = Assert.Single(Created);
        Assert.Equal("Calm", request.Name);
        Assert.Equal(MediaType.Audio, request.MediaType);
        Assert.Empty(request.ItemIdList);
        Assert.Equal(Ann.Id, request.UserId);
        Assert.False(request.Public);

        var playlist = Assert.Single(Server);
        Assert.Equal("calm", playlist.ProviderIds["Segue"]);
        Assert.Equal("Calm music.", playlist.Overview);
        Assert.Equal(Ids(3, 1, 2), Tracks(playlist));
        Assert.Equal(30, playlist.RunTimeTicks);
        Assert.True(playlist.IsLocked);
        Assert.Equal(1, Saves);
        Assert.Equal([100], Progress.Reports);
        await Covers.Received(1).GiveAsync(playlist, Arg.Is<IReadOnlyList<Audio>>(tracks => tracks.Count == 3), Engine, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task A_second_run_updates_in_place()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        var id = Server[0].Id;

        var summary = await Publish(List("calm", "Calm at night", 3, 2, 4, 5));

        Assert.Equal(new PublishSummary { Updated = 1 }, summary);
        var playlist = Assert.Single(Server);
        Assert.Equal(id, playlist.Id);
        Assert.Equal("Calm at night", playlist.Name);
        Assert.Equal("Calm at night music.", playlist.Overview);
        Assert.Equal(Ids(3, 2, 4, 5), Tracks(playlist));
        Assert.Equal(40, playlist.RunTimeTicks);
        Assert.Single(Created);
        NothingDeleted();
    }

    [Fact]
    public async Task What_has_not_changed_is_not_saved()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));

        var summary = await Publish(List("calm", "Calm", 1, 2, 3));

        Assert.Equal(new PublishSummary { Unchanged = 1 }, summary);
        Assert.Equal(1, Saves);
    }

    [Fact]
    public async Task A_list_that_lost_its_lock_is_healed()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));

        Server[0].IsLocked = false;

        Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2, 3))).Updated);
        Assert.True(Server[0].IsLocked);
    }

    [Fact]
    public async Task A_playlist_is_found_by_its_tether_and_never_by_its_name()
    {
        // Somebody's own playlist of the same name.
        Server.Add(new Playlist { Id = Make.Id(200), Name = "Calm", OwnerUserId = Bob.Id });
        await Publish(List("calm", "Calm", 1, 2, 3));

        var summary = await Publish(List("calm", "Calm", 1, 2, 4));

        Assert.Equal(new PublishSummary { Updated = 1 }, summary);
        Assert.Equal(2, Server.Count);
        Assert.Empty(Server[0].LinkedChildren);
        Assert.Equal(Ids(1, 2, 4), Tracks(Server[1]));
    }

    [Fact]
    public async Task A_list_of_an_earlier_version_is_adopted_and_of_two_the_older()
    {
        Server.Add(new Playlist { Id = Make.Id(201), Name = "Calm", OwnerUserId = Ann.Id, OpenAccess = true, DateCreated = new DateTime(2026, 2, 2, 0, 0, 0, DateTimeKind.Utc) });
        Server.Add(new Playlist { Id = Make.Id(200), Name = "Calm", OwnerUserId = Ann.Id, OpenAccess = true, DateCreated = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) });
        Server[0].ProviderIds["Segue"] = "calm";
        Server[1].ProviderIds["Segue"] = "calm";

        await Publish(List("calm", "Calm", 1, 2, 3));

        // Nobody knows whether a person has touched the other: it is left to people.
        Assert.Empty(Server[0].LinkedChildren);
        Assert.Empty(Server[0].ProviderIds);
        Assert.Equal(3, Server[1].LinkedChildren.Length);
        Assert.True(Server[1].OpenAccess);
        Assert.Empty(Created);
        NothingDeleted();
    }

    [Fact]
    public async Task A_list_of_an_earlier_version_that_is_closed_stays_closed()
    {
        Server.Add(new Playlist { Id = Make.Id(200), Name = "Calm", OwnerUserId = Ann.Id });
        Server[0].ProviderIds["Segue"] = "calm";

        await Publish(List("calm", "Calm", 1, 2, 3));
        await Publish(List("calm", "Calm", 1, 2));

        Assert.False(Server[0].OpenAccess);
        Assert.Equal(Ids(1, 2), Tracks(Server[0]));
    }

    [Fact]
    public async Task A_list_is_open_only_if_everybody_may_see_all_of_it()
    {
        See(Bob, [1, 2, 3]);

        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 1, 2, 4));

        Assert.True(Server[0].OpenAccess);
        Assert.False(Server[1].OpenAccess);
    }

    [Fact]
    public async Task A_list_is_closed_when_somebody_may_no_longer_see_all_of_it_and_opened_when_they_may_again()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        Assert.True(Server[0].OpenAccess);

        See(Bob, [1, 2]);
        Assert.Equal(new PublishSummary { Updated = 1, Closed = 1 }, await Publish(List("calm", "Calm", 1, 2, 3)));
        Assert.False(Server[0].OpenAccess);

        See(Bob, [1, 2, 3]);
        Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2, 3))).Updated);
        Assert.True(Server[0].OpenAccess);
    }

    [Fact]
    public async Task Disabled_users_own_nothing_but_count_since_they_may_be_enabled_again()
    {
        var gone = Make.User("zoe", PermissionKind.IsDisabled, PermissionKind.IsAdministrator);
        See(gone, [4, 5, 6]);
        Compat.GetUsers().Returns([gone, Bob, Ann]);

        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6));

        Assert.False(Server[0].OpenAccess);
        Assert.True(Server[1].OpenAccess);
        Assert.Equal(Ann.Id, Server[0].OwnerUserId);
    }

    [Fact]
    public async Task An_open_list_that_fades_is_closed_when_somebody_may_not_see_all_of_it()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6), List("slow", "Slow", 7, 8, 9));
        See(Bob, [1, 2, 3, 4, 5, 7, 8, 9]);
        Saves = 0;

        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5) with { Faded = 1 }, List("slow", "Slow", 7) with { Faded = 2 });

        Assert.Equal([true, false, true], Server.Select(playlist => playlist.OpenAccess));
        Assert.Equal(3, Server[1].LinkedChildren.Length);
        Assert.Equal(1, Saves);
    }

    [Fact]
    public async Task An_open_list_that_came_out_empty_is_closed_when_somebody_may_not_see_what_is_in_it()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        See(Bob, [4]);

        await Publish(List("calm", "Calm", 60));

        Assert.False(Server[0].OpenAccess);
        Assert.Equal(3, Server[0].LinkedChildren.Length);
    }

    [Fact]
    public async Task Access_is_checked_without_new_lists_too_and_other_peoples_lists_are_theirs()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5));
        Server.Add(new Playlist { Id = Make.Id(200), Name = "Mine", OpenAccess = true, LinkedChildren = Links(3) });

        // The younger of two with the same tether shows its tracks as well.
        Server.Add(new Playlist { Id = Make.Id(201), OpenAccess = true, DateCreated = DateTime.MaxValue, LinkedChildren = Links(3) });
        Server[3].ProviderIds["Segue"] = "calm";
        See(Bob, [1, 2, 4, 5]);

        Assert.Equal(2, await Publisher().CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken));
        Assert.Equal([false, true, true, false], Server.Select(playlist => playlist.OpenAccess));
        Assert.Equal(0, await Publisher().CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_track_that_has_left_the_library_closes_no_list()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));

        // 10.11 keeps the entry.
        Existing.Remove(Make.Id(3));

        Assert.Equal(0, await Publisher().CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken));
        Assert.True(Server[0].OpenAccess);
    }

    [Fact]
    public async Task Each_user_is_asked_for_once_and_only_about_the_tracks_in_question()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 3, 4, 5));

        var questions = Library.ReceivedCalls().Where(call => call.GetMethodInfo().Name == nameof(IMusicLibrary.GetHiddenTracks)).ToList();
        Assert.Equal(2, questions.Count);
        Assert.All(questions, call => Assert.Equal(Enumerable.Range(1, 5).Select(Make.Id), ((IReadOnlyCollection<Guid>)call.GetArguments()[1]!).Order()));
        Library.DidNotReceiveWithAnyArgs().GetVisibleTracks(default!);
    }

    [Fact]
    public async Task Entries_that_came_back_without_their_id_are_known_by_their_path()
    {
        await Publish(List("calm", "Calm", 1, 2));
        Server[0].LinkedChildren = [new LinkedChild { Path = PathOf(Make.Id(1)) }, new LinkedChild { Path = PathOf(Make.Id(2)) }];

        Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2))).Unchanged);
    }

    [Fact]
    public async Task A_track_that_the_owner_may_not_see_is_left_out()
    {
        See(Ann, [1, 2, 3]);
        Library.GetTrack(Make.Id(2), Ann).Returns((Audio?)null);

        await Publish(List("calm", "Calm", 1, 2, 3, 4), List("loud", "Loud", 4, 5));

        Assert.Equal(Ids(1, 3), Tracks(Assert.Single(Server)));
    }

    [Fact]
    public async Task The_owner_stays_the_owner_while_there_is_that_user()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        var other = Make.User("new", PermissionKind.IsAdministrator);
        See(other, Enumerable.Range(1, 50));
        Compat.GetUsers().Returns([other, Bob, Ann]);

        await Publish(List("calm", "Calm", 1, 2));
        Assert.Equal(Ann.Id, Server[0].OwnerUserId);
        Assert.Equal(Ids(1, 2), Tracks(Server[0]));

        Compat.GetUsers().Returns([other, Bob]);
        await Publish(List("calm", "Calm", 1, 2));
        Assert.Equal(other.Id, Assert.Single(Server).OwnerUserId);
    }

    [Fact]
    public async Task Without_an_administrator_there_is_nobody_to_own_them()
    {
        Compat.GetUsers().Returns([Bob]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Publish(List("calm", "Calm", 1)));
    }

    [Fact]
    public async Task A_cancel_leaves_no_list_half_made()
    {
        using var cancel = new CancellationTokenSource();
        Manager.When(manager => manager.CreatePlaylist(Arg.Any<PlaylistCreationRequest>())).Do(_ => cancel.Cancel());
        Engine.GetPlaylists().Returns([List("calm", "Calm", 1, 2), List("loud", "Loud", 3, 4)]);

        await Assert.ThrowsAsync<OperationCanceledException>(() => PublishAgain(cancel.Token));

        Assert.Equal(2, Assert.Single(Server).LinkedChildren.Length);
        await Compat.Received(1).SaveAsync(Server[0], CancellationToken.None);
    }
}
