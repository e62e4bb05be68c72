using System.Net;
using System.Text.Json;
using Jellyfin.Plugin.Segue.Api;
using Jellyfin.Plugin.Segue.Film;
using Jellyfin.Plugin.Segue.Jobs;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Movies;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

public sealed class SegueSoundtrackControllerTests : SegueServer
{
    private static readonly Soundtrack Music = new()
    {
        Answer = new FilmAnswer
        {
            Description = "A walk by the sea.",
            MusicRecommendation = "calm piano",
            Keywords = ["sea"],
            Mood = "calm",
            GenreSuggestions = ["ambient"],
            Tempo = "Slow",
            EnergyLevel = "Low",
        },
        AnsweredBy = "offline",
        Notice = "Gemini did not answer.",
        Measures = new FilmMeasures { Frames = 5, Brightness = 0.5F },
        Tracks = [Make.Near(1) with { Reason = "calm" }, Make.Near(2), Make.Near(8)],
    };

    private readonly string _route = $"Segue/Soundtrack/{Make.Id(70)}";

    public SegueSoundtrackControllerTests()
    {
        var film = new Movie { Id = Make.Id(70), Name = "Waves" };
        Films.Find(film.Id, Arg.Any<Jellyfin.Database.Implementations.Entities.User?>()).Returns(film);
        Films.MakeAsync(default!, default!, default!, default).ReturnsForAnyArgs(new FilmMusic(Music, Make.Id(90), "Waves: music"));
    }

    [Fact]
    public async Task A_job_ends_with_music_in_the_known_shape()
    {
        var begun = await Read<SegueJobDto>(AsBob(HttpMethod.Post, _route, Json(new { Length = 12, Playlist = true, Offline = true })));
        Assert.Equal((SegueJobKind.Soundtrack, Make.Name(Make.Id(70))), (begun.Kind, begun.Subject));
        var ended = await End(begun.Id, AsBob);
        Assert.Equal(SegueJobState.Done, ended.State);
        var soundtrack = ended.Soundtrack!;
        Assert.Equal(("offline", "Gemini did not answer."), (soundtrack.AnsweredBy, soundtrack.Notice));
        Assert.Equal((5, 0.5F, null), (soundtrack.Measures.Frames, soundtrack.Measures.Brightness, soundtrack.Measures.Bpm));
        Assert.Equal((Make.Id(90), "Waves: music"), (soundtrack.PlaylistId, soundtrack.PlaylistName));
        Assert.Equal([Make.Id(1), Make.Id(2)], soundtrack.Tracks.Select(track => track.Id));
        Assert.Equal("calm", soundtrack.Tracks[0].Reason);
        await Films.Received(1).MakeAsync(
            Arg.Is<BaseItem>(film => film.Name == "Waves"),
            Arg.Is<FilmWish>(wish => wish.User!.Id.Equals(Bob.Id) && wish.Length == 12 && wish.Playlist && wish.Offline),
            Arg.Any<IProgress<SegueJobStep>>(),
            Arg.Any<CancellationToken>());

        using var response = await AsBob(HttpMethod.Get, $"Segue/Jobs/{begun.Id}");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            """{"description":"A walk by the sea.","music_recommendation":"calm piano","keywords":["sea"],"mood":"calm","genre_suggestions":["ambient"],"tempo":"Slow","energy_level":"Low"}""",
            json.RootElement.GetProperty("Soundtrack").GetProperty("Answer").GetRawText());
        Assert.DoesNotContain("/music", json.RootElement.GetRawText(), StringComparison.Ordinal);

