using System.Text.Json;
using System.Xml.Serialization;
using Jellyfin.Plugin.Segue.Configuration;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Configuration;

public sealed class PluginSettingsTests
{
    private static readonly Dictionary<string, string> OtherChoice = new(StringComparer.Ordinal)
    {
        ["Backend"] = "Rten",
        ["Precision"] = "F32",
        ["PlaylistSharing"] = "Private",
        ["PlaylistLanguage"] = "de",
        ["NamingService"] = "Gemini",
        ["NamingUrl"] = "http://names.example/",
        ["NamingModel"] = "small",
        ["SearchMark"] = "!!",
        ["SoundtrackUser"] = "0000000100000000000000000000000a",
        ["VisionService"] = "Gemini",
        ["VisionUrl"] = "http://eyes.example/",
        ["VisionModel"] = "large",
        ["Algorithm"] = "Gmm",
        ["InputSpace"] = "Features",
        ["Scaling"] = "Standard",
        ["GmmCovariance"] = "Diagonal",
        ["HierarchyLinkage"] = "Average",
    };

    [Fact]
    public void Settings_survive_XML_and_begin_with_what_the_documentation_says()
    {
        var serializer = new XmlSerializer(typeof(PluginConfiguration));
        var read = Read(serializer, Write(serializer, new PluginConfiguration { Threads = 2, Backend = "Rten", MixLength = 77, ReplaceInstantMix = false }));

        Assert.Equal(2, read.Threads);
        Assert.Equal("Rten", read.Backend);
        Assert.Equal(77, read.MixLength);
        Assert.False(read.ReplaceInstantMix);

        var fresh = new PluginConfiguration();
        Assert.Equal((0, 32, 2000), (fresh.Threads, fresh.Patches, fresh.RecentAlbums));
        Assert.Equal((200, 3, 0, 25), (fresh.MixLength, fresh.ArtistCap, fresh.AlbumCap, fresh.MixWindow));
        Assert.True(fresh is { ReplaceSimilar: true, SimilarFilter: false, PlayLog: true, PlayLogDays: 180, PlayLogExcept.Length: 0 });
        Assert.True(fresh is { PersonalMixes: true, DailyMixes: 6, PersonalMixLength: 50 });
        Assert.True(fresh is { TextSearch: true, SearchMark: "~", SoundtrackLength: 20, SoundtrackCollections.Length: 0, SoundtrackUser: "", SoundtracksShared: false });
        Assert.True(fresh is { VisionService: "None", VisionVideo: false, VisionFrames: 8, VisionDailyCalls: 100, VisionDelaySeconds: 7, VisionTimeoutSeconds: 60 });
        Assert.True(fresh is { ReplaceInstantMix: true, PlaylistsEnabled: true, PauseWhileTranscoding: true, Backend: "Auto", Precision: "Int8" });
    }

    [Theory]
    [InlineData("Cuda", SegueBackend.Auto)]
    [InlineData("9", SegueBackend.Auto)]
    [InlineData("", SegueBackend.Auto)]
    [InlineData("rten", SegueBackend.Rten)]
    [InlineData("OnnxRuntime", SegueBackend.OnnxRuntime)]
    public void A_name_that_nobody_knows_costs_its_own_setting_and_no_other(string name, SegueBackend expected)
    {
        var serializer = new XmlSerializer(typeof(PluginConfiguration));
        var text = Write(serializer, new PluginConfiguration { MixLength = 77 })
            .Replace("<Backend>Auto<", $"<Backend>{name}<", StringComparison.Ordinal)
            .Replace("<Precision>Int8<", "<Precision>Int4<", StringComparison.Ordinal);
        Assert.Contains($"<Backend>{name}<", text, StringComparison.Ordinal);
        Assert.Contains("<Precision>Int4<", text, StringComparison.Ordinal);

        var settings = new PluginSettings(() => Read(serializer, text), () => null).Current;

        Assert.Equal((77, expected, SeguePrecision.Int8), (settings.MixLength, settings.Backend, settings.Precision));
        Assert.Equal(SegueBackend.Auto, new PluginSettings(() => new PluginConfiguration { Backend = null! }, () => null).Current.Backend);
    }

