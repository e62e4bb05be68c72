using System.Net;
using Jellyfin.Plugin.Segue.Api;
using Jellyfin.Plugin.Segue.Playlists;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

public sealed class SeguePlaylistsControllerTests : SegueServer
{
    private readonly Playlist _calm = new()
    {
        Key = "calm",
        Name = "Calm: by/night",
        NamedBy = NamedBy.Service,
        Description = "Calm music.",
        Words = ["calm", "piano"],
        Pinned = true,
        Faded = 2,
        Tracks = [Near(1, "/music/a/1.flac"), Near(2, "/music/a/b/2.flac"), Near(7, "/music/hidden/7.flac")],
    };

    public SeguePlaylistsControllerTests()
    {
        Engine.GetPlaylists().Returns([_calm, new Playlist { Key = "def", Kind = PlaylistKind.Definition, Name = "Fast", Definition = "tempo > 120", Excluded = true }]);
        Engine.EditPlaylist(default!, default!).ReturnsForAnyArgs(_calm);
        Maker.ChangeAsync(default!, default).ReturnsForAnyArgs(async Task<bool> (call) =>
        {
            await call.Arg<Func<Task>>()();
            return true;
        });
        Engine.Export(default!, default!, default, default).ReturnsForAnyArgs([1, 2, 3]);
        Publisher.GetPublished().Returns([new PublishedPlaylist("calm", Make.Id(100), Bob.Id, "Mine", 40, ["name"])]);
    }

    [Fact]
    public async Task All_playlists_are_listed_with_what_became_of_them()
    {
        var playlists = await Read<List<SeguePlaylistDto>>(AsAnn(HttpMethod.Get, "Segue/Playlists"));

        Assert.Equal(["calm", "def"], playlists.Select(playlist => playlist.Key));
        Assert.True(playlists[0] is { Kind: "Cluster", Name: "Calm: by/night", NamedBy: "Service", Pinned: true, Excluded: false, Faded: 2, Tracks: 3, Definition: "" });
        Assert.Equal(["calm", "piano"], playlists[0].Words);
        var published = Assert.Single(playlists[0].Published);
        Assert.Equal((Make.Id(100), "bob", "Mine", 40), (published.Id, published.Owner, published.Name, published.Tracks));
        Assert.Equal(["name"], published.Theirs);
        Assert.True(playlists[1] is { Kind: "Definition", NamedBy: "Rule", Excluded: true, Definition: "tempo > 120", Published.Count: 0 });
    }

    [Fact]
    public async Task A_wish_goes_to_the_engine_and_into_Jellyfin_at_once()
    {
        await Read<SeguePlaylistDto>(AsAnn(HttpMethod.Post, "Segue/Playlists/calm", Json(new { Pinned = true, Name = " Quiet " })));

        Engine.Received(1).EditPlaylist("calm", new PlaylistEdit { Pinned = true, Name = "Quiet" });
        await Publisher.DidNotReceiveWithAnyArgs().TakeBackAsync(default!, default, default);
        await Maker.ReceivedWithAnyArgs(1).PublishAsync(default);
    }

    [Theory]
    [InlineData("{\"Excluded\":false}", false)]
    [InlineData("{\"TakeBack\":true}", true)]
    public async Task A_playlist_can_be_had_again_and_changes_taken_back(string wish, bool changesToo)
    {
        using var body = new StringContent(wish, System.Text.Encoding.UTF8, "application/json");
        await Read<SeguePlaylistDto>(AsAnn(HttpMethod.Post, "Segue/Playlists/calm", body));

        Received.InOrder(() =>
        {
            Publisher.TakeBackAsync("calm", changesToo, Arg.Any<CancellationToken>());
            Engine.EditPlaylist("calm", Arg.Any<PlaylistEdit>());
            Maker.PublishAsync(Arg.Any<CancellationToken>());
        });
    }

    [Fact]
    public async Task While_a_run_is_under_way_nothing_is_taken_back()
    {
        Maker.ChangeAsync(default!, default).ReturnsForAnyArgs(false);

        await ReadProblem(AsAnn(HttpMethod.Post, "Segue/Playlists/calm", Json(new { TakeBack = true })), HttpStatusCode.Conflict);

        await Publisher.DidNotReceiveWithAnyArgs().TakeBackAsync(default!, default, default);
        Engine.DidNotReceiveWithAnyArgs().EditPlaylist(default!, default!);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        await ReadProblem(AsAnn(HttpMethod.Post, "Segue/Playlists/nosuch", Json(new { Pinned = true })), HttpStatusCode.NotFound);
        await ReadProblem(AsAnn(HttpMethod.Post, "Segue/Playlists/" + new string('x', 101), Json(new { Pinned = true })), HttpStatusCode.NotFound);
        await ReadProblem(AsAnn(HttpMethod.Post, "Segue/Playlists/calm", Json(new { Name = new string('x', 201) })), HttpStatusCode.BadRequest);
        await ReadProblem(AsAnn(HttpMethod.Post, "Segue/Playlists/calm", Json(new { Name = "a\u0007b" })), HttpStatusCode.BadRequest);

        Engine.DidNotReceiveWithAnyArgs().EditPlaylist(default!, default!);
        await Maker.DidNotReceiveWithAnyArgs().PublishAsync(default);
    }

