using System.Globalization;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Similar;

/// <summary>
/// Translates between Jellyfin's items and what the engine finds similar. Access is checked as for mixes: what the user could see a
/// while ago goes to the engine, and its answer is looked up as that user now. An album or artist is found by one of its songs, so it
/// is shown to those who may see such a song.
/// </summary>
internal sealed class SimilarMusic : ISimilarMusic
{
    /// <summary>Most items of one answer.</summary>
    internal const int MaxLimit = 500;

    /// <summary>Asked for beyond the limit, for what turns out to be excluded, hidden or gone.</summary>
    internal const int Spare = 50;

    private readonly ISegueEngineProvider _engines;
    private readonly IMusicLibrary _library;

    /// <summary>
    /// Initializes a new instance of the <see cref="SimilarMusic"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="library">The library.</param>
    public SimilarMusic(ISegueEngineProvider engines, IMusicLibrary library)
    {
        _engines = engines;
        _library = library;
    }

    /// <inheritdoc />
    public IReadOnlyList<BaseItem> Find(BaseItem item, SimilarWish wish)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(wish);

        var limit = Math.Min(wish.Limit, MaxLimit);
        if (limit <= 0 || item is AudioBook || item is not (Audio or MusicAlbum or MusicArtist) || !_engines.TryGet(out var engine))
        {
            return [];
        }

        try
        {
            var search = new Search(engine, wish, limit, _library);
            IReadOnlyList<BaseItem> found = item switch
            {
                Audio track => search.Songs(track),
                MusicAlbum album => search.Albums(album),
                _ => search.Artists((MusicArtist)item),
            };
            return [.. found.Where(other => !other.Id.Equals(item.Id) && !wish.ExcludeItems.Contains(other.Id)).Take(limit)];
        }
        catch (SegueException e) when (e.Status is SegueStatus.UnknownTrack or SegueStatus.NotAnalysed)
        {
            return [];
        }
    }

    private sealed class Search(ISegueEngine engine, SimilarWish wish, int limit, IMusicLibrary library)
    {
        private readonly ItemSet? _visible = wish.User is { } user ? library.GetCandidates(user) : null;
        private readonly IReadOnlySet<string> _excluded = wish.ExcludeArtists.Count == 0 ? new HashSet<string>(StringComparer.OrdinalIgnoreCase) : library.GetArtistNames(wish.ExcludeArtists);

        public IReadOnlyList<Audio> Songs(Audio track)
        {
            var found = engine.Similar(track.Id.ToString("N", CultureInfo.InvariantCulture), limit + Spare, _visible);
            return [.. Tracks(found)];
        }

        public IReadOnlyList<MusicAlbum> Albums(MusicAlbum album)
        {
            // By its folder: titles are shared, and an album's songs may be of many artists.
            var seed = string.IsNullOrEmpty(album.Path)
                ? new Seed(SeedKind.Album, album.Name ?? string.Empty)
                : new Seed(SeedKind.Folder, album.Path);
            return library.GetAlbums(Examples(SetKind.Album, seed), wish.User);
        }

        public IReadOnlyList<MusicArtist> Artists(MusicArtist artist)
        {
            var sets = Sets(SetKind.Artist, new Seed(SeedKind.Artist, artist.Name ?? string.Empty));
            var seen = Tracks(sets.Select(set => set.Example)).Select(track => track.Id).ToHashSet();

            // The name of one whose song is hidden now must not lead to the artist.
            var names = sets.Where(set => set.Example.ItemId is { } id && seen.Contains(id)).Select(set => set.Name).Where(name => !_excluded.Contains(name));
            return library.GetArtists([.. names], wish.User, wish.Options);
        }

        private IReadOnlyList<Audio> Examples(SetKind kind, Seed seed) => [.. Tracks(Sets(kind, seed).Select(set => set.Example))];

        private IReadOnlyList<SimilarSet> Sets(SetKind kind, Seed seed) =>
            seed.Name.Length == 0 ? [] : engine.SimilarSets(kind, seed, limit + Spare, _visible);

        private IEnumerable<Audio> Tracks(IEnumerable<Neighbour> neighbours)
        {
            var ids = neighbours.Select(neighbour => neighbour.ItemId).OfType<Guid>().Where(id => _visible is null || _visible.Contains(id)).Distinct();
            return library.GetTracks([.. ids], wish.User, wish.Options)
                .Where(track => !Names(track.Artists).Concat(Names(track.AlbumArtists)).Any(_excluded.Contains));
        }

        private static IEnumerable<string> Names(IReadOnlyList<string>? names) => (names ?? []).OfType<string>();
    }
}
