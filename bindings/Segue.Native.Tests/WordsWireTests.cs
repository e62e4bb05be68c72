using Abi = Segue.Native.Generated;

namespace Segue.Native.Tests;

/// <summary>Words, models to add and music for films: wishes and answers, sent through the native library's memory.</summary>
public sealed class WordsWireTests
{
    public WordsWireTests() => NativeCall.EnsureAvailable();

    [Fact]
    public void A_question_arrives_as_it_was_sent()
    {
        using var wire = Abi.WireOfSearchRequest.From(Translate.Search(new SearchRequest { Query = "größer ♫", Length = 7, Listener = "ann" }));
        var asked = wire.Unwire();
        Assert.Equal(("größer ♫", 7U, "ann"), (asked.query, asked.length, asked.listener));
    }

    [Fact]
    public void An_answer_arrives_as_it_was_given()
    {
        using var wire = Abi.WireOfSearchAnswer.From(new Abi.SearchAnswer
        {
            understood = [new Abi.Understood { label = "piano", words = "Klavier", negated = true }],
            left = ["größer"],
            described = true,
            by_sound = true,
            hits = [new Abi.SearchHit { track = Near(), score = 0.25F, named = true }],
        });
        var answer = Translate.Search(wire.Unwire());
        Assert.Equal([new Understood("piano", "Klavier", true)], answer.Understood);
        Assert.Equal(["größer"], answer.Left);
        Assert.True(answer is { Described: true, BySound: true });
        Assert.Equal([new SearchHit(new Neighbour(null, "song", "/a.flac", 0.5F, "calm"), 0.25F, true)], answer.Hits);
    }

    [Fact]
    public void A_pack_arrives_as_it_was_given()
    {
        using var wire = Abi.WireOfVecPack.From(
        [
            new Abi.Pack
            {
                name = "clap",
                title = "CLAP",
                about = "about",
                enables = ["words"],
                licence = "Apache-2.0",
                licence_url = "https://example.org/licence",
                terms = "terms",
                source = "source",
                bytes = 5_000_000_000,
                memory_bytes = 2,
                fetched = true,
                folder = "/models",
                files = [new Abi.PackFile { name = "a.onnx", url = string.Empty, bytes = 3, sha256 = "00", present = 4 }],
                state = Abi.PackState.Damaged,
                detail = "detail",
                songs = 5,
            },
        ]);
        var pack = Translate.Pack(Assert.Single(wire.Unwire()));
        Assert.Equal(("clap", "CLAP", "about", "Apache-2.0", "terms", "source"), (pack.Name, pack.Title, pack.About, pack.Licence, pack.Terms, pack.Source));
        Assert.Equal((5_000_000_000, 2, true, "/models", "detail", 5), (pack.Bytes, pack.MemoryBytes, pack.Fetched, pack.Folder, pack.Detail, pack.Songs));
        Assert.Equal(["words"], pack.Enables);
        Assert.Equal(new Uri("https://example.org/licence"), pack.LicenceUrl);
        Assert.Equal([new PackFile("a.onnx", null, 3, "00", 4)], pack.Files);
        Assert.Equal(PackState.Damaged, pack.State);

        var now = Translate.Progress(new Abi.PackProgress { step = Abi.PackStep.Checking, done = 6, total = 7 }, "a.onnx");
        Assert.Equal(new PackProgress { Step = PackStep.Checking, File = "a.onnx", Done = 6, Total = 7 }, now);
    }