    [Fact]
    public async Task An_export_holds_what_the_caller_may_see_with_relative_paths()
    {
        using var response = await AsBob(HttpMethod.Get, "Segue/Playlists/calm/Export?format=jspf");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/jspf+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Calm_ by_night.jspf", response.Content.Headers.ContentDisposition?.FileNameStar ?? response.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        Assert.Equal([1, 2, 3], await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Engine.Received(1).Export("Calm: by/night", Arg.Is<IReadOnlyList<string>>(songs => songs.SequenceEqual(new[] { "song1", "song2" })), ListFormat.Jspf, "/music/a");
    }

    [Fact]
    public async Task The_servers_own_paths_are_the_administrators()
    {
        using var refused = await AsBob(HttpMethod.Get, "Segue/Playlists/calm/Export?absolute=true");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        using var key = await AsKey(HttpMethod.Get, "Segue/Playlists/calm/Export?absolute=true");
        Assert.Equal("audio/x-mpegurl", key.Content.Headers.ContentType?.MediaType);
        Engine.Received(1).Export("Calm: by/night", Arg.Is<IReadOnlyList<string>>(songs => songs.Count == 3), ListFormat.M3u8, Arg.Is<string?>(folder => folder == null));
    }

    [Fact]
    public async Task A_playlist_of_which_the_caller_sees_nothing_is_none()
    {
        Library.GetVisibleTracks(Bob).Returns(new HashSet<Guid> { Make.Id(5) });

        await ReadProblem(AsBob(HttpMethod.Get, "Segue/Playlists/calm/Export"), HttpStatusCode.NotFound);
        await ReadProblem(AsBob(HttpMethod.Get, "Segue/Playlists/nosuch/Export"), HttpStatusCode.NotFound);
        await ReadProblem(AsBob(HttpMethod.Get, "Segue/Playlists/calm/Export?format=doc"), HttpStatusCode.BadRequest);
        await ReadProblem(AsBob(HttpMethod.Get, "Segue/Playlists/calm/Export?format=9"), HttpStatusCode.BadRequest);
        Engine.DidNotReceiveWithAnyArgs().Export(default!, default!, default, default);
    }

    [Theory]
    [InlineData("/music/a", "/music/a/1.flac", "/music/a/2.flac")]
    [InlineData("/music", "/music/a/1.flac", "/music/ab/2.flac")]
    [InlineData("/", "/music/a/1.flac", "/more/2.flac")]
    [InlineData("/music/a", "/music/a/1.flac")]
    [InlineData(null)]
    public void Paths_are_relative_to_the_innermost_folder_that_holds_all(string? expected, params string[] paths) =>
        Assert.Equal(expected, SeguePlaylistsController.CommonFolder(paths));

    [Fact]
    public async Task Reports_tell_what_a_run_did_and_what_came_into_Jellyfin()
    {
        Engine.GetReports(1).Returns(
        [
            new RunReport
            {
                Run = 3,
                BeganAt = DateTimeOffset.UnixEpoch,
                FinishedAt = DateTimeOffset.UnixEpoch.AddMinutes(1),
                Playlists = 30,
                Tracks = 900,
                New = 1,
                Continued = 28,
                Fading = 1,
                Gone = 2,
                TracksAdded = 40,
                TracksRemoved = 30,
                ServiceNames = 4,
                Notes = ["The naming service did not answer."],
                Clusters = new ClusterReport { Parameters = "k 34", Runs = 1000, Fitness = 0.7, Parts = [new FitnessPart("purity", 0.8)], Quality = new DataQuality { Tracks = 1000, TakingPart = 990 } },
            },
        ]);
        Publisher.GetLast().Returns(new PublishSummary { At = DateTimeOffset.UnixEpoch, Created = 1, Updated = 2, Unchanged = 3, Removed = 4, LeftToPeople = 5, Dismissed = 6, Closed = 7 });

        var reports = await Read<SegueReportsDto>(AsAnn(HttpMethod.Get, "Segue/Reports?count=1"));

        var report = Assert.Single(reports.Reports);
        Assert.Equal((3, 30, 900, 1, 28, 1, 2, 40, 30, 4), (report.Run, report.Playlists, report.Tracks, report.New, report.Continued, report.Fading, report.Gone, report.TracksAdded, report.TracksRemoved, report.ServiceNames));
        Assert.Equal(["The naming service did not answer."], report.Notes);
        Assert.Equal(("KMeans", "k 34", 1000, 0.7, 990), (report.Clusters.Algorithm, report.Clusters.Parameters, report.Clusters.Runs, report.Clusters.Fitness, report.Clusters.Quality.TakingPart));
        Assert.Equal([new SegueFitnessPartDto("purity", 0.8)], report.Clusters.Parts);
        Assert.Equal(new SeguePublishDto { At = DateTimeOffset.UnixEpoch, Created = 1, Updated = 2, Unchanged = 3, Removed = 4, LeftToPeople = 5, Dismissed = 6, Closed = 7 }, reports.Published);

        Engine.GetReports(100).Returns([]);
        Publisher.GetLast().Returns((PublishSummary?)null);
        var none = await Read<SegueReportsDto>(AsAnn(HttpMethod.Get, "Segue/Reports?count=100000"));
        Assert.Empty(none.Reports);
        Assert.Null(none.Published);
    }

