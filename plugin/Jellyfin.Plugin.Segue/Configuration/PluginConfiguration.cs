using MediaBrowser.Model.Plugins;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Configuration;

/// <summary>
/// The settings, as the server keeps them in XML.
/// </summary>
/// <remarks>
/// Names of choices are kept as text: an enumeration that meets a name of another version would fail to be read, and
/// with it all settings. <see cref="PluginSettings"/> knows what they mean.
/// </remarks>
public sealed class PluginConfiguration : BasePluginConfiguration
{
    /// <summary>Gets or sets how many tracks are analysed at the same time. 0: half the cores.</summary>
    public int Threads { get; set; }

    /// <summary>Gets or sets a value indicating whether analysis keeps to one thread, the lowest priority and few patches.</summary>
    public bool Gentle { get; set; }

    /// <summary>Gets or sets how many 3 s patches of a track the networks hear. 0: all of them.</summary>
    public int Patches { get; set; } = 32;

    /// <summary>Gets or sets what runs the networks: the name of a <see cref="SegueBackend"/>.</summary>
    public string Backend { get; set; } = nameof(SegueBackend.Auto);

    /// <summary>Gets or sets which variant of the networks runs: the name of a <see cref="SeguePrecision"/>.</summary>
    public string Precision { get; set; } = nameof(SeguePrecision.Int8);

    /// <summary>Gets or sets a value indicating whether analysis waits while somebody transcodes.</summary>
    public bool PauseWhileTranscoding { get; set; } = true;

    /// <summary>Gets or sets a value indicating whether instant mixes are Segue's; Jellyfin's own if not.</summary>
    public bool ReplaceInstantMix { get; set; } = true;

    /// <summary>Gets or sets the length of an instant mix. Clients may ask for less. Each track is a read from the server's database while somebody waits.</summary>
    public int MixLength { get; set; } = 100;

    /// <summary>Gets or sets how many tracks of one artist a mix may hold.</summary>
    public int ArtistCap { get; set; } = 3;

    /// <summary>Gets or sets a value indicating whether playlists are made.</summary>
    public bool PlaylistsEnabled { get; set; } = true;

    /// <summary>Gets or sets how many playlists are made. 0: by the size of the library.</summary>
    public int PlaylistCount { get; set; }

    /// <summary>Gets or sets how many tracks a playlist may hold.</summary>
    public int MaxSongsPerPlaylist { get; set; } = 40;

    /// <summary>Gets or sets how many tracks of one artist a playlist may hold.</summary>
    public int MaxSongsPerArtist { get; set; } = 3;
}