    [Fact]
    public void The_defaults_are_the_engines()
    {
        var settings = Read(new PluginConfiguration());

        Assert.Equal(new PlaylistRequest(), settings.Playlists);
        Assert.Equal(new CountRange(2, 15), settings.Elbow);
        Assert.Equal(PlaylistSharing.Shared, settings.PlaylistSharing);
        Assert.Empty(settings.PlaylistUsers);
        Assert.Equal(7, new PluginConfiguration().NamingDelaySeconds);
        Assert.Equal(200, new PluginSettings(() => null, () => null).Current.MixLength);
    }

    [Fact]
    public void Each_setting_takes_effect()
    {
        foreach (var property in typeof(PluginConfiguration).GetProperties())
        {
            // The services' own settings count only while there is one.
            var before = new PluginConfiguration { NamingService = "Ollama", VisionService = "Ollama" };
            var after = new PluginConfiguration { NamingService = "Ollama", VisionService = "Ollama" };
            object other = property.GetValue(before) switch
            {
                bool value => !value,
                int value => value + 1,
                double value => value + 0.01,
                string[] => new[] { Make.Name(Make.Id(1)) },
                _ => OtherChoice[property.Name],
            };
            property.SetValue(after, other);

            Assert.True(JsonSerializer.Serialize(Read(before)) != JsonSerializer.Serialize(Read(after)), property.Name);
        }
    }

    [Fact]
    public void Settings_out_of_range_are_brought_back()
    {
        var low = Read(Fill(-1_000_000, double.NegativeInfinity));
        var high = Read(Fill(1_000_000_000, double.PositiveInfinity));
        var none = Read(Fill(0, double.NaN));

        Assert.Equal((0, 10, 1, 0, 0), (low.Threads, low.MixLength, low.ArtistCap, low.RecentAlbums, low.Playlists.TopPlaylists));
        Assert.Equal((5, 1, 1, 0.01F), (low.Playlists.MaxSongs, low.Playlists.MinSongs, low.Playlists.MaxSongsPerArtist, low.Playlists.MaxDistance));
        Assert.Equal((1, 0, 100, new CountRange(2, 2)), (low.Playlists.Cluster.Runs, low.Playlists.Cluster.Patience, low.Playlists.Cluster.Sample, low.Playlists.Cluster.Clusters));
        Assert.Equal((new ValueRange(0.001, 0.001), new CountRange(1, 1), 0UL), (low.Playlists.Cluster.Eps, low.Elbow, low.Playlists.Cluster.Seed));

        Assert.Equal((0, 1, 0, 1, 10), (low.AlbumCap, low.MixWindow, low.PlayLogDays, low.DailyMixes, low.PersonalMixLength));
        Assert.Equal((5, 200), (low.SoundtrackLength, high.SoundtrackLength));
        Assert.Equal((1000, 1000, 3650, 12, 200), (high.AlbumCap, high.MixWindow, high.PlayLogDays, high.DailyMixes, high.PersonalMixLength));
        Assert.Equal((1000, 200, 200, 1F), (high.MixLength, high.Playlists.TopPlaylists, high.Playlists.MaxSongs, high.Playlists.MaxDistance));
        Assert.Equal((100_000, new CountRange(1000, 1000), new CountRange(200, 200)), (high.Playlists.Cluster.Runs, high.Playlists.Cluster.Clusters, high.Playlists.Cluster.Pca));

        Assert.Equal((0.5F, 0.93, new ValueRange(0.1, 0.5)), (none.Playlists.MaxDistance, none.Playlists.Cluster.VarianceKept, none.Playlists.Cluster.Eps));
        Assert.Equal((new GroupWeights(), new FitnessWeights()), (none.Playlists.Cluster.Weights, none.Playlists.Cluster.Fitness));
    }

    [Fact]
    public void A_range_the_wrong_way_round_is_one_number()
    {
        var clusters = Read(new PluginConfiguration { ClustersMin = 50, ClustersMax = 10, DbscanEpsMin = 0.4, DbscanEpsMax = 0.2 }).Playlists.Cluster;

        Assert.Equal(new CountRange(50, 50), clusters.Clusters);
        Assert.Equal(new ValueRange(0.4, 0.4), clusters.Eps);
    }

