using Abi = Segue.Native.Generated;

namespace Segue.Native.Tests;

/// <summary>Answers about groups and playlists, sent through the native library's memory and translated.</summary>
public sealed class AnswerTests
{
    private static readonly Guid Item = Guid.Parse("00112233445566778899aabbccddeeff");

    private static readonly Abi.ClusterReport Clusters = new()
    {
        quality = new Abi.DataQuality
        {
            tracks = 1,
            taking_part = 2,
            missing = 3,
            not_finite = 4,
            outlying = 5,
            dimensions = 6,
            constant = 7,
            kept_dimensions = 8,
        },
        algorithm = Abi.Algorithm.Gmm,
        parameters = "24 components",
        runs = 9,
        sampled = 10,
        clusters = 11,
        noise = 12,
        fitness = 0.13,
        parts = [new Abi.FitnessPart { name = "purity", amount = 0.14 }, new Abi.FitnessPart { name = "size", amount = 0.15 }],
        silhouette = -0.16,
        seconds = 17.5,
    };

    private static readonly Abi.RunReport Report = new()
    {
        run = 1,
        began_at = 1_700_000_000,
        finished_at = 1_700_000_060,
        clusters = Clusters,
        playlists = 2,
        tracks = 3,
        begun = 4,
        continued = 5,
        fading = 6,
        gone = 7,
        tracks_added = 8,
        tracks_removed = 9,
        service_names = 10,
        notes = ["The service did not answer.", "…"],
    };

    public AnswerTests() => NativeCall.EnsureAvailable();

    [Fact]
    public void A_run_arrives_with_all_that_is_in_it()
    {
        List<Abi.Playlist> playlists =
        [
            Playlist(Abi.PlaylistKind.Definition, Abi.NamedBy.Person, pinned: true, [Near(item: true)]),
            Playlist(Abi.PlaylistKind.Cluster, Abi.NamedBy.Service, pinned: false, []),
        ];
        using var wire = Abi.WireOfPlaylistRun.From(new Abi.PlaylistRun { playlists = playlists, report = Report });
        var run = Translate.Run(wire.Unwire());

        Assert.Equal(2, run.Playlists.Count);
        var first = run.Playlists[0];
        Assert.Equal(("key", PlaylistKind.Definition, "Ruhig", NamedBy.Person), (first.Key, first.Kind, first.Name, first.NamedBy));
        Assert.Equal(("Calm music.", true, false, 3), (first.Description, first.Pinned, first.Excluded, first.Faded));
        Assert.Equal(["calm", "piano"], first.Words);
        Assert.Equal("calm > 0.6", first.Definition);
        Assert.Equal(new Neighbour(Item, "song ♫", "/music/Müsik.flac", 0.25F, "like the seed"), Assert.Single(first.Tracks));
        var second = run.Playlists[1];
        Assert.Equal((PlaylistKind.Cluster, NamedBy.Service, false, true), (second.Kind, second.NamedBy, second.Pinned, second.Excluded));
        Assert.Empty(second.Tracks);

        var report = run.Report;
        Assert.Equal((1, 2, 3, 4, 5), (report.Run, report.Playlists, report.Tracks, report.New, report.Continued));
        Assert.Equal((6, 7, 8, 9, 10), (report.Fading, report.Gone, report.TracksAdded, report.TracksRemoved, report.ServiceNames));
        Assert.Equal(TimeSpan.FromMinutes(1), report.FinishedAt - report.BeganAt);
        Assert.Equal(1_700_000_000, report.BeganAt.ToUnixTimeSeconds());
        Assert.Equal(["The service did not answer.", "…"], report.Notes);

        var clusters = report.Clusters;
        Assert.Equal((Algorithm.Gmm, "24 components", 9, 10), (clusters.Algorithm, clusters.Parameters, clusters.Runs, clusters.Sampled));
        Assert.Equal((11, 12, 0.13, -0.16, 17.5), (clusters.Clusters, clusters.Noise, clusters.Fitness, clusters.Silhouette, clusters.Seconds));
        Assert.Equal([new FitnessPart("purity", 0.14), new FitnessPart("size", 0.15)], clusters.Parts);
        var expected = new DataQuality
        {
            Tracks = 1,
            TakingPart = 2,
            Missing = 3,
            NotFinite = 4,
            Outlying = 5,
            Dimensions = 6,
            Constant = 7,
            KeptDimensions = 8,
        };
        Assert.Equal(expected, clusters.Quality);
    }