        Hide(Bob, 1);
        Assert.Equal([Make.Id(2)], (await End(begun.Id, AsBob)).Soundtrack!.Tracks.Select(track => track.Id));
    }

    [Fact]
    public async Task Without_a_body_all_is_as_set_and_a_job_is_its_owners()
    {
        var begun = await Read<SegueJobDto>(AsBob(HttpMethod.Post, _route));
        await End(begun.Id, AsBob);
        await Films.Received(1).MakeAsync(
            Arg.Any<BaseItem>(), new FilmWish(Bob), Arg.Any<IProgress<SegueJobStep>>(), Arg.Any<CancellationToken>());

        await ReadProblem(AsAnn(HttpMethod.Get, $"Segue/Jobs/{begun.Id}"), HttpStatusCode.NotFound);
        await ReadProblem(AsKey(HttpMethod.Delete, $"Segue/Jobs/{begun.Id}"), HttpStatusCode.NotFound);
        Assert.Empty(await Read<List<SegueJobDto>>(AsAnn(HttpMethod.Get, "Segue/Jobs")));
        Assert.Single(await Read<List<SegueJobDto>>(AsBob(HttpMethod.Get, "Segue/Jobs")));
    }

    [Fact]
    public async Task A_job_says_how_far_it_is_and_can_be_called_off()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Films.MakeAsync(default!, default!, default!, default).ReturnsForAnyArgs(async call =>
        {
            call.Arg<IProgress<SegueJobStep>>().Report(new SegueJobStep(0.25, "Listening"));
            told.SetResult();
            await Task.Delay(Timeout.Infinite, call.Arg<CancellationToken>());
            return new FilmMusic(Music, null, null);
        });
        var begun = await Read<SegueJobDto>(AsBob(HttpMethod.Post, _route));
        await told.Task.WaitAsync(TestContext.Current.CancellationToken);
        var now = await Read<SegueJobDto>(AsBob(HttpMethod.Get, $"Segue/Jobs/{begun.Id}"));
        Assert.Equal((SegueJobState.Running, 0.25, "Listening", null), (now.State, now.Progress, now.Step, now.Soundtrack));
        Assert.Equal(begun.Id, (await Read<SegueJobDto>(AsBob(HttpMethod.Post, _route))).Id);
        await Read<SegueJobDto>(AsBob(HttpMethod.Delete, $"Segue/Jobs/{begun.Id}"));
        Assert.Equal(SegueJobState.Cancelled, (await End(begun.Id, AsBob)).State);
    }

    [Theory]
    [InlineData(SegueStatus.InvalidArgument, "Pictures are needed.", "Pictures are needed.")]
    [InlineData(SegueStatus.NotAnalysed, "/music/x.flac", "Segue has not heard any music yet.")]
    [InlineData(SegueStatus.Io, "/films/secret.mkv", "It failed. The server's log says why.")]
    public async Task Why_a_job_failed_is_told_without_paths(SegueStatus status, string message, string told)
    {
        Films.MakeAsync(default!, default!, default!, default).ThrowsAsyncForAnyArgs(new SegueException(status, message));
        var begun = await Read<SegueJobDto>(AsBob(HttpMethod.Post, _route));
        var ended = await End(begun.Id, AsBob);
        Assert.Equal((SegueJobState.Failed, told), (ended.State, ended.Problem));
    }

    [Fact]
    public async Task Too_many_at_once_are_refused()
    {
        Films.Find(default, default).ReturnsForAnyArgs(call => new Movie { Id = call.Arg<Guid>() });
        Films.MakeAsync(default!, default!, default!, default).ReturnsForAnyArgs(async call =>
        {
            await Task.Delay(Timeout.Infinite, call.Arg<CancellationToken>());
            return new FilmMusic(Music, null, null);
        });
        for (var number = 0; number < SegueJobs.MaxOfOwner; number++)
        {
            await Read<SegueJobDto>(AsBob(HttpMethod.Post, $"Segue/Soundtrack/{Make.Id(70 + number)}"));
        }

        await ReadProblem(AsBob(HttpMethod.Post, $"Segue/Soundtrack/{Make.Id(99)}"), HttpStatusCode.Conflict);
        foreach (var job in await Read<List<SegueJobDto>>(AsBob(HttpMethod.Get, "Segue/Jobs")))
        {
            await Read<SegueJobDto>(AsBob(HttpMethod.Delete, $"Segue/Jobs/{job.Id}"));
        }
    }

    [Fact]
    public async Task What_makes_no_sense_or_is_hidden_begins_nothing()
    {
        await ReadProblem(AsBob(HttpMethod.Post, _route, Json(new { Length = 0 })), HttpStatusCode.BadRequest);
        await ReadProblem(AsBob(HttpMethod.Post, _route, Json(new { Length = 1001 })), HttpStatusCode.BadRequest);
        await ReadProblem(AsKey(HttpMethod.Post, _route, Json(new { Playlist = true })), HttpStatusCode.BadRequest);
        await ReadProblem(AsBob(HttpMethod.Post, $"Segue/Soundtrack/{Make.Id(71)}"), HttpStatusCode.NotFound);
        await ReadProblem(AsBob(HttpMethod.Post, $"Segue/Soundtrack/{Guid.Empty}"), HttpStatusCode.NotFound);
        await ReadProblem(AsBob(HttpMethod.Delete, $"Segue/Jobs/{Make.Id(1)}"), HttpStatusCode.NotFound);

        await Films.DidNotReceiveWithAnyArgs().MakeAsync(default!, default!, default!, default);
    }
}
