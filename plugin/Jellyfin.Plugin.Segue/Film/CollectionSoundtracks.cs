using System.Diagnostics.CodeAnalysis;
using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Movies;
using MediaBrowser.Controller.Entities.TV;
using MediaBrowser.Controller.Library;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Film;

/// <summary>
/// Makes a playlist for each film of the libraries and collections that the settings name.
/// </summary>
public interface ICollectionSoundtracks
{
    /// <summary>Makes what is missing and what has changed; what it has made stays when it is stopped, and the next run goes on from there.</summary>
    /// <param name="progress">Takes percentages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>When it is done.</returns>
    Task MakeAsync(IProgress<double> progress, CancellationToken cancellationToken);
}

/// <summary>
/// Goes from film to film. Films, home videos and music videos get a playlist; episodes do not, of which a library has thousands.
/// </summary>
internal sealed class CollectionSoundtracks : ICollectionSoundtracks
{
    private readonly ISegueEngineProvider _engines;
    private readonly IFilmMusic _music;
    private readonly ISoundtrackPublisher _publisher;
    private readonly ILibraryManager _libraryManager;
    private readonly IJellyfinCompat _compat;
    private readonly ISegueSettings _settings;
    private readonly ILogger<CollectionSoundtracks> _logger;
    private readonly FilmReader _films;

    /// <summary>
    /// Initializes a new instance of the <see cref="CollectionSoundtracks"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="music">Chooses music.</param>
    /// <param name="publisher">Writes playlists.</param>
    /// <param name="libraryManager">The server's library.</param>
    /// <param name="compat">What entities do by themselves.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="logger">The log.</param>
    public CollectionSoundtracks(
        ISegueEngineProvider engines,
        IFilmMusic music,
        ISoundtrackPublisher publisher,
        ILibraryManager libraryManager,
        IJellyfinCompat compat,
        ISegueSettings settings,
        ILogger<CollectionSoundtracks> logger)
    {
        _engines = engines;
        _music = music;
        _publisher = publisher;
        _libraryManager = libraryManager;
        _compat = compat;
        _settings = settings;
        _logger = logger;
        _films = new FilmReader(libraryManager, compat);
    }

    /// <inheritdoc />
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What fails for one film may work for the next; if it fails for all the task fails.")]
    public async Task MakeAsync(IProgress<double> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var settings = _settings.Current;
        if (settings.SoundtrackCollections.Count == 0)
        {
            _logger.LogInformation("No library and no collection is chosen in Segue's settings whose films are to have playlists");
            return;
        }

        var engine = _engines.Open();
        var users = _compat.GetUsers();
        var owner = FindOwner(users, settings);
        var published = _publisher.GetPublished(owner);
        var films = FindFilms(settings, owner, cancellationToken);
        var unchanged = new List<BaseItem>();
        var failures = new List<Exception>();
        var made = 0;
        for (var done = 0; done < films.Count; done++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var film = films[done];
            if (published.Deleted.Contains(film.Id))
            {
                continue;
            }

            try
            {
                var digest = FilmReader.Digest(film, _films.Read(film, owner), settings.SoundtrackLength, settings.Vision);
                if (published.Digests.TryGetValue(film.Id, out var before) && string.Equals(before, digest, StringComparison.Ordinal))
                {
                    unchanged.Add(film);
                    continue;
                }

                var part = new Part(progress, done, films.Count);
                var music = await _music.MakeAsync(film, new FilmWish(owner) { Length = settings.SoundtrackLength }, part, cancellationToken).ConfigureAwait(false);
                var list = SoundtrackTexts.Describe(film, music.Soundtrack, digest);
                var viewers = settings.SoundtracksShared ? Viewers(film, users) : null;
                made += await _publisher.PublishAsync(engine, list, owner, viewers, cancellationToken).ConfigureAwait(false) is null ? 0 : 1;
            }
            catch (Exception e) when (!EngineClosed.Caused(e) && e is not OperationCanceledException)
            {
                _logger.LogWarning(e, "There is no music for {Film}", film.Name);
                failures.Add(e);
            }
        }

        if (settings.SoundtracksShared)
        {
            await ShareAsync(engine, unchanged, owner, users, cancellationToken).ConfigureAwait(false);
        }

        _logger.LogInformation("Music for {Made} films; {Unchanged} are as before, {Failed} failed", made, unchanged.Count, failures.Count);
        if (failures.Count > 0 && made + unchanged.Count == 0)
        {
            throw new InvalidOperationException("No film could be given music; the log says why.", failures[0]);
        }
    }

    private static User FindOwner(IReadOnlyList<User> users, SegueSettings settings)
    {
        if (settings.SoundtrackUser is not { } id)
        {
            return PlaylistAudience.FindAdministrator(users.Where(PlaylistAudience.IsEnabled))
                ?? throw new InvalidOperationException("Playlists need an owner, and this server has no enabled administrator.");
        }

        return users.FirstOrDefault(user => user.Id.Equals(id) && PlaylistAudience.IsEnabled(user))
            ?? throw new InvalidOperationException("The user who is to own the playlists of films is gone or disabled. Choose another one in Segue's settings.");
    }

    private static bool Fits(BaseItem item) => item is Video and not (Episode or Trailer) && item.ExtraType is null && !item.IsVirtualItem;

    /// <summary>Lists the films as their playlists' owner sees them, each once.</summary>
    private List<BaseItem> FindFilms(SegueSettings settings, User owner, CancellationToken cancellationToken)
    {
        var films = new List<BaseItem>();
        foreach (var id in settings.SoundtrackCollections)
        {
            cancellationToken.ThrowIfCancellationRequested();
            films.AddRange(_libraryManager.GetItemById(id) switch
            {
                BoxSet collection => _compat.GetCollectionItems(collection),
                CollectionFolder { PhysicalFolderIds: { Length: > 0 } folders } => ReadLibrary(owner, folders),
                _ => [],
            });
        }

        return [.. films.Where(Fits).DistinctBy(film => film.Id).Where(film => _compat.IsVisible(film, owner))];
    }

    private IReadOnlyList<BaseItem> ReadLibrary(User owner, Guid[] folders) => _libraryManager.GetItemList(new InternalItemsQuery(owner)
    {
        IncludeItemTypes = [BaseItemKind.Movie, BaseItemKind.Video, BaseItemKind.MusicVideo],
        TopParentIds = folders,
        Recursive = true,
        IsVirtualItem = false,
        DtoOptions = new DtoOptions(true),
    });

    /// <summary>Who may know of a film's playlist: its name is the film's.</summary>
    private List<User> Viewers(BaseItem film, IReadOnlyList<User> users) => [.. users.Where(user => _compat.IsVisible(film, user))];

    private async Task ShareAsync(ISegueEngine engine, List<BaseItem> films, User owner, IReadOnlyList<User> users, CancellationToken cancellationToken)
    {
        // What a user may see is asked once for all films that are for the same people.
        var groups = films.Select(film => (film.Id, Viewers: Viewers(film, users)))
            .GroupBy(film => string.Join(',', film.Viewers.Select(viewer => viewer.Id)), StringComparer.Ordinal);
        foreach (var group in groups)
        {
            await _publisher.ShareAsync(engine, [.. group.Select(film => film.Id)], owner, group.First().Viewers, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One film's part of the whole.</summary>
    private sealed class Part(IProgress<double> whole, int done, int total) : IProgress<SegueJobStep>
    {
        public void Report(SegueJobStep value) => whole.Report(100.0 * (done + value.Fraction) / total);
    }
}