    [Fact]
    public async Task A_preview_holds_what_the_caller_may_see()
    {
        Engine.Preview(default!).ReturnsForAnyArgs(_calm);

        var preview = await Read<SeguePreviewDto>(AsBob(HttpMethod.Post, "Segue/Definitions/Preview", Json(new { Definition = "calm > 0.5" })));

        Assert.Equal(("Calm music.", 2), (preview.Description, preview.Count));
        Assert.Equal([new SegueTrackDto { Id = Make.Id(1), Title = "Track 1", Artist = "Ann" }, new SegueTrackDto { Id = Make.Id(2), Title = "Track 2", Artist = "Ann" }], preview.Tracks);
        Engine.Received(1).Preview(Arg.Is<DefinitionRequest>(request => request.Definition == "calm > 0.5" && request.Allowed!.Count == 3));
    }

    [Fact]
    public async Task A_definition_that_cannot_be_understood_says_where()
    {
        Engine.Preview(default!).ThrowsForAnyArgs(new SegueException(SegueStatus.InvalidArgument, "column 7: a number is missing"));

        Assert.Equal("column 7: a number is missing", await ReadProblem(AsBob(HttpMethod.Post, "Segue/Definitions/Preview", Json(new { Definition = "tempo >" })), HttpStatusCode.BadRequest));
        await ReadProblem(AsBob(HttpMethod.Post, "Segue/Definitions/Preview", Json(new { Definition = string.Empty })), HttpStatusCode.BadRequest);
        await ReadProblem(AsBob(HttpMethod.Post, "Segue/Definitions/Preview", Json(new { Definition = new string('x', 4001) })), HttpStatusCode.BadRequest);
        await ReadProblem(AsBob(HttpMethod.Post, "Segue/Definitions/Preview", Json(new { })), HttpStatusCode.BadRequest);
        Engine.ReceivedWithAnyArgs(1).Preview(default!);
    }

    [Fact]
    public async Task A_definition_is_kept_replaced_and_forgotten()
    {
        Engine.KeepDefinition(default!).ReturnsForAnyArgs(_calm);

        await Read<SeguePlaylistDto>(AsAnn(HttpMethod.Post, "Segue/Definitions", Json(new { Definition = "tempo > 120", Name = " Fast ", Key = "def" })));
        Engine.Received(1).KeepDefinition(new DefinitionRequest { Definition = "tempo > 120", Name = "Fast", Key = "def" });

        using var forgotten = await AsAnn(HttpMethod.Delete, "Segue/Definitions/def");
        Assert.Equal(HttpStatusCode.NoContent, forgotten.StatusCode);
        Engine.Received(1).ForgetDefinition("def");
        await Maker.ReceivedWithAnyArgs(2).PublishAsync(default);

        // One of a cluster is none.
        await ReadProblem(AsAnn(HttpMethod.Delete, "Segue/Definitions/calm"), HttpStatusCode.NotFound);
        await ReadProblem(AsAnn(HttpMethod.Post, "Segue/Definitions", Json(new { Definition = "tempo > 120", Name = "Fast", Key = "calm" })), HttpStatusCode.NotFound);
        await ReadProblem(AsAnn(HttpMethod.Post, "Segue/Definitions", Json(new { Definition = "tempo > 120", Name = "  " })), HttpStatusCode.BadRequest);
        Engine.ReceivedWithAnyArgs(1).KeepDefinition(default!);
        Engine.ReceivedWithAnyArgs(1).ForgetDefinition(default!);
    }

    private static Neighbour Near(int number, string path) => new(Make.Id(number), $"song{number}", path, 1);
}
