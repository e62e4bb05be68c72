using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Configuration;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Segue.Search;

/// <summary>
/// Descriptions of music in the search box of every client, in Jellyfin 12, which asks plugins. The server makes it by itself. Only in
/// the build for that line.
/// </summary>
/// <remarks>
/// The server leaves out its own matches as soon as a plugin answers. So they are asked for here, of the same providers of the server's,
/// and come first; where they cannot be had there is no answer of Segue's.
/// </remarks>
public sealed class SegueSearchProvider : IExternalSearchProvider
{
    /// <summary>Results that the server takes when the client does not say.</summary>
    internal const int UsualLimit = 100;

    /// <summary>What the server gives the weakest of its own matches. Segue's stay below.</summary>
    internal const float Ceiling = 50;

    /// <summary>How far one place is below the one before.</summary>
    internal const float Place = 0.05F;

    private readonly Lazy<ITextSearch> _search;
    private readonly Lazy<ISearchManager> _stock;
    private readonly Lazy<IUserManager> _users;
    private readonly ILogger<SegueSearchProvider> _logger;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueSearchProvider"/> class. Does nothing but keep its arguments: an exception here
    /// would cost the plugin.
    /// </summary>
    /// <param name="services">Makes what is needed when it is needed.</param>
    /// <param name="logger">The log.</param>
    public SegueSearchProvider(IServiceProvider services, ILogger<SegueSearchProvider> logger)
    {
        _search = new(() => Get<ITextSearch>(services), LazyThreadSafetyMode.PublicationOnly);
        _stock = new(() => Get<ISearchManager>(services), LazyThreadSafetyMode.PublicationOnly);
        _users = new(() => Get<IUserManager>(services), LazyThreadSafetyMode.PublicationOnly);
        _logger = logger;
    }

    /// <inheritdoc />
    public string Name => "Segue";

    /// <inheritdoc />
    public MetadataPluginType Type => MetadataPluginType.SearchProvider;

    /// <inheritdoc />
    public int Priority => 50;

    /// <inheritdoc />
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The server asks this of every search.")]
    public bool CanSearch(SearchProviderQuery query)
    {
        try
        {
            return query is not null && WantsMusic(query) && _search.Value.Read(query.SearchTerm) is not null;
        }
        catch (Exception e)
        {
            _logger.LogDebug(e, "Segue cannot search");
            return false;
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<SearchResult> SearchAsync(SearchProviderQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var result in await FindAsync(query, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }
    }

    /// <inheritdoc />
    Task<IReadOnlyList<SearchResult>> ISearchProvider.SearchAsync(SearchProviderQuery query, CancellationToken cancellationToken) =>
        FindAsync(query, cancellationToken);

    private static T Get<T>(IServiceProvider services)
        where T : class =>
        services.GetService(typeof(T)) as T ?? throw new InvalidOperationException($"There is no {typeof(T).Name} here.");

    private static bool WantsMusic(SearchProviderQuery query) =>
        (query.IncludeItemTypes is not { Length: > 0 } included || included.Contains(BaseItemKind.Audio))
        && query.ExcludeItemTypes?.Contains(BaseItemKind.Audio) != true
        && (query.MediaTypes is not { Length: > 0 } media || media.Contains(MediaType.Audio));

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "No failure of ours may take the server's own answer away.")]
    private async Task<IReadOnlyList<SearchResult>> FindAsync(SearchProviderQuery query, CancellationToken cancellationToken)
    {
        try
        {
            if (!CanSearch(query) || _search.Value.Read(query.SearchTerm) is not { } question || !TryGetUser(query.UserId, out var user))
            {
                return [];
            }

            var limit = query.Limit ?? UsualLimit;
            var wish = new TextWish(user, limit, query.ParentId);
            if (await _search.Value.FindAsync(question, wish, cancellationToken).ConfigureAwait(false) is not { } tracks)
            {
                return [];
            }

            var named = await FindNamedAsync(query, question, cancellationToken).ConfigureAwait(false);

            // Nothing to add: the server finds the same names by itself, unless it was given the mark.
            return tracks.Count > 0 || question.IsMarked ? [.. named.Concat(Rank(named, tracks)).Take(limit)] : [];
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _logger.LogWarning(e, "Segue could not search; Jellyfin's own answer is used");
            return [];
        }
    }

    /// <summary>An API key has no user and sees everything; a user whom nobody knows sees nothing.</summary>
    private bool TryGetUser(Guid? id, out User? user)
    {
        user = id is { } known && !known.Equals(Guid.Empty) ? _users.Value.GetUserById(known) : null;
        return user is not null || id is null || id.Value.Equals(Guid.Empty);
    }

    /// <summary>Asks the server's own providers for what is called so, of all kinds that are wanted, by their own rules of access.</summary>
    private async Task<IReadOnlyList<SearchResult>> FindNamedAsync(SearchProviderQuery query, TextQuestion question, CancellationToken cancellationToken)
    {
        var named = new SearchProviderQuery
        {
            SearchTerm = question.Words,
            UserId = query.UserId,
            IncludeItemTypes = query.IncludeItemTypes ?? [],
            ExcludeItemTypes = query.ExcludeItemTypes ?? [],
            MediaTypes = query.MediaTypes ?? [],
            Limit = query.Limit,
            ParentId = query.ParentId,
        };
        var own = _stock.Value.GetProviders().OfType<IInternalSearchProvider>().Where(provider => provider.CanSearch(named)).ToList();
        if (own.Count == 0)
        {
            throw new InvalidOperationException("The server has no search of its own.");
        }

        var found = new List<SearchResult>();
        foreach (var provider in own)
        {
            found.AddRange(await provider.SearchAsync(named, cancellationToken).ConfigureAwait(false));
        }

        return [.. found.OrderByDescending(result => result.Score).DistinctBy(result => result.ItemId)];
    }

    /// <summary>Places tracks below the weakest of the server's matches.</summary>
    private static IEnumerable<SearchResult> Rank(IReadOnlyList<SearchResult> named, IReadOnlyList<Guid> tracks)
    {
        var known = named.Select(result => result.ItemId).ToHashSet();
        var ceiling = named.Count == 0 ? Ceiling : Math.Min(Ceiling, named.Min(result => result.Score));
        return tracks.Where(id => !known.Contains(id)).Select((id, place) => new SearchResult(id, ceiling - (Place * (place + 1))));
    }
}
