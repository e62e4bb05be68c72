using System.Globalization;
using System.Net;
using Jellyfin.Plugin.Segue.Api;
using Jellyfin.Plugin.Segue.Mixing;
using MediaBrowser.Controller.Entities.Audio;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

/// <summary>
/// Mixes, paths and blends. The engine answers with tracks of both libraries, whatever it was allowed, so that only what the routes look
/// up themselves keeps Bob (who sees tracks 1 to 3) from what is Ann's.
/// </summary>
public sealed class SegueMixControllerTests : SegueServer
{
    private static readonly IReadOnlyList<Neighbour> Everything =
        [.. Enumerable.Range(1, 9).Reverse().Select(number => Make.Near(number, number) with { Reason = $"like {number}" }), Make.Near(2), new(null, "song", "/music/x.flac", 0)];

    public SegueMixControllerTests()
    {
        Engine.Mix(default!).ReturnsForAnyArgs(Everything);
        Engine.Blend(default!).ReturnsForAnyArgs(Everything);
        Engine.FindPath(default!).ReturnsForAnyArgs(new SongPath { Tracks = Everything, LargestStep = 0.5F, Jumps = [1, 7, 99] });
        foreach (var number in Enumerable.Range(1, 3))
        {
            Item(Make.Track(number), Ann, Bob);
        }

        Item(Make.Track(7), Ann);
    }

    [Fact]
    public async Task A_mix_holds_what_the_caller_may_see_and_says_why()
    {
        var mix = await Read<SegueMixDto>(AsBob(HttpMethod.Get, $"Segue/Mix?ids={Id(1)}&length=10000&variation=5&includeSeeds=false&queue={Id(2)}&queue={Id(3)}"));

        Assert.Equal([Make.Id(3), Make.Id(2), Make.Id(1)], mix.Tracks.Select(track => track.Id));
        Assert.Equal(new SegueNearDto { Id = Make.Id(3), Title = "Track 3", Artist = "Ann", Distance = 3, Reason = "like 3" }, mix.Tracks[0]);
        var request = Asked();
        Assert.Equal([new Seed(SeedKind.Track, Make.Name(Make.Id(1)), 1)], request.Seeds);
        Assert.Equal((10_000, 5UL, false, Make.Name(Bob.Id)), (request.Length, request.Variation, request.IncludeSeeds, request.Listener));
        Assert.Equal([Make.Name(Make.Id(2)), Make.Name(Make.Id(3))], request.Queue);
        Assert.Equal(Enumerable.Range(1, 3).Select(Make.Id), request.Allowed!.Order());
    }

