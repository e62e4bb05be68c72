using Segue.Native.Generated;

namespace Segue.Native.Tests;

/// <summary>Wishes for playlists, on their way to the engine.</summary>
public sealed class RequestTests
{
    private static readonly PlaylistRequest Unusual = new()
    {
        Cluster = new ClusterRequest
        {
            Algorithm = Algorithm.Hierarchical,
            Space = InputSpace.Features,
            Scaling = Scaling.Standard,
            Weights = new GroupWeights { Vggish = 0.1F, Mfcc = 0.2F, Spectral = 0.3F, Rhythmic = 0.4F },
            VarianceKept = 0.5,
            TopMoods = 6,
            Runs = 7,
            Patience = 8,
            Sample = 9,
            Clusters = new CountRange(10, 11),
            Eps = new ValueRange(0.12, 0.13),
            MinSamples = new CountRange(14, 15),
            Components = new CountRange(16, 17),
            Covariance = Covariance.Diagonal,
            Linkage = Linkage.Average,
            Pca = new CountRange(18, 19),
            Wider = false,
            Fitness = new FitnessWeights { Separation = 2.0, Purity = 2.1, Diversity = 2.2, Artists = 2.3, Size = 2.4 },
            Seed = ulong.MaxValue,
            Resume = false,
        },
        MaxSongs = 25,
        MaxSongsPerArtist = 26,
        MinSongs = 27,
        MaxDistance = 0.28F,
        TopPlaylists = 29,
        Language = "de",
        AutomaticNames = true,
        NameMoods = int.MaxValue,
        Naming = new NamingService
        {
            Provider = NamingProvider.OpenAi,
            Url = new Uri("http://localhost:31/größer"),
            Model = "größer ♫",
            Delay = TimeSpan.FromSeconds(32.5),
        },
    };

    public RequestTests() => NativeCall.EnsureAvailable();

    [Fact]
    public void The_defaults_are_the_engines_own() =>
        Assert.Equivalent(Understood(null), Translate.Playlists(new PlaylistRequest()), strict: true);

    [Fact]
    public void Every_setting_arrives_as_it_was_sent()
    {
        var sent = Translate.Playlists(Unusual);
        var understood = Understood(sent);
        Assert.Equivalent(sent, understood, strict: true);

        Assert.True(understood.cluster.algorithm.IsHierarchical && understood.cluster.space.IsFeatures && understood.cluster.scaling.IsStandard);
        Assert.True(understood.cluster.covariance.IsDiagonal && understood.cluster.linkage.IsAverage);
        Assert.Equal((0.1F, 0.2F), (understood.cluster.weights.vggish, understood.cluster.weights.mfcc));
        Assert.Equal((0.3F, 0.4F), (understood.cluster.weights.spectral, understood.cluster.weights.rhythmic));
        Assert.Equal((0.5, 6U, 7U), (understood.cluster.variance_kept, understood.cluster.top_moods, understood.cluster.runs));
        Assert.Equal((8U, 9U, ulong.MaxValue), (understood.cluster.patience, understood.cluster.sample, understood.cluster.seed));
        Assert.Equal((10U, 11U), (understood.cluster.clusters.least, understood.cluster.clusters.most));
        Assert.Equal((0.12, 0.13), (understood.cluster.eps.least, understood.cluster.eps.most));
        Assert.Equal((14U, 15U), (understood.cluster.min_samples.least, understood.cluster.min_samples.most));
        Assert.Equal((16U, 17U), (understood.cluster.components.least, understood.cluster.components.most));
        Assert.Equal((18U, 19U), (understood.cluster.pca.least, understood.cluster.pca.most));
        Assert.False(understood.cluster.wider || understood.cluster.resume);
        Assert.Equal((2.0, 2.1, 2.2), (understood.cluster.fitness.separation, understood.cluster.fitness.purity, understood.cluster.fitness.diversity));
        Assert.Equal((2.3, 2.4), (understood.cluster.fitness.artists, understood.cluster.fitness.size));
        Assert.Equal((25U, 26U, 27U, 29U), (understood.max_songs, understood.max_songs_per_artist, understood.min_songs, understood.top_playlists));
        Assert.Equal((0.28F, "de", (uint)int.MaxValue), (understood.max_distance, understood.language, understood.name_moods));
        Assert.True(understood.automatic_names);
        Assert.NotNull(understood.naming);
        Assert.True(understood.naming.provider.IsOpenAi);
        Assert.Equal(("http://localhost:31/größer", "größer ♫", 32.5), (understood.naming.url, understood.naming.model, understood.naming.delay_s));
    }

