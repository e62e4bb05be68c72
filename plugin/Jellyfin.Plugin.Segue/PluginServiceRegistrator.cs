using Jellyfin.Data.Events.Users;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Film;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Mixing;
using Jellyfin.Plugin.Segue.Playback;
using Jellyfin.Plugin.Segue.Playlists;
using Jellyfin.Plugin.Segue.Search;
using Jellyfin.Plugin.Segue.Similar;
using MediaBrowser.Controller;
using MediaBrowser.Controller.Configuration;
using MediaBrowser.Controller.Events;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Plugins;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Segue;

/// <summary>
/// Adds Segue's services to the server's, and stands its music manager before the registered one.
/// </summary>
public sealed partial class PluginServiceRegistrator : IPluginServiceRegistrator
{
    private const string InnerKey = "Jellyfin.Plugin.Segue.Inner";

    /// <inheritdoc />
    public void RegisterServices(IServiceCollection serviceCollection, IServerApplicationHost applicationHost)
    {
        ArgumentNullException.ThrowIfNull(serviceCollection);

        serviceCollection.TryAddSingleton(TimeProvider.System);
        serviceCollection.AddSingleton<ISegueSettings>(provider => new PluginSettings(
            () => Plugin.Instance?.Configuration,
            () => provider.GetService<IServerConfigurationManager>()?.Configuration?.UICulture));
        serviceCollection.AddSingleton<IJellyfinCompat, JellyfinCompat>();
        serviceCollection.AddSingleton<ISegueEngineFactory, NativeEngineFactory>();
        serviceCollection.AddSingleton<ISegueEngineProvider, SegueEngineProvider>();
        serviceCollection.AddSingleton<IMusicLibrary, MusicLibrary>();
        serviceCollection.AddSingleton<IInstantMixer, InstantMixer>();
        serviceCollection.AddSingleton<ISimilarMusic, SimilarMusic>();
        serviceCollection.AddSingleton<ITextSearch, TextSearch>();
        serviceCollection.AddSingleton<IAnalysisPause, AnalysisPause>();
        serviceCollection.AddSingleton<IOpinionSync, OpinionSync>();
        serviceCollection.AddSingleton<IPublishedLedger, PublishedLedger>();
        serviceCollection.AddSingleton<IPlaylistCovers, PlaylistCovers>();
        serviceCollection.AddSingleton<IPlaylistPublisher, PlaylistPublisher>();
        serviceCollection.AddSingleton<IPlaylistMaker, PlaylistMaker>();
        serviceCollection.AddSingleton<IPersonalPublisher, PersonalPublisher>();
        serviceCollection.AddSingleton<IPersonalMixes, PersonalMixes>();
        serviceCollection.AddSingleton<IRadioPlaylists, RadioPlaylists>();
        serviceCollection.AddSingleton<ISoundtrackPublisher, SoundtrackPublisher>();
        serviceCollection.AddSingleton<IFilmMusic, SoundtrackMaker>();
        serviceCollection.AddSingleton<ICollectionSoundtracks, CollectionSoundtracks>();
        serviceCollection.AddHostedService<EngineLifetime>();

        // After the engine's: services are stopped in the opposite order, and what was heard last is still to be written.
        serviceCollection.AddHostedService<ListeningLog>();
        serviceCollection.AddHostedService<RadioWatch>();

        // Jobs use the engine too.
        serviceCollection.AddSingleton<SegueJobs>();
        serviceCollection.AddSingleton<ISegueJobs>(provider => provider.GetRequiredService<SegueJobs>());
        serviceCollection.AddHostedService(provider => provider.GetRequiredService<SegueJobs>());
        serviceCollection.AddScoped<IEventConsumer<UserDeletedEventArgs>, DeletedUsers>();
        RegisterForLine(serviceCollection);
        DecorateMusicManager(serviceCollection);
    }

    /// <summary>Registers what one line of Jellyfin needs and the others do not.</summary>
    static partial void RegisterForLine(IServiceCollection services);

    /// <summary>
    /// Moves the registration that is in force to a key of ours, whatever its form, and registers the decorator in its place.
    /// The container still makes, owns and disposes of what was registered.
    /// </summary>
    private static void DecorateMusicManager(IServiceCollection services)
    {
        // The last registration is the one in force: the server's, or that of another plugin.
        var inner = services.LastOrDefault(d => d.ServiceType == typeof(IMusicManager) && !d.IsKeyedService);
        if (inner is null)
        {
            return;
        }

        services.Add(inner switch
        {
            { ImplementationInstance: { } instance } => new ServiceDescriptor(typeof(IMusicManager), InnerKey, instance),
            { ImplementationFactory: { } factory } => new ServiceDescriptor(typeof(IMusicManager), InnerKey, (provider, _) => factory(provider), inner.Lifetime),
            _ => new ServiceDescriptor(typeof(IMusicManager), InnerKey, inner.ImplementationType!, inner.Lifetime),
        });
        services.Remove(inner);
        services.Add(new ServiceDescriptor(
            typeof(IMusicManager),
            provider => new SegueMusicManager(
                provider.GetRequiredKeyedService<IMusicManager>(InnerKey),
                new Lazy<IInstantMixer>(provider.GetRequiredService<IInstantMixer>, LazyThreadSafetyMode.PublicationOnly),
                provider.GetRequiredService<ILogger<SegueMusicManager>>()),
            inner.Lifetime));
    }
}
