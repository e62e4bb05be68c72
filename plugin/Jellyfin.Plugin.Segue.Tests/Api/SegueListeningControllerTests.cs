using System.Net;
using Jellyfin.Plugin.Segue.Api;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

public sealed class SegueListeningControllerTests : SegueServer
{
    [Fact]
    public async Task A_user_is_told_their_own_lists_and_of_them_what_they_may_see()
    {
        Engine.GetPersonalLists(default!, default).ReturnsForAnyArgs(
        [
            new PersonalList { Key = "k", Kind = PersonalKind.NewForYou, Slot = 2, Name = "New", Description = "Never played.", Tracks = [Make.Near(8), Make.Near(2) with { Reason = "new" }, Make.Near(1)] },
        ]);

        var list = Assert.Single(await Read<List<SeguePersonalListDto>>(AsBob(HttpMethod.Get, "Segue/Taste")));

        Assert.Equal(("k", "NewForYou", 2, "New", "Never played."), (list.Key, list.Kind, list.Slot, list.Name, list.Description));
        Assert.Equal([Make.Id(2), Make.Id(1)], list.Tracks.Select(track => track.Id));
        Assert.Equal("new", list.Tracks[0].Reason);
        Engine.Received(1).GetPersonalLists(Make.Name(Bob.Id), Arg.Is<ItemSet?>(set => set!.Count == 3));
    }

    [Fact]
    public async Task Nobody_forgets_for_another()
    {
        using var forgotten = await AsBob(HttpMethod.Delete, $"Segue/Listening?userId={Ann.Id}");

        Assert.Equal(HttpStatusCode.NoContent, forgotten.StatusCode);
        Engine.Received(1).ForgetListener(Make.Name(Bob.Id));
        Assert.Single(Engine.ReceivedCalls());
    }

    [Fact]
    public async Task A_key_has_no_taste_and_no_past()
    {
        await ReadProblem(AsKey(HttpMethod.Get, "Segue/Taste"), HttpStatusCode.BadRequest);
        await ReadProblem(AsKey(HttpMethod.Delete, "Segue/Listening"), HttpStatusCode.BadRequest);

        Assert.Empty(Engine.ReceivedCalls());
    }

    [Fact]
    public async Task The_map_holds_what_the_caller_may_see()
    {
        Engine.GetMap(default).ReturnsForAnyArgs(new SongMap
        {
            Points = [new(Make.Id(1), -0.123456F, 1, 0), new(Make.Id(8), 0, 0, 0), new(null, 0, 0, 0), new(Make.Id(3), 0.5F, -1, -1)],
            Regions = [new MapRegion("calm", 0.25F, 0.75F, 2)],
        });

        var map = await Read<SegueMapDto>(AsBob(HttpMethod.Get, "Segue/Map"));
        Assert.Equal([Make.Id(1), Make.Id(3)], map.Ids);
        Assert.Equal([-0.1235F, 0.5F], map.X);
        Assert.Equal([1F, -1F], map.Y);
        Assert.Equal([0, -1], map.Regions);
        Assert.Equal([new SegueMapRegionDto("calm", 0.25F, 0.75F, 2)], map.Names);
        Engine.Received(1).GetMap(Arg.Is<ItemSet?>(set => set!.Count == 3));
        Library.ReceivedWithAnyArgs(1).GetHiddenTracks(default!, default!);
        Library.DidNotReceiveWithAnyArgs().GetTrack(default, default);

        Hide(Bob, 3);
        Assert.Equal([Make.Id(1)], (await Read<SegueMapDto>(AsBob(HttpMethod.Get, "Segue/Map"))).Ids);
        Assert.Equal(3, (await Read<SegueMapDto>(AsKey(HttpMethod.Get, "Segue/Map"))).Ids.Count);
    }

    [Fact]
    public async Task Before_the_first_map_there_is_an_empty_one()
    {
        Engine.GetMap(default).ReturnsForAnyArgs(new SongMap());

        var map = await Read<SegueMapDto>(AsBob(HttpMethod.Get, "Segue/Map"));

        Assert.Empty(map.Ids);
        Assert.Empty(map.Names);
    }
}
