using System.Globalization;
using MediaBrowser.Controller.Entities;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Playback;

/// <summary>
/// Reads what a user thinks of a track.
/// </summary>
internal static class Opinions
{
    /// <summary>
    /// A rating of so much or less, of 10, is a dislike: the button gives 1. The server itself takes all below 6.5 for one, but a person
    /// who gives 6 does not want to be spared the song.
    /// </summary>
    internal const double Disliked = 3;

    /// <summary>The name that the engine knows a user by.</summary>
    /// <param name="user">The user's id.</param>
    /// <returns>The name.</returns>
    public static string Listener(Guid user) => user.ToString("N", CultureInfo.InvariantCulture);

    /// <summary>Reads it.</summary>
    /// <param name="track">The track's id.</param>
    /// <param name="data">What the server knows.</param>
    /// <returns>The opinion.</returns>
    public static Opinion Of(Guid track, UserItemData data) => new()
    {
        ItemId = track,
        Plays = Math.Max(0, data.PlayCount),
        Favourite = data.IsFavorite,
        Disliked = data.Rating <= Disliked,
        LastPlayed = data.LastPlayedDate is { } at ? AsUtc(at) : null,
    };

    /// <summary>Tells whether there is one.</summary>
    /// <param name="opinion">What was read.</param>
    /// <returns>Whether it says anything.</returns>
    public static bool SaysAnything(Opinion opinion) => opinion is { Plays: > 0 } or { Favourite: true } or { Disliked: true } or { LastPlayed: not null };

    /// <summary>Times of the server are universal, whether they say so or not.</summary>
    private static DateTimeOffset AsUtc(DateTime at) =>
        new(at.Kind == DateTimeKind.Local ? at.ToUniversalTime() : DateTime.SpecifyKind(at, DateTimeKind.Utc));
}
