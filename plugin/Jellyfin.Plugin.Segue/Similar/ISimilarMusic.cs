using Jellyfin.Database.Implementations.Entities;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;

namespace Jellyfin.Plugin.Segue.Similar;

/// <summary>
/// Finds what sounds like a song, an album or an artist.
/// </summary>
public interface ISimilarMusic
{
    /// <summary>Finds items of the same kind.</summary>
    /// <param name="item">A track, an album or an artist.</param>
    /// <param name="wish">What is wanted.</param>
    /// <returns>The most similar first, holding only what the user may see; empty when Segue has nothing better than the server.</returns>
    IReadOnlyList<BaseItem> Find(BaseItem item, SimilarWish wish);
}

/// <summary>
/// What is wanted of similar items.
/// </summary>
/// <param name="User">The asking user; null for an API key.</param>
/// <param name="Limit">How many.</param>
public sealed record SimilarWish(User? User, int Limit)
{
    /// <summary>Gets what may not come.</summary>
    public IReadOnlyCollection<Guid> ExcludeItems { get; init; } = [];

    /// <summary>Gets the artists of whom nothing may come.</summary>
    public IReadOnlyCollection<Guid> ExcludeArtists { get; init; } = [];

    /// <summary>Gets what of tracks is read; null for what an answer to a client needs.</summary>
    public DtoOptions? Options { get; init; }
}
