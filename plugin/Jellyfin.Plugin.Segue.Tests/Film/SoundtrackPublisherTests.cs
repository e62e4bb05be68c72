using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Film;
using Jellyfin.Plugin.Segue.Playlists;
using Jellyfin.Plugin.Segue.Tests.Playlists;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Film;

public sealed class SoundtrackPublisherTests : PublisherTest
{
    [Fact]
    public async Task A_films_playlist_belongs_to_who_wished_for_it_and_nobody_else_sees_it()
    {
        var playlist = await PublishFilm(Bob, null, Film(900, "one", 1, 2, 3, 4, 5));

        var there = Assert.Single(Server);
        Assert.Equal(new SoundtrackPlaylist(there.Id, "Music for 900"), playlist);
        Assert.Equal((Bob.Id, false, 0), (there.OwnerUserId, there.OpenAccess, there.Shares.Count));
        Assert.Equal(Ids(1, 2, 3, 4, 5), Tracks(there));
        Assert.Equal("Why.", there.Overview);
        Assert.Equal("one", PlaylistMarks.Get(there, PlaylistMarks.GivenFilm));
    }

    [Fact]
    public async Task The_next_one_for_the_same_film_takes_its_place()
    {
        var first = await PublishFilm(Bob, null, Film(900, "one", 1, 2, 3, 4, 5));
        var second = await PublishFilm(Bob, null, Film(900, "two", 9, 8, 7, 6, 5));

        Assert.Equal(first!.Id, second!.Id);
        Assert.Equal(Ids(9, 8, 7, 6, 5), Tracks(Assert.Single(Server)));
        Assert.Equal("two", PlaylistMarks.Get(Server[0], PlaylistMarks.GivenFilm));

        var saves = Saves;
        await PublishFilm(Bob, null, Film(900, "two", 9, 8, 7, 6, 5));
        Assert.Equal(saves, Saves);
    }

    [Fact]
    public async Task Each_film_and_each_user_has_one_of_its_own()
    {
        await PublishFilm(Bob, null, Film(900, "one", 1, 2, 3, 4, 5));
        await PublishFilm(Bob, null, Film(901, "one", 1, 2, 3, 4, 5));
        await PublishFilm(Ann, null, Film(900, "one", 1, 2, 3, 4, 5));

        Assert.Equal(3, Server.Count);
        Assert.Equal([Bob.Id, Bob.Id, Ann.Id], Server.Select(playlist => playlist.OwnerUserId));
        NothingDeleted();
    }

    [Fact]
    public async Task What_a_person_has_changed_is_theirs()
    {
        await PublishFilm(Bob, null, Film(900, "one", 1, 2, 3, 4, 5));
        Server[0].Name = "My evening";
        Server[0].LinkedChildren = Links(5, 4);

        var playlist = await PublishFilm(Bob, null, Film(900, "two", 9, 8, 7, 6, 5));

        Assert.Equal("My evening", playlist!.Name);
        Assert.Equal(Ids(5, 4), Tracks(Server[0]));
    }

    [Fact]
    public async Task What_the_owner_may_not_see_never_gets_in()
    {
        See(Bob, Enumerable.Range(1, 5));
        await PublishFilm(Bob, null, Film(900, "one", [.. Enumerable.Range(1, 20)]));
        Assert.Equal(Ids(1, 2, 3, 4, 5), Tracks(Assert.Single(Server)));

        See(Bob, []);
        Assert.Null(await PublishFilm(Bob, null, Film(901, "one", 1, 2, 3, 4, 5)));
    }

    [Fact]
    public async Task Shared_it_is_shown_to_those_who_may_see_the_film_and_all_of_its_music()
    {
        await PublishFilm(Ann, [Ann, Bob], Film(900, "one", 1, 2, 3, 4, 5));
        Assert.True(Server[0].OpenAccess);

        // Bob may not see the film, or not all of the music.
        await PublishFilm(Ann, [Ann], Film(901, "one", 1, 2, 3, 4, 5));
        See(Bob, Enumerable.Range(1, 4));
        await PublishFilm(Ann, [Ann, Bob], Film(902, "one", 1, 2, 3, 4, 5));
        Assert.All(Server.Skip(1), playlist =>
        {
            Assert.False(playlist.OpenAccess);
            Assert.Empty(playlist.Shares);
        });
    }

    [Fact]
    public async Task Some_of_many_are_named()
    {
        var cleo = Make.User("cleo");
        Compat.GetUsers().Returns([Bob, Ann, cleo]);
        See(cleo, Enumerable.Range(1, 50));

        await PublishFilm(Ann, [Ann, cleo], Film(900, "one", 1, 2, 3, 4, 5));

        Assert.False(Server[0].OpenAccess);
        Assert.Equal([cleo.Id], Server[0].Shares.Select(share => share.UserId));
        Assert.False(Server[0].Shares[0].CanEdit);
    }

