using Segue.Native.Tests.Support;

namespace Segue.Native.Tests;

/// <summary>Music that sounds right, from a real engine with a small library.</summary>
public sealed class HearingTests(PlaylistLibrary library) : IClassFixture<PlaylistLibrary>
{
    private const string Listener = "00112233445566778899aabbccddeeff";

    private readonly SegueEngine _engine = library.Engine;

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    public void A_mix_goes_on_from_a_queue()
    {
        var request = new MixRequest { Seeds = [Seed.Track(Item(0))], Length = 6, ArtistCap = 12, IncludeSeeds = true };
        var mix = _engine.Mix(request);
        Assert.Equal(Item(0), mix[0].ItemId);
        Assert.Equal(mix, _engine.Mix(request));

        var queue = mix.Select(track => track.ItemId!.Value).ToList();
        var more = _engine.Mix(request with { Seeds = [], IncludeSeeds = false, Queue = [.. queue.Select(id => id.ToString("N"))] });
        Assert.NotEmpty(more);
        Assert.DoesNotContain(more, track => queue.Contains(track.ItemId!.Value));
        Assert.Equal(SegueStatus.InvalidArgument, Assert.Throws<SegueException>(() => _engine.Mix(request with { Seeds = [] })).Status);
    }

    [Fact]
    public void What_is_not_allowed_does_not_exist()
    {
        ItemSet allowed = [Item(0), Item(1), Item(2), Item(3)];
        Assert.All(_engine.Mix(new MixRequest { Seeds = [Seed.Track(Item(0))], Length = 12, Allowed = allowed }), Allowed);
        Assert.All(_engine.Blend(new BlendRequest { Add = [new Seed(SeedKind.Genre, "Rock")], Length = 12, Allowed = allowed }), Allowed);
        Assert.All(_engine.Extend(new ExtendRequest { Tracks = [Reference(0)], Count = 12, Allowed = allowed }), Allowed);
        Assert.All(_engine.Flow(new TracksRequest { Tracks = [Reference(0), Reference(7), Reference(1)], Allowed = allowed }), Allowed);
        Assert.All(_engine.SimilarSets(SetKind.Album, Seed.Track(Item(0)), 5, allowed), set => Allowed(set.Example));

        var hidden = new PathRequest { Waypoints = [Reference(0), Reference(7)], Length = 4, Allowed = allowed };
        Assert.Equal(SegueStatus.UnknownTrack, Assert.Throws<SegueException>(() => _engine.FindPath(hidden)).Status);
        Assert.Equal(SegueStatus.UnknownTrack, Assert.Throws<SegueException>(() => _engine.Mix(new MixRequest { Seeds = [Seed.Track(Item(7))], Length = 3, Allowed = allowed })).Status);

        void Allowed(Neighbour track) => Assert.True(track.ItemId is { } id && allowed.Contains(id));
    }

    [Fact]
    public void A_way_begins_and_ends_where_it_should()
    {
        var path = _engine.FindPath(new PathRequest { Waypoints = [Reference(0), Reference(11)], Length = 5 });
        Assert.Equal((Item(0), Item(11)), (path.Tracks[0].ItemId!.Value, path.Tracks[^1].ItemId!.Value));
        Assert.Equal(path.Tracks.Count, path.Tracks.Select(track => track.ItemId).Distinct().Count());
        Assert.InRange(path.LargestStep, path.Tracks.Max(track => track.Distance) - 0.001F, 2);
    }

    [Fact]
    public void An_order_holds_what_it_was_given()
    {
        int[] given = [4, 9, 1, 6];
        var flow = _engine.Flow(new TracksRequest { Tracks = [.. given.Select(Reference)] });
        Assert.Equal(given.Select(Item).Order(), flow.Select(track => track.ItemId!.Value).Order());
        Assert.All(_engine.FindMisfits(new TracksRequest { Tracks = [.. given.Select(Reference)] }), misfit => Assert.Contains(misfit.Track.ItemId!.Value, given.Select(Item)));
    }

    [Fact]
    public void What_a_listener_did_is_kept_and_forgotten()
    {
        var at = DateTimeOffset.UtcNow;
        Assert.Equal(2, _engine.SetOpinions(Listener, [new Opinion { ItemId = Item(1), Favourite = true }, new Opinion { ItemId = Item(2), Plays = 3, LastPlayed = at }], whole: true));
        Assert.Equal(1, _engine.LogPlays(Listener, [new Play { ItemId = Item(3), At = at, Played = TimeSpan.FromSeconds(4) }, new Play { ItemId = Guid.NewGuid(), At = at }]));
        Assert.NotEmpty(_engine.Mix(new MixRequest { Seeds = [new Seed(SeedKind.Taste, string.Empty)], Length = 5, Listener = Listener }));

        var made = _engine.MakePersonalLists(new TasteRequest { Listener = Listener, Now = at, Length = 4 });
        var kept = _engine.GetPersonalLists(Listener, null);
        Assert.Equal(made.Select(list => list.Key).Order(StringComparer.Ordinal), kept.Select(list => list.Key).Order(StringComparer.Ordinal));
        Assert.All(_engine.GetPersonalLists(Listener, []), list => Assert.Empty(list.Tracks));

        _engine.ForgetListener(Listener);
        Assert.Empty(_engine.GetPersonalLists(Listener, null));
        Assert.Equal(0, _engine.SetOpinions(Listener, [], whole: false));
        Assert.Equal(0, _engine.ForgetPlays(DateTimeOffset.UtcNow.AddDays(1)));
    }

    [Fact]
    public async Task A_map_is_made_watched_and_limited()
    {
        var reports = new Reports<MakeProgress>();
        await _engine.MakeMapAsync(reports, TestToken);
        Assert.NotEmpty(reports.All);
        Assert.All(reports.All, report => Assert.InRange(report.Fraction, 0, 1));

        var map = _engine.GetMap(null);
        Assert.Equal(library.Tracks.Select(track => track.ItemId).Order(), map.Points.Select(point => point.ItemId!.Value).Order());
        Assert.All(map.Points, point => Assert.True(point is { X: >= -1 and <= 1, Y: >= -1 and <= 1 }));
        Assert.Equal([Item(5)], _engine.GetMap([Item(5)]).Points.Select(point => point.ItemId!.Value));

        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.MakeMapAsync(null, stop.Token));
        Assert.Equal(map.Points, _engine.GetMap(null).Points);
    }

    private Guid Item(int number) => library.Tracks[number].ItemId;

    private string Reference(int number) => Item(number).ToString("N");
}
