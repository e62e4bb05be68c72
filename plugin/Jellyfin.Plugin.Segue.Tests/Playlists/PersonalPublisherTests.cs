using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Playlists;
using Microsoft.Extensions.Logging.Abstractions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Playlists;

public sealed class PersonalPublisherTests : PublisherTest
{
    [Fact]
    public async Task A_users_own_list_belongs_to_them_and_nobody_else_sees_it()
    {
        var summary = await Personal(Bob, Own("a", "Daily mix 1", 1, 2, 3, 4, 5));

        var playlist = Assert.Single(Server);
        Assert.Equal(Bob.Id, playlist.OwnerUserId);
        Assert.False(playlist.OpenAccess);
        Assert.Empty(playlist.Shares);
        Assert.Equal(Ids(1, 2, 3, 4, 5), Tracks(playlist));
        Assert.Equal("personal.a", PlaylistMarks.Key(playlist));
        Assert.Equal(1, summary.Created);
    }

    [Fact]
    public async Task It_moves_on_in_place()
    {
        await Personal(Bob, Own("a", "Daily mix 1", 1, 2, 3, 4, 5));
        var id = Server[0].Id;

        var moved = await Personal(Bob, Own("a", "Daily mix 1", 9, 8, 7, 6, 5));
        var again = await Personal(Bob, Own("a", "Daily mix 1", 9, 8, 7, 6, 5));

        var playlist = Assert.Single(Server);
        Assert.Equal(id, playlist.Id);
        Assert.Equal(Ids(9, 8, 7, 6, 5), Tracks(playlist));
        Assert.Equal((1, 0), (moved.Updated, moved.Created));
        Assert.Equal((0, 1), (again.Updated, again.Unchanged));
    }

    [Fact]
    public async Task What_the_user_may_not_see_never_gets_in()
    {
        See(Bob, Enumerable.Range(1, 8));

        await Personal(Bob, Own("a", "Daily mix 1", [.. Enumerable.Range(1, 20)]));

        Assert.Equal(Enumerable.Range(1, 8).Select(Make.Id), Tracks(Assert.Single(Server)));
    }

    [Fact]
    public async Task One_that_is_no_longer_made_goes()
    {
        await Personal(Bob, Own("a", "Daily mix 1", 1, 2, 3, 4, 5), Own("b", "On repeat", 6, 7, 8, 9, 10));

        await Personal(Bob, Own("a", "Daily mix 1", 1, 2, 3, 4, 5));

        Assert.Equal("Daily mix 1", Assert.Single(Server).Name);
    }

    [Fact]
    public async Task One_that_the_user_deleted_comes_back_when_they_ask_for_it()
    {
        var (first, second) = (Own("a", "Daily mix 1", 1, 2, 3, 4, 5), Own("b", "On repeat", 6, 7, 8, 9, 10));
        await Personal(Bob, first, second);
        Server.RemoveAll(playlist => playlist.Name == "On repeat");

        await Personal(Bob, first, second);
        Assert.Equal("Daily mix 1", Assert.Single(Server).Name);

        // Also after a while in which it was not made.
        await Personal(Bob, first);
        await Personal(Bob, first, second);
        Assert.Equal("Daily mix 1", Assert.Single(Server).Name);

        PersonalPublisher().TakeBack(Bob.Id);
        await Personal(Bob, first, second);
        Assert.Equal(["Daily mix 1", "On repeat"], Server.Select(playlist => playlist.Name));
    }

    [Fact]
    public async Task A_run_for_one_user_touches_nothing_of_anybody_else()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        await Personal(Ann, Own("a", "Ann's mix", 1, 2, 3, 4, 5));
        await Personal(Bob, Own("b", "Bob's mix", 6, 7, 8, 9, 10));
        await Personal(Bob);
        await Publish(List("calm", "Calm", 3, 2, 1));

        Assert.Equal(["Calm", "Ann's mix", "Bob's mix"], Server.Select(playlist => playlist.Name));
        Assert.Equal(
            [new PublishedList("calm", Ann.Id), new PublishedList("personal.a", Ann.Id), new PublishedList("personal.b", Bob.Id)],
            State.Lists);
        NothingDeleted();
    }

    [Fact]
    public async Task Taking_back_is_for_the_user_who_asks()
    {
        await Personal(Ann, Own("a", "A", 1, 2, 3, 4, 5), Own("b", "B", 1, 2, 3, 4, 6));
        Server.RemoveAll(playlist => playlist.Name == "B");
        await Personal(Ann, Own("a", "A", 1, 2, 3, 4, 5), Own("b", "B", 1, 2, 3, 4, 6));

        PersonalPublisher().TakeBack(Bob.Id);

        Assert.Equal([new PublishedList("personal.b", Ann.Id)], State.Dismissed);
    }

    [Fact]
    public async Task The_page_of_all_playlists_does_not_show_them()
    {
        await Personal(Bob, Own("a", "Daily mix 1", 1, 2, 3, 4, 5));

        Assert.Empty(Publisher().GetPublished());
    }

    private static PersonalList Own(string key, string name, params int[] tracks) => new()
    {
        Key = key,
        Name = name,
        Description = name + " of yours.",
        Tracks = [.. tracks.Select(number => Make.Near(number))],
    };

    private Task<PublishSummary> Personal(User user, params PersonalList[] lists) =>
        PersonalPublisher().PublishAsync(Engine, user, lists, TestContext.Current.CancellationToken);

    private PersonalPublisher PersonalPublisher() =>
        new(Manager, LibraryManager, Library, Compat, Covers, Ledger(), NullLogger<PersonalPublisher>.Instance);
}
