using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playback;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Makes each user's own lists from what they play and like, and brings them into Jellyfin.
/// </summary>
public interface IPersonalMixes
{
    /// <summary>Makes them anew for all users of whom something is remembered. One user's failure does not keep the others from theirs.</summary>
    /// <param name="progress">Takes percentages.</param>
    /// <param name="cancellationToken">Ends it between two playlists.</param>
    /// <returns>When it is done.</returns>
    Task RefreshAsync(IProgress<double> progress, CancellationToken cancellationToken);
}

/// <summary>
/// Goes from user to user.
/// </summary>
internal sealed class PersonalMixes : IPersonalMixes, IDisposable
{
    /// <summary>How old what is known of users' opinions may be.</summary>
    internal static readonly TimeSpan OpinionsFor = TimeSpan.FromMinutes(30);

    private readonly ISegueEngineProvider _engines;
    private readonly IOpinionSync _opinions;
    private readonly IPersonalPublisher _publisher;
    private readonly IMusicLibrary _library;
    private readonly IJellyfinCompat _compat;
    private readonly ISegueSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<PersonalMixes> _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>
    /// Initializes a new instance of the <see cref="PersonalMixes"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="opinions">Tells the engine what users think.</param>
    /// <param name="publisher">Writes playlists.</param>
    /// <param name="library">The music, and who may see it.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public PersonalMixes(
        ISegueEngineProvider engines,
        IOpinionSync opinions,
        IPersonalPublisher publisher,
        IMusicLibrary library,
        IJellyfinCompat compat,
        ISegueSettings settings,
        TimeProvider time,
        ILogger<PersonalMixes> logger)
    {
        _engines = engines;
        _opinions = opinions;
        _publisher = publisher;
        _library = library;
        _compat = compat;
        _settings = settings;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc />
    public async Task RefreshAsync(IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        if (!_settings.Current.PersonalMixes)
        {
            _logger.LogInformation("Personal mixes are switched off in Segue's settings");
            return;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await RunAsync(progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What fails for one user may work for the next; if it fails for all the task fails.")]
    private async Task RunAsync(IProgress<double> progress, CancellationToken cancellationToken)
    {
        var engine = _engines.Open();
        _opinions.Sync(engine, OpinionsFor, cancellationToken);
        var settings = _settings.Current;
        var users = _compat.GetUsers()
            .Where(user => PlaylistAudience.IsEnabled(user) && settings.Remembers(user.Id))
            .OrderBy(user => user.Username, StringComparer.OrdinalIgnoreCase)
            .ToList();
        var failures = new List<Exception>();
        for (var done = 0; done < users.Count; done++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress.Report(100.0 * done / users.Count);
            try
            {
                await RefreshAsync(engine, users[done], settings, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!EngineClosed.Caused(e) && e is not OperationCanceledException)
            {
                _logger.LogWarning(e, "{User}'s personal mixes could not be made", users[done].Username);
                failures.Add(e);
            }
        }

        if (failures.Count > 0 && failures.Count == users.Count)
        {
            throw new InvalidOperationException("No user's personal mixes could be made; the log says why.", failures[0]);
        }
    }

    private async Task RefreshAsync(ISegueEngine engine, User user, SegueSettings settings, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var lists = engine.MakePersonalLists(new TasteRequest
        {
            Listener = user.Id.ToString("N", CultureInfo.InvariantCulture),
            DailyMixes = settings.DailyMixes,
            Length = settings.PersonalMixLength,
            ArtistCap = settings.ArtistCap,
            Variation = (ulong)(now.UtcTicks / TimeSpan.TicksPerDay),
            Now = now,
            Allowed = _library.RenewCandidates(user),
        });
        var summary = await _publisher.PublishAsync(engine, user, lists, cancellationToken).ConfigureAwait(false);
        _logger.LogInformation(
            "{User}'s personal mixes: {Lists}; {Created} created, {Updated} updated, {Unchanged} as before, {Removed} removed",
            user.Username,
            lists.Count,
            summary.Created,
            summary.Updated,
            summary.Unchanged,
            summary.Removed);
    }
}