    [Fact]
    public async Task Whom_it_is_shown_to_follows_what_they_may_see()
    {
        await PublishFilm(Ann, [Ann, Bob], Film(900, "one", 1, 2, 3, 4, 5), Film(901, "one", 6, 7, 8, 9, 10));

        Assert.Equal(1, await Soundtracks().ShareAsync(Engine, [Make.Id(900)], Ann, [Ann], TestContext.Current.CancellationToken));
        Assert.Equal([false, true], Server.Select(playlist => playlist.OpenAccess));
        Assert.Equal(Ids(1, 2, 3, 4, 5), Tracks(Server[0]));
        Assert.Equal("Why.", Server[0].Overview);

        Assert.Equal(1, await Soundtracks().ShareAsync(Engine, [Make.Id(900)], Ann, [Ann, Bob], TestContext.Current.CancellationToken));
        Assert.Equal(0, await Soundtracks().ShareAsync(Engine, [Make.Id(900), Make.Id(901), Make.Id(902)], Ann, [Ann, Bob], TestContext.Current.CancellationToken));
        Assert.Equal([true, true], Server.Select(playlist => playlist.OpenAccess));

        // Also when it is the tracks that are closed to somebody.
        See(Bob, Enumerable.Range(2, 40));
        Assert.Equal(1, await Publisher().CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken));
        Assert.Equal([false, true], Server.Select(playlist => playlist.OpenAccess));
    }

    [Fact]
    public async Task A_film_that_is_hidden_from_somebody_takes_its_playlist_along()
    {
        var cleo = Make.User("cleo");
        Compat.GetUsers().Returns([Bob, Ann, cleo]);
        See(cleo, Enumerable.Range(1, 50));
        await PublishFilm(Ann, [Ann, Bob, cleo], Film(48, "one", 1, 2, 3, 4, 5));
        await PublishFilm(Ann, [Ann, cleo], Film(49, "one", 1, 2, 3, 4, 5));
        Compat.IsVisible(default!, default!).ReturnsForAnyArgs(call => call.Arg<User>() != cleo);

        Assert.Equal(2, await Publisher().CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken));

        Assert.All(Server, playlist => Assert.False(playlist.OpenAccess));
        Assert.All(Server, playlist => Assert.Empty(playlist.Shares));
        Assert.Equal(0, await Publisher().CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_was_published_is_known_and_what_a_person_deleted()
    {
        await PublishFilm(Ann, null, Film(900, "one", 1, 2, 3, 4, 5), Film(901, "two", 1, 2, 3, 4, 5));
        await PublishFilm(Bob, null, Film(902, "three", 1, 2, 3, 4, 5));

        var before = Soundtracks().GetPublished(Ann);
        Assert.Equal(new Dictionary<Guid, string> { [Make.Id(900)] = "one", [Make.Id(901)] = "two" }, before.Digests);
        Assert.Empty(before.Deleted);

        Server.RemoveAll(playlist => playlist.Name == "Music for 901");
        Assert.Equal([Make.Id(901)], Soundtracks().GetPublished(Ann).Deleted);

        // Who asks for it again gets it.
        await PublishFilm(Ann, null, Film(901, "two", 1, 2, 3, 4, 5));
        Assert.Empty(Soundtracks().GetPublished(Ann).Deleted);

        // All at once is nobody's wish.
        Server.RemoveAll(playlist => playlist.OwnerUserId.Equals(Ann.Id));
        Assert.Empty(Soundtracks().GetPublished(Ann).Deleted);
    }

    [Fact]
    public async Task Lists_of_other_kinds_and_films_leave_each_other_alone()
    {
        await Publish(List("calm", "Calm", 1, 2, 3));
        await PublishFilm(Ann, null, Film(900, "one", 1, 2, 3, 4, 5));
        await Publish(List("slow", "Slow", 3, 2, 1));
        await Publish(List("slow", "Slow", 3, 2, 1));

        Assert.Equal(["Music for 900", "Slow"], Server.Select(playlist => playlist.Name).Order(StringComparer.Ordinal));
        Assert.Contains(new PublishedList("film." + Make.Name(Make.Id(900)), Ann.Id), State.Lists);
        Assert.DoesNotContain(Publisher().GetPublished(), list => list.Name == "Music for 900");
        Engine.DidNotReceiveWithAnyArgs().EditPlaylist(default!, default!);
    }

    private static SoundtrackList Film(int film, string digest, params int[] tracks) =>
        new(Make.Id(film), $"Music for {film}", "Why.", digest, [.. tracks.Select(number => Make.Near(number))]);

    private async Task<SoundtrackPlaylist?> PublishFilm(User owner, IReadOnlyCollection<User>? viewers, params SoundtrackList[] lists)
    {
        SoundtrackPlaylist? last = null;
        foreach (var list in lists)
        {
            last = await Soundtracks().PublishAsync(Engine, list, owner, viewers, TestContext.Current.CancellationToken);
        }

        return last;
    }

    private SoundtrackPublisher Soundtracks() =>
        new(Manager, LibraryManager, Library, Compat, Covers, Ledger(), NullLogger<SoundtrackPublisher>.Instance);
}