    [Fact]
    public async Task No_answer_names_a_path()
    {
        foreach (var answer in new[]
        {
            AsBob(HttpMethod.Get, $"Segue/Mix?ids={Id(1)}"),
            AsAnn(HttpMethod.Get, $"Segue/Path?ids={Id(1)}&ids={Id(2)}"),
            AsKey(HttpMethod.Post, "Segue/Blend", Json(new { Add = new[] { new { Kind = "Mood", Name = "calm" } } })),
        })
        {
            using var response = await answer;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.DoesNotContain("/music", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_was_hidden_since_is_not_told()
    {
        Hide(Bob, 3);

        var mix = await Read<SegueMixDto>(AsBob(HttpMethod.Get, $"Segue/Mix?ids={Id(1)}"));
        var path = await Read<SeguePathDto>(AsBob(HttpMethod.Get, $"Segue/Path?ids={Id(1)}&ids={Id(2)}"));

        Assert.Equal([Make.Id(2), Make.Id(1)], mix.Tracks.Select(track => track.Id));
        Assert.Equal([Make.Id(2), Make.Id(1)], path.Tracks.Select(track => track.Id));
        await ReadProblem(AsBob(HttpMethod.Get, $"Segue/Path?ids={Id(1)}&ids={Id(3)}"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_key_asks_for_everything_and_for_nobody()
    {
        var mix = await Read<SegueMixDto>(AsKey(HttpMethod.Get, $"Segue/Mix?ids={Id(7)}"));

        Assert.Equal(9, mix.Tracks.Count);
        Assert.Null(Asked().Allowed);
        Assert.Equal(string.Empty, Asked().Listener);
        await ReadProblem(AsKey(HttpMethod.Get, "Segue/Mix?taste=true"), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Every_kind_of_seed_arrives_as_itself()
    {
        var album = Item(new MusicAlbum { Id = Make.Id(50) }, Bob);
        Library.GetSeeds(album, Bob).Returns([Make.Id(2), Make.Id(8), Make.Id(3), Make.Id(3)]);
        object[] seeds =
        [
            new { Kind = "Item", Id = album.Id, Weight = 3 },
            new { Kind = "Artist", Name = " Ann " },
            new { Kind = "Album", Name = "Ann/Both" },
            new { Kind = "Genre", Name = "Jazz", Weight = 0.5 },
            new { Kind = "Playlist", Name = "key" },
            new { Kind = "Mood", Name = "happy" },
            new { Kind = "Taste" },
        ];
        await Read<SegueMixDto>(AsBob(HttpMethod.Post, "Segue/Mix", Json(new { Seeds = seeds, Length = 5, ArtistCap = 2, AlbumCap = 1, Window = 9 })));

        var request = Asked();
        Assert.Equivalent(new[] { new Seed(SeedKind.Track, Make.Name(Make.Id(2)), 1.5F), new Seed(SeedKind.Track, Make.Name(Make.Id(3)), 1.5F) }, request.Seeds.Take(2), strict: true);
        Assert.Equal(
            [new(SeedKind.Artist, "Ann"), new(SeedKind.Album, "Ann/Both"), new(SeedKind.Genre, "Jazz", 0.5F), new(SeedKind.Playlist, "key"), new(SeedKind.Mood, "happy"), new(SeedKind.Taste, string.Empty)],
            request.Seeds.Skip(2));
        Assert.Equal((5, 2, 1, 9), (request.Length, request.ArtistCap, request.AlbumCap, request.Window));
    }

    [Fact]
    public async Task An_item_of_many_tracks_is_known_by_a_sample()
    {
        Configuration.MixLength = 77;
        var genre = Item(new MusicGenre { Id = Make.Id(51) }, Ann);
        Library.GetSeeds(genre, null).Returns([.. Enumerable.Range(1, 5000).Select(Make.Id)]);
        Item(genre);

        await Read<SegueMixDto>(AsKey(HttpMethod.Get, $"Segue/Mix?ids={genre.Id}&genres=Jazz&moods=calm"));

        var request = Asked();
        Assert.Equal(InstantMixer.MaxSeeds + 2, request.Seeds.Count);
        Assert.Equal(1, request.Seeds.Take(InstantMixer.MaxSeeds).Sum(seed => seed.Weight), 0.001);
        Assert.Equal(77, request.Length);
    }

    [Fact]
    public async Task The_same_wish_is_the_same_mix_while_some_minutes_last()
    {
        await Read<SegueMixDto>(AsBob(HttpMethod.Get, $"Segue/Mix?ids={Id(1)}"));
        await Read<SegueMixDto>(AsBob(HttpMethod.Get, $"Segue/Mix?ids={Id(1)}"));
        await Read<SegueMixDto>(AsAnn(HttpMethod.Get, $"Segue/Mix?ids={Id(1)}"));
        await Read<SegueMixDto>(AsBob(HttpMethod.Get, $"Segue/Mix?ids={Id(2)}"));

        var variations = Engine.ReceivedCalls().Select(call => (MixRequest)call.GetArguments()[0]!).Select(request => request.Variation).ToList();
        Assert.Equal(variations[0], variations[1]);
        Assert.Equal(3, variations.Distinct().Count());
    }

    [Fact]
    public async Task A_queue_alone_goes_on()
    {
        await Read<SegueMixDto>(AsBob(HttpMethod.Post, "Segue/Mix", Json(new { Queue = new[] { Make.Id(1), Make.Id(99) } })));

        Assert.Empty(Asked().Seeds);
        Assert.Equal(2, Asked().Queue.Count);
    }

    [Fact]
    public async Task What_is_hidden_is_no_seed()
    {
        var album = Item(new MusicAlbum { Id = Make.Id(50) }, Ann, Bob);
        Library.GetSeeds(album, Bob).Returns([Make.Id(7), Make.Id(8)]);

        await ReadProblem(AsBob(HttpMethod.Get, $"Segue/Mix?ids={Id(7)}"), HttpStatusCode.NotFound);
        await ReadProblem(AsBob(HttpMethod.Get, $"Segue/Mix?ids={Id(99)}"), HttpStatusCode.NotFound);
        await ReadProblem(AsBob(HttpMethod.Get, $"Segue/Mix?ids={album.Id}"), HttpStatusCode.NotFound);
        await ReadProblem(AsBob(HttpMethod.Post, "Segue/Blend", Json(new { Add = new[] { new { Id = Make.Id(7) } } })), HttpStatusCode.NotFound);
        await ReadProblem(AsBob(HttpMethod.Get, $"Segue/Path?ids={Id(1)}&ids={Id(7)}"), HttpStatusCode.NotFound);
        Assert.Empty(Engine.ReceivedCalls());
    }

    [Theory]
    [InlineData("Segue/Mix")]
    [InlineData("Segue/Mix?ids=nonsense")]
    [InlineData("Segue/Mix?genres=Jazz&length=0")]
    [InlineData("Segue/Mix?genres=Jazz&length=10001")]
    [InlineData("Segue/Mix?genres=Jazz&length=-5")]
    [InlineData("Segue/Mix?genres=Jazz&variation=-1")]
    [InlineData("Segue/Mix?genres=%07")]
    [InlineData("Segue/Mix?moods=%20")]
    [InlineData("Segue/Path")]
    [InlineData("Segue/Path?ids=00000001000000000000000000000000")]
    [InlineData("Segue/Path?ids=00000001000000000000000000000000&ids=00000002000000000000000000000000&length=1")]
    [InlineData("Segue/Path?ids=00000001000000000000000000000000&ids=00000002000000000000000000000000&length=1001")]
    public async Task What_makes_no_sense_is_refused(string route)
    {
        await ReadProblem(AsBob(HttpMethod.Get, route), HttpStatusCode.BadRequest);

        Assert.Empty(Engine.ReceivedCalls());
    }

    [Fact]
    public async Task A_wish_without_sense_is_refused()
    {
        object[] mixes =
        [
            new { },
            new { Seeds = new[] { new { Kind = "Folder", Name = "/music" } } },
            new { Seeds = new[] { new { Kind = 0, Name = "/music" } } },
            new { Seeds = new[] { new { Kind = 77, Name = "x" } } },
            new { Seeds = new[] { new { Kind = "Mood" } } },
            new { Seeds = new[] { new { Kind = "Taste", Name = "x" } } },
            new { Seeds = new[] { new { Kind = "Mood", Name = "x", Weight = -1 } } },
            new { Seeds = new[] { new { Kind = "Mood", Name = new string('x', 201) } } },
            new { Seeds = new object?[] { null } },
            new { Seeds = Enumerable.Repeat(new { Kind = "Mood", Name = "x" }, SegueHearingControllerBase.MaxSeeds + 1) },
            new { Seeds = new[] { new { Kind = "Mood", Name = "x" } }, Window = 1001 },
            new { Seeds = new[] { new { Kind = "Mood", Name = "x" } }, ArtistCap = -1 },
            new { Seeds = new[] { new { Kind = "Mood", Name = "x" } }, AlbumCap = 1001 },
            new { Queue = Enumerable.Range(1, SegueMixController.MaxMix + 1).Select(Make.Id) },
        ];
        foreach (var mix in mixes)
        {
            using var response = await AsBob(HttpMethod.Post, "Segue/Mix", Json(mix));
            Assert.True(response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{mix}: {response.StatusCode}");
        }

        object[] blends =
        [
            new { },
            new { Add = Array.Empty<object>() },
            new { Add = new[] { new { Kind = "Mood", Name = "x" } }, Length = 1001 },
            new { Add = new[] { new { Kind = "Mood", Name = "x" } }, Temperature = 10.5 },
            new { Add = new[] { new { Kind = "Mood", Name = "x" } }, Temperature = -1 },
            new { Add = new[] { new { Kind = "Mood", Name = "x" } }, Subtract = new[] { new { Kind = "Mood" } } },
        ];
        foreach (var blend in blends)
        {
            await ReadProblem(AsBob(HttpMethod.Post, "Segue/Blend", Json(blend)), HttpStatusCode.BadRequest);
        }

        Assert.Empty(Engine.ReceivedCalls());
    }

    [Fact]
    public async Task A_way_tells_its_steps_and_jumps()
    {
        var path = await Read<SeguePathDto>(AsBob(HttpMethod.Post, "Segue/Path", Json(new { Ids = new[] { Make.Id(1), Make.Id(3), Make.Id(1) }, Length = 12 })));

        Assert.Equal([Make.Id(3), Make.Id(2), Make.Id(1)], path.Tracks.Select(track => track.Id));
        Assert.Equal(0.5F, path.LargestStep);

        // Of the jumps before tracks 8 and 2, the first is hidden.
        Assert.Equal([1], path.Jumps);
        Engine.Received(1).FindPath(Arg.Is<PathRequest>(request => request.Length == 12
            && request.Waypoints.SequenceEqual(new[] { Make.Name(Make.Id(1)), Make.Name(Make.Id(3)), Make.Name(Make.Id(1)) })
            && request.Allowed!.Count == 3 && request.Listener == Make.Name(Bob.Id)));
    }

    [Fact]
    public async Task A_blend_is_like_this_and_not_like_that()
    {
        var wish = new
        {
            Add = new[] { new { Id = Make.Id(1), Weight = 2 } },
            Subtract = new[] { new { Kind = "Mood", Name = "sad" } },
            Length = 7,
            Temperature = 1.5,
            Variation = 9,
            ArtistCap = 4,
        };
        var blend = await Read<SegueMixDto>(AsBob(HttpMethod.Post, "Segue/Blend", Json(wish)));

        Assert.Equal([Make.Id(3), Make.Id(2), Make.Id(1)], blend.Tracks.Select(track => track.Id));
        Engine.Received(1).Blend(Arg.Is<BlendRequest>(request =>
            request.Add.SequenceEqual(new[] { new Seed(SeedKind.Track, Make.Name(Make.Id(1)), 2) })
            && request.Subtract.SequenceEqual(new[] { new Seed(SeedKind.Mood, "sad", 0) })
            && request.Length == 7 && request.Temperature == 1.5F && request.Variation == 9 && request.ArtistCap == 4
            && request.Allowed!.Count == 3 && request.Listener == Make.Name(Bob.Id)));
    }

    [Fact]
    public async Task What_the_engine_does_not_know_is_not_there()
    {
        Engine.Mix(default!).ThrowsForAnyArgs(new SegueException(SegueStatus.NotAnalysed, "/music/1.flac is not analysed"));

        var detail = await ReadProblem(AsBob(HttpMethod.Get, $"Segue/Mix?ids={Id(1)}"), HttpStatusCode.NotFound);

        Assert.DoesNotContain("/music", detail, StringComparison.Ordinal);
    }

    private static string Id(int number) => Make.Id(number).ToString("N", CultureInfo.InvariantCulture);

    private MixRequest Asked() => (MixRequest)Assert.Single(Engine.ReceivedCalls(), call => call.GetMethodInfo().Name == nameof(ISegueEngine.Mix)).GetArguments()[0]!;
}
