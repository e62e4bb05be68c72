using Jellyfin.Database.Implementations.Entities;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;

namespace Jellyfin.Plugin.Segue.Mixing;

/// <summary>
/// Makes instant mixes by ear.
/// </summary>
public interface IInstantMixer
{
    /// <summary>Makes a mix that starts from an item.</summary>
    /// <param name="item">A track, album, artist, playlist, genre or folder; a whole library stands for the user's taste.</param>
    /// <param name="user">The asking user; null for an API key.</param>
    /// <param name="options">What of the tracks is read.</param>
    /// <returns>
    /// The mix in its order, holding only what the user may see; empty when that is a track which is hidden from the user; null when Segue
    /// has nothing better than the server.
    /// </returns>
    IReadOnlyList<BaseItem>? MixFromItem(BaseItem item, User? user, DtoOptions? options);

    /// <summary>Makes a mix that starts from genres.</summary>
    /// <param name="genres">Names of genres.</param>
    /// <param name="user">The asking user; null for an API key.</param>
    /// <param name="options">What of the tracks is read.</param>
    /// <returns>As <see cref="MixFromItem"/>.</returns>
    IReadOnlyList<BaseItem>? MixFromGenres(IReadOnlyList<string> genres, User? user, DtoOptions? options);
}
