using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Model.Entities;
using NSubstitute;
using Segue.Native;
using Xunit;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Tests.Playlists;

/// <summary>
/// What a person has changed, deleted or excluded is as they want it.
/// </summary>
public sealed class PlaylistWishesTests : PublisherTest
{
    [Fact]
    public async Task A_name_that_a_person_gave_stays_and_all_else_moves_on()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        Server[0].Name = "What I call it";

        await Publish(List("calm", "Calm at night", 1, 2, 4));

        Assert.Equal("What I call it", Server[0].Name);
        Assert.Equal(Ids(1, 2, 4), Tracks(Server[0]));
        Assert.Equal("Calm at night music.", Server[0].Overview);
    }

    [Fact]
    public async Task A_name_given_on_the_page_later_is_the_newer_wish_and_is_given_once()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        Server[0].Name = "In Jellyfin";

        await Publish(List("calm", "On the page", 1, 2, 3) with { NamedBy = NamedBy.Person });
        Assert.Equal("On the page", Server[0].Name);

        Server[0].Name = "In Jellyfin again";
        await Publish(List("calm", "On the page", 1, 2, 3) with { NamedBy = NamedBy.Person });
        Assert.Equal("In Jellyfin again", Server[0].Name);
    }

    [Theory]
    [InlineData(new[] { 1, 2 })] // One taken out.
    [InlineData(new[] { 1, 2, 3, 9 })] // One put in.
    [InlineData(new[] { 2, 1, 3 })] // Moved.
    [InlineData(new int[0])] // Emptied.
    public async Task Tracks_that_a_person_put_together_stay_and_all_else_moves_on(int[] edited)
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        Server[0].LinkedChildren = Links(edited);

        await Publish(List("calm", "Calm at night", 4, 5, 6));
        await Publish(List("calm", "Calm by day", 6, 7, 8));

        Assert.Equal(Ids(edited), Tracks(Server[0]));
        Assert.Equal("Calm by day", Server[0].Name);
        Assert.Equal(["tracks"], Assert.Single(Publisher().GetPublished()).Theirs);
    }

    [Fact]
    public async Task Tracks_that_vanished_from_the_library_are_no_edit()
    {
        await Publish(List("calm", "Calm", 1, 2, 3, 4));
        Vanish(2, 4);
        Assert.Equal(Ids(1, 3), Tracks(Server[0]));

        await Publish(List("calm", "Calm", 1, 3, 5, 6));

        Assert.Equal(Ids(1, 3, 5, 6), Tracks(Server[0]));
    }

    [Fact]
    public async Task Entries_of_vanished_tracks_that_are_still_listed_are_no_edit_either()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        Existing.Remove(Make.Id(2));

        await Publish(List("calm", "Calm", 1, 3, 4));

        Assert.Equal(Ids(1, 3, 4), Tracks(Server[0]));
    }

    [Fact]
    public async Task What_a_person_took_out_is_an_edit_though_others_vanished()
    {
        await Publish(List("calm", "Calm", 1, 2, 3, 4));
        Vanish(4);
        Server[0].LinkedChildren = Links(1, 3);

        await Publish(List("calm", "Calm", 5, 6));

        Assert.Equal(Ids(1, 3), Tracks(Server[0]));
    }

    [Fact]
    public async Task A_list_put_together_by_hand_is_shown_to_those_only_who_may_see_all_of_it()
    {
        See(Bob, [1, 2, 3]);
        await Publish(List("calm", "Calm", 1, 2, 3));
        Assert.True(Server[0].OpenAccess);
        Server[0].LinkedChildren = Links(1, 9);

        await Publish(List("calm", "Calm", 1, 2, 3));

        Assert.False(Server[0].OpenAccess);
        Assert.Equal(Ids(1, 9), Tracks(Server[0]));
    }

    [Fact]
    public async Task A_description_that_a_person_wrote_stays_and_all_else_moves_on()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        Server[0].Overview = "For the kitchen.";

        await Publish(List("calm", "Calm at night", 1, 2, 4));

        Assert.Equal("For the kitchen.", Server[0].Overview);
        Assert.Equal("Calm at night", Server[0].Name);
        Assert.Equal(Ids(1, 2, 4), Tracks(Server[0]));
    }

    [Fact]
    public async Task A_list_that_a_person_closed_stays_closed_and_moves_on()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        Server[0].OpenAccess = false;

        await Publish(List("calm", "Calm", 1, 2, 4));

        Assert.False(Server[0].OpenAccess);
        Assert.Equal(Ids(1, 2, 4), Tracks(Server[0]));
    }

    [Fact]
    public async Task A_list_that_a_person_opened_stays_open_and_gets_only_what_everybody_may_see()
    {
        See(Bob, [1, 2, 5]);
        await Publish(List("calm", "Calm", 1, 2, 3));
        Assert.False(Server[0].OpenAccess);
        Server[0].OpenAccess = true;

        await Publish(List("calm", "Calm", 1, 2, 3, 5));

        Assert.True(Server[0].OpenAccess);
        Assert.Equal(Ids(1, 2, 5), Tracks(Server[0]));
        Assert.Equal(0, await Publisher().CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_list_that_a_person_shows_to_somebody_gets_only_what_they_may_see()
    {
        See(Bob, [1, 2]);
        await Publish(List("calm", "Calm", 1, 2, 3));
        Server[0].Shares = [new PlaylistUserPermissions(Bob.Id, canEdit: true)];

        await Publish(List("calm", "Calm", 1, 2, 3));

        Assert.Equal(Bob.Id, Assert.Single(Server[0].Shares).UserId);
        Assert.Equal(Ids(1, 2), Tracks(Server[0]));
    }

    [Fact]
    public async Task An_excluded_list_goes_whoever_renamed_it()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5));
        Server[0].Name = "Mine";

        var summary = await Publish(List("calm", "Calm", 1, 2, 3) with { Excluded = true }, List("loud", "Loud", 4, 5));

        Assert.Equal(new PublishSummary { Removed = 1, Unchanged = 1 }, summary);
        Assert.Equal("Loud", Assert.Single(Server).Name);
        LibraryManager.Received(1).DeleteItem(Arg.Any<BaseItem>(), Arg.Is<MediaBrowser.Controller.Library.DeleteOptions>(options => options.DeleteFileLocation), true);
    }

    [Fact]
    public async Task An_excluded_list_whose_tracks_were_put_together_by_hand_becomes_that_persons_own()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        Server[0].LinkedChildren = Links(1, 2, 9);

        var summary = await Publish(List("calm", "Calm", 1, 2, 3) with { Excluded = true });

        Assert.Equal(new PublishSummary { LeftToPeople = 1 }, summary);
        Assert.Equal(Ids(1, 2, 9), Tracks(Assert.Single(Server)));
        Assert.Empty(Server[0].ProviderIds);
        Assert.Empty(Publisher().GetPublished());
    }

    [Fact]
    public async Task A_list_that_is_made_no_longer_goes_if_nobody_touched_it()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6));

        Assert.Equal(new PublishSummary { Unchanged = 1, Removed = 1 }, await Publish(List("calm", "Calm", 1, 2, 3)));
        Assert.Equal("Calm", Assert.Single(Server).Name);
    }

    [Fact]
    public async Task A_list_that_is_made_no_longer_stays_with_those_who_touched_it()
    {
        Action<Playlist>[] touches =
        [
            playlist => playlist.Name = "Mine",
            playlist => playlist.LinkedChildren = Links(1),
            playlist => playlist.Overview = "Mine.",
            playlist => playlist.OpenAccess = false,
            playlist => Covers.IsTheirs(playlist).Returns(true),
        ];
        foreach (var touch in touches)
        {
            Server.Clear();
            State = new PublishedState();
            await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6));
            touch(Server[1]);

            Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2, 3))).LeftToPeople);
            Assert.Equal(2, Server.Count);
            Assert.Empty(Server[1].ProviderIds);
        }

        NothingDeleted();
    }

    [Fact]
    public async Task A_list_that_fades_stays_as_it_is_and_is_not_made_where_it_is_not()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));

        var summary = await Publish(List("calm", "Calm now", 4) with { Faded = 1 }, List("loud", "Loud", 4, 5, 6) with { Faded = 1 });

        Assert.Equal(new PublishSummary(), summary);
        Assert.Equal("Calm", Assert.Single(Server).Name);
        Assert.Equal(Ids(1, 2, 3), Tracks(Server[0]));
    }

    [Fact]
    public async Task An_engine_that_knows_none_of_the_lists_takes_none_away()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6));

        Assert.Equal(new PublishSummary { Created = 1 }, await Publish(List("other", "Other", 7, 8)));
        Assert.Equal(3, Server.Count);

        Assert.Equal(new PublishSummary(), await PublishAgainWithNothing());
        Assert.Equal(3, Server.Count);
        NothingDeleted();
    }

    [Fact]
    public async Task A_list_that_a_person_deleted_is_excluded_from_then_on()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6));
        Server.RemoveAt(0);

        Assert.Equal(new PublishSummary { Dismissed = 1, Unchanged = 1 }, await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6)));
        Engine.Received(1).EditPlaylist("calm", new PlaylistEdit { Excluded = true });
        Assert.Equal("Loud", Assert.Single(Server).Name);

        // Undone on the page, it comes back.
        Assert.Equal(new PublishSummary { Created = 1, Unchanged = 1 }, await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6)));
    }

    [Fact]
    public async Task One_that_fades_and_is_deleted_is_not_wanted_either()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6));
        Server.RemoveAt(0);

        Assert.Equal(1, (await Publish(List("calm", "Calm", 1, 2, 3) with { Faded = 1 }, List("loud", "Loud", 4, 5, 6))).Dismissed);
    }

    [Fact]
    public async Task Lists_that_have_all_vanished_are_made_again()
    {
        await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6));
        Server.Clear();

        Assert.Equal(new PublishSummary { Created = 2 }, await Publish(List("calm", "Calm", 1, 2, 3), List("loud", "Loud", 4, 5, 6)));
        Engine.DidNotReceiveWithAnyArgs().EditPlaylist(default!, default!);
    }

    [Fact]
    public async Task What_people_changed_can_be_taken_back()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        Server[0].Name = "Mine";
        Server[0].Overview = "Mine.";
        Server[0].OpenAccess = false;
        Server[0].LinkedChildren = Links(9);
        Covers.IsTheirs(Server[0]).Returns(true);
        Assert.Equal(["name", "tracks", "description", "cover", "sharing"], Assert.Single(Publisher().GetPublished()).Theirs);

        await Publisher().TakeBackAsync("calm", changesToo: true, TestContext.Current.CancellationToken);
        Covers.Received(1).TakeBack(Server[0]);
        await Publish(List("calm", "Calm", 1, 2, 3));

        Assert.Equal(("Calm", "Calm music.", true), (Server[0].Name, Server[0].Overview, Server[0].OpenAccess));
        Assert.Equal(Ids(1, 2, 3), Tracks(Server[0]));
    }

    [Fact]
    public async Task The_marks_hold_no_whole_ids()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));

        Assert.All(Server[0].ProviderIds.Values, value => Assert.All(Ids(1, 2, 3), id => Assert.DoesNotContain(Make.Name(id), value, StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(PublishSummaryOf(1), Publisher().GetLast()! with { At = default });
    }

    private static PublishSummary PublishSummaryOf(int created) => new() { Created = created };

    private Task<PublishSummary> PublishAgainWithNothing() => Publish();
}
