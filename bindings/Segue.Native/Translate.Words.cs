using Abi = Segue.Native.Generated;

namespace Segue.Native;

/// <content>Words, models to add, and music for films.</content>
internal static partial class Translate
{
    public static Abi.SearchRequest Search(SearchRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Abi.SearchRequest
        {
            query = NotNull(request.Query, nameof(request)),
            length = Count(request.Length, nameof(request.Length)),
            listener = NotNull(request.Listener, nameof(request)),
        };
    }

    public static SearchAnswer Search(Abi.SearchAnswer answer) => new()
    {
        Understood = [.. answer.understood.Select(piece => new Understood(piece.label, piece.words, piece.negated))],
        Left = [.. answer.left],
        Described = answer.described,
        BySound = answer.by_sound,
        Hits = [.. answer.hits.Select(hit => new SearchHit(Neighbour(hit.track), hit.score, hit.named))],
    };

    public static Pack Pack(Abi.Pack pack) => new()
    {
        Name = pack.name,
        Title = pack.title,
        About = pack.about,
        Enables = [.. pack.enables],
        Licence = pack.licence,
        LicenceUrl = Address(pack.licence_url),
        Terms = pack.terms,
        Source = pack.source,
        Bytes = (long)pack.bytes,
        MemoryBytes = (long)pack.memory_bytes,
        Fetched = pack.fetched,
        Folder = pack.folder,
        Files = [.. pack.files.Select(file => new PackFile(file.name, Address(file.url), (long)file.bytes, file.sha256, (long)file.present))],
        State = State(pack.state),
        Detail = pack.detail,
        Songs = (long)pack.songs,
    };

    public static PackProgress Progress(Abi.PackProgress now, string file) => new()
    {
        Step = Step(now.step),
        File = file,
        Done = (long)now.done,
        Total = (long)now.total,
    };

    public static PackState State(Abi.PackState state) => state switch
    {
        { IsPartial: true } => PackState.Partial,
        { IsInstalled: true } => PackState.Installed,
        { IsDamaged: true } => PackState.Damaged,
        _ => PackState.Absent,
    };

    public static PackStep Step(Abi.PackStep step) => step switch
    {
        { IsFetching: true } => PackStep.Fetching,
        { IsChecking: true } => PackStep.Checking,
        { IsPlacing: true } => PackStep.Placing,
        _ => PackStep.Looking,
    };

    public static Abi.SoundtrackRequest Soundtrack(SoundtrackRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Abi.SoundtrackRequest
        {
            video = request.Video ?? string.Empty,
            pictures = References(request.Pictures, nameof(request)),
            facts = Facts(NotNull(request.Facts, nameof(request))),
            length = Count(request.Length, nameof(request.Length)),
            artist_cap = Count(request.ArtistCap, nameof(request.ArtistCap)),
            service = request.Service is { } service ? Vision(service) : null,
            listener = NotNull(request.Listener, nameof(request)),
        };
    }

    public static Soundtrack Soundtrack(Abi.Soundtrack made) => new()
    {
        Answer = new FilmAnswer
        {
            Description = made.answer.description,
            MusicRecommendation = made.answer.music_recommendation,
            Keywords = [.. made.answer.keywords],
            Mood = made.answer.mood,
            GenreSuggestions = [.. made.answer.genre_suggestions],
            Tempo = made.answer.tempo,
            EnergyLevel = made.answer.energy_level,
        },
        AnsweredBy = made.answered_by,
        Notice = made.notice,
        Measures = Measures(made.measures),
        Tracks = Neighbours(made.tracks),
    };

    public static FilmMeasures Measures(Abi.FilmMeasures measures) => new()
    {
        DurationSeconds = double.IsFinite(measures.duration_s) ? measures.duration_s : null,
        Frames = (int)measures.frames,
        ShotsPerMinute = Measured(measures.shots_per_minute),
        Brightness = Measured(measures.brightness),
        Contrast = Measured(measures.contrast),
        Saturation = Measured(measures.saturation),
        Warmth = Measured(measures.warmth),
        Motion = Measured(measures.motion),
        MusicShare = Measured(measures.music_share),
        SpeechShare = Measured(measures.speech_share),
        LoudnessLufs = Measured(measures.loudness_lufs),
        LoudnessRangeLu = Measured(measures.loudness_range_lu),
        Arousal = Measured(measures.arousal),
        Valence = Measured(measures.valence),
        Bpm = Measured(measures.bpm),
    };

    public static FilmProgress Progress(Abi.FilmProgress now) => new() { Step = Step(now.step), Fraction = now.fraction };

    public static FilmStep Step(Abi.FilmStep step) => step switch
    {
        { IsListening: true } => FilmStep.Listening,
        { IsAsking: true } => FilmStep.Asking,
        { IsChoosing: true } => FilmStep.Choosing,
        _ => FilmStep.Looking,
    };

    public static CollectionStatistics Collection(Abi.CollectionStatistics now) => new()
    {
        CollectionName = now.collection_name,
        VectorsCount = (long)now.vectors_count,
        PointsCount = (long)now.points_count,
        Status = now.status,
        Models =
        [
            .. now.models.Select(model => new CollectionModel(model.name, (long)model.dimensions, (long)model.vectors_count, model.version, (long)model.current)),
        ],
    };

    private static Abi.FilmFacts Facts(FilmFacts facts) => new()
    {
        title = NotNull(facts.Title, nameof(facts)),
        series = NotNull(facts.Series, nameof(facts)),
        overview = NotNull(facts.Overview, nameof(facts)),
        genres = References(facts.Genres, nameof(facts)),
        tags = References(facts.Tags, nameof(facts)),
        people =
        [
            .. NotNull(facts.People, nameof(facts)).Select(person => new Abi.FilmPerson
            {
                name = NotNull(NotNull(person, nameof(facts)).Name, nameof(facts)),
                role = NotNull(person.Role, nameof(facts)),
            }),
        ],
        year = facts.Year,
        rating = NotNull(facts.Rating, nameof(facts)),
        kind = facts.Kind switch
        {
            FilmKind.Film => Abi.FilmKind.Film,
            FilmKind.Episode => Abi.FilmKind.Episode,
            FilmKind.HomeVideo => Abi.FilmKind.HomeVideo,
            FilmKind.MusicVideo => Abi.FilmKind.MusicVideo,
            FilmKind.Slideshow => Abi.FilmKind.Slideshow,
            FilmKind.Clip => Abi.FilmKind.Clip,
            _ => throw Unknown(facts.Kind, nameof(facts)),
        },
    };

    private static Abi.VisionService Vision(VisionService service) => new()
    {
        provider = Provider(service.Provider),
        url = service.Url?.OriginalString ?? string.Empty,
        model = NotNull(service.Model, nameof(service)),
        delay_s = Weight(service.Delay.TotalSeconds, nameof(service.Delay)),
        timeout_s = Weight(service.Timeout.TotalSeconds, nameof(service.Timeout)),
        frames = Count(service.Frames, nameof(service.Frames)),
        daily_calls = Count(service.DailyCalls, nameof(service.DailyCalls)),
        video = service.Video,
    };

    private static float? Measured(float value) => float.IsFinite(value) ? value : null;

    private static Uri? Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) ? address : null;
}
