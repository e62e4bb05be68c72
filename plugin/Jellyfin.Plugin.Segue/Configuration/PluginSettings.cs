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
    public PluginConfiguration Current
    {
        get
        {
            var stored = _source() ?? new PluginConfiguration();
            return new PluginConfiguration
            {
                Threads = Math.Clamp(stored.Threads, 0, Environment.ProcessorCount),
                Patches = Math.Clamp(stored.Patches, 0, 10_000),
                Backend = Enum.IsDefined(stored.Backend) ? stored.Backend : default,
                Precision = Enum.IsDefined(stored.Precision) ? stored.Precision : default,
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
}
