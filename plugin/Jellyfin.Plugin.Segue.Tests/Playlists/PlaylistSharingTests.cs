using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Plugin.Segue.Playlists;
using NSubstitute;
using Xunit;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Tests.Playlists;

/// <summary>
/// For chosen users or for all, in one set or in one each.
/// </summary>
public sealed class PlaylistSharingTests : PublisherTest
{
    [Fact]
    public async Task For_chosen_users_a_list_is_shown_to_those_of_them_who_may_see_all_of_it()
    {
        var carl = Make.User("carl");
        See(carl, Enumerable.Range(1, 50));
        See(Bob, [1, 2, 3]);
        Compat.GetUsers().Returns([Bob, Ann, carl]);
        Configuration.PlaylistUsers = [Make.Name(Bob.Id)];

        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 1, 2, 4));

        Assert.All(Server, playlist => Assert.False(playlist.OpenAccess));
        Assert.All(Server, playlist => Assert.Equal(Ann.Id, playlist.OwnerUserId));
        Assert.Equal([Bob.Id], Server[0].Shares.Select(share => share.UserId));
        Assert.Empty(Server[1].Shares);
        Assert.False(Server[0].Shares[0].CanEdit);
    }

    [Fact]
    public async Task A_chosen_user_who_may_no_longer_see_all_of_a_list_loses_it()
    {
        Configuration.PlaylistUsers = [Make.Name(Bob.Id)];
        await Publish(List("calm", "Calm", 1, 2, 3));
        See(Bob, [1]);

        Assert.Equal(1, await Publisher().CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken));

        Assert.Empty(Server[0].Shares);
    }

    [Fact]
    public async Task In_private_each_user_has_a_set_of_what_they_may_see()
    {
        Configuration.PlaylistSharing = "Private";
        See(Bob, [1, 2, 3, 4, 5, 6]);

        var summary = await Publish(List("calm", "Calm", 1, 2, 3, 4, 5, 30), List("loud", "Loud", 6, 31, 32, 33, 34, 35));

        Assert.Equal(3, summary.Created);
        Assert.All(Server, playlist => Assert.False(playlist.OpenAccess));
        Assert.Equal(Ids(1, 2, 3, 4, 5, 30), Tracks(Of(Ann, "calm")!));
        Assert.Equal(Ids(1, 2, 3, 4, 5), Tracks(Of(Bob, "calm")!));
        Assert.NotNull(Of(Ann, "loud"));

        // One track of six is no playlist.
        Assert.Null(Of(Bob, "loud"));
    }

    [Fact]
    public async Task In_private_a_user_who_is_deleted_or_no_longer_chosen_has_none_and_a_new_one_gets_some()
    {
        Configuration.PlaylistSharing = "Private";
        await Publish(List("calm", "Calm", 1, 2, 3));
        var carl = Make.User("carl");
        See(carl, [1, 2, 3]);
        Compat.GetUsers().Returns([Bob, Ann, carl]);
        Configuration.PlaylistUsers = [Make.Name(Ann.Id), Make.Name(carl.Id)];
        var kept = Of(Ann, "calm")!.Id;

        Assert.Equal(new PublishSummary { Created = 1, Unchanged = 1, Removed = 1 }, await Publish(List("calm", "Calm", 1, 2, 3)));

        Assert.Equal(kept, Of(Ann, "calm")!.Id);
        Assert.NotNull(Of(carl, "calm"));
        Assert.Null(Of(Bob, "calm"));
    }

    [Fact]
    public async Task In_private_the_lists_of_a_disabled_user_wait_for_them()
    {
        Configuration.PlaylistSharing = "Private";
        await Publish(List("calm", "Calm", 1, 2, 3));
        Bob.Permissions.Add(new Permission(PermissionKind.IsDisabled, true));

        await Publish(List("calm", "Calm", 4, 5, 6));

        Assert.Equal(Ids(1, 2, 3), Tracks(Of(Bob, "calm")!));
        Assert.Equal(Ids(4, 5, 6), Tracks(Of(Ann, "calm")!));
    }

    [Fact]
    public async Task In_private_what_one_user_deletes_the_others_keep_and_it_can_be_had_again()
    {
        Configuration.PlaylistSharing = "Private";
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6));
        Server.Remove(Of(Bob, "calm")!);

        Assert.Equal(new PublishSummary { Unchanged = 3, Dismissed = 1 }, await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6)));
        Assert.Equal(new PublishSummary { Unchanged = 3 }, await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6)));
        Assert.Null(Of(Bob, "calm"));
        Engine.DidNotReceiveWithAnyArgs().EditPlaylist(default!, default!);

        await Publisher().TakeBackAsync("calm", changesToo: false, TestContext.Current.CancellationToken);
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6));
        Assert.NotNull(Of(Bob, "calm"));
    }

    [Fact]
    public async Task From_one_set_to_many_and_back_the_administrators_lists_stay_the_same()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        var id = Server[0].Id;

        Configuration.PlaylistSharing = "Private";
        Assert.Equal(new PublishSummary { Created = 1, Updated = 1, Closed = 1 }, await Publish(List("calm", "Calm", 1, 2, 3)));
        Assert.Equal(id, Of(Ann, "calm")!.Id);
        Assert.False(Of(Ann, "calm")!.OpenAccess);

        Configuration.PlaylistSharing = "Shared";
        Assert.Equal(new PublishSummary { Updated = 1, Removed = 1 }, await Publish(List("calm", "Calm", 1, 2, 3)));
        Assert.Equal(id, Assert.Single(Server).Id);
        Assert.True(Server[0].OpenAccess);
    }

    [Fact]
    public async Task Too_many_users_get_no_sets_without_end()
    {
        Configuration.PlaylistSharing = "Private";
        var users = Enumerable.Range(0, 60).Select(number => Make.User($"user{number:00}")).ToList();
        Assert.All(users, user => See(user, [1, 2, 3]));
        Compat.GetUsers().Returns(users);

        await Publish(List("calm", "Calm", 1, 2, 3));

        Assert.Equal(PlaylistAudience.MaxSets, Server.Count);
        Assert.Equal(users.Take(PlaylistAudience.MaxSets).Select(user => user.Id), Server.Select(playlist => playlist.OwnerUserId));
    }

    private Playlist? Of(User owner, string key) => Server.Find(playlist => playlist.OwnerUserId.Equals(owner.Id) && playlist.ProviderIds.GetValueOrDefault("Segue") == key);
}