    [Fact]
    public void An_elbow_arrives_with_its_curve()
    {
        using var wire = Abi.WireOfElbow.From(new Abi.Elbow
        {
            curve = [new Abi.ElbowPoint { k = 2, inertia = 9.5, silhouette = 0.1 }, new Abi.ElbowPoint { k = 3, inertia = 4.5, silhouette = -0.2 }],
            suggested = 3,
            svg = "<svg/>",
        });
        var elbow = Translate.Elbow(wire.Unwire());
        Assert.Equal([new ElbowPoint(2, 9.5, 0.1), new ElbowPoint(3, 4.5, -0.2)], elbow.Curve);
        Assert.Equal((3, "<svg/>"), (elbow.Suggested, elbow.Svg));
    }

    [Fact]
    public void An_import_tells_what_was_found_and_what_was_not()
    {
        using var wire = Abi.WireOfImport.From(new Abi.Import
        {
            title = "Liste",
            entries =
            [
                new Abi.ImportEntry { title = "A", artist = "B", album = "C", found = Near(item: true), score = 0.9F, how = "names" },
                new Abi.ImportEntry { title = "D", artist = string.Empty, album = string.Empty, found = null, score = 0, how = string.Empty },
            ],
            filled = [Near(item: false)],
            unreadable = 2,
        });
        var import = Translate.Import(wire.Unwire());
        Assert.Equal(("Liste", 2), (import.Title, import.Unreadable));
        Assert.Equal(("A", "B", "C"), (import.Entries[0].Title, import.Entries[0].Artist, import.Entries[0].Album));
        Assert.Equal((Item, 0.9F, "names"), (import.Entries[0].Found?.ItemId, import.Entries[0].Score, import.Entries[0].How));
        Assert.Null(import.Entries[1].Found);
        Assert.Null(Assert.Single(import.Filled).ItemId);
    }

    [Fact]
    public void Artists_arrive_with_vectors_and_neighbours()
    {
        using var wire = Abi.WireOfVecArtistProfile.From(
        [
            new Abi.ArtistProfile
            {
                artist = "Ärzte",
                songs = 5,
                vector = [0.5F, -1.5F],
                similar = [new Abi.SimilarArtist { artist = "Other", similarity = 0.75F }],
            },
        ]);
        var profile = Translate.Artist(Assert.Single(wire.Unwire()));
        Assert.Equal(("Ärzte", 5), (profile.Artist, profile.Songs));
        Assert.Equal([0.5F, -1.5F], profile.Vector);
        Assert.Equal([new SimilarArtist("Other", 0.75F)], profile.Similar);
    }

    [Fact]
    public void Every_word_of_an_answer_has_its_twin()
    {
        Same(Translate.Step, Abi.Step.Gathering, Abi.Step.Searching, Abi.Step.Assigning, Abi.Step.Naming, Abi.Step.Saving);
        Same(Translate.Algorithm, Abi.Algorithm.KMeans, Abi.Algorithm.Dbscan, Abi.Algorithm.Gmm, Abi.Algorithm.Hierarchical);
        Same(Translate.Kind, Abi.PlaylistKind.Cluster, Abi.PlaylistKind.Definition);
        Same(Translate.NamedBy, Abi.NamedBy.Rule, Abi.NamedBy.Service, Abi.NamedBy.Person);

        static void Same<TTheirs, TOurs>(Func<TTheirs, TOurs> translate, params TTheirs[] words)
            where TTheirs : struct
            where TOurs : struct, Enum
        {
            Assert.Equal(Enum.GetNames<TOurs>(), words.Select(word => word.ToString()));
            Assert.Equal(Enum.GetValues<TOurs>(), words.Select(translate));
        }
    }

    private static Abi.Neighbour Near(bool item) => new()
    {
        song_id = "song ♫",
        path = "/music/Müsik.flac",
        item_id = item ? Item.ToString("N") : string.Empty,
        distance = 0.25F,
        reason = "like the seed",
    };

    private static Abi.Playlist Playlist(Abi.PlaylistKind kind, Abi.NamedBy who, bool pinned, List<Abi.Neighbour> tracks) => new()
    {
        key = "key",
        kind = kind,
        name = "Ruhig",
        named_by = who,
        description = "Calm music.",
        words = ["calm", "piano"],
        pinned = pinned,
        excluded = !pinned,
        faded = 3,
        definition = "calm > 0.6",
        tracks = tracks,
    };
}
