using Abi = Segue.Native.Generated;

namespace Segue.Native.Tests;

/// <summary>Wishes for music that sounds right and their answers, sent through the native library's memory.</summary>
public sealed class HearingWireTests
{
    private static readonly Guid Item = Guid.Parse("00112233445566778899aabbccddeeff");

    public HearingWireTests() => NativeCall.EnsureAvailable();

    [Fact]
    public void A_wish_for_a_mix_arrives_as_it_was_sent()
    {
        using var wire = Abi.WireOfMixRequest.From(Translate.Mix(new MixRequest
        {
            Seeds = [Seed.Track(Item), new Seed(SeedKind.Mood, "größer ♫", 0.5F)],
            Length = 10_000,
            ArtistCap = 2,
            AlbumCap = 3,
            Window = 4,
            Variation = ulong.MaxValue,
            IncludeSeeds = true,
            Queue = ["a", "b"],
            Listener = "ann",
        }));
        var mix = wire.Unwire();
        Assert.Equal(("00112233445566778899aabbccddeeff", 0F), (mix.seeds[0].name, mix.seeds[0].weight));
        Assert.True(mix.seeds[0].kind.IsTrack && mix.seeds[1].kind.IsMood);
        Assert.Equal(("größer ♫", 0.5F), (mix.seeds[1].name, mix.seeds[1].weight));
        Assert.Equal((10_000U, 2U, 3U, 4U), (mix.length, mix.artist_cap, mix.album_cap, mix.window));
        Assert.Equal((ulong.MaxValue, true, "ann"), (mix.variation, mix.include_seeds, mix.listener));
        Assert.Equal(["a", "b"], mix.queue);
    }

    [Fact]
    public void Other_wishes_arrive_as_they_were_sent()
    {
        using var pathWire = Abi.WireOfPathRequest.From(Translate.Path(new PathRequest { Waypoints = ["a", "b"], Length = 5, Listener = "bob" }));
        var path = pathWire.Unwire();
        Assert.Equal(["a", "b"], path.waypoints);
        Assert.Equal((5U, "bob"), (path.length, path.listener));

        using var blendWire = Abi.WireOfBlendRequest.From(Translate.Blend(new BlendRequest
        {
            Add = [new Seed(SeedKind.Genre, "Jazz")],
            Subtract = [new Seed(SeedKind.Taste, string.Empty, 2)],
            Length = 6,
            Temperature = 1.5F,
            Variation = 7,
            ArtistCap = 8,
            Listener = "bob",
        }));
        var blend = blendWire.Unwire();
        Assert.True(Assert.Single(blend.like).kind.IsGenre && Assert.Single(blend.unlike).kind.IsTaste);
        Assert.Equal((2F, 6U, 1.5F, 7UL, 8U, "bob"), (blend.unlike[0].weight, blend.length, blend.temperature, blend.variation, blend.artist_cap, blend.listener));

        using var setsWire = Abi.WireOfSimilarSetsRequest.From(Translate.SimilarSets(SetKind.Album, new Seed(SeedKind.Folder, "/music"), 9));
        var sets = setsWire.Unwire();
        Assert.True(sets.kind.IsAlbum && sets.seed.kind.IsFolder);
        Assert.Equal(("/music", 9U), (sets.seed.name, sets.count));

        using var extendWire = Abi.WireOfExtendRequest.From(Translate.Extend(new ExtendRequest { Tracks = ["a"], Count = 3, Variation = 4, Listener = "bob" }));
        var extend = extendWire.Unwire();
        Assert.Equal(("a", 3U, 4UL, "bob"), (Assert.Single(extend.tracks), extend.count, extend.variation, extend.listener));

        using var tracksWire = Abi.WireOfTracksRequest.From(Translate.TrackSet(new TracksRequest { Tracks = ["a", "b"], Listener = "bob" }));
        var tracks = tracksWire.Unwire();
        Assert.Equal(["a", "b"], tracks.tracks);
        Assert.Equal("bob", tracks.listener);

        using var tasteWire = Abi.WireOfTasteRequest.From(Translate.Taste(new TasteRequest
        {
            Listener = "bob",
            Kinds = [PersonalKind.OnRepeat, PersonalKind.Discover],
            DailyMixes = 1,
            Length = 2,
            ArtistCap = 3,
            Variation = 4,
            Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
        }));
        var taste = tasteWire.Unwire();
        Assert.True(taste.kinds is [{ IsOnRepeat: true }, { IsDiscover: true }]);
        Assert.Equal(("bob", 1U, 2U, 3U, 4UL, 1_700_000_000), (taste.listener, taste.daily_mixes, taste.length, taste.artist_cap, taste.variation, taste.now));
    }