    [Fact]
    public void Settings_of_an_earlier_version_keep_their_meaning()
    {
        const string Text = """
            <?xml version="1.0" encoding="utf-8"?>
            <PluginConfiguration>
              <Threads>2</Threads>
              <PlaylistsEnabled>true</PlaylistsEnabled>
              <PlaylistCount>0</PlaylistCount>
              <MaxSongsPerPlaylist>25</MaxSongsPerPlaylist>
              <MaxSongsPerArtist>2</MaxSongsPerArtist>
            </PluginConfiguration>
            """;

        var settings = Read(Read(new XmlSerializer(typeof(PluginConfiguration)), Text));

        // 0 was, and is: as many as the library gives.
        Assert.Equal((0, 25, 2, 20), (settings.Playlists.TopPlaylists, settings.Playlists.MaxSongs, settings.Playlists.MaxSongsPerArtist, settings.Playlists.MinSongs));
        Assert.Equal(new ClusterRequest(), settings.Playlists.Cluster);
    }

    [Theory]
    [InlineData("", "de", "de")]
    [InlineData("", "pt-BR", "pt")]
    [InlineData("", "zh_Hans", "zh")]
    [InlineData("", null, "en")]
    [InlineData("FR", "de", "fr")]
    [InlineData("../x", "de", "en")]
    public void Names_come_in_the_language_that_is_set_or_in_the_servers(string set, string? server, string expected) =>
        Assert.Equal(expected, new PluginSettings(() => new PluginConfiguration { PlaylistLanguage = set }, () => server).Current.Playlists.Language);

    [Fact]
    public void Nobody_is_asked_for_names_unless_a_service_is_set()
    {
        Assert.Null(Read(new PluginConfiguration()).Playlists.Naming);
        Assert.Null(Read(new PluginConfiguration { NamingService = "Clippy" }).Playlists.Naming);
        Assert.Null(Read(new PluginConfiguration { NamingService = null! }).Playlists.Naming);

        Assert.Equal(
            new NamingService { Provider = NamingProvider.OpenAi, Url = new Uri("http://names.example:8080/v1"), Model = "small", Delay = TimeSpan.FromSeconds(1.5) },
            Read(new PluginConfiguration { NamingService = "openai", NamingUrl = " http://names.example:8080/v1 ", NamingModel = "small", NamingDelaySeconds = 1.5 }).Playlists.Naming);
    }

    [Fact]
    public void Nobody_looks_at_films_unless_a_service_is_set()
    {
        Assert.Null(Read(new PluginConfiguration()).Vision);
        Assert.Null(Read(new PluginConfiguration { VisionService = "Clippy" }).Vision);
        Assert.Null(Read(new PluginConfiguration { VisionService = null!, NamingService = "Ollama" }).Vision);
        Assert.Null(Read(new PluginConfiguration { NamingService = "None", VisionService = "Ollama" }).Playlists.Naming);

        var vision = Read(new PluginConfiguration { VisionService = "gemini", VisionUrl = "https://eyes.example/", VisionModel = " large ", VisionVideo = true }).Vision;
        Assert.Equal(
            new VisionService
            {
                Provider = NamingProvider.Gemini,
                Url = new Uri("https://eyes.example/"),
                Model = "large",
                Delay = TimeSpan.FromSeconds(7),
                Timeout = TimeSpan.FromSeconds(60),
                Frames = 8,
                DailyCalls = 100,
                Video = true,
            },
            vision);

        // What is out of range costs less, never more.
        var wild = Read(new PluginConfiguration { VisionService = "Ollama", VisionFrames = 1_000_000, VisionDailyCalls = -5, VisionDelaySeconds = double.NaN, VisionTimeoutSeconds = 0 }).Vision;
        Assert.Equal((32, 1, 7, 5), (wild!.Frames, wild.DailyCalls, wild.Delay.TotalSeconds, wild.Timeout.TotalSeconds));
    }

