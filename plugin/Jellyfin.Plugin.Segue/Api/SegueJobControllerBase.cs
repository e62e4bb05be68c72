using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Film;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Library;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What the controllers share that begin long work or tell of it. A job belongs to whoever began it: for all others there is none.
/// </summary>
public abstract class SegueJobControllerBase : SegueHearingControllerBase
{
    private readonly ISegueJobs _jobs;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueJobControllerBase"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="libraryManager">The server's library.</param>
    /// <param name="jobs">The jobs.</param>
    protected SegueJobControllerBase(
        ISegueEngineProvider engines, IJellyfinCompat compat, IMusicLibrary library, ILibraryManager libraryManager, ISegueJobs jobs)
        : base(engines, compat, library, libraryManager) => _jobs = jobs;

    /// <summary>Gets the jobs.</summary>
    protected ISegueJobs Jobs => _jobs;

    /// <summary>Begins a job.</summary>
    /// <param name="order">What is to be done.</param>
    /// <param name="audience">Who asks.</param>
    /// <returns>The job, or that there are too many.</returns>
    private protected ActionResult<SegueJobDto> Begin(SegueJobOrder order, SegueAudience audience) => _jobs.Start(order) is { } job
        ? Accepted(Describe(job, audience))
        : Problem("Too much is under way. Try again when some of it has ended.", statusCode: StatusCodes.Status409Conflict);

    /// <summary>Who a caller's jobs belong to.</summary>
    /// <param name="audience">Who asks.</param>
    /// <returns>The user's id; empty for an API key.</returns>
    private protected static Guid OwnerOf(SegueAudience audience) => audience.User?.Id ?? Guid.Empty;

    /// <summary>Describes a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="audience">Who asks.</param>
    /// <returns>Its description.</returns>
    private protected static SegueJobDto Describe(SegueJob job, SegueAudience audience) => new()
    {
        Id = job.Id,
        Kind = job.Kind,
        Subject = job.Subject,
        State = job.State,
        Progress = job.Step.Fraction,
        Step = job.Step.Text,
        StartedAt = job.StartedAt,
        EndedAt = job.EndedAt,
        Problem = job.Failure is { } failure ? Explain(job.Kind, failure) : string.Empty,
        Soundtrack = job.Result is FilmMusic music ? Describe(music, audience) : null,
    };

    /// <summary>Why a job failed. Only administrators install packs, and they may read paths.</summary>
    private static string Explain(SegueJobKind kind, Exception failure) => (kind, failure) switch
    {
        (SegueJobKind.PackInstallation, SegueException) or (_, SegueException { Status: SegueStatus.InvalidArgument }) => failure.Message,
        (_, SegueException { Status: SegueStatus.UnknownTrack or SegueStatus.NotAnalysed }) => "Segue has not heard any music yet.",
        _ => "It failed. The server's log says why.",
    };

    private static SegueSoundtrackDto Describe(FilmMusic music, SegueAudience audience)
    {
        var (answer, measures) = (music.Soundtrack.Answer, music.Soundtrack.Measures);
        return new SegueSoundtrackDto
        {
            Answer = new SegueFilmAnswerDto
            {
                Description = answer.Description,
                MusicRecommendation = answer.MusicRecommendation,
                Keywords = answer.Keywords,
                Mood = answer.Mood,
                GenreSuggestions = answer.GenreSuggestions,
                Tempo = answer.Tempo,
                EnergyLevel = answer.EnergyLevel,
            },
            AnsweredBy = music.Soundtrack.AnsweredBy,
            Notice = music.Soundtrack.Notice,
            Measures = new SegueFilmMeasuresDto
            {
                DurationSeconds = measures.DurationSeconds,
                Frames = measures.Frames,
                ShotsPerMinute = measures.ShotsPerMinute,
                Brightness = measures.Brightness,
                Contrast = measures.Contrast,
                Saturation = measures.Saturation,
                Warmth = measures.Warmth,
                Motion = measures.Motion,
                MusicShare = measures.MusicShare,
                SpeechShare = measures.SpeechShare,
                LoudnessLufs = measures.LoudnessLufs,
                LoudnessRangeLu = measures.LoudnessRangeLu,
                Arousal = measures.Arousal,
                Valence = measures.Valence,
                Bpm = measures.Bpm,
            },
            Tracks = audience.Describe(music.Soundtrack.Tracks),
            PlaylistId = music.PlaylistId,
            PlaylistName = music.PlaylistName,
        };
    }
}
