using Segue.Native;

namespace Jellyfin.Plugin.Segue.Configuration;

/// <summary>
/// Reads the settings from the plugin, and brings what a hand-edited file may hold into range.
/// </summary>
internal sealed class PluginSettings : ISegueSettings
{
    /// <summary>The service that is none: the rule's names stand, and films are looked at by nobody.</summary>
    internal const string NoService = "None";

    /// <summary>Longest mark of a search.</summary>
    internal const int MaxMark = 5;

    /// <summary>Longest text of a setting that is taken.</summary>
    internal const int MaxText = 500;

    private static readonly string[] WebSchemes = [Uri.UriSchemeHttp, Uri.UriSchemeHttps];

    private readonly Func<PluginConfiguration?> _source;
    private readonly Func<string?> _serverLanguage;

    /// <summary>
    /// Initializes a new instance of the <see cref="PluginSettings"/> class.
    /// </summary>
    /// <param name="source">Gives the stored settings; null while there are none.</param>
    /// <param name="serverLanguage">Gives the language of the server, such as <c>de</c> or <c>en-US</c>.</param>
    public PluginSettings(Func<PluginConfiguration?> source, Func<string?> serverLanguage)
    {
        _source = source;
        _serverLanguage = serverLanguage;
    }

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
                RecentAlbums = Math.Clamp(stored.RecentAlbums, 0, 1_000_000),
                Backend = Parse(stored.Backend, SegueBackend.Auto),
                Precision = Parse(stored.Precision, SeguePrecision.Int8),
                PauseWhileTranscoding = stored.PauseWhileTranscoding,
                ReplaceInstantMix = stored.ReplaceInstantMix,
                MixLength = Math.Clamp(stored.MixLength, 10, 1000),
                ArtistCap = Math.Clamp(stored.ArtistCap, 1, 1000),
                AlbumCap = Math.Clamp(stored.AlbumCap, 0, 1000),
                MixWindow = Math.Clamp(stored.MixWindow, 1, 1000),
                ReplaceSimilar = stored.ReplaceSimilar,
                SimilarFilter = stored.SimilarFilter,
                TextSearch = stored.TextSearch,
                SearchMark = Mark(stored.SearchMark),
                SoundtrackLength = Math.Clamp(stored.SoundtrackLength, 5, 200),
                SoundtrackCollections = [.. Ids(stored.SoundtrackCollections)],
                SoundtrackUser = Ids([stored.SoundtrackUser]).Cast<Guid?>().FirstOrDefault(),
                SoundtracksShared = stored.SoundtracksShared,
                Vision = Vision(stored),
                PlayLog = stored.PlayLog,
                PlayLogDays = Math.Clamp(stored.PlayLogDays, 0, 3650),
                PlayLogExcept = [.. Ids(stored.PlayLogExcept)],
                PersonalMixes = stored.PersonalMixes,
                DailyMixes = Math.Clamp(stored.DailyMixes, 1, 12),
                PersonalMixLength = Math.Clamp(stored.PersonalMixLength, 10, 200),
                PlaylistsEnabled = stored.PlaylistsEnabled,
                Playlists = Playlists(stored),
                PlaylistUsers = [.. Ids(stored.PlaylistUsers)],
                PlaylistSharing = Parse(stored.PlaylistSharing, PlaylistSharing.Shared),
                Elbow = Range(stored.ElbowMin, stored.ElbowMax, 1, 200),
            };
        }
    }

    private static ClusterRequest Clusters(PluginConfiguration stored) => new()
    {
        Algorithm = Parse(stored.Algorithm, Algorithm.KMeans),
        Space = Parse(stored.InputSpace, InputSpace.Embeddings),
        Scaling = Parse(stored.Scaling, Scaling.MinMax),
        Weights = new GroupWeights
        {
            Vggish = (float)Clamp(stored.VggishWeight, 0, 10, 1.2),
            Mfcc = (float)Clamp(stored.MfccWeight, 0, 10, 1.05),
            Spectral = (float)Clamp(stored.SpectralWeight, 0, 10, 0.85),
            Rhythmic = (float)Clamp(stored.RhythmicWeight, 0, 10, 1.1),
        },
        VarianceKept = Clamp(stored.VarianceKept, 0.1, 1, 0.93),
        TopMoods = Math.Clamp(stored.TopMoods, 1, 50),
        Runs = Math.Clamp(stored.SearchRuns, 1, 100_000),
        Patience = Math.Clamp(stored.SearchPatience, 0, 100_000),
        Sample = Math.Clamp(stored.SearchSample, 100, 1_000_000),
        Clusters = Range(stored.ClustersMin, stored.ClustersMax, 2, 1000),
        Eps = Range(stored.DbscanEpsMin, stored.DbscanEpsMax, 0.001, 10, new ValueRange(0.1, 0.5)),
        MinSamples = Range(stored.DbscanMinSamplesMin, stored.DbscanMinSamplesMax, 2, 1000),
        Components = Range(stored.GmmComponentsMin, stored.GmmComponentsMax, 2, 500),
        Covariance = Parse(stored.GmmCovariance, Covariance.Full),
        Linkage = Parse(stored.HierarchyLinkage, Linkage.Ward),
        Pca = Range(stored.PcaMin, stored.PcaMax, 0, 200),
        Wider = stored.WiderRanges,
        Fitness = new FitnessWeights
        {
            Separation = Clamp(stored.SeparationWeight, 0, 10, 2),
            Purity = Clamp(stored.PurityWeight, 0, 10, 0.25),
            Diversity = Clamp(stored.DiversityWeight, 0, 10, 0.5),
            Artists = Clamp(stored.ArtistsWeight, 0, 10, 0.25),
            Size = Clamp(stored.SizeWeight, 0, 10, 0.5),
        },
        Seed = (ulong)Math.Max(0, stored.SearchSeed),
        Resume = stored.ResumeSearch,
    };

    private static NamingService? Naming(PluginConfiguration stored) => TryRead(stored.NamingService, stored.NamingUrl, out var provider, out var url)
        ? new NamingService
        {
            Provider = provider,
            Url = url,
            Model = Text(stored.NamingModel),
            Delay = TimeSpan.FromSeconds(Clamp(stored.NamingDelaySeconds, 0, 600, 7)),
        }
        : null;

    private static VisionService? Vision(PluginConfiguration stored) => TryRead(stored.VisionService, stored.VisionUrl, out var provider, out var url)
        ? new VisionService
        {
            Provider = provider,
            Url = url,
            Model = Text(stored.VisionModel),
            Delay = TimeSpan.FromSeconds(Clamp(stored.VisionDelaySeconds, 0, 600, 7)),
            Timeout = TimeSpan.FromSeconds(Clamp(stored.VisionTimeoutSeconds, 5, 600, 60)),
            Frames = Math.Clamp(stored.VisionFrames, 1, 32),
            DailyCalls = Math.Clamp(stored.VisionDailyCalls, 1, 10_000),
            Video = stored.VisionVideo,
        }
        : null;

    /// <summary>Reads who is to be called, and where. A name that nobody knows must call nobody.</summary>
    private static bool TryRead(string? service, string? address, out NamingProvider provider, out Uri? url)
    {
        url = null;
        if (!Enum.TryParse(service, ignoreCase: true, out provider) || !Enum.IsDefined(provider))
        {
            return false;
        }

        // Neither must an address that is none fall back to one that a person did not choose.
        var text = Text(address);
        return text.Length == 0
            || (Uri.TryCreate(text, UriKind.Absolute, out url) && WebSchemes.Contains(url.Scheme, StringComparer.Ordinal));
    }

    /// <summary>A mark is made of signs: one that could begin a word would take searches from the server.</summary>
    private static string Mark(string? text) =>
        Text(text) is { Length: <= MaxMark } mark && !mark.Any(letter => char.IsLetterOrDigit(letter) || char.IsWhiteSpace(letter) || char.IsControl(letter))
            ? mark
            : "~";

    private static string Text(string? text) => text?.Trim() is { Length: <= MaxText } trimmed ? trimmed : string.Empty;

    private static IEnumerable<Guid> Ids(string?[]? texts) => (texts ?? [])
        .Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty)
        .Where(id => !id.Equals(Guid.Empty))
        .Distinct();

    private static CountRange Range(int least, int most, int lowest, int highest)
    {
        least = Math.Clamp(least, lowest, highest);
        return new CountRange(least, Math.Clamp(most, least, highest));
    }

    private static ValueRange Range(double least, double most, double lowest, double highest, ValueRange otherwise)
    {
        least = Clamp(least, lowest, highest, otherwise.Least);
        return new ValueRange(least, Clamp(most, least, highest, Math.Max(least, otherwise.Most)));
    }

    private static double Clamp(double value, double lowest, double highest, double otherwise) =>
        double.IsNaN(value) ? otherwise : Math.Clamp(value, lowest, highest);

    private static T Parse<T>(string? name, T otherwise)
        where T : struct, Enum =>
        Enum.TryParse<T>(name, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : otherwise;

    private PlaylistRequest Playlists(PluginConfiguration stored)
    {
        var most = Math.Clamp(stored.MaxSongsPerPlaylist, 5, 200);
        return new PlaylistRequest
        {
            Cluster = Clusters(stored),
            MaxSongs = most,
            MaxSongsPerArtist = Math.Clamp(stored.MaxSongsPerArtist, 1, 200),
            MinSongs = Math.Clamp(stored.MinSongsPerPlaylist, 1, most),
            MaxDistance = (float)Clamp(stored.MaxDistance, 0.01, 1, 0.5),
            TopPlaylists = Math.Clamp(stored.PlaylistCount, 0, 200),
            Language = Language(stored),
            AutomaticNames = stored.AutomaticNames,
            NameMoods = Math.Clamp(stored.NameMoods, 1, 10),
            Naming = Naming(stored),
        };
    }

    /// <summary>The two letters of a language, of a setting or of the server, which may be <c>pt-BR</c> or <c>zh_Hans</c>.</summary>
    private string Language(PluginConfiguration stored)
    {
        var name = Text(stored.PlaylistLanguage);
        if (name.Length == 0)
        {
            name = Text(_serverLanguage());
        }

        var letters = name.Split('-', '_')[0];
        return letters.Length is 2 or 3 && letters.All(char.IsAsciiLetter) ? string.Concat(letters.Select(char.ToLowerInvariant)) : "en";
    }
}
