using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Film;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Mixing;
using Jellyfin.Plugin.Segue.Search;
using Jellyfin.Plugin.Segue.Similar;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Entities.Movies;
using MediaBrowser.Controller.Library;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Segue.Native;
using Xunit;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Tests;

/// <summary>
/// Nobody is given what is hidden from them, by any way to Segue: over a server that leaks, and an engine that answers with everything
/// whatever it is allowed. The worlds are made by chance, always the same ones.
/// </summary>
public sealed class AccessTests
{
    private const int Worlds = 40;
    private const int Songs = 80;

    public static TheoryData<string> Routes =>
    [
        "/Songs/{itemId}/InstantMix",
        "/Albums/{itemId}/InstantMix",
        "/Playlists/{itemId}/InstantMix",
        "/Artists/{itemId}/InstantMix",
        "/Items/{itemId}/InstantMix",
        "/MusicGenres/{name}/InstantMix",
        "/Artists/InstantMix?id=",
        "/MusicGenres/InstantMix?id=",
        "PlayInstantMix",
        "a folder",
        "a library",
        "all libraries",
        "several genres",
    ];

    [Theory]
    [MemberData(nameof(Routes))]
    public void No_mix_holds_what_is_hidden_and_each_keeps_the_engines_order(string route)
    {
        var mixes = 0;
        for (var seed = 0; seed < Worlds; seed++)
        {
            var world = new World(seed);
            foreach (var user in new[] { world.Ann, world.Bob, world.Nobody })
            {
                var mix = world.Mix(route, user);
                mixes += mix.Count > 1 ? 1 : 0;
                Assert.All(mix, item => Assert.True(world.Server.MaySee(user, item), $"{route}, world {seed}, {user.Username}: {item.Name}"));
                Assert.Distinct(mix.Select(item => item.Id));
                AssertOrder(world, mix.Skip(1).Select(item => item.Id));
            }
        }

        // Else nothing has been shown.
        Assert.True(mixes > Worlds / 2, $"{mixes} mixes");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public void An_API_key_is_not_limited(string route)
    {
        var world = new World(1);

        Assert.Equal(Songs, world.Mix(route, null).Count);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public void What_is_taken_from_a_user_is_gone_from_the_next_mix(string route)
    {
        // A world in which the mix holds something of each kind.
        var (world, before) = Enumerable.Range(0, Worlds).Select(seed => new World(seed)).Select(world => (world, mix: world.Mix(route, world.Bob)))
            .First(candidate => candidate.mix.Any(item => candidate.world.IsIn(item, 1)) && candidate.mix.Any(item => !candidate.world.IsIn(item, 1)));
        world.Server.See(world.Bob, 1);
        var tagged = before.First(track => world.Server.MaySee(world.Bob, track));
        world.Server.Tag(tagged, "secret", scanned: false);
        world.Server.Block(world.Bob, "secret");

        var after = world.Mix(route, world.Bob);

        Assert.All(after, item => Assert.True(world.Server.MaySee(world.Bob, item), item.Name));
        Assert.DoesNotContain(tagged, after);
        Assert.Contains(before, item => !world.Server.MaySee(world.Bob, item));
    }

    [Theory]
    [InlineData("song")]
    [InlineData("album")]
    [InlineData("artist")]
    public void Nothing_hidden_is_called_similar(string kind)
    {
        var found = 0;
        for (var seed = 0; seed < Worlds; seed++)
        {
            var world = new World(seed);
            var similar = new SimilarMusic(Make.Provider(world.Engine), world.Server.Library);
            foreach (var user in new[] { world.Ann, world.Bob, world.Nobody })
            {
                var item = kind switch
                {
                    "song" => world.Server.Tracks.First(),
                    "album" => (BaseItem)world.Server.Albums.First(),
                    _ => world.Server.Artists.First(),
                };
                var answer = similar.Find(item, new SimilarWish(user, 50));
                found += answer.Count;
                Assert.All(answer, other => Assert.True(world.Server.MaySee(user, other), $"world {seed}, {user.Username}: {other.Name}"));
                Assert.Distinct(answer.Select(other => other.Id));
                Assert.DoesNotContain(item, answer);
                Assert.All(answer, other => Assert.Equal(item.GetType(), other.GetType()));
            }
        }

        Assert.True(found > Worlds, $"{found} found");
    }

    [Theory]
    [InlineData("search")]
    [InlineData("film")]
    public async Task No_search_and_no_music_for_a_film_holds_what_is_hidden(string way)
    {
        var found = 0;
        for (var seed = 0; seed < Worlds; seed++)
        {
            var world = new World(seed);
            foreach (var user in new[] { world.Ann, world.Bob, world.Nobody })
            {
                var answer = way == "search" ? await world.Search(user) : await world.Film(user);
                found += answer.Count;
                Assert.All(answer, id => Assert.True(world.Server.MaySee(user, world.Server.Tracks.First(track => track.Id.Equals(id))), $"{way}, world {seed}, {user.Username}"));
                AssertOrder(world, answer);
            }
        }

        Assert.True(found > Worlds, $"{found} found");
    }

    [Fact]
    public void A_user_without_libraries_causes_no_query_by_ids()
    {
        // Such a query without folders to limit it to would answer with everything.
        var world = new World(3);

        Assert.Empty(world.Server.Library.GetTracks([.. world.Server.Tracks.Select(track => track.Id)], world.Nobody, null));
        Assert.DoesNotContain(world.Server.Queries, query => query.ItemIds.Length > 0);
    }

    private static void AssertOrder(World world, IEnumerable<Guid> ids)
    {
        var places = ids.Select(id => world.Order.IndexOf(id)).ToList();
        Assert.Equal(places.Order(), places);
    }

    private sealed class World
    {
        private readonly SegueMusicManager _manager;
        private readonly IMusicManager _stock = Substitute.For<IMusicManager>();

        public World(int seed)
        {
            var random = new Random(seed);
            for (var number = 1; number <= Songs; number++)
            {
                // Artists and genres are spread over the libraries, albums are not.
                var library = random.Next(1, 4);
                Server.Add(number, library, $"Artist {random.Next(8)}", $"Album {random.Next(5)}", random.Next(2) == 0 ? "Jazz" : "Folk");
            }

            Server.See(Ann, 1);
            Server.See(Bob, 1, 2, 3);
            Server.Block(Ann, "adult");
            Server.Block(Bob, "adult");
            Server.Limit(Ann, 12);
            foreach (var track in Server.Tracks)
            {
                if (random.Next(10) == 0)
                {
                    Server.Tag(track, "adult", scanned: random.Next(2) == 0);
                }

                if (random.Next(10) == 0)
                {
                    Server.Rate(track, 18);
                }
            }

            Server.Tag(Server.Albums.ElementAt(random.Next(Server.Albums.Count())), "adult", scanned: false);
            Server.Rate(Server.Albums.ElementAt(random.Next(Server.Albums.Count())), 18);
            Server.Tag(Server.Artists.ElementAt(random.Next(Server.Artists.Count())), "adult", scanned: false);

            var order = Server.Tracks.Select(track => track.Id).ToArray();
            random.Shuffle(order);
            Order = [.. order];
            var everything = order.Select((id, place) => new Neighbour(id, "song", "/music", place + 1)).ToList();
            Engine.Mix(default!).ReturnsForAnyArgs(everything);
            Engine.Similar(default!, default, default).ReturnsForAnyArgs(everything);
            Engine.SimilarSets(default, default!, default, default).ReturnsForAnyArgs(
                [.. everything.Select(near => new SimilarSet(Server.Tracks.First(track => track.Id.Equals(near.ItemId!.Value)).Artists[0], string.Empty, near.Distance, 1, near))]);
            Engine.Search(default!).ReturnsForAnyArgs(new SearchAnswer { Described = true, Hits = [.. everything.Select(near => new SearchHit(near, 0.5F, Named: false))] });
            Engine.SoundtrackAsync(default!, default, default).ReturnsForAnyArgs(new Soundtrack { Tracks = everything });
            var mixer = new InstantMixer(Make.Provider(Engine), Server.Library, Make.Settings(), Server.Time);
            _manager = new SegueMusicManager(_stock, new Lazy<IInstantMixer>(mixer), NullLogger<SegueMusicManager>.Instance);
            _stock.GetInstantMixFromItem(default!, default, default!).ReturnsForAnyArgs([]);
            _stock.GetInstantMixFromGenres(default!, default, default!).ReturnsForAnyArgs([]);
        }

        public FakeServer Server { get; } = new();

        public ISegueEngine Engine { get; } = Substitute.For<ISegueEngine>();

        /// <summary>The order in which the engine answers.</summary>
        public List<Guid> Order { get; }

        public bool IsIn(BaseItem item, int library) => Server.LibraryOf(item.Id) == library;

        public User Ann { get; } = Make.User("ann");

        public User Bob { get; } = Make.User("bob");

        public User Nobody { get; } = Make.User("nobody");

        /// <summary>Does what the server's controllers do with a request, and its session manager with a remote control's.</summary>
        public IReadOnlyList<BaseItem> Mix(string route, User? user)
        {
            var options = new DtoOptions(false);
            return route switch
            {
                "/Songs/{itemId}/InstantMix" => FromItem(Server.Tracks.First(), user),
                "/Albums/{itemId}/InstantMix" => FromItem(Server.Albums.First(), user),
                "/Playlists/{itemId}/InstantMix" => FromItem(Playlist(), user),
                "/Artists/{itemId}/InstantMix" or "/Artists/InstantMix?id=" => FromItem(Server.Artists.Last(), user),
                "/Items/{itemId}/InstantMix" => FromItem(Server.Tracks.Last(), user),
                "/MusicGenres/{name}/InstantMix" => _manager.GetInstantMixFromGenres(["Jazz"], user, options),
                "several genres" => _manager.GetInstantMixFromGenres(["Jazz", "Folk"], user, options),
                "/MusicGenres/InstantMix?id=" => FromItem(new MusicGenre { Id = Make.Id(5_000_000), Name = "Jazz" }, user),
                "a folder" => FromItem(new Folder { Id = Server.Albums.Last().Id }, user),
                "a library" => FromItem(new CollectionFolder { Id = Make.Id(5_000_001), PhysicalFolderIds = [FakeServer.FolderOf(1)] }, user),
                "all libraries" => FromItem(new UserRootFolder { Id = Make.Id(1_000_000) }, user),

                // The remote control's track is not looked at.
                _ => _manager.GetInstantMixFromItem(Server.Tracks.First(), user, options),
            };
        }

        public async Task<IReadOnlyList<Guid>> Search(User user)
        {
            using var search = new TextSearch(Make.Provider(Engine), Server.Library, Server.Manager, Make.Settings(), Server.Time, NullLogger<TextSearch>.Instance);
            return await search.FindAsync(new TextQuestion("calm piano", IsMarked: false), new TextWish(user, 50), CancellationToken.None) ?? [];
        }

        public async Task<IReadOnlyList<Guid>> Film(User user)
        {
            using var maker = new SoundtrackMaker(Make.Provider(Engine), Server.Library, Server.Manager, Server.Compat, Substitute.For<ISoundtrackPublisher>(), Make.Settings());
            var music = await maker.MakeAsync(new Movie { Id = Make.Id(6_000_000), Name = "Film" }, new FilmWish(user), Substitute.For<IProgress<SegueJobStep>>(), CancellationToken.None);
            return [.. music.Soundtrack.Tracks.Select(track => track.ItemId!.Value)];
        }

        private IReadOnlyList<BaseItem> FromItem(BaseItem item, User? user) =>
            item is Audio or MusicAlbum && Server.Manager.GetItemById<BaseItem>(item.Id, user) is null
                ? []
                : _manager.GetInstantMixFromItem(item, user, new DtoOptions(false));

        private Playlist Playlist() => new()
        {
            Id = Make.Id(5_000_002),
            LinkedChildren = [.. Server.Tracks.Take(30).Select(track => new LinkedChild { ItemId = track.Id })],
        };
    }
}
