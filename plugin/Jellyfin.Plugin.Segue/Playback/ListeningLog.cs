using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Session;
using MediaBrowser.Model.Entities;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Playback;

/// <summary>
/// Takes down who hears and likes what, for the engine alone. The server's threads only leave a note; what the notes mean and where
/// they go is another thread's work. Of users who do not want it there is not even a note.
/// </summary>
internal sealed class ListeningLog : IHostedService, IDisposable
{
    /// <summary>Most notes that wait. The oldest go first.</summary>
    internal const int MaxNotes = 4096;

    /// <summary>Most plays and opinions that wait for an engine that is not open.</summary>
    internal const int MaxWaiting = 10_000;

    /// <summary>Time between two looks at the notes.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How long after the start the first housekeeping is done: the server has enough to do until then.</summary>
    internal static readonly TimeSpan FirstHousekeeping = TimeSpan.FromMinutes(15);

    /// <summary>Time between two housekeepings.</summary>
    internal static readonly TimeSpan Housekeeping = TimeSpan.FromDays(1);

    /// <summary>How long the server's stop waits for what is left to be written.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    private readonly ISessionManager _sessions;
    private readonly IUserDataManager _userData;
    private readonly ISegueEngineProvider _engines;
    private readonly IOpinionSync _sync;
    private readonly ISegueSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<ListeningLog> _logger;
    private readonly PlayTracker _tracker = new();
    private readonly ListeningQueue _waiting = new(MaxWaiting);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<object> _notes = Channel.CreateBounded<object>(
        new BoundedChannelOptions(MaxNotes) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private Task _work = Task.CompletedTask;
    private DateTimeOffset _nextHousekeeping;

    /// <summary>
    /// Initializes a new instance of the <see cref="ListeningLog"/> class.
    /// </summary>
    /// <param name="sessions">Tells who plays what.</param>
    /// <param name="userData">Tells who likes what.</param>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="sync">Reads what users think as a whole.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public ListeningLog(
        ISessionManager sessions,
        IUserDataManager userData,
        ISegueEngineProvider engines,
        IOpinionSync sync,
        ISegueSettings settings,
        TimeProvider time,
        ILogger<ListeningLog> logger)
    {
        _sessions = sessions;
        _userData = userData;
        _engines = engines;
        _sync = sync;
        _settings = settings;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _nextHousekeeping = _time.GetUtcNow() + FirstHousekeeping;
        _sessions.PlaybackStart += OnStarted;
        _sessions.PlaybackProgress += OnProgressed;
        _sessions.PlaybackStopped += OnStopped;
        _userData.UserDataSaved += OnSaved;
        _work = Task.Run(() => WorkAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _sessions.PlaybackStart -= OnStarted;
        _sessions.PlaybackProgress -= OnProgressed;
        _sessions.PlaybackStopped -= OnStopped;
        _userData.UserDataSaved -= OnSaved;
        await _stopping.CancelAsync().ConfigureAwait(false);
        try
        {
            await _work.WaitAsync(StopPatience, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            _logger.LogDebug("What was heard last could not be written in time");
        }
    }

    /// <inheritdoc />
    public void Dispose() => _stopping.Dispose();

    private void OnStarted(object? sender, PlaybackProgressEventArgs e) => Note(PlayNoteKind.Started, e);

    private void OnProgressed(object? sender, PlaybackProgressEventArgs e) => Note(PlayNoteKind.Progressed, e);

    private void OnStopped(object? sender, PlaybackStopEventArgs e) => Note(PlayNoteKind.Stopped, e);

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The server raises the event on its own threads, and one client's playback must not end because nobody could take it down.")]
    private void Note(PlayNoteKind kind, PlaybackProgressEventArgs e)
    {
        try
        {
            if (e.Item is not Audio track || track is AudioBook)
            {
                return;
            }

            var settings = _settings.Current;
            var users = settings.PlayLogDays > 0 ? (e.Users ?? []).Select(user => user.Id).Where(settings.Remembers).ToList() : [];
            var session = e.Session?.Id ?? e.PlaySessionId ?? e.DeviceId;
            if (users.Count > 0 && !string.IsNullOrEmpty(session))
            {
                _notes.Writer.TryWrite(new PlayNote(
                    kind,
                    session,
                    track.Id,
                    track.RunTimeTicks is { } length ? TimeSpan.FromTicks(length) : null,
                    users,
                    e.PlaybackPositionTicks is { } position ? TimeSpan.FromTicks(Math.Max(0, position)) : null,
                    e.IsPaused,
                    _time.GetUtcNow()));
            }
        }
        catch (Exception error)
        {
            _logger.LogDebug(error, "A playback event could not be taken down");
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "As above: a person's click on a heart must not fail because of it.")]
    private void OnSaved(object? sender, UserDataSaveEventArgs e)
    {
        try
        {
            // Progress changes no opinion, and comes every few seconds.
            if (e is { Item: Audio and not AudioBook, UserData: { } data }
                && e.SaveReason != UserDataSaveReason.PlaybackProgress
                && _settings.Current.Remembers(e.UserId))
            {
                _notes.Writer.TryWrite(new SavedOpinion(e.UserId, Opinions.Of(e.Item.Id, data)));
            }
        }
        catch (Exception error)
        {
            _logger.LogDebug(error, "A change of a user's data could not be taken down");
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                Look(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            Look(CancellationToken.None);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The log goes on with the next look, whatever happened in this one.")]
    private void Look(CancellationToken cancellationToken)
    {
        try
        {
            Sort();
            Write();
            if (!_stopping.IsCancellationRequested && _time.GetUtcNow() >= _nextHousekeeping)
            {
                _nextHousekeeping = _time.GetUtcNow() + Housekeeping;
                KeepHouse(cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _logger.LogDebug(e, "What was heard could not be written");
        }
    }

    private void Sort()
    {
        while (_notes.Reader.TryRead(out var note))
        {
            if (note is PlayNote play)
            {
                _waiting.Add(_tracker.Take(play));
            }
            else if (note is SavedOpinion saved)
            {
                _waiting.Add(saved.User, saved.Opinion);
            }
        }

        _waiting.Add(_tracker.Expire(_time.GetUtcNow()));
    }

    private void Write()
    {
        if (_waiting.IsEmpty || !_engines.TryGet(out var engine))
        {
            return;
        }

        var settings = _settings.Current;
        foreach (var (user, listened) in _waiting.Take())
        {
            // Somebody may have changed their mind since.
            if (!settings.Remembers(user))
            {
                continue;
            }

            if (listened.Opinions.Count > 0)
            {
                engine.SetOpinions(Opinions.Listener(user), listened.Opinions, whole: false);
            }

            if (listened.Plays.Count > 0 && settings.PlayLogDays > 0)
            {
                engine.LogPlays(Opinions.Listener(user), listened.Plays);
            }
        }
    }

    private void KeepHouse(CancellationToken cancellationToken)
    {
        if (!_engines.TryGet(out var engine))
        {
            return;
        }

        engine.ForgetPlays(_time.GetUtcNow() - TimeSpan.FromDays(_settings.Current.PlayLogDays));
        _sync.Sync(engine, Housekeeping / 2, cancellationToken);
    }

    private sealed record SavedOpinion(Guid User, Opinion Opinion);
}
