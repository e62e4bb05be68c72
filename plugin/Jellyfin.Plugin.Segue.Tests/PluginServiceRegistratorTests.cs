using Jellyfin.Data.Events.Users;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Film;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Mixing;
using Jellyfin.Plugin.Segue.Playback;
using Jellyfin.Plugin.Segue.Search;
using Jellyfin.Plugin.Segue.Tasks;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Controller;
using MediaBrowser.Controller.Configuration;
using MediaBrowser.Controller.Drawing;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Events;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.MediaEncoding;
using MediaBrowser.Controller.Playlists;
using MediaBrowser.Controller.Providers;
using MediaBrowser.Controller.Session;
using MediaBrowser.Model.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests;

public sealed class PluginServiceRegistratorTests
{
    public static TheoryData<string> Forms => ["type", "factory", "instance"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_registered_manager_is_wrapped_whatever_its_form(string form)
    {
        var services = Server();
        var expected = new StockManager();
        _ = form switch
        {
            "type" => services.AddSingleton<IMusicManager, StockManager>(),
            "factory" => services.AddSingleton<IMusicManager>(_ => expected),
            _ => services.AddSingleton<IMusicManager>(expected),
        };
        using var provider = Register(services);

        var manager = provider.GetRequiredService<IMusicManager>();

        Assert.IsType<SegueMusicManager>(manager);
        Assert.Same(manager, provider.GetRequiredService<IMusicManager>());
        Assert.Single(provider.GetServices<IMusicManager>());

        // No engine here: the answer is the inner manager's.
        Assert.Same(StockManager.Answer, manager.GetInstantMixFromItem(Make.Track(1), null, new DtoOptions(false)));
    }

    [Fact]
    public void Of_several_the_last_registered_is_wrapped()
    {
        var services = Server();
        services.AddSingleton<IMusicManager, StockManager>();
        services.AddSingleton<IMusicManager>(_ => new OtherPluginsManager());
        using var provider = Register(services);

        var answer = provider.GetRequiredService<IMusicManager>().GetInstantMixFromItem(Make.Track(1), null, new DtoOptions(false));

        Assert.Same(OtherPluginsManager.Answer, answer);
    }

    [Fact]
    public void The_container_still_disposes_of_what_was_registered()
    {
        var services = Server();
        services.AddSingleton<IMusicManager>(_ => new OtherPluginsManager());
        OtherPluginsManager inner;
        using (var provider = Register(services))
        {
            provider.GetRequiredService<IMusicManager>();
            inner = Assert.IsType<OtherPluginsManager>(provider.GetRequiredKeyedService<IMusicManager>("Jellyfin.Plugin.Segue.Inner"));
        }

        Assert.True(inner.Disposed);
    }

    [Fact]
    public void Without_a_music_manager_the_rest_is_registered()
    {
        using var provider = Register(Server());

        Assert.Null(provider.GetService<IMusicManager>());
        Assert.NotNull(provider.GetRequiredService<ISegueEngineProvider>());
    }

    [Fact]
    public void Tasks_and_hosted_services_can_be_made()
    {
        using var provider = Register(Server());

        Assert.NotNull(ActivatorUtilities.CreateInstance<AnalyseMusicTask>(provider));
        Assert.NotNull(ActivatorUtilities.CreateInstance<BuildPlaylistsTask>(provider));
        Assert.NotNull(ActivatorUtilities.CreateInstance<MakePlaylistsTask>(provider));
        using (var scope = provider.CreateScope())
        {
            Assert.Single(scope.ServiceProvider.GetServices<IEventConsumer<UserDeletedEventArgs>>());
        }

        Assert.NotNull(ActivatorUtilities.CreateInstance<RefreshPersonalMixesTask>(provider));
        Assert.NotNull(ActivatorUtilities.CreateInstance<MakeSoundtracksTask>(provider));
        Assert.NotNull(provider.GetRequiredService<IFilmMusic>());
        Assert.NotNull(provider.GetRequiredService<ITextSearch>());
        Assert.Same(provider.GetRequiredService<ISegueJobs>(), provider.GetServices<IHostedService>().OfType<SegueJobs>().Single());

        // They are stopped in the opposite order, and the log has something to say to the engine when the server stops.
        Assert.Equal([typeof(EngineLifetime), typeof(ListeningLog), typeof(RadioWatch), typeof(SegueJobs)], provider.GetServices<IHostedService>().Select(service => service.GetType()));
    }

    [Fact]
    public void Names_come_in_the_servers_language()
    {
        var services = Server();
        var server = Substitute.For<IServerConfigurationManager>();
        server.Configuration.Returns(new ServerConfiguration { UICulture = "fr" });
        services.AddSingleton(server);
        using var provider = Register(services);

        Assert.Equal("fr", provider.GetRequiredService<ISegueSettings>().Current.Playlists.Language);
    }

    [Fact]
    public void Resolving_the_manager_opens_nothing()
    {
        var services = Server();
        services.AddSingleton<IMusicManager, StockManager>();
        using var provider = Register(services);

        provider.GetRequiredService<IMusicManager>();

        Assert.Same(EngineState.Untried, provider.GetRequiredService<ISegueEngineProvider>().State);
    }

    private static ServiceCollection Server()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        var paths = Substitute.For<IApplicationPaths>();
        paths.DataPath.Returns("/data");
        services.AddSingleton(paths);
        services.AddSingleton(Substitute.For<IMediaEncoder>());
        services.AddSingleton(Substitute.For<ILibraryManager>());
        services.AddSingleton(Substitute.For<IUserManager>());
        services.AddSingleton(Substitute.For<IUserDataManager>());
        services.AddSingleton(Substitute.For<IPlaylistManager>());
        services.AddSingleton(Substitute.For<ISessionManager>());
        services.AddSingleton(Substitute.For<IImageProcessor>());
        services.AddSingleton(Substitute.For<IProviderManager>());
        services.AddSingleton(Substitute.For<IServerConfigurationManager>());
        return services;
    }

