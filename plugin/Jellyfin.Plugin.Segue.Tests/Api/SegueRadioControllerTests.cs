using System.Net;
using Jellyfin.Plugin.Segue.Playlists;
using NSubstitute;
using Xunit;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Tests.Api;

public sealed class SegueRadioControllerTests : SegueServer
{
    [Theory]
    [InlineData("PUT", true)]
    [InlineData("DELETE", false)]
    public async Task A_users_own_playlist_is_switched(string method, bool on)
    {
        var playlist = Item(new Playlist { Id = Make.Id(70), OwnerUserId = Bob.Id });

        using var answer = await AsBob(new HttpMethod(method), "Segue/Radio/" + Make.Name(playlist.Id));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await Radio.Received(1).SwitchAsync(playlist, on, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Others_playlists_and_those_that_Segue_makes_are_not()
    {
        Item(new Playlist { Id = Make.Id(70), OwnerUserId = Ann.Id });
        var made = Item(new Playlist { Id = Make.Id(71), OwnerUserId = Bob.Id });
        made.ProviderIds = new Dictionary<string, string> { [PlaylistMarks.Tether] = "calm" };

        foreach (var id in new[] { 70, 71, 72 })
        {
            await ReadProblem(AsBob(HttpMethod.Put, "Segue/Radio/" + Make.Name(Make.Id(id))), HttpStatusCode.NotFound);
        }

        await ReadProblem(AsKey(HttpMethod.Put, "Segue/Radio/" + Make.Name(Make.Id(70))), HttpStatusCode.NotFound);
        await Radio.DidNotReceiveWithAnyArgs().SwitchAsync(default!, default, default);
    }

    [Fact]
    public async Task Personal_mixes_come_back_for_the_user_who_asks()
    {
        using var answer = await AsBob(HttpMethod.Post, "Segue/PersonalMixes/Restore");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Personal.Received(1).TakeBack(Bob.Id);
        await ReadProblem(AsKey(HttpMethod.Post, "Segue/PersonalMixes/Restore"), HttpStatusCode.NotFound);
    }
}