    [Fact]
    public void A_wish_for_a_soundtrack_arrives_as_it_was_sent()
    {
        using var wire = Abi.WireOfSoundtrackRequest.From(Translate.Soundtrack(new SoundtrackRequest
        {
            Video = "/films/größer.mkv",
            Pictures = ["/a.jpg"],
            Facts = new FilmFacts
            {
                Title = "title",
                Series = "series",
                Overview = "overview",
                Genres = ["genre"],
                Tags = ["tag"],
                People = [new FilmPerson("Ann", "composer")],
                Year = 1999,
                Rating = "PG",
                Kind = FilmKind.MusicVideo,
            },
            Length = 1,
            ArtistCap = 2,
            Service = new VisionService
            {
                Provider = NamingProvider.Gemini,
                Url = new Uri("http://localhost:31/größer"),
                Model = "model",
                Delay = TimeSpan.FromSeconds(3.5),
                Timeout = TimeSpan.FromSeconds(4.5),
                Frames = 5,
                DailyCalls = 6,
                Video = true,
            },
            Listener = "ann",
        }));
        var wish = wire.Unwire();
        Assert.Equal(("/films/größer.mkv", "/a.jpg", 1U, 2U, "ann"), (wish.video, Assert.Single(wish.pictures), wish.length, wish.artist_cap, wish.listener));
        Assert.Equal(("title", "series", "overview", "PG", 1999), (wish.facts.title, wish.facts.series, wish.facts.overview, wish.facts.rating, wish.facts.year));
        Assert.Equal(("genre", "tag"), (Assert.Single(wish.facts.genres), Assert.Single(wish.facts.tags)));
        var person = Assert.Single(wish.facts.people);
        Assert.Equal(("Ann", "composer", true), (person.name, person.role, wish.facts.kind.IsMusicVideo));
        var service = wish.service!;
        Assert.True(service.provider.IsGemini && service.video);
        Assert.Equal(("http://localhost:31/größer", "model", 3.5, 4.5, 5U, 6U), (service.url, service.model, service.delay_s, service.timeout_s, service.frames, service.daily_calls));

        using var plainWire = Abi.WireOfSoundtrackRequest.From(Translate.Soundtrack(new SoundtrackRequest()));
        var plain = plainWire.Unwire();
        Assert.Equal((string.Empty, null), (plain.video, plain.service));
    }

    [Fact]
    public void A_soundtrack_arrives_as_it_was_given_and_what_was_not_measured_is_null()
    {
        var measures = new Abi.FilmMeasures
        {
            duration_s = 1,
            frames = 2,
            shots_per_minute = 3,
            brightness = 4,
            contrast = 5,
            saturation = 6,
            warmth = -7,
            motion = 8,
            music_share = 9,
            speech_share = 10,
            loudness_lufs = float.NegativeInfinity,
            loudness_range_lu = 12,
            arousal = 13,
            valence = 14,
            bpm = float.NaN,
        };
        using var wire = Abi.WireOfSoundtrack.From(new Abi.Soundtrack
        {
            answer = new Abi.FilmAnswer
            {
                description = "description",
                music_recommendation = "music",
                keywords = ["keyword"],
                mood = "mood",
                genre_suggestions = ["genre"],
                tempo = "Fast",
                energy_level = "High",
            },
            answered_by = "offline",
            notice = "notice",
            measures = measures,
            tracks = [Near()],
        });
        var made = Translate.Soundtrack(wire.Unwire());
        var answer = made.Answer;
        Assert.Equal(("description", "music", "mood", "Fast", "High"), (answer.Description, answer.MusicRecommendation, answer.Mood, answer.Tempo, answer.EnergyLevel));
        Assert.Equal(("keyword", "genre"), (Assert.Single(answer.Keywords), Assert.Single(answer.GenreSuggestions)));
        Assert.Equal(("offline", "notice", "calm"), (made.AnsweredBy, made.Notice, Assert.Single(made.Tracks).Reason));
        Assert.Equal(
            new FilmMeasures
            {
                DurationSeconds = 1,
                Frames = 2,
                ShotsPerMinute = 3,
                Brightness = 4,
                Contrast = 5,
                Saturation = 6,
                Warmth = -7,
                Motion = 8,
                MusicShare = 9,
                SpeechShare = 10,
                LoudnessRangeLu = 12,
                Arousal = 13,
                Valence = 14,
            },
            made.Measures);
        measures.duration_s = double.NaN;
        Assert.Null(Translate.Measures(measures).DurationSeconds);
        Assert.Equal(new FilmProgress { Step = FilmStep.Asking, Fraction = 0.5F }, Translate.Progress(new Abi.FilmProgress { step = Abi.FilmStep.Asking, fraction = 0.5F }));
    }