    private static ServiceProvider Register(ServiceCollection services)
    {
        new PluginServiceRegistrator().RegisterServices(services, Substitute.For<IServerApplicationHost>());

        // The one thing that would load the native library.
        var factory = Substitute.For<ISegueEngineFactory>();
        factory.LibraryVersion.Throws(new SegueNativeUnavailableException("none in this test"));
        services.AddSingleton(factory);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    private sealed class StockManager : IMusicManager
    {
        public static readonly IReadOnlyList<BaseItem> Answer = [Make.Track(900)];

        public IReadOnlyList<BaseItem> GetInstantMixFromItem(BaseItem item, User? user, DtoOptions dtoOptions) => Answer;

        public IReadOnlyList<BaseItem> GetInstantMixFromArtist(MusicArtist artist, User? user, DtoOptions dtoOptions) => Answer;

        public IReadOnlyList<BaseItem> GetInstantMixFromGenres(IEnumerable<string> genres, User? user, DtoOptions dtoOptions) => Answer;
    }

    private sealed class OtherPluginsManager : IMusicManager, IDisposable
    {
        public static readonly IReadOnlyList<BaseItem> Answer = [Make.Track(901)];

        public bool Disposed { get; private set; }

        public IReadOnlyList<BaseItem> GetInstantMixFromItem(BaseItem item, User? user, DtoOptions dtoOptions) => Answer;

        public IReadOnlyList<BaseItem> GetInstantMixFromArtist(MusicArtist artist, User? user, DtoOptions dtoOptions) => Answer;

        public IReadOnlyList<BaseItem> GetInstantMixFromGenres(IEnumerable<string> genres, User? user, DtoOptions dtoOptions) => Answer;

        public void Dispose() => Disposed = true;
    }
}