    [Fact]
    public void What_a_listener_did_arrives_as_it_was_told()
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        using var opinionWire = Abi.WireOfVecOpinion.From(Translate.Opinions(
        [
            new Opinion { ItemId = Item, Plays = 3, Favourite = true, LastPlayed = at },
            new Opinion { ItemId = Item, Plays = -1, Disliked = true, LastPlayed = DateTimeOffset.MinValue },
        ]));
        var opinions = opinionWire.Unwire();
        Assert.Equal((Item.ToString("N"), 3U, true, false, 1_700_000_000), (opinions[0].item_id, opinions[0].plays, opinions[0].favourite, opinions[0].disliked, opinions[0].last_played));
        Assert.Equal((0U, false, true, 0L), (opinions[1].plays, opinions[1].favourite, opinions[1].disliked, opinions[1].last_played));

        using var playWire = Abi.WireOfVecPlay.From(Translate.Plays([new Play { ItemId = Item, At = at, Played = TimeSpan.FromSeconds(90.5), Skipped = true }]));
        var play = Assert.Single(playWire.Unwire());
        Assert.Equal((Item.ToString("N"), 1_700_000_000, 90.5F, true), (play.track, play.at, play.played_s, play.skipped));
    }

    [Fact]
    public void Every_choice_arrives_as_itself()
    {
        Assert.All(Enum.GetValues<SeedKind>(), kind => Assert.Equal(kind.ToString(), Translate.Mix(new MixRequest { Seeds = [new Seed(kind, "x")] }).seeds[0].kind.ToString()));
        Assert.All(Enum.GetValues<SetKind>(), kind => Assert.Equal(kind.ToString(), Translate.SimilarSets(kind, Seed.Track("x"), 1).kind.ToString()));
        Assert.All(Enum.GetValues<PersonalKind>(), kind =>
        {
            var there = Assert.Single(Translate.Taste(new TasteRequest { Kinds = [kind] }).kinds);
            Assert.Equal(kind.ToString(), there.ToString());
            Assert.Equal(kind, Translate.Kind(there));
        });
    }

    [Fact]
    public void Wishes_without_sense_are_refused()
    {
        MixRequest[] mixes =
        [
            new() { Length = -1 },
            new() { ArtistCap = -1 },
            new() { AlbumCap = -1 },
            new() { Window = -1 },
            new() { Seeds = [new Seed((SeedKind)99, "x")] },
            new() { Seeds = [new Seed(SeedKind.Mood, "x", -1)] },
            new() { Seeds = [new Seed(SeedKind.Mood, "x", float.NaN)] },
        ];
        Assert.All(mixes, mix => Assert.Throws<ArgumentOutOfRangeException>(() => Translate.Mix(mix)));
        MixRequest[] missing =
        [
            null!,
            new() { Seeds = null! },
            new() { Seeds = [null!] },
            new() { Seeds = [new Seed(SeedKind.Mood, null!)] },
            new() { Queue = null! },
            new() { Queue = [null!] },
            new() { Listener = null! },
        ];
        Assert.All(missing, mix => Assert.Throws<ArgumentNullException>(() => Translate.Mix(mix)));

        Assert.Throws<ArgumentOutOfRangeException>(() => Translate.Blend(new BlendRequest { Temperature = float.PositiveInfinity }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Translate.Path(new PathRequest { Length = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Translate.Extend(new ExtendRequest { Count = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Translate.SimilarSets((SetKind)9, Seed.Track("x"), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Translate.SimilarSets(SetKind.Album, Seed.Track("x"), -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Translate.Taste(new TasteRequest { Kinds = [(PersonalKind)99] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Translate.Plays([new Play { Played = TimeSpan.FromSeconds(-1) }]));
        Assert.Throws<ArgumentNullException>(() => Translate.Opinions([null!]));
        Assert.Throws<ArgumentNullException>(() => Translate.Plays(null!));
        Assert.Throws<ArgumentNullException>(() => Translate.TrackSet(new TracksRequest { Tracks = null! }));
    }

    [Fact]
    public void Answers_arrive_with_all_that_is_in_them()
    {
        using var pathWire = Abi.WireOfSongPath.From(new Abi.SongPath { tracks = [Near()], largest_step = 0.5F, jumps = [0, 7] });
        var path = Translate.Path(pathWire.Unwire());
        Assert.Equal(new Neighbour(Item, "song ♫", "/music/Müsik.flac", 0.25F, "like the seed"), Assert.Single(path.Tracks));
        Assert.Equal(0.5F, path.LargestStep);
        Assert.Equal([0, 7], path.Jumps);

        using var setsWire = Abi.WireOfVecSimilarSet.From([new Abi.SimilarSet { name = "n", artist = "a", distance = 0.75F, songs = 6, example = Near() }]);
        var set = Translate.SimilarSet(Assert.Single(setsWire.Unwire()));
        Assert.Equal(("n", "a", 0.75F, 6, Item), (set.Name, set.Artist, set.Distance, set.Songs, set.Example.ItemId));

        using var misfitWire = Abi.WireOfVecMisfit.From([new Abi.Misfit { track = Near(), deviations = 4.5F }]);
        var misfit = Translate.Misfit(Assert.Single(misfitWire.Unwire()));
        Assert.Equal((4.5F, Item), (misfit.Deviations, misfit.Track.ItemId));

        using var listWire = Abi.WireOfVecPersonalList.From(
            [new Abi.PersonalList { key = "k", kind = Abi.PersonalKind.Forgotten, slot = 2, name = "n", description = "d", tracks = [Near()] }]);
        var list = Translate.PersonalList(Assert.Single(listWire.Unwire()));
        Assert.Equal(("k", PersonalKind.Forgotten, 2, "n", "d"), (list.Key, list.Kind, list.Slot, list.Name, list.Description));
        Assert.Equal("like the seed", Assert.Single(list.Tracks).Reason);
    }

    [Fact]
    public void A_map_arrives_as_numbers()
    {
        using var wire = Abi.WireOfMap.From(new Abi.Map
        {
            points =
            [
                new Abi.MapPoint { item_high = 0x0011223344556677, item_low = 0x8899aabbccddeeff, x = -0.5F, y = 0.75F, region = 0 },
                new Abi.MapPoint { item_high = 0, item_low = 0, x = 0, y = 0, region = -1 },
            ],
            regions = [new Abi.MapRegion { name = "ruhig ♫", x = 0.1F, y = 0.2F, songs = 9 }],
        });
        var map = Translate.Map(wire.Unwire());
        Assert.Equal([new MapPoint(Item, -0.5F, 0.75F, 0), new MapPoint(null, 0, 0, -1)], map.Points);
        Assert.Equal([new MapRegion("ruhig ♫", 0.1F, 0.2F, 9)], map.Regions);
    }

    private static Abi.Neighbour Near() => new()
    {
        song_id = "song ♫",
        path = "/music/Müsik.flac",
        item_id = Item.ToString("N"),
        distance = 0.25F,
        reason = "like the seed",
    };
}
