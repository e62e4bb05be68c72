using System.Globalization;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Library;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Film;

/// <summary>
/// Translates between the library's films and the engine's soundtracks. One film at a time: each is decoded. Access is checked as for
/// mixes: what the user could see a while ago goes to the engine, and its answer is looked up as that user now.
/// </summary>
internal sealed class SoundtrackMaker : IFilmMusic, IDisposable
{
    private readonly ISegueEngineProvider _engines;
    private readonly IMusicLibrary _library;
    private readonly ISoundtrackPublisher _publisher;
    private readonly ISegueSettings _settings;
    private readonly FilmReader _films;
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>
    /// Initializes a new instance of the <see cref="SoundtrackMaker"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="library">The music, and who may see it.</param>
    /// <param name="libraryManager">The server's library.</param>
    /// <param name="compat">What entities do by themselves.</param>
    /// <param name="publisher">Writes playlists.</param>
    /// <param name="settings">The settings.</param>
    public SoundtrackMaker(
        ISegueEngineProvider engines,
        IMusicLibrary library,
        ILibraryManager libraryManager,
        IJellyfinCompat compat,
        ISoundtrackPublisher publisher,
        ISegueSettings settings)
    {
        _engines = engines;
        _library = library;
        _publisher = publisher;
        _settings = settings;
        _films = new FilmReader(libraryManager, compat);
    }

    /// <inheritdoc />
    public BaseItem? Find(Guid id, User? user) => _films.Find(id, user);

    /// <inheritdoc />
    public async Task<FilmMusic> MakeAsync(BaseItem film, FilmWish wish, IProgress<SegueJobStep> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(film);
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(progress);

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ChooseAsync(film, wish, progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async Task<FilmMusic> ChooseAsync(BaseItem film, FilmWish wish, IProgress<SegueJobStep> progress, CancellationToken cancellationToken)
    {
        var settings = _settings.Current;
        var engine = _engines.Open();
        var description = _films.Read(film, wish.User);
        var length = wish.Length > 0 ? wish.Length : settings.SoundtrackLength;
        var service = wish.Offline ? null : settings.Vision;
        var soundtrack = await engine.SoundtrackAsync(
            new SoundtrackRequest
            {
                Video = description.Video,
                Pictures = description.Pictures,
                Facts = description.Facts,
                Length = length,
                Service = service,
                Listener = wish.User?.Id.ToString("N", CultureInfo.InvariantCulture) ?? string.Empty,
                Allowed = wish.User is { } user ? _library.GetCandidates(user) : null,
            },
            new Steps(progress),
            cancellationToken).ConfigureAwait(false);

        soundtrack = soundtrack with { Tracks = Visible(soundtrack.Tracks, wish.User) };
        if (!wish.Playlist || wish.User is not { } owner || soundtrack.Tracks.Count == 0)
        {
            return new FilmMusic(soundtrack, null, null);
        }

        var list = SoundtrackTexts.Describe(film, soundtrack, FilmReader.Digest(film, description, length, service));
        var playlist = await _publisher.PublishAsync(engine, list, owner, viewers: null, cancellationToken).ConfigureAwait(false);
        return new FilmMusic(soundtrack, playlist?.Id, playlist?.Name);
    }

    private IReadOnlyList<Neighbour> Visible(IReadOnlyList<Neighbour> tracks, User? user)
    {
        var ids = tracks.Select(track => track.ItemId).OfType<Guid>().Distinct().ToList();
        var visible = _library.GetTracks(ids, user, null).Select(track => track.Id).ToHashSet();
        return [.. tracks.Where(track => track.ItemId is { } id && visible.Contains(id)).DistinctBy(track => track.ItemId)];
    }

    private sealed class Steps(IProgress<SegueJobStep> target) : IProgress<FilmProgress>
    {
        public void Report(FilmProgress value) => target.Report(new SegueJobStep(value.Fraction, SoundtrackTexts.Of(value.Step)));
    }
}
