using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Film;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Entities.Movies;
using MediaBrowser.Controller.Entities.TV;
using MediaBrowser.Controller.Library;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Film;

public sealed class SoundtrackMakerTests : IDisposable
{
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly IMusicLibrary _library = Substitute.For<IMusicLibrary>();
    private readonly ILibraryManager _libraryManager = Substitute.For<ILibraryManager>();
    private readonly ISoundtrackPublisher _publisher = Substitute.For<ISoundtrackPublisher>();
    private readonly PluginConfiguration _configuration = new();
    private readonly List<SoundtrackRequest> _requests = [];
    private readonly List<SoundtrackList> _lists = [];
    private readonly Steps _steps = new();
    private readonly User _ann = Make.User("ann");
    private readonly Movie _film = new() { Id = Make.Id(1), Name = "Metropolis", Genres = ["Drama"] };
    private readonly SoundtrackMaker _maker;
    private Func<Task<Soundtrack>> _answer = () => Task.FromResult(new Soundtrack
    {
        Answer = new FilmAnswer { Description = "A city of two halves.", MusicRecommendation = "Dark, slow orchestra." },
        AnsweredBy = "offline",
        Tracks = [Near(1, "dark"), Near(2, "slow"), Near(2, "slow"), Near(3, "slow"), Near(4, "dark"), Near(5, "slow")],
    });

    public SoundtrackMakerTests()
    {
        _engine.SoundtrackAsync(default!, default, default).ReturnsForAnyArgs(call =>
        {
            _requests.Add(call.Arg<SoundtrackRequest>());
            call.Arg<IProgress<FilmProgress>>().Report(new FilmProgress { Step = FilmStep.Listening, Fraction = 0.5F });
            return _answer();
        });
        _library.GetCandidates(_ann).Returns(new ItemSet([Make.Id(1), Make.Id(2), Make.Id(3), Make.Id(4)]));

        // Number 3 is hidden by now.
        _library.GetTracks(default!, default, default).ReturnsForAnyArgs(call =>
            [.. call.Arg<IReadOnlyList<Guid>>().Where(id => call.Arg<User?>() is null || (!id.Equals(Make.Id(3)) && !id.Equals(Make.Id(5)))).Select(id => new Audio { Id = id })]);
        _publisher.PublishAsync(default!, default!, default!, default, default).ReturnsForAnyArgs(call =>
        {
            _lists.Add(call.Arg<SoundtrackList>());
            return new SoundtrackPlaylist(Make.Id(77), "Mine");
        });
        _maker = new SoundtrackMaker(
            Make.Provider(_engine),
            _library,
            _libraryManager,
            Substitute.For<IJellyfinCompat>(),
            _publisher,
            new PluginSettings(() => _configuration, () => null));
    }

    public void Dispose() => _maker.Dispose();

    [Fact]
    public async Task The_engine_is_told_of_the_film_and_for_whom()
    {
        var music = await MakeMusic(new FilmWish(_ann));

        var request = Assert.Single(_requests);
        Assert.Equal(("Metropolis", 20, Make.Name(_ann.Id)), (request.Facts.Title, request.Length, request.Listener));
        Assert.Equal(Enumerable.Range(1, 4).Select(Make.Id), request.Allowed!.Order());
        Assert.Null(request.Service);
        Assert.Null(request.Video);
        Assert.Equal([Make.Id(1), Make.Id(2), Make.Id(4)], music.Soundtrack.Tracks.Select(track => track.ItemId!.Value));
        Assert.Equal(("offline", null, null), (music.Soundtrack.AnsweredBy, music.PlaylistId, music.PlaylistName));
        Assert.Empty(_lists);
        Assert.Equal([new SegueJobStep(0.5, "Listening")], _steps.Reports);
    }

    [Fact]
    public async Task An_API_key_gets_all_music_and_no_playlist()
    {
        var music = await MakeMusic(new FilmWish(null) { Playlist = true });

        Assert.Null(_requests[0].Allowed);
        Assert.Empty(_requests[0].Listener);
        Assert.Equal(5, music.Soundtrack.Tracks.Count);
        Assert.Null(music.PlaylistId);
        Assert.Empty(_lists);
    }

