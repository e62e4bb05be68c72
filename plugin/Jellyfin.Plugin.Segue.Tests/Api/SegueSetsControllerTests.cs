using System.Net;
using Jellyfin.Data.Enums;
using Jellyfin.Plugin.Segue.Api;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Model.Entities;
using MediaBrowser.Model.Playlists;
using NSubstitute;
using Segue.Native;
using Xunit;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Tests.Api;

/// <summary>
/// A playlist of Bob's, with tracks 1, 8 (which Bob may not see), 2, 3.
/// </summary>
public sealed class SegueSetsControllerTests : SegueServer
{
    private readonly Playlist _playlist;

    public SegueSetsControllerTests()
    {
        foreach (var number in Enumerable.Range(1, 9))
        {
            Item(Make.Track(number), Ann);
        }

        _playlist = Item(Holding(1, 8, 2, 3), Ann, Bob);
        _playlist.OwnerUserId = Bob.Id;
        Compat.GetPlaylistItems(default!).ReturnsForAnyArgs(call => [.. call.Arg<Playlist>().LinkedChildren.Select(link => link.ItemId!.Value)]);
        Compat.CreateLink(default!).ReturnsForAnyArgs(call => new LinkedChild { ItemId = call.Arg<BaseItem>().Id });
        Manager.CreatePlaylist(default!).ReturnsForAnyArgs(new PlaylistCreationResult(Make.Name(Make.Id(100))));
        Engine.Extend(default!).ReturnsForAnyArgs([Make.Near(9), Make.Near(2), Make.Near(7), Make.Near(4) with { Reason = "fits" }]);
        Engine.FindMisfits(default!).ReturnsForAnyArgs([new Misfit(Make.Near(2), 5), new Misfit(Make.Near(8), 4.5F), new Misfit(Make.Near(3), 3), new Misfit(Make.Near(1), 0.5F)]);
        Engine.Flow(default!).ReturnsForAnyArgs([Make.Near(3), Make.Near(9), Make.Near(1)]);
    }

    [Fact]
    public async Task An_answer_changes_nothing()
    {
        _playlist.Shares = [new PlaylistUserPermissions(Ann.Id)];
        var more = await Read<SegueSetDto>(AsAnn(HttpMethod.Get, Route("Extend?count=2&variation=4")));
        Assert.Equal([Make.Id(9), Make.Id(7)], more.Tracks.Select(track => track.Id));
        Assert.Null(more.PlaylistId);
        Engine.Received(1).Extend(Arg.Is<ExtendRequest>(request => request.Count == 2 + SegueSetsController.Spare && request.Variation == 4
            && request.Tracks.SequenceEqual(new[] { 1, 8, 2, 3 }.Select(number => Make.Name(Make.Id(number)))) && request.Listener == Make.Name(Ann.Id)));

        var misfits = await Read<SegueSetDto>(AsBob(HttpMethod.Get, Route("Clean?deviations=3")));
        Assert.Equal([(Make.Id(2), 5F), (Make.Id(3), 3F)], misfits.Tracks.Select(track => (track.Id, track.Deviations)));
        Engine.Received(1).FindMisfits(Arg.Is<TracksRequest>(request => request.Allowed!.Count == 3
            && request.Tracks.SequenceEqual(new[] { 1, 2, 3 }.Select(number => Make.Name(Make.Id(number))))));

        var order = await Read<SegueSetDto>(AsBob(HttpMethod.Get, Route("Order")));
        Assert.Equal([Make.Id(3), Make.Id(1)], order.Tracks.Select(track => track.Id));

        Assert.Equal([1, 8, 2, 3], Numbers());
        await Compat.DidNotReceiveWithAnyArgs().SaveAsync(default!, default);
        await Manager.DidNotReceiveWithAnyArgs().CreatePlaylist(default!);
    }

    [Fact]
    public async Task In_place_nothing_is_added_that_a_viewer_may_not_see()
    {
        var kept = _playlist.LinkedChildren[1];
        _playlist.OwnerUserId = Ann.Id;
        var added = await Read<SegueSetDto>(AsAnn(HttpMethod.Post, Route("Extend?apply=InPlace&count=2")));

        Assert.Equal([Make.Id(9), Make.Id(7)], added.Tracks.Select(track => track.Id));
        Assert.Equal(_playlist.Id, added.PlaylistId);
        Assert.Equal([1, 8, 2, 3, 9, 7], Numbers());
        Assert.Same(kept, _playlist.LinkedChildren[1]);
        Assert.Equal(TimeSpan.FromMinutes(14 + 16).Ticks, _playlist.RunTimeTicks);
        await Compat.Received(1).SaveAsync(_playlist, Arg.Any<CancellationToken>());

        // Bob sees tracks 1 to 3.
        _playlist.Shares = [new PlaylistUserPermissions(Bob.Id)];
        Assert.Empty((await Read<SegueSetDto>(AsAnn(HttpMethod.Post, Route("Extend?apply=InPlace")))).Tracks);
        Assert.Equal([1, 8, 2, 3, 9, 7], Numbers());
        await Compat.ReceivedWithAnyArgs(1).SaveAsync(default!, default);
    }

    [Fact]
    public async Task In_place_what_does_not_belong_goes_and_what_is_hidden_stays()
    {
        var cleaned = await Read<SegueSetDto>(AsBob(HttpMethod.Post, Route("Clean?apply=inPlace&deviations=4")));

        Assert.Equal([Make.Id(2)], cleaned.Tracks.Select(track => track.Id));
        Assert.Equal([1, 8, 3], Numbers());
        Assert.Equal(TimeSpan.FromMinutes(12).Ticks, _playlist.RunTimeTicks);
    }

