using MediaBrowser.Controller.Entities.Audio;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Describes tracks.
/// </summary>
internal static class SegueTracks
{
    /// <summary>Describes a track that the caller may see.</summary>
    /// <param name="track">The track.</param>
    /// <returns>Its description.</returns>
    public static SegueTrackDto Describe(Audio track) => new()
    {
        Id = track.Id,
        Title = track.Name ?? string.Empty,
        Artist = track.Artists is { Count: > 0 } artists ? artists[0] ?? string.Empty : string.Empty,
    };
}
