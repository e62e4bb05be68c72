using System.Diagnostics.CodeAnalysis;
using Jellyfin.Plugin.Segue.Configuration;
using MediaBrowser.Controller.Session;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Playback;

/// <summary>
/// Looks at the sessions every few seconds.
/// </summary>
internal sealed class AnalysisPause : IAnalysisPause
{
    /// <summary>Time between two looks.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly ISessionManager _sessions;
    private readonly ISegueSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<AnalysisPause> _logger;

    /// <summary>
    /// Initializes a new instance of the <see cref="AnalysisPause"/> class.
    /// </summary>
    /// <param name="sessions">Who plays what.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public AnalysisPause(ISessionManager sessions, ISegueSettings settings, TimeProvider time, ILogger<AnalysisPause> logger)
    {
        _sessions = sessions;
        _settings = settings;
        _time = time;
        _logger = logger;
    }

    /// <summary>Gets a value indicating whether an ffmpeg of the server works for somebody. A finished one leaves its entry behind, without a percentage.</summary>
    private bool SomebodyTranscodes => _sessions.Sessions.Any(session => session.TranscodingInfo is { CompletionPercentage: not null });

    /// <inheritdoc />
    public async Task WatchAsync(ISegueEngine engine, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);

        var paused = false;
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            do
            {
                paused = Look(engine, paused, () => _settings.Current.PauseWhileTranscoding && SomebodyTranscodes);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            Look(engine, paused, () => false);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Analysis must not fail because nobody can tell whether it should wait.")]
    private bool Look(ISegueEngine engine, bool paused, Func<bool> shouldPause)
    {
        try
        {
            var wanted = shouldPause();
            if (wanted != paused)
            {
                engine.SetPaused(wanted);
                _logger.LogInformation("Analysis {State}", wanted ? "pauses: somebody transcodes" : "goes on");
            }

            return wanted;
        }
        catch (Exception e)
        {
            _logger.LogDebug(e, "Cannot tell whether somebody transcodes, or the engine was closed");
            return paused;
        }
    }
}