    [Fact]
    public async Task In_place_what_cannot_be_ordered_keeps_its_place()
    {
        var ordered = await Read<SegueSetDto>(AsBob(HttpMethod.Post, Route("Order?apply=InPlace")));

        Assert.Equal(_playlist.Id, ordered.PlaylistId);
        Assert.Equal([3, 8, 2, 1], Numbers());
        Assert.Equal(TimeSpan.FromMinutes(14).Ticks, _playlist.RunTimeTicks);
    }

    [Fact]
    public async Task A_copy_is_the_callers_own_and_holds_what_they_may_see()
    {
        var copy = await Read<SegueSetDto>(AsBob(HttpMethod.Post, Route("Order?apply=Copy")));

        Assert.Equal(Make.Id(100), copy.PlaylistId);
        await Manager.Received(1).CreatePlaylist(Arg.Is<PlaylistCreationRequest>(request => request.Name == "Mine" && request.UserId.Equals(Bob.Id)
            && request.MediaType == MediaType.Audio && request.Public == false
            && request.ItemIdList.SequenceEqual(new[] { Make.Id(3), Make.Id(2), Make.Id(1) })));
        Assert.Equal([1, 8, 2, 3], Numbers());
        await Compat.DidNotReceiveWithAnyArgs().SaveAsync(default!, default);
    }

    [Theory]
    [InlineData(false, false, HttpStatusCode.NotFound, HttpStatusCode.NotFound)]
    [InlineData(true, false, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(true, true, HttpStatusCode.OK, HttpStatusCode.OK)]
    public async Task Who_may_not_open_or_edit_a_playlist_does_not(bool shared, bool canEdit, HttpStatusCode look, HttpStatusCode change)
    {
        _playlist.OwnerUserId = Ann.Id;
        _playlist.Shares = shared ? [new PlaylistUserPermissions(Bob.Id, canEdit)] : [];

        foreach (var route in new[] { "Extend", "Clean", "Order" })
        {
            using var asked = await AsBob(HttpMethod.Get, Route(route));
            using var copied = await AsBob(HttpMethod.Post, Route(route + "?apply=Copy"));
            using var changed = await AsBob(HttpMethod.Post, Route(route + "?apply=InPlace"));
            Assert.Equal((look, look, change), (asked.StatusCode, copied.StatusCode, changed.StatusCode));
        }
    }

    [Fact]
    public async Task A_public_playlist_is_not_everybodys_to_change()
    {
        _playlist.OwnerUserId = Ann.Id;
        _playlist.OpenAccess = true;

        await Read<SegueSetDto>(AsBob(HttpMethod.Get, Route("Order")));
        await ReadProblem(AsBob(HttpMethod.Post, Route("Order?apply=InPlace")), HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_key_may_look_and_change_nothing()
    {
        Assert.Equal(3, (await Read<SegueSetDto>(AsKey(HttpMethod.Get, Route("Clean")))).Tracks.Count);
        await ReadProblem(AsKey(HttpMethod.Post, Route("Clean?apply=InPlace")), HttpStatusCode.Forbidden);
        await ReadProblem(AsKey(HttpMethod.Post, Route("Clean?apply=Copy")), HttpStatusCode.BadRequest);
        Assert.Equal([1, 8, 2, 3], Numbers());
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        foreach (var route in new[] { "Extend?count=0", "Extend?count=1001", "Clean?deviations=-1", "Clean?deviations=NaN", "Clean?deviations=101" })
        {
            await ReadProblem(AsBob(HttpMethod.Get, Route(route)), HttpStatusCode.BadRequest);
        }

        foreach (var route in new[] { "Order", "Order?apply=", "Order?apply=7", "Extend", "Clean" })
        {
            await ReadProblem(AsBob(HttpMethod.Post, Route(route)), HttpStatusCode.BadRequest);
        }

        await ReadProblem(AsBob(HttpMethod.Get, $"Segue/Sets/{Make.Id(99)}/Order"), HttpStatusCode.NotFound);
        Assert.Empty(Engine.ReceivedCalls());
    }

    [Fact]
    public async Task Of_a_playlist_without_music_nothing_is_said()
    {
        _playlist.LinkedChildren = [new LinkedChild { ItemId = Make.Id(8) }];

        await ReadProblem(AsBob(HttpMethod.Get, Route("Extend")), HttpStatusCode.NotFound);
        Assert.Empty(Engine.ReceivedCalls());
    }

    [Fact]
    public async Task A_track_that_is_there_twice_stays_so()
    {
        _playlist.LinkedChildren = [.. new[] { 1, 3, 1 }.Select(number => new LinkedChild { ItemId = Make.Id(number) })];

        await Read<SegueSetDto>(AsBob(HttpMethod.Post, Route("Order?apply=InPlace")));

        Assert.Equal([3, 1, 1], Numbers());
    }

    private static Playlist Holding(params int[] numbers) => new()
    {
        Id = Make.Id(70),
        Name = "Mine",
        LinkedChildren = [.. numbers.Select(number => new LinkedChild { ItemId = Make.Id(number) })],
        RunTimeTicks = TimeSpan.FromMinutes(numbers.Sum()).Ticks,
        Shares = [],
    };

    private string Route(string action) => $"Segue/Sets/{_playlist.Id}/{action}";

    private IEnumerable<int> Numbers() => _playlist.LinkedChildren.Select(link => Enumerable.Range(1, 9).First(number => Make.Id(number).Equals(link.ItemId!.Value)));
}
