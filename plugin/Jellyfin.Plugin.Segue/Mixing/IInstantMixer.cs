using Jellyfin.Database.Implementations.Entities;
using MediaBrowser.Controller.Entities;

namespace Jellyfin.Plugin.Segue.Mixing;

/// <summary>
/// Makes instant mixes by ear.
/// </summary>
public interface IInstantMixer
{
    /// <summary>Makes a mix that starts from an item.</summary>
    /// <param name="item">A track, album, artist, playlist, genre or folder.</param>
    /// <param name="user">The asking user; null for an API key.</param>
    /// <returns>The mix in its order, holding only what the user may see; null when Segue has nothing better than the server.</returns>
    IReadOnlyList<BaseItem>? MixFromItem(BaseItem item, User? user);

    /// <summary>Makes a mix that starts from genres.</summary>
    /// <param name="genres">Names of genres.</param>
    /// <param name="user">The asking user; null for an API key.</param>
    /// <returns>As <see cref="MixFromItem"/>.</returns>
    IReadOnlyList<BaseItem>? MixFromGenres(IReadOnlyList<string> genres, User? user);
}