    [Fact]
    public void Every_choice_arrives_as_itself()
    {
        Assert.All(Enum.GetValues<Algorithm>(), value => Same(value, understood => understood.cluster.algorithm, cluster => cluster with { Algorithm = value }));
        Assert.All(Enum.GetValues<InputSpace>(), value => Same(value, understood => understood.cluster.space, cluster => cluster with { Space = value }));
        Assert.All(Enum.GetValues<Scaling>(), value => Same(value, understood => understood.cluster.scaling, cluster => cluster with { Scaling = value }));
        Assert.All(Enum.GetValues<Covariance>(), value => Same(value, understood => understood.cluster.covariance, cluster => cluster with { Covariance = value }));
        Assert.All(Enum.GetValues<Linkage>(), value => Same(value, understood => understood.cluster.linkage, cluster => cluster with { Linkage = value }));
        Assert.All(Enum.GetValues<NamingProvider>(), value =>
        {
            var sent = Translate.Playlists(new PlaylistRequest { Naming = new NamingService { Provider = value } });
            Assert.Equal(value.ToString(), Understood(sent).naming!.provider.ToString());
        });
        Assert.All(Enum.GetValues<ListFormat>(), value => Assert.Equal(value.ToString(), Translate.Export("x", [], value, null).format.ToString()));

        static void Same<TOurs, TTheirs>(TOurs value, Func<Generated.PlaylistRequest, TTheirs> read, Func<ClusterRequest, ClusterRequest> with) =>
            Assert.Equal(value!.ToString(), read(Understood(Translate.Playlists(new PlaylistRequest { Cluster = with(new ClusterRequest()) })))!.ToString());
    }

    [Fact]
    public void Settings_without_sense_are_refused()
    {
        ClusterRequest cluster = new();
        ClusterRequest[] senseless =
        [
            cluster with { Algorithm = (Algorithm)7 },
            cluster with { Space = (InputSpace)7 },
            cluster with { Scaling = (Scaling)7 },
            cluster with { Covariance = (Covariance)7 },
            cluster with { Linkage = (Linkage)7 },
            cluster with { TopMoods = -1 },
            cluster with { Runs = -1 },
            cluster with { Patience = -1 },
            cluster with { Sample = -1 },
            cluster with { VarianceKept = 1.01 },
            cluster with { VarianceKept = double.NaN },
            cluster with { Clusters = new CountRange(-1, 5) },
            cluster with { Clusters = new CountRange(6, 5) },
            cluster with { MinSamples = new CountRange(6, 5) },
            cluster with { Components = new CountRange(6, 5) },
            cluster with { Pca = new CountRange(-2, -1) },
            cluster with { Eps = new ValueRange(-0.1, 0.5) },
            cluster with { Eps = new ValueRange(0.5, 0.1) },
            cluster with { Eps = new ValueRange(0.1, double.NaN) },
            cluster with { Weights = new GroupWeights { Vggish = -1 } },
            cluster with { Weights = new GroupWeights { Mfcc = float.NaN } },
            cluster with { Fitness = new FitnessWeights { Purity = double.PositiveInfinity } },
        ];
        Assert.All(senseless, wrong => Assert.Throws<ArgumentOutOfRangeException>(() => Translate.Cluster(wrong)));

        PlaylistRequest request = new();
        PlaylistRequest[] senselessToo =
        [
            request with { MaxSongs = -1 },
            request with { MaxSongsPerArtist = -1 },
            request with { MinSongs = -1 },
            request with { MaxDistance = -0.5F },
            request with { MaxDistance = float.NaN },
            request with { TopPlaylists = -1 },
            request with { NameMoods = -1 },
            request with { Naming = new NamingService { Provider = (NamingProvider)7 } },
            request with { Naming = new NamingService { Delay = TimeSpan.FromSeconds(-1) } },
        ];
        Assert.All(senselessToo, wrong => Assert.Throws<ArgumentOutOfRangeException>(() => Translate.Playlists(wrong)));
    }

    [Fact]
    public void Nothing_is_refused_where_something_is_needed()
    {
        Action[] calls =
        [
            () => Translate.Cluster(null!),
            () => Translate.Cluster(new ClusterRequest { Weights = null! }),
            () => Translate.Cluster(new ClusterRequest { Fitness = null! }),
            () => Translate.Playlists((PlaylistRequest)null!),
            () => Translate.Playlists(new PlaylistRequest { Cluster = null! }),
            () => Translate.Playlists(new PlaylistRequest { Language = null! }),
            () => Translate.Playlists(new PlaylistRequest { Naming = new NamingService { Model = null! } }),
            () => Translate.Definition(null!),
            () => Translate.Definition(new DefinitionRequest { Definition = null! }),
            () => Translate.Import((ImportRequest)null!),
            () => Translate.Import(new ImportRequest { Name = null! }),
            () => Translate.Export(null!, [], ListFormat.M3u8, null),
            () => Translate.Export("x", null!, ListFormat.M3u8, null),
            () => Translate.Export("x", [null!], ListFormat.M3u8, null),
        ];
        Assert.All(calls, call => Assert.Throws<ArgumentNullException>(call));
    }

    private static Generated.PlaylistRequest Understood(Generated.PlaylistRequest? request)
    {
        using var wire = WireOfOptionPlaylistRequest.From(request);
        using var answer = NativeCall.Unwrap(Interop.segue_understood(wire));
        return answer.Unwire();
    }
}
