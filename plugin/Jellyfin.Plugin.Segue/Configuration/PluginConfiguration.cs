using System.Diagnostics.CodeAnalysis;
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

    /// <summary>Gets or sets how many albums one analysis hears, those first that changed last. The others wait for the next. 0: all.</summary>
    public int RecentAlbums { get; set; } = 2000;

    /// <summary>Gets or sets what runs the networks: the name of a <see cref="SegueBackend"/>.</summary>
    public string Backend { get; set; } = nameof(SegueBackend.Auto);

    /// <summary>Gets or sets which variant of the networks runs: the name of a <see cref="SeguePrecision"/>.</summary>
    public string Precision { get; set; } = nameof(SeguePrecision.Int8);

    /// <summary>Gets or sets a value indicating whether analysis waits while somebody transcodes.</summary>
    public bool PauseWhileTranscoding { get; set; } = true;

    /// <summary>Gets or sets a value indicating whether instant mixes are Segue's; Jellyfin's own if not.</summary>
    public bool ReplaceInstantMix { get; set; } = true;

    /// <summary>Gets or sets the length of an instant mix. Clients may ask for less.</summary>
    public int MixLength { get; set; } = 200;

    /// <summary>Gets or sets how many tracks of one artist may come in a stretch of a mix.</summary>
    public int ArtistCap { get; set; } = 3;

    /// <summary>Gets or sets how many tracks of one album may come in a stretch of a mix. 0: as many as of one artist.</summary>
    public int AlbumCap { get; set; }

    /// <summary>Gets or sets how many tracks in a row such a stretch has.</summary>
    public int MixWindow { get; set; } = 25;

    /// <summary>Gets or sets a value indicating whether "more like this" of songs, albums and artists is Segue's, where the server asks plugins for it.</summary>
    public bool ReplaceSimilar { get; set; } = true;

    /// <summary>Gets or sets a value indicating whether "more like this" is Segue's on Jellyfin 10.11 as well, which asks no plugin: its answer is exchanged on the way out.</summary>
    public bool SimilarFilter { get; set; }

    /// <summary>Gets or sets a value indicating whether the search box understands descriptions of music, where the server asks plugins.</summary>
    public bool TextSearch { get; set; } = true;

    /// <summary>Gets or sets the sign that makes a search Segue's, whatever it says, when it stands before it. Empty: none does.</summary>
    public string SearchMark { get; set; } = "~";

    /// <summary>Gets or sets how many tracks the music for a film has.</summary>
    public int SoundtrackLength { get; set; } = 20;

    /// <summary>Gets or sets the ids of the libraries and collections whose films get a playlist each when the task for it runs.</summary>
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Read from XML and from JSON, which both need a setter.")]
    public string[] SoundtrackCollections { get; set; } = [];

    /// <summary>Gets or sets the id of the user who owns these playlists. Empty: the first administrator.</summary>
    public string SoundtrackUser { get; set; } = string.Empty;

    /// <summary>Gets or sets a value indicating whether these playlists are shown to others: to those who may see the film and all of its music.</summary>
    public bool SoundtracksShared { get; set; }

    /// <summary>Gets or sets who looks at films: <c>None</c>, or the name of a <see cref="NamingProvider"/>. Its key lies elsewhere and is never in the settings.</summary>
    public string VisionService { get; set; } = PluginSettings.NoService;

    /// <summary>Gets or sets the address of that service. Empty: its usual one.</summary>
    [SuppressMessage("Design", "CA1056:URI-like properties should not be strings", Justification = "Text that a person types, kept as it is.")]
    public string VisionUrl { get; set; } = string.Empty;

    /// <summary>Gets or sets the model that looks at films. Empty: the service's usual one.</summary>
    public string VisionModel { get; set; } = string.Empty;

    /// <summary>Gets or sets the seconds between two calls of that service.</summary>
    public double VisionDelaySeconds { get; set; } = 7;

    /// <summary>Gets or sets the seconds that one answer may take.</summary>
    public double VisionTimeoutSeconds { get; set; } = 60;

    /// <summary>Gets or sets how many pictures of a film are sent.</summary>
    public int VisionFrames { get; set; } = 8;

    /// <summary>Gets or sets how often the service may be asked in one day.</summary>
    public int VisionDailyCalls { get; set; } = 100;

    /// <summary>Gets or sets a value indicating whether a short clip may be sent as a whole where the service takes one.</summary>
    public bool VisionVideo { get; set; }

    /// <summary>Gets or sets a value indicating whether it is remembered who plays, skips and likes what. Mixes heed it, and personal playlists are made of it.</summary>
    public bool PlayLog { get; set; } = true;

    /// <summary>Gets or sets for how many days it is remembered what was played and skipped. 0: not at all.</summary>
    public int PlayLogDays { get; set; } = 180;

    /// <summary>Gets or sets the ids of the users of whom nothing is remembered.</summary>
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Read from XML and from JSON, which both need a setter.")]
    public string[] PlayLogExcept { get; set; } = [];

    /// <summary>Gets or sets a value indicating whether each user gets playlists of their own, made of what they play and like.</summary>
    public bool PersonalMixes { get; set; } = true;

    /// <summary>Gets or sets how many daily mixes a user gets at most: one for each kind of music that they like.</summary>
    public int DailyMixes { get; set; } = 6;

    /// <summary>Gets or sets how many tracks each of these playlists has.</summary>
    public int PersonalMixLength { get; set; } = 50;

    /// <summary>Gets or sets a value indicating whether playlists are made.</summary>
    public bool PlaylistsEnabled { get; set; } = true;

    /// <summary>Gets or sets how many playlists are made, those that differ most from each other. 0: as many as the library gives.</summary>
    public int PlaylistCount { get; set; } = 30;

    /// <summary>Gets or sets how many tracks a playlist may hold.</summary>
    public int MaxSongsPerPlaylist { get; set; } = 40;

    /// <summary>Gets or sets how many tracks of one artist a playlist may hold.</summary>
    public int MaxSongsPerArtist { get; set; } = 3;

    /// <summary>Gets or sets how many tracks make a playlist. Fewer do in a small library.</summary>
    public int MinSongsPerPlaylist { get; set; } = 20;

    /// <summary>Gets or sets how far from the middle of its group a track may lie, from 0, the median of all such distances, to 1, the largest. Less strict in a small library.</summary>
    public double MaxDistance { get; set; } = 0.5;

    /// <summary>Gets or sets the ids of the users that playlists are for. None: all users.</summary>
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Read from XML and from JSON, which both need a setter.")]
    public string[] PlaylistUsers { get; set; } = [];

    /// <summary>Gets or sets how playlists are given to users: the name of a <see cref="Configuration.PlaylistSharing"/>.</summary>
    public string PlaylistSharing { get; set; } = nameof(Configuration.PlaylistSharing.Shared);

    /// <summary>Gets or sets the language of names and descriptions, such as <c>de</c>. Empty: the server's.</summary>
    public string PlaylistLanguage { get; set; } = string.Empty;

    /// <summary>Gets or sets a value indicating whether names have the form <c>Mood_Mood_Tempo_automatic</c>.</summary>
    public bool AutomaticNames { get; set; }

    /// <summary>Gets or sets how many moods a name of that form has.</summary>
    public int NameMoods { get; set; } = 3;

    /// <summary>Gets or sets who is asked for names: the name of a <see cref="NamingProvider"/>, or <c>None</c>.</summary>
    public string NamingService { get; set; } = PluginSettings.NoService;

    /// <summary>Gets or sets where the naming service is. Empty: the service's own address.</summary>
    [SuppressMessage("Design", "CA1056:URI-like properties should not be strings", Justification = "Text that a person types, kept as it is.")]
    public string NamingUrl { get; set; } = string.Empty;

    /// <summary>Gets or sets the model that gives names. Empty: the service's usual one.</summary>
    public string NamingModel { get; set; } = string.Empty;

    /// <summary>Gets or sets the seconds between two calls of the naming service.</summary>
    public double NamingDelaySeconds { get; set; } = 7;

    /// <summary>Gets or sets how tracks are grouped: the name of an <see cref="global::Segue.Native.Algorithm"/>.</summary>
    public string Algorithm { get; set; } = nameof(global::Segue.Native.Algorithm.KMeans);

    /// <summary>Gets or sets what tracks are grouped by: the name of an <see cref="global::Segue.Native.InputSpace"/>.</summary>
    public string InputSpace { get; set; } = nameof(global::Segue.Native.InputSpace.Embeddings);

    /// <summary>Gets or sets how features are brought to one scale: the name of a <see cref="global::Segue.Native.Scaling"/>.</summary>
    public string Scaling { get; set; } = nameof(global::Segue.Native.Scaling.MinMax);

    /// <summary>Gets or sets how much VGGish's embedding counts among the features.</summary>
    public double VggishWeight { get; set; } = 1.2;

    /// <summary>Gets or sets how much the MFCCs count among the features.</summary>
    public double MfccWeight { get; set; } = 1.05;

    /// <summary>Gets or sets how much the spectral features count.</summary>
    public double SpectralWeight { get; set; } = 0.85;

    /// <summary>Gets or sets how much the rhythmic features count.</summary>
    public double RhythmicWeight { get; set; } = 1.1;

    /// <summary>Gets or sets the share of the features' variance that principal components keep. 1: all of it, without them.</summary>
    public double VarianceKept { get; set; } = 0.93;

    /// <summary>Gets or sets how many tags of a track count where tracks are grouped by tags and tempo.</summary>
    public int TopMoods { get; set; } = 5;

    /// <summary>Gets or sets how many runs the search for good groups makes.</summary>
    public int SearchRuns { get; set; } = 1000;

    /// <summary>Gets or sets after how many runs without improvement the search ends. 0: never.</summary>
    public int SearchPatience { get; set; } = 200;

    /// <summary>Gets or sets how many tracks the search looks at, at most. All are assigned in the end.</summary>
    public int SearchSample { get; set; } = 10_000;

    /// <summary>Gets or sets the fewest groups of k-means and of a hierarchy.</summary>
    public int ClustersMin { get; set; } = 20;

    /// <summary>Gets or sets the most groups of k-means and of a hierarchy.</summary>
    public int ClustersMax { get; set; } = 60;

    /// <summary>Gets or sets the smallest distance of neighbours in DBSCAN, in units of the median distance of two tracks.</summary>
    public double DbscanEpsMin { get; set; } = 0.1;

    /// <summary>Gets or sets the largest distance of neighbours in DBSCAN.</summary>
    public double DbscanEpsMax { get; set; } = 0.5;

    /// <summary>Gets or sets the fewest neighbours that make a core of DBSCAN.</summary>
    public int DbscanMinSamplesMin { get; set; } = 5;

    /// <summary>Gets or sets the most neighbours that make a core of DBSCAN.</summary>
    public int DbscanMinSamplesMax { get; set; } = 20;

    /// <summary>Gets or sets the fewest components of a mixture.</summary>
    public int GmmComponentsMin { get; set; } = 20;

    /// <summary>Gets or sets the most components of a mixture.</summary>
    public int GmmComponentsMax { get; set; } = 60;

    /// <summary>Gets or sets the shape of a mixture's components: the name of a <see cref="Covariance"/>.</summary>
    public string GmmCovariance { get; set; } = nameof(Covariance.Full);

    /// <summary>Gets or sets what joins groups in a hierarchy: the name of a <see cref="Linkage"/>.</summary>
    public string HierarchyLinkage { get; set; } = nameof(Linkage.Ward);

    /// <summary>Gets or sets the fewest principal components that a run keeps. 0: the space as it is.</summary>
    public int PcaMin { get; set; }

    /// <summary>Gets or sets the most principal components that a run keeps.</summary>
    public int PcaMax { get; set; } = 5;

    /// <summary>Gets or sets a value indicating whether the search may leave these ranges where the library's size suggests it.</summary>
    public bool WiderRanges { get; set; } = true;

    /// <summary>Gets or sets how much it counts how well apart groups lie.</summary>
    public double SeparationWeight { get; set; } = 2;

    /// <summary>Gets or sets how much it counts that songs of a playlist share what it is strong in.</summary>
    public double PurityWeight { get; set; } = 0.25;

    /// <summary>Gets or sets how much it counts how different playlists are from each other.</summary>
    public double DiversityWeight { get; set; } = 0.5;

    /// <summary>Gets or sets how much it counts how many artists a playlist has.</summary>
    public double ArtistsWeight { get; set; } = 0.25;

    /// <summary>Gets or sets how much it counts how well the groups' sizes suit playlists.</summary>
    public double SizeWeight { get; set; } = 0.5;

    /// <summary>Gets or sets the seed: the same library and seed give the same groups.</summary>
    public int SearchSeed { get; set; } = 1;

    /// <summary>Gets or sets a value indicating whether the search begins with the best of the last one.</summary>
    public bool ResumeSearch { get; set; } = true;

    /// <summary>Gets or sets the fewest groups of the elbow curve.</summary>
    public int ElbowMin { get; set; } = 2;

    /// <summary>Gets or sets the most groups of the elbow curve.</summary>
    public int ElbowMax { get; set; } = 15;
}
