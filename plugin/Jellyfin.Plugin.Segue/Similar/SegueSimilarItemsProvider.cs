using System.Diagnostics.CodeAnalysis;
using Jellyfin.Plugin.Segue.Configuration;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Configuration;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Segue.Similar;

/// <summary>
/// "More like this" of songs, albums and artists on Jellyfin 12, which asks plugins first and fills up with its own choice. The server
/// makes it by itself. Only in the build for that line.
/// </summary>
public sealed class SegueSimilarItemsProvider : ILocalSimilarItemsProvider<Audio>, ILocalSimilarItemsProvider<MusicAlbum>, ILocalSimilarItemsProvider<MusicArtist>
{
    /// <summary>Items that the server wants when the client does not say.</summary>
    private const int UsualLimit = 50;

    private readonly Lazy<ISimilarMusic> _similar;
    private readonly Lazy<ISegueSettings> _settings;
    private readonly ILogger<SegueSimilarItemsProvider> _logger;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueSimilarItemsProvider"/> class. Does nothing but keep its arguments: an exception
    /// here would cost the plugin.
    /// </summary>
    /// <param name="services">Makes what is needed when it is needed.</param>
    /// <param name="logger">The log.</param>
    public SegueSimilarItemsProvider(IServiceProvider services, ILogger<SegueSimilarItemsProvider> logger)
    {
        _similar = new(() => Get<ISimilarMusic>(services), LazyThreadSafetyMode.PublicationOnly);
        _settings = new(() => Get<ISegueSettings>(services), LazyThreadSafetyMode.PublicationOnly);
        _logger = logger;
    }

    /// <inheritdoc />
    public string Name => "Segue";

    /// <inheritdoc />
    public MetadataPluginType Type => MetadataPluginType.LocalSimilarityProvider;

    /// <inheritdoc />
    public bool Supports(Type itemType) => itemType == typeof(Audio) || itemType == typeof(MusicAlbum) || itemType == typeof(MusicArtist);

    /// <inheritdoc />
    public Task<IReadOnlyList<BaseItem>> GetSimilarItemsAsync(Audio item, SimilarItemsQuery query, CancellationToken cancellationToken) =>
        GetSimilarItemsAsync((BaseItem)item, query, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<BaseItem>> GetSimilarItemsAsync(MusicAlbum item, SimilarItemsQuery query, CancellationToken cancellationToken) =>
        GetSimilarItemsAsync((BaseItem)item, query, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<BaseItem>> GetSimilarItemsAsync(MusicArtist item, SimilarItemsQuery query, CancellationToken cancellationToken) =>
        GetSimilarItemsAsync((BaseItem)item, query, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<BaseItem>> GetSimilarItemsAsync(BaseItem item, SimilarItemsQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Find(item, query));
    }

    private static T Get<T>(IServiceProvider services)
        where T : class =>
        services.GetService(typeof(T)) as T ?? throw new InvalidOperationException("Segue's services are not registered.");

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "No failure of ours may take the server's own choice away.")]
    private IReadOnlyList<BaseItem> Find(BaseItem item, SimilarItemsQuery query)
    {
        try
        {
            return !_settings.Value.Current.ReplaceSimilar ? [] : _similar.Value.Find(
                item,
                new SimilarWish(query.User, query.Limit ?? UsualLimit)
                {
                    ExcludeItems = query.ExcludeItemIds ?? [],
                    ExcludeArtists = query.ExcludeArtistIds ?? [],
                    Options = query.DtoOptions,
                });
        }
        catch (Exception e)
        {
            _logger.LogWarning(e, "Segue could not find what is similar; Jellyfin's own choice is used");
            return [];
        }
    }
}