    [Theory]
    [InlineData("~", "~")]
    [InlineData(" !? ", "!?")]
    [InlineData("", "")]
    [InlineData(null, "")]
    [InlineData("a", "~")]
    [InlineData("7", "~")]
    [InlineData("! !", "~")]
    [InlineData("!!!!!!", "~")]
    public void A_mark_that_could_begin_a_word_is_none(string? set, string expected) =>
        Assert.Equal(expected, Read(new PluginConfiguration { SearchMark = set! }).SearchMark);

    [Fact]
    public void Who_owns_the_playlists_of_films_and_of_which_films_is_read_by_id()
    {
        var settings = Read(new PluginConfiguration { SoundtrackUser = "ann", SoundtrackCollections = ["films", Make.Name(Make.Id(3)), Make.Name(Make.Id(3))] });

        Assert.Null(settings.SoundtrackUser);
        Assert.Equal([Make.Id(3)], settings.SoundtrackCollections);
        Assert.Equal(Make.Id(2), Read(new PluginConfiguration { SoundtrackUser = Make.Name(Make.Id(2)) }).SoundtrackUser);
        Assert.Null(Read(new PluginConfiguration { SoundtrackUser = null!, SoundtrackCollections = null! }).SoundtrackUser);
    }

    [Theory]
    [InlineData("names.example")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://names.example/")]
    public void An_address_that_is_none_calls_nobody(string address)
    {
        var settings = Read(new PluginConfiguration { NamingService = "Ollama", NamingUrl = address, VisionService = "Ollama", VisionUrl = address });

        Assert.Null(settings.Playlists.Naming);
        Assert.Null(settings.Vision);
    }

    [Fact]
    public void What_is_no_users_id_is_left_out()
    {
        var ids = Read(new PluginConfiguration { PlaylistUsers = [Make.Name(Make.Id(1)), "ann", string.Empty, Make.Id(1).ToString(), Guid.Empty.ToString(), null!] }).PlaylistUsers;

        Assert.Equal([Make.Id(1)], ids);
        Assert.Empty(Read(new PluginConfiguration { PlaylistUsers = null! }).PlaylistUsers);
    }

    [Fact]
    public void Of_whom_nothing_is_to_be_remembered_nothing_is()
    {
        var settings = Read(new PluginConfiguration { PlayLogExcept = [Make.Name(Make.Id(1)), "ann"] });

        Assert.False(settings.Remembers(Make.Id(1)));
        Assert.True(settings.Remembers(Make.Id(2)));
        Assert.False(Read(new PluginConfiguration { PlayLog = false }).Remembers(Make.Id(2)));
        Assert.True(Read(new PluginConfiguration { PlayLogExcept = null! }).Remembers(Make.Id(1)));
    }

    [Fact]
    public void No_setting_is_a_secret() =>
        Assert.DoesNotContain(
            typeof(PluginConfiguration).GetProperties(),
            property => property.Name.Contains("Key", StringComparison.OrdinalIgnoreCase)
                || property.Name.Contains("Secret", StringComparison.OrdinalIgnoreCase)
                || property.Name.Contains("Token", StringComparison.OrdinalIgnoreCase)
                || property.Name.Contains("Password", StringComparison.OrdinalIgnoreCase));

    private static SegueSettings Read(PluginConfiguration configuration) => new PluginSettings(() => configuration, () => null).Current;

    private static PluginConfiguration Fill(int number, double fraction)
    {
        var configuration = new PluginConfiguration();
        foreach (var property in typeof(PluginConfiguration).GetProperties())
        {
            if (property.PropertyType == typeof(int))
            {
                property.SetValue(configuration, number);
            }
            else if (property.PropertyType == typeof(double))
            {
                property.SetValue(configuration, fraction);
            }
        }

        return configuration;
    }

    private static string Write(XmlSerializer serializer, PluginConfiguration configuration)
    {
        using var writer = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        serializer.Serialize(writer, configuration);
        return writer.ToString();
    }

    private static PluginConfiguration Read(XmlSerializer serializer, string text)
    {
        using var reader = System.Xml.XmlReader.Create(new StringReader(text));
        return Assert.IsType<PluginConfiguration>(serializer.Deserialize(reader));
    }
}