    [Fact]
    public void A_collection_arrives_as_it_was_given()
    {
        using var wire = Abi.WireOfCollectionStatistics.From(new Abi.CollectionStatistics
        {
            collection_name = "segue",
            vectors_count = 1,
            points_count = 2,
            status = "green",
            models = [new Abi.CollectionModel { name = "msd", dimensions = 3, vectors_count = 4, version = "5", current = 6 }],
        });
        var now = Translate.Collection(wire.Unwire());
        Assert.Equal(("segue", 1, 2, "green"), (now.CollectionName, now.VectorsCount, now.PointsCount, now.Status));
        Assert.Equal([new CollectionModel("msd", 3, 4, "5", 6)], now.Models);
    }

    [Fact]
    public void Every_choice_arrives_as_itself()
    {
        Assert.All(Enum.GetValues<FilmKind>(), kind =>
            Assert.Equal(kind.ToString(), Translate.Soundtrack(new SoundtrackRequest { Facts = new FilmFacts { Kind = kind } }).facts.kind.ToString()));
        Assert.All(Enum.GetValues<NamingProvider>(), provider =>
            Assert.Equal(provider.ToString(), Translate.Soundtrack(new SoundtrackRequest { Service = new VisionService { Provider = provider } }).service!.provider.ToString()));
        Assert.Equal(
            Enum.GetValues<PackState>(),
            new[] { Abi.PackState.Absent, Abi.PackState.Partial, Abi.PackState.Installed, Abi.PackState.Damaged }.Select(Translate.State));
        Assert.Equal(
            Enum.GetValues<PackStep>(),
            new[] { Abi.PackStep.Looking, Abi.PackStep.Fetching, Abi.PackStep.Checking, Abi.PackStep.Placing }.Select(Translate.Step));
        Assert.Equal(
            Enum.GetValues<FilmStep>(),
            new[] { Abi.FilmStep.Looking, Abi.FilmStep.Listening, Abi.FilmStep.Asking, Abi.FilmStep.Choosing }.Select(Translate.Step));
        Assert.True(Translate.Mix(new MixRequest { Seeds = [new Seed(SeedKind.Words, "calm")] }).seeds[0].kind.IsWords);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Action[] senseless =
        [
            () => Translate.Search(new SearchRequest { Length = -1 }),
            () => Translate.Soundtrack(new SoundtrackRequest { Length = -1 }),
            () => Translate.Soundtrack(new SoundtrackRequest { ArtistCap = -1 }),
            () => Translate.Soundtrack(new SoundtrackRequest { Facts = new FilmFacts { Kind = (FilmKind)7 } }),
            () => Translate.Soundtrack(new SoundtrackRequest { Service = new VisionService { Provider = (NamingProvider)7 } }),
            () => Translate.Soundtrack(new SoundtrackRequest { Service = new VisionService { Delay = TimeSpan.FromSeconds(-1) } }),
            () => Translate.Soundtrack(new SoundtrackRequest { Service = new VisionService { Timeout = TimeSpan.FromSeconds(-1) } }),
            () => Translate.Soundtrack(new SoundtrackRequest { Service = new VisionService { Frames = -1 } }),
            () => Translate.Soundtrack(new SoundtrackRequest { Service = new VisionService { DailyCalls = -1 } }),
        ];
        Assert.All(senseless, call => Assert.Throws<ArgumentOutOfRangeException>(call));
        Action[] missing =
        [
            () => Translate.Search((SearchRequest)null!),
            () => Translate.Search(new SearchRequest { Query = null! }),
            () => Translate.Search(new SearchRequest { Listener = null! }),
            () => Translate.Soundtrack((SoundtrackRequest)null!),
            () => Translate.Soundtrack(new SoundtrackRequest { Pictures = [null!] }),
            () => Translate.Soundtrack(new SoundtrackRequest { Facts = null! }),
            () => Translate.Soundtrack(new SoundtrackRequest { Facts = new FilmFacts { Title = null! } }),
            () => Translate.Soundtrack(new SoundtrackRequest { Facts = new FilmFacts { People = [null!] } }),
            () => Translate.Soundtrack(new SoundtrackRequest { Service = new VisionService { Model = null! } }),
        ];
        Assert.All(missing, call => Assert.Throws<ArgumentNullException>(call));
    }

    private static Abi.Neighbour Near() => new() { song_id = "song", path = "/a.flac", item_id = string.Empty, distance = 0.5F, reason = "calm" };
}
