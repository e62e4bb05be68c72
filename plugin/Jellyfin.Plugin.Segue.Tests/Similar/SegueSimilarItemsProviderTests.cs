using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Similar;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Entities.Movies;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Similar;

public sealed class SegueSimilarItemsProviderTests
{
    private readonly ISimilarMusic _similar = Substitute.For<ISimilarMusic>();
    private readonly List<SimilarWish> _wishes = [];

    public SegueSimilarItemsProviderTests() => _similar.Find(default!, default!).ReturnsForAnyArgs(call =>
    {
        _wishes.Add(call.Arg<SimilarWish>());
        return [Make.Track(2), Make.Track(3)];
    });

    public static TheoryData<BaseItem> Music => [Make.Track(1), new MusicAlbum { Id = Make.Id(10) }, new MusicArtist { Id = Make.Id(11) }];

    [Theory]
    [MemberData(nameof(Music))]
    public async Task The_servers_question_is_handed_on_as_it_is(BaseItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var provider = Provider();
        var query = new SimilarItemsQuery
        {
            User = Make.User("ann"),
            Limit = 7,
            DtoOptions = new DtoOptions(false),
            ExcludeItemIds = [Make.Id(4)],
            ExcludeArtistIds = [Make.Id(5)],
        };

        Assert.True(provider.Supports(item.GetType()));
        var found = await provider.GetSimilarItemsAsync(item, query, TestContext.Current.CancellationToken);

        Assert.Equal([Make.Id(2), Make.Id(3)], found.Select(other => other.Id));
        var wish = Assert.Single(_wishes);
        Assert.Equal((query.User, 7), (wish.User, wish.Limit));
        Assert.Same(query.DtoOptions, wish.Options);
        Assert.Equal([Make.Id(4)], wish.ExcludeItems);
        Assert.Equal([Make.Id(5)], wish.ExcludeArtists);
    }

    [Fact]
    public async Task The_ways_of_each_kind_are_one()
    {
        var provider = Provider();
        var query = new SimilarItemsQuery();

        Assert.Equal(2, (await provider.GetSimilarItemsAsync(Make.Track(1), query, TestContext.Current.CancellationToken)).Count);
        Assert.Equal(2, (await provider.GetSimilarItemsAsync(new MusicAlbum(), query, TestContext.Current.CancellationToken)).Count);
        Assert.Equal(2, (await provider.GetSimilarItemsAsync(new MusicArtist(), query, TestContext.Current.CancellationToken)).Count);
        Assert.All(_wishes, wish => Assert.Equal(50, wish.Limit));
    }

    [Fact]
    public void It_is_a_local_provider_of_music_and_of_nothing_else()
    {
        var provider = Provider();

        Assert.Equal(MetadataPluginType.LocalSimilarityProvider, provider.Type);
        Assert.Equal("Segue", provider.Name);
        Assert.False(provider.Supports(typeof(Movie)));
        Assert.False(provider.Supports(typeof(AudioBook)));
        Assert.False(provider.Supports(typeof(Folder)));
    }

    [Fact]
    public async Task Switched_off_it_finds_nothing_and_asks_nobody()
    {
        Assert.Empty(await Ask(Provider(settings => settings.ReplaceSimilar = false)));
        Assert.Empty(_wishes);
    }

    [Fact]
    public async Task A_failure_is_the_servers_own_choice()
    {
        _similar.Find(default!, default!).ThrowsForAnyArgs(new InvalidOperationException("broken"));

        Assert.Empty(await Ask(Provider()));
    }

    [Fact]
    public async Task The_constructor_asks_for_nothing_and_what_is_missing_is_no_harm()
    {
        var services = Substitute.For<IServiceProvider>();
        var provider = new SegueSimilarItemsProvider(services, NullLogger<SegueSimilarItemsProvider>.Instance);

        Assert.Empty(services.ReceivedCalls());
        Assert.Empty(await Ask(provider));
    }

    [Fact]
    public async Task A_client_that_is_gone_is_not_answered()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Provider().GetSimilarItemsAsync(Make.Track(1), new SimilarItemsQuery(), gone.Token));
    }

    private static Task<IReadOnlyList<BaseItem>> Ask(SegueSimilarItemsProvider provider) =>
        provider.GetSimilarItemsAsync(Make.Track(1), new SimilarItemsQuery(), TestContext.Current.CancellationToken);

    private SegueSimilarItemsProvider Provider(Action<PluginConfiguration>? change = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(_similar);
        services.AddSingleton(Make.Settings(change));
        services.AddSingleton<ILogger<SegueSimilarItemsProvider>>(NullLogger<SegueSimilarItemsProvider>.Instance);

        // As the server makes it.
        return ActivatorUtilities.CreateInstance<SegueSimilarItemsProvider>(services.BuildServiceProvider());
    }
}
