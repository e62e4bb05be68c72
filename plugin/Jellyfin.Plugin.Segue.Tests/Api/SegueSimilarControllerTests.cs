using System.Net;
using Jellyfin.Plugin.Segue.Api;
using MediaBrowser.Controller.Entities.Audio;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

public sealed class SegueSimilarControllerTests : SegueServer
{
    private readonly MusicArtist _artist;
    private readonly MusicAlbum _album;

    public SegueSimilarControllerTests()
    {
        _artist = Item(new MusicArtist { Id = Make.Id(40), Name = "Artist 0" }, Ann, Bob);
        _album = Item(new MusicAlbum { Id = Make.Id(50), Name = "Album 0", Path = "/music/Album 0" }, Ann, Bob);
        Engine.Similar(default!, default, default).ReturnsForAnyArgs([Make.Near(1, 0), Make.Near(8, 0.1F), Make.Near(3, 0.2F), Make.Near(2, 0.3F)]);
        Engine.SimilarSets(default, default!, default, default).ReturnsForAnyArgs(
        [
            .. new[] { 8, 3, 1, 2 }.Select((number, place) => new SimilarSet($"Set {number}", string.Empty, place / 10F, number + 10, Make.Near(number))),
            new SimilarSet("Nowhere", string.Empty, 0.9F, 5, new Neighbour(null, "song", "/music/x.flac", 0)),
        ]);
        Library.GetArtists(default!, default).ReturnsForAnyArgs(call =>
            [.. call.Arg<IReadOnlyList<string>>().Where(name => name != "Set 1").Select(name => new MusicArtist { Id = Make.Id(40 + (name[^1] - '0')), Name = name.ToUpperInvariant() })]);
        Library.GetAlbums(default!, default).ReturnsForAnyArgs(call =>
            [.. call.Arg<IReadOnlyList<Audio>>().Select(track => new MusicAlbum { Id = track.Id.Equals(Make.Id(1)) ? Make.Id(50) : Make.Id(60), Name = "Album of " + track.Name })]);
    }

    [Fact]
    public async Task Tracks_are_those_that_the_caller_may_see_without_the_one_asked_for()
    {
        var similar = await Read<SegueMixDto>(AsBob(HttpMethod.Get, $"Segue/Similar?id={Make.Id(1)}&count=2"));
        Assert.Equal([Make.Id(3), Make.Id(2)], similar.Tracks.Select(track => track.Id));
        Engine.Received(1).Similar(Make.Name(Make.Id(1)), 2 + SegueSimilarController.Spare, Arg.Is<ItemSet?>(set => set!.Count == 3));

        similar = await Read<SegueMixDto>(AsKey(HttpMethod.Get, $"Segue/Similar?id={Make.Id(1)}&count=2"));
        Assert.Equal([Make.Id(8), Make.Id(3)], similar.Tracks.Select(track => track.Id));

        Hide(Bob, 3);
        similar = await Read<SegueMixDto>(AsBob(HttpMethod.Get, $"Segue/Similar?id={Make.Id(1)}&count=2"));
        Assert.Equal([Make.Id(2)], similar.Tracks.Select(track => track.Id));
    }

    [Fact]
    public async Task An_artist_is_told_of_by_a_song_that_may_be_seen()
    {
        var artists = await Read<List<SegueSimilarSetDto>>(AsBob(HttpMethod.Get, $"Segue/Similar/Artists?id={_artist.Id}&count=5"));

        // Set 8 is known by a song of Ann's alone, set 1 is no artist of the server's.
        Assert.Equal([Make.Id(43), Make.Id(42)], artists.Select(artist => artist.Id));
        Assert.Equal(
            new SegueSimilarSetDto { Id = Make.Id(43), Name = "SET 3", Distance = 0.1F, Songs = 13, Example = new SegueTrackDto { Id = Make.Id(3), Title = "Track 3", Artist = "Ann" } },
            artists[0]);
        Library.Received(1).GetArtists(Arg.Is<IReadOnlyList<string>>(names => names.SequenceEqual(new[] { "Set 3", "Set 1", "Set 2" })), Bob);
        Engine.Received(1).SimilarSets(SetKind.Artist, new Seed(SeedKind.Artist, "Artist 0"), 5 + SegueSimilarController.Spare, Arg.Is<ItemSet?>(set => set!.Count == 3));
    }

    [Fact]
    public async Task Albums_come_once_and_not_the_one_asked_for()
    {
        var albums = await Read<List<SegueSimilarSetDto>>(AsBob(HttpMethod.Get, $"Segue/Similar/Albums?id={_album.Id}"));

        Assert.Equal("Album of Track 3", Assert.Single(albums).Name);
        Engine.Received(1).SimilarSets(SetKind.Album, new Seed(SeedKind.Folder, "/music/Album 0"), 20 + SegueSimilarController.Spare, Arg.Is<ItemSet?>(set => set!.Count == 3));

        var nowhere = Item(new MusicAlbum { Id = Make.Id(51), Name = "Album 1" }, Bob);
        Assert.Equal(2, (await Read<List<SegueSimilarSetDto>>(AsBob(HttpMethod.Get, $"Segue/Similar/Albums?id={nowhere.Id}"))).Count);
        Engine.Received(1).SimilarSets(SetKind.Album, new Seed(SeedKind.Album, "Album 1"), Arg.Any<int>(), Arg.Any<ItemSet?>());
    }

    [Fact]
    public async Task The_answer_names_no_path()
    {
        using var response = await AsBob(HttpMethod.Get, $"Segue/Similar/Albums?id={_album.Id}");

        Assert.DoesNotContain("/music", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_hidden_or_something_else_is_not_there()
    {
        var hidden = Item(new MusicArtist { Id = Make.Id(41), Name = "Hidden" }, Ann);
        Item(Make.Track(1), Ann, Bob);
        foreach (var route in new[]
        {
            $"Segue/Similar?id={Make.Id(7)}",
            "Segue/Similar",
            $"Segue/Similar/Artists?id={hidden.Id}",
            $"Segue/Similar/Artists?id={Make.Id(1)}",
            $"Segue/Similar/Albums?id={_artist.Id}",
            "Segue/Similar/Albums",
        })
        {
            await ReadProblem(AsBob(HttpMethod.Get, route), HttpStatusCode.NotFound);
        }

        Assert.Empty(Engine.ReceivedCalls());
    }

    [Theory]
    [InlineData("Segue/Similar?count=0")]
    [InlineData("Segue/Similar?count=1001")]
    [InlineData("Segue/Similar?id=nonsense")]
    [InlineData("Segue/Similar/Artists?count=0")]
    [InlineData("Segue/Similar/Artists?count=101")]
    [InlineData("Segue/Similar/Albums?count=-1")]
    public async Task What_makes_no_sense_is_refused(string route)
    {
        await ReadProblem(AsBob(HttpMethod.Get, route), HttpStatusCode.BadRequest);

        Assert.Empty(Engine.ReceivedCalls());
    }
}