    [Fact]
    public async Task The_service_of_the_settings_looks_at_it_unless_it_is_not_wanted()
    {
        _configuration.VisionService = "Gemini";
        _configuration.SoundtrackLength = 33;

        await MakeMusic(new FilmWish(_ann));
        await MakeMusic(new FilmWish(_ann) { Offline = true, Length = 7 });

        Assert.Equal([NamingProvider.Gemini, null], _requests.Select(request => request.Service?.Provider));
        Assert.Equal([33, 7], _requests.Select(request => request.Length));
    }

    [Fact]
    public async Task It_becomes_the_users_own_playlist_that_says_why()
    {
        var music = await MakeMusic(new FilmWish(_ann) { Playlist = true });

        Assert.Equal((Make.Id(77), "Mine"), (music.PlaylistId, music.PlaylistName));
        await _publisher.Received(1).PublishAsync(_engine, Arg.Any<SoundtrackList>(), _ann, null, TestContext.Current.CancellationToken);
        var list = Assert.Single(_lists);
        Assert.Equal((_film.Id, "Music for Metropolis"), (list.Film, list.Name));
        Assert.Equal("A city of two halves.\n\nDark, slow orchestra.\n\nChosen for: dark; slow.", list.Description);
        Assert.Equal([Make.Id(1), Make.Id(2), Make.Id(4)], list.Tracks.Select(track => track.ItemId!.Value));
    }

    [Fact]
    public async Task Nothing_to_play_makes_no_playlist()
    {
        _answer = () => Task.FromResult(new Soundtrack { Tracks = [Near(3, "hidden"), Near(5, "hidden")] });

        Assert.Null((await MakeMusic(new FilmWish(_ann) { Playlist = true })).PlaylistId);
        Assert.Empty(_lists);
    }

    [Fact]
    public async Task One_film_at_a_time()
    {
        var first = new TaskCompletionSource<Soundtrack>();
        _answer = () => first.Task;
        var one = MakeMusic(new FilmWish(_ann));
        var two = MakeMusic(new FilmWish(_ann));
        Assert.Single(_requests);

        first.SetResult(new Soundtrack());
        await one;
        await two;
        Assert.Equal(2, _requests.Count);
    }

    [Fact]
    public async Task A_failure_is_the_callers_to_tell_and_the_next_film_gets_its_turn()
    {
        _answer = () => Task.FromException<Soundtrack>(new SegueException(SegueStatus.NotAnalysed, "nothing heard"));
        await Assert.ThrowsAsync<SegueException>(() => MakeMusic(new FilmWish(_ann)));
        await Assert.ThrowsAsync<SegueException>(() => MakeMusic(new FilmWish(_ann)));
    }

    [Fact]
    public void Titles_that_are_odd_make_names_that_are_not()
    {
        Assert.Equal("Music for Nights – The first", Name(new Episode { Name = "The first", SeriesName = "Nights" }));
        Assert.Equal("Music for a b", Name(new Movie { Name = "a\nb" }));
        Assert.Equal("Music for ", Name(new Movie { Name = null! }));
        var cut = Name(new Movie { Name = new string('x', 188) + "🎬🎬🎬" });
        Assert.InRange(cut.Length, 190, 200);
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.DoesNotContain(cut[..^1], char.IsSurrogate);
    }

    [Fact]
    public void A_description_has_bounds()
    {
        var soundtrack = new Soundtrack
        {
            Answer = new FilmAnswer { Description = new string('d', 100_000) },
            Tracks = [.. Enumerable.Range(0, 50).Select(number => Near(number, $"reason {number}"))],
        };
        Assert.Equal(SoundtrackTexts.MaxDescription, SoundtrackTexts.Describe(_film, soundtrack, "digest").Description.Length);

        var reasons = SoundtrackTexts.Describe(_film, soundtrack with { Answer = new FilmAnswer() }, "digest").Description;
        Assert.Equal(SoundtrackTexts.MaxReasons, reasons.Split(';').Length);
        Assert.Empty(SoundtrackTexts.Describe(_film, new Soundtrack(), "digest").Description);
    }

    private static Neighbour Near(int number, string reason) => Make.Near(number) with { Reason = reason };

    private static string Name(BaseItem film) => SoundtrackTexts.Describe(film, new Soundtrack(), "digest").Name;

    private Task<FilmMusic> MakeMusic(FilmWish wish) => _maker.MakeAsync(_film, wish, _steps, TestContext.Current.CancellationToken);

    private sealed class Steps : IProgress<SegueJobStep>
    {
        public List<SegueJobStep> Reports { get; } = [];

        public void Report(SegueJobStep value) => Reports.Add(value);
    }
}
