using System.Diagnostics;
using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Tests;

/// <summary>
/// A server with several libraries whose queries leak as the real ones do: one that names items, ancestors or parents is not limited to
/// the user's libraries, and its database knows tags and ratings only as they were when it was scanned.
/// </summary>
internal sealed class FakeServer
{
    private readonly List<Entry> _tracks = [];
    private readonly Dictionary<Guid, Entry> _byId = [];
    private readonly Dictionary<(int Library, string Album), MusicAlbum> _albums = [];
    private readonly Dictionary<string, MusicArtist> _artists = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, HashSet<int>> _access = [];
    private readonly Dictionary<Guid, HashSet<string>> _blocked = [];
    private readonly Dictionary<Guid, int> _maxRating = [];
    private readonly Dictionary<Guid, string> _tags = [];
    private readonly Dictionary<Guid, int> _ratings = [];
    private readonly HashSet<Guid> _scannedTags = [];

    public FakeServer()
    {
        Manager.GetUserRootFolder().Returns(new UserRootFolder { Id = Make.Id(1_000_000) });
        Manager.GetItemIds(default!).ReturnsForAnyArgs(call => [.. Answer(call.Arg<InternalItemsQuery>()).Select(entry => entry.Track.Id)]);
        Manager.GetItemList(default!).ReturnsForAnyArgs(call => call.Arg<InternalItemsQuery>() is { IncludeItemTypes: [BaseItemKind.MusicArtist] } query
            ? [.. Artists.Where(artist => query.ItemIds.Contains(artist.Id)).Reverse()]
            : [.. Answer(call.Arg<InternalItemsQuery>()).Select(entry => entry.Track)]);
        Manager.GetItemById<BaseItem>(default, default(User)).ReturnsForAnyArgs(call => Find(call.Arg<Guid>(), call.Arg<User?>()));
        Manager.GetItemById(default).ReturnsForAnyArgs(call => Find(call.Arg<Guid>(), null));
        Manager.GetArtists(Arg.Any<IReadOnlyList<string>>()).ReturnsForAnyArgs(call => call.Arg<IReadOnlyList<string>>()
            .Where(_artists.ContainsKey).Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => new[] { _artists[name] }, StringComparer.Ordinal));
        Compat = new Rules(this);
        Library = new MusicLibrary(Manager, Compat, Time, NullLogger<MusicLibrary>.Instance);
    }

    public ILibraryManager Manager { get; } = Substitute.For<ILibraryManager>();

    public IJellyfinCompat Compat { get; }

    public FakeTime Time { get; } = new();

    public MusicLibrary Library { get; }

    /// <summary>How long the database took to answer them.</summary>
    public TimeSpan Spent { get; private set; }

    /// <summary>The questions that came to the server's database.</summary>
    public List<InternalItemsQuery> Queries { get; } = [];

    public IEnumerable<Audio> Tracks => _tracks.Select(entry => entry.Track);

    public IEnumerable<MusicAlbum> Albums => _albums.Values;

    public IEnumerable<MusicArtist> Artists => _artists.Values;

    public static Guid FolderOf(int library) => Make.Id(2_000_000 + library);

    public Audio Add(int number, int library, string artist, string album, string genre)
    {
        var track = Make.Track(number);
        track.Artists = [artist];
        track.AlbumArtists = [artist];
        track.Genres = [genre];
        if (!_albums.TryGetValue((library, album), out var folder))
        {
            folder = _albums[(library, album)] = new MusicAlbum { Id = Make.Id(3_000_000 + _albums.Count), Name = album, Path = $"/{library}/{album}" };
        }

        if (!_artists.ContainsKey(artist))
        {
            _artists[artist] = new MusicArtist { Id = Make.Id(4_000_000 + _artists.Count), Name = artist };
        }

        _tracks.Add(_byId[track.Id] = new Entry(track, library, folder, artist, genre));
        return track;
    }

    public int? LibraryOf(Guid track) => Of(track)?.Library;

    public void See(User user, params int[] libraries) => _access[user.Id] = [.. libraries];

    public void Block(User user, string tag) => (_blocked.TryGetValue(user.Id, out var tags) ? tags : _blocked[user.Id] = []).Add(tag);

    public void Limit(User user, int rating) => _maxRating[user.Id] = rating;

    /// <summary>Tags an item. Until the next scan its tracks do not know it.</summary>
    public void Tag(BaseItem item, string tag, bool scanned)
    {
        _tags[item.Id] = tag;
        if (scanned)
        {
            _scannedTags.Add(item.Id);
        }
    }

    public void Rate(BaseItem item, int rating) => _ratings[item.Id] = rating;

    /// <summary>Whether a user may see an item, when all is considered.</summary>
    public bool MaySee(User user, BaseItem item) => item switch
    {
        Audio track => Of(track.Id) is { } entry && Libraries(user).Contains(entry.Library) && IsVisibleNow(track, user),
        MusicAlbum album => _tracks.Any(entry => entry.Album == album && Libraries(user).Contains(entry.Library)) && IsVisibleNow(album, user),
        MusicArtist artist => _tracks.Any(entry => entry.Artist == artist.Name && MaySee(user, entry.Track)) && IsVisibleNow(artist, user),
        _ => false,
    };

    private HashSet<int> Libraries(User user) => _access.GetValueOrDefault(user.Id, []);

    private Entry? Of(Guid track) => _byId.GetValueOrDefault(track);

    private BaseItem? Find(Guid id, User? user)
    {
        var item = Tracks.Cast<BaseItem>().Concat(Albums).Concat(Artists).FirstOrDefault(item => item.Id.Equals(id));
        return item is null || user is null || IsVisibleNow(item, user) ? item : null;
    }

    private bool IsVisibleNow(BaseItem item, User user)
    {
        var entry = Of(item.Id) ?? (item is MusicAlbum ? _tracks.Find(other => other.Album == item) : null);
        var around = new[] { item.Id, entry?.Album.Id ?? item.Id };
        return (entry is null || Libraries(user).Contains(entry.Library))
            && !around.Any(id => _tags.TryGetValue(id, out var tag) && _blocked.GetValueOrDefault(user.Id, []).Contains(tag))
            && !around.Any(id => _ratings.GetValueOrDefault(id) > _maxRating.GetValueOrDefault(user.Id, int.MaxValue));
    }

    private List<Entry> Answer(InternalItemsQuery query)
    {
        var began = Stopwatch.GetTimestamp();
        Queries.Add(query);
        var found = query.ItemIds.Length > 0 ? query.ItemIds.Distinct().Select(Of).OfType<Entry>() : _tracks;

        if (query.AncestorIds.Length > 0)
        {
            found = found.Where(entry => query.AncestorIds.Contains(entry.Album.Id));
        }

        if (query.ArtistIds.Length > 0)
        {
            found = found.Where(entry => query.ArtistIds.Contains(_artists[entry.Artist].Id));
        }

        if (query.Genres.Count > 0)
        {
            found = found.Where(entry => query.Genres.Contains(entry.Genre));
        }

        if (query.TopParentIds.Length > 0)
        {
            found = found.Where(entry => query.TopParentIds.Contains(FolderOf(entry.Library)));
        }

        if (query.User is { } user)
        {
            var leaks = query.ItemIds.Length > 0 || query.AncestorIds.Length > 0 || query.TopParentIds.Length > 0 || !query.ParentId.Equals(Guid.Empty);
            var blocked = _blocked.GetValueOrDefault(user.Id, []);
            found = found.Where(entry => (leaks || Libraries(user).Contains(entry.Library))
                && !(_scannedTags.Contains(entry.Track.Id) && blocked.Contains(_tags[entry.Track.Id])));
        }

        // In no order that anybody could rely on.
        var answer = found.OrderBy(entry => entry.Track.Id.GetHashCode()).ToList();
        Spent += Stopwatch.GetElapsedTime(began);
        return answer;
    }

    /// <summary>What the server's entities do by themselves.</summary>
    private sealed class Rules(FakeServer server) : IJellyfinCompat
    {
        public IReadOnlyList<User> GetUsers() => [];

        public bool IsLocalFile(BaseItem item) => true;

        public IReadOnlyList<Guid> GetLibraryFolders(Folder root, User user) => [.. server.Libraries(user).Select(FolderOf)];

        public bool IsVisible(BaseItem item, User user) => server.IsVisibleNow(item, user);

        public MusicAlbum? GetAlbum(Audio track) => server.Of(track.Id)?.Album;

        public IReadOnlyList<Guid> GetPlaylistItems(Playlist playlist) => [.. playlist.LinkedChildren.Select(link => link.ItemId!.Value)];

        public IReadOnlyList<BaseItem> GetCollectionItems(Folder collection) => [];

        public LinkedChild CreateLink(BaseItem item) => new() { ItemId = item.Id };

        public Task SaveAsync(BaseItem item, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task SaveImageAsync(BaseItem item, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed record Entry(Audio Track, int Library, MusicAlbum Album, string Artist, string Genre);
}
