using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Model.Entities;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Segue.Native;
using Xunit;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Tests.Playlists;

public sealed class RadioPlaylistsTests : PublisherTest
{
    private readonly List<MixRequest> _asked = [];

    public RadioPlaylistsTests()
    {
        Library.GetCandidates(default!).ReturnsForAnyArgs(_ => new ItemSet(Existing));
        Library.GetTracks(default!, default, default).ReturnsForAnyArgs(call =>
            [.. call.Arg<IReadOnlyList<Guid>>().Where(Existing.Contains).Select(id => new Audio { Id = id, Path = PathOf(id), RunTimeTicks = 10 })]);
        Engine.Mix(default!).ReturnsForAnyArgs(call =>
        {
            _asked.Add(call.Arg<MixRequest>());
            return [Make.Near(3), Make.Near(30), Make.Near(31), Make.Near(32)];
        });
    }

    [Fact]
    public async Task Near_the_end_it_goes_on_from_there_without_repeating_anything()
    {
        var playlist = await Radio(Bob.Id, 1, 2, 3);

        var added = await Refill(3);

        Assert.Equal(3, added);
        Assert.Equal(Ids(1, 2, 3, 30, 31, 32), Tracks(playlist));
        Assert.Equal(60, playlist.RunTimeTicks);
        Assert.Equal(Ids(1, 2, 3).Select(Make.Name), _asked[0].Queue);
        Assert.Equal(Ids(1, 2, 3).Select(Seed.Track), _asked[0].Seeds);
        Assert.Equal(Make.Name(Bob.Id), _asked[0].Listener);
    }

    [Fact]
    public async Task Before_its_end_and_in_other_lists_nothing_happens()
    {
        var playlist = await Radio(Bob.Id, [.. Enumerable.Range(1, 20)]);
        await Radio(Ann.Id, 1, 2);
        Add(Bob.Id, 1, 2);

        Assert.Equal(0, await Refill(1));
        Assert.Equal(20, playlist.LinkedChildren.Length);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task What_it_began_with_says_what_it_plays_also_when_that_is_long_gone()
    {
        var playlist = await Radio(Bob.Id, 1, 2, 3);
        playlist.LinkedChildren = Links(40, 41, 42);

        await Refill(42);

        Assert.Equal(Ids(1, 2, 3).Select(Seed.Track), _asked[0].Seeds);
    }

    [Fact]
    public async Task It_does_not_grow_for_ever()
    {
        Existing.UnionWith(Enumerable.Range(1000, RadioPlaylists.Longest).Select(Make.Id));
        var numbers = Enumerable.Range(1000, RadioPlaylists.Longest).ToArray();
        var playlist = await Radio(Bob.Id, numbers);

        Assert.Equal(3 + 1, await Refill(numbers[^1]));

        Assert.Equal(RadioPlaylists.Longest, playlist.LinkedChildren.Length);
        Assert.Equal(Ids([.. numbers[4..], 3, 30, 31, 32]), Tracks(playlist));
        Assert.Equal(10 * RadioPlaylists.Longest, playlist.RunTimeTicks);
    }

    [Fact]
    public async Task In_a_list_that_others_see_comes_only_what_they_may_see()
    {
        var playlist = await Radio(Bob.Id, 1, 2, 3);
        playlist.Shares = [new PlaylistUserPermissions(Ann.Id)];
        See(Ann, [1, 2, 3, 31]);

        await Refill(3);

        Assert.Equal(Ids(1, 2, 3, 31), Tracks(playlist));
    }

    [Fact]
    public async Task Switched_off_it_is_an_ordinary_list_again()
    {
        var playlist = await Radio(Bob.Id, 1, 2, 3);

        await Service().SwitchAsync(playlist, on: false, TestContext.Current.CancellationToken);

        Assert.Equal(0, await Refill(3));
        Assert.Equal(3, playlist.LinkedChildren.Length);
        Assert.False(playlist.ProviderIds.ContainsKey(RadioPlaylists.Mark));
    }

    private Playlist Add(Guid owner, params int[] tracks)
    {
        var playlist = new Playlist { Id = Make.Id(500 + Server.Count), Name = "Radio", OwnerUserId = owner, LinkedChildren = Links(tracks), RunTimeTicks = 10 * tracks.Length };
        Server.Add(playlist);
        return playlist;
    }

    private async Task<Playlist> Radio(Guid owner, params int[] tracks)
    {
        var playlist = Add(owner, tracks);
        await Service().SwitchAsync(playlist, on: true, TestContext.Current.CancellationToken);
        return playlist;
    }

    private Task<int> Refill(int track) => Service().RefillAsync(Engine, Bob, Make.Id(track), TestContext.Current.CancellationToken);

    private RadioPlaylists Service() => new(LibraryManager, Library, Compat, new PluginSettings(() => Configuration, () => null), NullLogger<RadioPlaylists>.Instance);
}
