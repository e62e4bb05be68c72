using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Session;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Segue.Playback;

/// <summary>
/// Has playlists refilled when somebody plays near their end. The server's threads only leave a note.
/// </summary>
internal sealed class RadioWatch : BackgroundService
{
    /// <summary>Most notes that wait. The oldest go first.</summary>
    internal const int MaxNotes = 64;

    private readonly ISessionManager _sessions;
    private readonly ISegueEngineProvider _engines;
    private readonly IRadioPlaylists _radio;
    private readonly IJellyfinCompat _compat;
    private readonly ILogger<RadioWatch> _logger;
    private readonly Channel<Note> _notes = Channel.CreateBounded<Note>(
        new BoundedChannelOptions(MaxNotes) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>
    /// Initializes a new instance of the <see cref="RadioWatch"/> class.
    /// </summary>
    /// <param name="sessions">Tells who plays what.</param>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="radio">Refills playlists.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="logger">The log.</param>
    public RadioWatch(ISessionManager sessions, ISegueEngineProvider engines, IRadioPlaylists radio, IJellyfinCompat compat, ILogger<RadioWatch> logger)
    {
        _sessions = sessions;
        _engines = engines;
        _radio = radio;
        _compat = compat;
        _logger = logger;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _sessions.PlaybackStart += OnStarted;
        try
        {
            await foreach (var note in _notes.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            {
                await RefillAsync(note, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            _logger.LogTrace("The server stops");
        }
        finally
        {
            _sessions.PlaybackStart -= OnStarted;
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The server raises the event on its own threads, and nobody's playback must end because of a note.")]
    private void OnStarted(object? sender, PlaybackProgressEventArgs e)
    {
        try
        {
            if (e.Item is Audio track and not AudioBook)
            {
                foreach (var user in e.Users ?? [])
                {
                    _notes.Writer.TryWrite(new Note(user.Id, track.Id));
                }
            }
        }
        catch (Exception error)
        {
            _logger.LogDebug(error, "A playback event could not be taken down");
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "One playlist that cannot be refilled must not end the watch.")]
    private async Task RefillAsync(Note note, CancellationToken cancellationToken)
    {
        try
        {
            if (_compat.GetUsers().FirstOrDefault(user => user.Id.Equals(note.User)) is { } user && _engines.TryGet(out var engine))
            {
                await _radio.RefillAsync(engine, user, note.Track, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _logger.LogDebug(e, "A playlist could not be refilled");
        }
    }

    private sealed record Note(Guid User, Guid Track);
}
