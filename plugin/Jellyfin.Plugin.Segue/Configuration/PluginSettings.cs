using Segue.Native;

namespace Jellyfin.Plugin.Segue.Configuration;

/// <summary>
/// Reads the settings from the plugin, and brings what a hand-edited file may hold into range.
/// </summary>
internal sealed class PluginSettings : ISegueSettings
{
    private readonly Func<PluginConfiguration?> _source;

    /// <summary>
    /// Initializes a new instance of the <see cref="PluginSettings"/> class.
    /// </summary>
    /// <param name="source">Gives the stored settings; null while there are none.</param>
    public PluginSettings(Func<PluginConfiguration?> source) => _source = source;

    /// <inheritdoc />
    public SegueSettings Current
    {
        get
        {
            var stored = _source() ?? new PluginConfiguration();
            return new SegueSettings
            {
                Threads = Math.Clamp(stored.Threads, 0, Environment.ProcessorCount),
                Gentle = stored.Gentle,
                Patches = Math.Clamp(stored.Patches, 0, 256),
                Backend = Parse(stored.Backend, SegueBackend.Auto),
                Precision = Parse(stored.Precision, SeguePrecision.Int8),
                PauseWhileTranscoding = stored.PauseWhileTranscoding,
                ReplaceInstantMix = stored.ReplaceInstantMix,
                MixLength = Math.Clamp(stored.MixLength, 10, 1000),
                ArtistCap = Math.Clamp(stored.ArtistCap, 1, 1000),
                PlaylistsEnabled = stored.PlaylistsEnabled,
                PlaylistCount = Math.Clamp(stored.PlaylistCount, 0, 200),
                MaxSongsPerPlaylist = Math.Clamp(stored.MaxSongsPerPlaylist, 5, 200),
                MaxSongsPerArtist = Math.Clamp(stored.MaxSongsPerArtist, 1, 200),
            };
        }
    }

    private static T Parse<T>(string? name, T otherwise)
        where T : struct, Enum =>
        Enum.TryParse<T>(name, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : otherwise;
}
