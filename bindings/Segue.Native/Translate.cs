using Abi = Segue.Native.Generated;

namespace Segue.Native;

/// <summary>Translates between our records and the generated ones.</summary>
internal static partial class Translate
{
    public static Abi.Options Options(SegueOptions options)
    {
        if (options.TimeLimit < TimeSpan.FromMilliseconds(1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.TimeLimit, "No track can be analysed in no time.");
        }

        return new Abi.Options
        {
            store = options.StorePath,
            models = options.ModelsFolder ?? string.Empty,
            onnxruntime = options.OnnxRuntimePath ?? string.Empty,
            ffmpeg = options.FfmpegPath ?? string.Empty,
            threads = Count(options.Threads, nameof(options.Threads)),
            gentle = options.Gentle,
            backend = options.Backend switch
            {
                SegueBackend.Auto => Abi.Backend.Auto,
                SegueBackend.OnnxRuntime => Abi.Backend.OnnxRuntime,
                SegueBackend.Rten => Abi.Backend.Rten,
                _ => throw new ArgumentOutOfRangeException(nameof(options), options.Backend, "There is no such backend."),
            },
            precision = options.Precision switch
            {
                SeguePrecision.Int8 => Abi.Precision.Int8,
                SeguePrecision.F32 => Abi.Precision.F32,
                _ => throw new ArgumentOutOfRangeException(nameof(options), options.Precision, "There is no such precision."),
            },
            patches = options.Patches is { } patches ? Count(patches, nameof(options.Patches)) : null,
            time_limit_ms = (ulong)(options.TimeLimit?.TotalMilliseconds ?? 0),
            recent_albums = Count(options.RecentAlbums, nameof(options.RecentAlbums)),
            search = [.. options.SearchFolders, NativeLibraryResolver.NativeFolder ?? string.Empty],
        };
    }

    public static List<Abi.LibraryTrack> Tracks(IReadOnlyList<LibraryTrack> tracks) =>
    [
        .. tracks.Select(track => new Abi.LibraryTrack
        {
            item_id = track.ItemId.ToString("N"),
            path = track.Path,
            tags = new Abi.Tags
            {
                title = track.Tags.Title,
                artist = track.Tags.Artist,
                album_artist = track.Tags.AlbumArtist,
                album = track.Tags.Album,
                // Libraries hold nonsense here at times: no reason to refuse a track.
                track = (uint)Math.Max(track.Tags.Track, 0),
                year = track.Tags.Year,
                mb_recording = track.Tags.MbRecording,
                mb_release = track.Tags.MbRelease,
                mb_artist = track.Tags.MbArtist,
                genres = [.. track.Tags.Genres],
            },
        }),
    ];

    public static uint Count(int count, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count, name);
        return (uint)count;
    }

    public static SyncSummary Summary(Abi.SyncSummary summary) => new()
    {
        Added = (long)summary.added,
        Updated = (long)summary.updated,
        Removed = (long)summary.removed,
        Unchanged = (long)summary.unchanged,
    };

    public static AnalysisProgress Progress(Abi.AnalysisProgress progress, string path) => new()
    {
        Done = (long)progress.done,
        Total = (long)progress.total,
        Failed = (long)progress.failed,
        Recognised = (long)progress.recognised,
        AudioSeconds = progress.audio_seconds,
        ElapsedSeconds = progress.elapsed_seconds,
        Path = path,
        Paused = progress.paused,
    };

    public static AnalysisSummary Summary(Abi.AnalysisSummary summary) => new()
    {
        Total = (long)summary.total,
        Analysed = (long)summary.analysed,
        Recognised = (long)summary.recognised,
        Failed = (long)summary.failed,
        Decoded = (long)summary.decoded,
        Left = (long)summary.left,
        AudioSeconds = summary.audio_seconds,
        ElapsedSeconds = summary.elapsed_seconds,
    };

    public static TrackInfo Track(Abi.Track track) => new()
    {
        SongId = track.song_id,
        Path = track.path,
        ItemIds = [.. track.item_ids.Select(ItemId).OfType<Guid>()],
        Tags = new TrackTags
        {
            Title = track.tags.title,
            Artist = track.tags.artist,
            AlbumArtist = track.tags.album_artist,
            Album = track.tags.album,
            Track = (int)track.tags.track,
            Year = track.tags.year,
            MbRecording = track.tags.mb_recording,
            MbRelease = track.tags.mb_release,
            MbArtist = track.tags.mb_artist,
            Genres = [.. track.tags.genres],
        },
        DurationSeconds = track.duration_s,
        Codec = track.codec,
        SampleRate = (int)track.sample_rate,
        Channels = (int)track.channels,
        Damage = (int)track.damage,
        Bpm = track.bpm,
        BpmConfidence = track.bpm_confidence,
        Key = track.key,
        Scale = track.scale,
        KeyStrength = track.key_strength,
        LoudnessLufs = track.loudness_lufs,
        LoudnessRangeLu = track.loudness_range_lu,
        TruePeakDbtp = track.true_peak_dbtp,
        Danceability = track.danceability,
        Energy = track.energy,
        TagsByNetwork =
        [
            .. track.tags_by_network.Select(said => new NetworkTags(
                said.network, [.. said.tags.Select(tag => new TagProbability(tag.name, tag.probability))])),
        ],
    };

    public static IReadOnlyList<Neighbour> Neighbours(List<Abi.Neighbour> neighbours) => [.. neighbours.Select(Neighbour)];

    public static Neighbour Neighbour(Abi.Neighbour found) => new(ItemId(found.item_id), found.song_id, found.path, found.distance, found.reason);

    public static EngineStatistics Statistics(Abi.Statistics now) => new()
    {
        Files = (long)now.files,
        Items = (long)now.items,
        Songs = (long)now.songs,
        Pending = (long)now.pending,
        Failures = (long)now.failures,
        AudioSeconds = now.audio_seconds,
        DatabaseBytes = (long)now.database_bytes,
        Backend = now.backend,
        Activity = now.activity switch
        {
            { IsAnalysing: true } => EngineActivity.Analysing,
            { IsPaused: true } => EngineActivity.Paused,
            _ => EngineActivity.Idle,
        },
        Progress = Progress(now.progress, now.progress_path),
        Notice = now.notice,
    };

    public static IReadOnlyList<EngineFailure> Failures(List<Abi.Failure> failures) =>
    [
        .. failures.Select(failure => new EngineFailure
        {
            Path = failure.path,
            Reason = failure.reason,
            Detail = failure.detail,
            Tries = (int)failure.tries,
            LastAt = DateTimeOffset.FromUnixTimeSeconds(failure.last_at),
        }),
    ];

    private static Guid? ItemId(string text) => Guid.TryParse(text, out var id) ? id : null;
}
