using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Search;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Search;

public sealed class SegueSearchProviderTests
{
    private readonly ITextSearch _search = Substitute.For<ITextSearch>();
    private readonly ISearchManager _stock = Substitute.For<ISearchManager>();
    private readonly IInternalSearchProvider _database = Substitute.For<IInternalSearchProvider>();
    private readonly IUserManager _users = Substitute.For<IUserManager>();
    private readonly User _ann = Make.User("ann");
    private readonly List<TextWish> _wishes = [];
    private readonly List<SearchProviderQuery> _named = [];

    private IReadOnlyList<Guid>? _tracks = [Make.Id(1), Make.Id(2)];
    private IReadOnlyList<SearchResult> _matches = [new(Make.Id(50), 80), new(Make.Id(2), 50)];

    public SegueSearchProviderTests()
    {
        _search.Read(default).ReturnsForAnyArgs(call => call.Arg<string?>() switch
        {
            "calm piano" => new TextQuestion("calm piano", IsMarked: false),
            "~calm" => new TextQuestion("calm", IsMarked: true),
            _ => null,
        });
        _search.FindAsync(default!, default!, default).ReturnsForAnyArgs(call =>
        {
            _wishes.Add(call.Arg<TextWish>());
            return _tracks;
        });
        _database.CanSearch(default!).ReturnsForAnyArgs(true);
        _database.SearchAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            _named.Add(call.Arg<SearchProviderQuery>());
            return _matches;
        });
        _users.GetUserById(_ann.Id).Returns(_ann);
    }

    [Fact]
    public async Task What_is_called_so_comes_first_and_what_sounds_so_after_it()
    {
        var results = await Ask(Query("calm piano"));

        // Number 2 is called so too: it has one place, the better one.
        Assert.Equal([Make.Id(50), Make.Id(2), Make.Id(1)], results.Select(result => result.ItemId));
        Assert.Equal(results.OrderByDescending(result => result.Score), results);
        Assert.Equal([80F, 50F], results.Take(2).Select(result => result.Score));
        Assert.InRange(results[2].Score, 49, 49.99F);
    }

    [Fact]
    public async Task Many_tracks_keep_their_order_and_stay_below_the_weakest_match()
    {
        _tracks = [.. Enumerable.Range(1, 200).Select(Make.Id)];
        _matches = [new(Make.Id(900), 30)];

        var results = await Ask(Query("calm piano", limit: 300));

        Assert.Equal(_tracks, results.OrderByDescending(result => result.Score).Skip(1).Select(result => result.ItemId));
        Assert.Equal(results.Count, results.Select(result => result.Score).Distinct().Count());
        Assert.Equal(Make.Id(900), results.MaxBy(result => result.Score).ItemId);
    }

    [Fact]
    public async Task The_servers_own_search_is_asked_as_the_client_asked_but_without_the_mark()
    {
        var query = new SearchProviderQuery
        {
            SearchTerm = "~calm",
            UserId = _ann.Id,
            IncludeItemTypes = [BaseItemKind.Audio, BaseItemKind.Movie],
            ExcludeItemTypes = [BaseItemKind.Year],
            MediaTypes = [MediaType.Audio],
            Limit = 30,
            ParentId = Make.Id(7),
        };

        await Ask(query);

        var named = Assert.Single(_named);
        Assert.Equal(("calm", _ann.Id, 30, Make.Id(7)), (named.SearchTerm, named.UserId, named.Limit, named.ParentId));
        Assert.Equal((query.IncludeItemTypes, query.ExcludeItemTypes, query.MediaTypes), (named.IncludeItemTypes, named.ExcludeItemTypes, named.MediaTypes));
        Assert.Equal(new TextWish(_ann, 30, Make.Id(7)), Assert.Single(_wishes));
    }

    [Fact]
    public async Task The_limit_is_kept_and_matches_come_first_in_it()
    {
        Assert.Equal([Make.Id(50), Make.Id(2)], (await Ask(Query("calm piano", limit: 2))).Select(result => result.ItemId));
        Assert.Equal(2, _wishes[^1].Limit);
        await Ask(Query("calm piano"));
        Assert.Equal(SegueSearchProvider.UsualLimit, _wishes[^1].Limit);
    }

    [Fact]
    public async Task What_is_no_description_is_the_servers_alone()
    {
        _tracks = null;

        Assert.Empty(await Ask(Query("calm piano")));
        Assert.Empty(_named);
    }

    [Fact]
    public async Task With_nothing_to_add_the_server_answers_unless_it_was_given_the_mark()
    {
        _tracks = [];

        Assert.Empty(await Ask(Query("calm piano")));
        Assert.Equal([Make.Id(50), Make.Id(2)], (await Ask(Query("~calm"))).Select(result => result.ItemId));
    }

    [Fact]
    public void It_is_asked_only_where_music_is_wanted()
    {
        var provider = Provider();

        Assert.True(provider.CanSearch(Query("calm piano")));
        Assert.True(provider.CanSearch(new SearchProviderQuery { SearchTerm = "calm piano", IncludeItemTypes = [BaseItemKind.Movie, BaseItemKind.Audio] }));
        Assert.True(provider.CanSearch(new SearchProviderQuery { SearchTerm = "calm piano", MediaTypes = [MediaType.Audio] }));
        Assert.False(provider.CanSearch(new SearchProviderQuery { SearchTerm = "calm piano", IncludeItemTypes = [BaseItemKind.Movie] }));
        Assert.False(provider.CanSearch(new SearchProviderQuery { SearchTerm = "calm piano", IncludeItemTypes = [BaseItemKind.MusicAlbum] }));
        Assert.False(provider.CanSearch(new SearchProviderQuery { SearchTerm = "calm piano", ExcludeItemTypes = [BaseItemKind.Audio] }));
        Assert.False(provider.CanSearch(new SearchProviderQuery { SearchTerm = "calm piano", MediaTypes = [MediaType.Video] }));
        Assert.False(provider.CanSearch(Query("beethoven")));
        Assert.Equal((MetadataPluginType.SearchProvider, "Segue"), (provider.Type, provider.Name));
    }

    [Fact]
    public async Task An_API_key_asks_for_everything_and_a_stranger_for_nothing()
    {
        await Ask(Query("calm piano", user: null));
        await Ask(Query("calm piano", user: Guid.Empty));
        Assert.All(_wishes, wish => Assert.Null(wish.User));
        Assert.Equal(2, _wishes.Count);

        Assert.Empty(await Ask(Query("calm piano", user: Make.Id(404))));
        Assert.Equal(2, _wishes.Count);
    }

    [Fact]
    public async Task Without_the_servers_own_matches_there_is_no_answer()
    {
        // They would be hidden.
        _database.SearchAsync(default!, default).ThrowsAsyncForAnyArgs(new InvalidOperationException("database"));
        Assert.Empty(await Ask(Query("calm piano")));

        _stock.GetProviders().Returns([]);
        Assert.Empty(await Ask(Query("calm piano"), providers: []));
    }

    [Fact]
    public async Task No_failure_gets_out()
    {
        _search.FindAsync(default!, default!, default).ThrowsAsyncForAnyArgs(new InvalidOperationException("broken"));
        Assert.Empty(await Ask(Query("calm piano")));

        _search.Read(default).ThrowsForAnyArgs(new InvalidOperationException("broken"));
        Assert.False(Provider().CanSearch(Query("calm piano")));
        Assert.Empty(await Ask(Query("calm piano")));
    }

    [Fact]
    public async Task The_constructor_asks_for_nothing_and_what_is_missing_is_no_harm()
    {
        var services = Substitute.For<IServiceProvider>();
        var provider = new SegueSearchProvider(services, NullLogger<SegueSearchProvider>.Instance);

        Assert.Empty(services.ReceivedCalls());
        Assert.False(provider.CanSearch(Query("calm piano")));
        Assert.Empty(await ((ISearchProvider)provider).SearchAsync(Query("calm piano"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Both_ways_of_asking_are_one()
    {
        _stock.GetProviders().Returns([_database]);

        Assert.Equal(await Ask(Query("calm piano")), await ((ISearchProvider)Provider()).SearchAsync(Query("calm piano"), TestContext.Current.CancellationToken));
    }

    private SearchProviderQuery Query(string term, int? limit = null) => Query(term, limit, _ann.Id);

    private static SearchProviderQuery Query(string term, Guid? user) => Query(term, null, user);

    private static SearchProviderQuery Query(string term, int? limit, Guid? user) => new()
    {
        SearchTerm = term,
        UserId = user,
        Limit = limit,
        IncludeItemTypes = [],
        ExcludeItemTypes = [],
        MediaTypes = [],
    };

    private async Task<IReadOnlyList<SearchResult>> Ask(SearchProviderQuery query, IReadOnlyList<ISearchProvider>? providers = null)
    {
        var provider = Provider();

        // As the server has them: itself among them.
        _stock.GetProviders().Returns(providers ?? [provider, _database]);
        var results = new List<SearchResult>();
        await foreach (var result in provider.SearchAsync(query, TestContext.Current.CancellationToken))
        {
            results.Add(result);
        }

        return results;
    }

    private SegueSearchProvider Provider()
    {
        var services = new ServiceCollection();
        services.AddSingleton(_search);
        services.AddSingleton(_stock);
        services.AddSingleton(_users);
        services.AddSingleton<ILogger<SegueSearchProvider>>(NullLogger<SegueSearchProvider>.Instance);

        // As the server makes it.
        return ActivatorUtilities.CreateInstance<SegueSearchProvider>(services.BuildServiceProvider());
    }
}
