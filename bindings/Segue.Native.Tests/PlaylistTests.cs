using System.Diagnostics;
using System.Text;
using Segue.Native.Tests.Support;

namespace Segue.Native.Tests;

/// <summary>Groups, playlists, lists in and out, and keys, of a library that is analysed.</summary>
public sealed class PlaylistTests(PlaylistLibrary library) : IClassFixture<PlaylistLibrary>
{
    /// <summary>A search that ends by being stopped only.</summary>
    private static readonly ClusterRequest Endless = new() { Runs = int.MaxValue, Patience = 0, Resume = false };

    private readonly SegueEngine _engine = library.Engine;

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Playlists_are_made_and_reported_and_kept()
    {
        var reports = new Reports<MakeProgress>();
        var run = await _engine.MakePlaylistsAsync(PlaylistLibrary.Request, reports, TestToken);
        Assert.NotEmpty(run.Playlists);
        Assert.All(run.Playlists, playlist =>
        {
            Assert.NotEmpty(playlist.Key);
            Assert.NotEmpty(playlist.Name);
            Assert.NotEmpty(playlist.Description);
            Assert.NotEmpty(playlist.Tracks);
            Assert.Equal(PlaylistKind.Cluster, playlist.Kind);
            Assert.All(playlist.Tracks, found => Assert.Contains(found.ItemId!.Value, library.Tracks.Select(track => track.ItemId)));
        });
        var songs = run.Playlists.SelectMany(playlist => playlist.Tracks).Select(found => found.SongId).ToList();
        Assert.Equal(songs.Count, songs.Distinct(StringComparer.Ordinal).Count());

        Assert.NotEmpty(reports.All);
        Assert.All(reports.All, now => Assert.InRange(now.Fraction, 0, 1));
        Assert.Equal(reports.All.OrderBy(now => now.Fraction), reports.All);

        var report = run.Report;
        Assert.Equal((run.Playlists.Count, songs.Count), (report.Playlists, report.Tracks));
        Assert.Equal(report.Playlists, report.New + report.Continued + report.Fading);
        Assert.InRange(report.BeganAt, DateTimeOffset.UtcNow.AddHours(-1), report.FinishedAt);
        Assert.Equal((PlaylistLibrary.Pieces, Algorithm.KMeans), (report.Clusters.Quality.TakingPart, report.Clusters.Algorithm));
        Assert.InRange(report.Clusters.Fitness, 0, 1);
        Assert.NotEmpty(report.Clusters.Parts);

        Assert.Equivalent(report, _engine.GetReports(1)[0], strict: true);
        Assert.Empty(_engine.GetReports(0));
        var kept = _engine.GetPlaylists();
        Assert.All(run.Playlists, playlist => Assert.Contains(playlist.Key, kept.Select(other => other.Key)));

        var again = await _engine.MakePlaylistsAsync(PlaylistLibrary.Request, null, TestToken);
        Assert.True(again.Report.Run > report.Run, again.Report.ToString());
        Assert.NotEmpty(again.Playlists.Select(NameByKey).Intersect(run.Playlists.Select(NameByKey)));

        static (string Key, string Name) NameByKey(Playlist playlist) => (playlist.Key, playlist.Name);
    }

    [Fact]
    public async Task A_person_pins_renames_and_excludes()
    {
        var key = (await _engine.MakePlaylistsAsync(PlaylistLibrary.Request, null, TestToken)).Playlists[0].Key;
        var edited = _engine.EditPlaylist(key, new PlaylistEdit { Pinned = true, Name = "Sonntag ♫" });
        Assert.Equal((key, true, false, "Sonntag ♫", NamedBy.Person), (edited.Key, edited.Pinned, edited.Excluded, edited.Name, edited.NamedBy));
        edited = _engine.EditPlaylist(key, new PlaylistEdit { Excluded = true });
        Assert.Equal((true, true, "Sonntag ♫"), (edited.Pinned, edited.Excluded, edited.Name));

        var next = await _engine.MakePlaylistsAsync(PlaylistLibrary.Request, null, TestToken);
        Assert.DoesNotContain(key, next.Playlists.Select(playlist => playlist.Key));
        Assert.True(Kept(key)?.Excluded);

        edited = _engine.EditPlaylist(key, new PlaylistEdit { Pinned = false, Excluded = false, Name = string.Empty });
        Assert.Equal((false, false), (edited.Pinned, edited.Excluded));
        Assert.NotEqual(NamedBy.Person, edited.NamedBy);
        Assert.Equal(SegueStatus.InvalidArgument, Assert.Throws<SegueException>(() => _engine.EditPlaylist(key, new PlaylistEdit { Name = "two\nlines" })).Status);
    }

    [Theory]
    [InlineData(Algorithm.KMeans)]
    [InlineData(Algorithm.Dbscan)]
    [InlineData(Algorithm.Gmm)]
    [InlineData(Algorithm.Hierarchical)]
    public async Task Every_algorithm_groups_the_library(Algorithm algorithm)
    {
        var report = await _engine.ClusterAsync(PlaylistLibrary.Request.Cluster with { Algorithm = algorithm }, null, TestToken);
        Assert.Equal(algorithm, report.Algorithm);
        // So few tracks may well be noise all of them where density counts, and then no parameters were good.
        Assert.InRange(report.Clusters, algorithm == Algorithm.Dbscan ? 0 : 1, PlaylistLibrary.Pieces);
        Assert.Equal(report.Clusters > 0, report.Parameters.Length > 0);
    }

    [Fact]
    public async Task The_numbers_and_the_elbow_are_told()
    {
        var quality = _engine.GetDataQuality(new ClusterRequest { Space = InputSpace.TagsAndTempo });
        Assert.Equal((PlaylistLibrary.Pieces, PlaylistLibrary.Pieces), (quality.Tracks, quality.TakingPart));
        Assert.InRange(quality.Dimensions, 1, 1000);

        var elbow = await _engine.ElbowAsync(new ClusterRequest(), 2, 5, null, TestToken);
        Assert.Equal([2, 3, 4, 5], elbow.Curve.Select(point => point.K));
        Assert.InRange(elbow.Suggested, 2, 5);
        Assert.Contains("<svg", elbow.Svg, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _engine.ElbowAsync(new ClusterRequest(), 0, 5, null, TestToken));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _engine.ElbowAsync(new ClusterRequest(), 5, 4, null, TestToken));
    }

    [Fact]
    public async Task A_cancelled_run_ends_soon_and_changes_nothing()
    {
        var before = _engine.GetReports(1);
        using var cancellation = new CancellationTokenSource();
        var sinceCancelled = new Stopwatch();
        var reports = new Reports<MakeProgress>(now =>
        {
            if (now.Step == MakeStep.Searching && !sinceCancelled.IsRunning)
            {
                sinceCancelled.Start();
                cancellation.Cancel();
            }
        });
        var run = _engine.MakePlaylistsAsync(new PlaylistRequest { Cluster = Endless }, reports, cancellation.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(run.IsCanceled);
        Assert.True(sinceCancelled.Elapsed < TimeSpan.FromSeconds(5), $"It took {sinceCancelled.Elapsed}.");
        Assert.Equivalent(before, _engine.GetReports(1), strict: true);
    }

    [Fact]
    public async Task What_a_listener_throws_stops_a_run_and_arrives()
    {
        var reports = new Reports<MakeProgress>(_ => throw new InvalidDataException("the listener's own"));
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => _engine.ClusterAsync(Endless, reports, TestToken));
        Assert.Equal("the listener's own", error.Message);
    }

    [Fact]
    public async Task Only_one_run_is_made_at_a_time()
    {
        using var cancellation = new CancellationTokenSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reports = new Reports<MakeProgress>(_ => begun.TrySetResult());
        var run = _engine.ClusterAsync(Endless, reports, cancellation.Token);
        await Task.WhenAny(run, begun.Task);
        var busy = await Assert.ThrowsAsync<SegueException>(() => _engine.MakePlaylistsAsync(PlaylistLibrary.Request, null, TestToken));
        Assert.Equal(SegueStatus.Busy, busy.Status);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public void A_definition_is_previewed_kept_and_forgotten()
    {
        var request = new DefinitionRequest { Definition = "genre Ambient", Name = "Ruhe ♫" };
        var seen = _engine.Preview(request);
        Assert.Equal(6, seen.Tracks.Count);
        Assert.All(seen.Tracks, found => Assert.Equal("Even", TrackOf(found).Tags.Artist));
        Assert.DoesNotContain(request.Name, _engine.GetPlaylists().Select(playlist => playlist.Name));

        ItemSet allowed = [library.Tracks[0].ItemId, library.Tracks[1].ItemId, library.Tracks[2].ItemId];
        Assert.Equal(2, _engine.Preview(request with { Allowed = allowed }).Tracks.Count);
        Assert.Empty(_engine.Preview(request with { Allowed = [] }).Tracks);

        var kept = _engine.KeepDefinition(request);
        Assert.Equal((PlaylistKind.Definition, "Ruhe ♫", 6), (kept.Kind, kept.Name, kept.Tracks.Count));
        var changed = _engine.KeepDefinition(request with { Key = kept.Key, Definition = "genre Rock, limit 3" });
        Assert.Equal((kept.Key, 3), (changed.Key, changed.Tracks.Count));
        Assert.Equal(changed.Definition, Kept(kept.Key)?.Definition);
        _engine.ForgetDefinition(kept.Key);
        Assert.Null(Kept(kept.Key));

        var error = Assert.Throws<SegueException>(() => _engine.Preview(new DefinitionRequest { Definition = "tempo nonsense" }));
        Assert.Equal(SegueStatus.InvalidArgument, error.Status);
        Assert.Contains("nonsense", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ListFormat.M3u8, "m3u8")]
    [InlineData(ListFormat.Jspf, "jspf")]
    [InlineData(ListFormat.Xspf, "xspf")]
    public void What_is_exported_is_found_again(ListFormat format, string ending)
    {
        List<string> songs = [.. library.Tracks.Take(4).Select(track => _engine.FindTrack(track.Path)!.SongId)];
        var lists = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(library.Tracks[0].Path))!, "lists");
        foreach (var folder in new[] { null, lists })
        {
            var bytes = _engine.Export("Vier & mehr ♫", songs, format, folder);
            var import = _engine.Import(new ImportRequest { Bytes = bytes, Name = Path.Combine(lists, "four." + ending) });
            Assert.Equal(("Vier & mehr ♫", 0), (import.Title, import.Unreadable));
            Assert.Equal(songs, import.Entries.Select(entry => entry.Found?.SongId));
            Assert.All(import.Entries, entry => Assert.True(entry.Score > 0.5 && entry.How.Length > 0, entry.ToString()));
        }
    }

    [Fact]
    public void What_an_import_misses_is_listed_and_filled()
    {
        var csv = "Track Name,Artist Name(s)\nÉtude 0,Even\nNo Such Song,Nobody\n"u8.ToArray();
        var request = new ImportRequest { Bytes = csv, Name = "export.csv" };
        var import = _engine.Import(request);
        Assert.Equal(library.Tracks[0].ItemId, import.Entries[0].Found?.ItemId);
        Assert.Equal(("No Such Song", "Nobody"), (import.Entries[1].Title, import.Entries[1].Artist));
        Assert.Null(import.Entries[1].Found);
        Assert.Empty(import.Filled);

        var filled = Assert.Single(_engine.Import(request with { Fill = true }).Filled);
        Assert.NotEqual(library.Tracks[0].ItemId, filled.ItemId);
        Assert.All(_engine.Import(request with { Allowed = [] }).Entries, entry => Assert.Null(entry.Found));

        // A part of a larger array crosses as that part.
        var padded = Encoding.UTF8.GetBytes("xx\n").Concat(csv).ToArray();
        Assert.Equivalent(import, _engine.Import(request with { Bytes = padded.AsMemory(3) }), strict: true);
    }

    [Fact]
    public void A_file_that_is_no_list_is_refused()
    {
        var garbage = new ImportRequest { Bytes = new byte[] { 0, 159, 146, 150 }, Name = "x.bin" };
        Assert.Equal(SegueStatus.InvalidArgument, Assert.Throws<SegueException>(() => _engine.Import(garbage)).Status);
    }

    [Fact]
    public async Task A_cover_is_a_picture()
    {
        var run = await _engine.MakePlaylistsAsync(PlaylistLibrary.Request, null, TestToken);
        var cover = _engine.GetCover(run.Playlists[0].Key);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], cover.Take(8));
        Assert.Equal(cover, _engine.GetCover(run.Playlists[0].Key));
    }

    [Fact]
    public void Artists_have_vectors_and_neighbours()
    {
        var artists = _engine.GetArtists(5);
        Assert.Equal(2, artists.Count);
        Assert.All(artists, artist =>
        {
            Assert.Equal(6, artist.Songs);
            Assert.NotEmpty(artist.Vector);
            var other = Assert.Single(artist.Similar);
            Assert.NotEqual(artist.Artist, other.Artist);
            Assert.InRange(other.Similarity, -1, 1.001F);
        });
        Assert.All(_engine.GetArtists(0), artist => Assert.Empty(artist.Similar));
    }

    [Fact]
    public void A_key_is_kept_for_its_owner_alone_and_never_told()
    {
        const string Key = "s3cret-k3y-1234";
        Assert.False(_engine.HasKey(NamingProvider.Gemini));
        _engine.SetKey(NamingProvider.Gemini, Key);
        Assert.True(_engine.HasKey(NamingProvider.Gemini));
        Assert.False(_engine.HasKey(NamingProvider.OpenAi));
        var holders = Directory.EnumerateFiles(library.Folder).Where(file => ReadShared(file).Contains(Key, StringComparison.Ordinal)).ToList();
        var file = Assert.Single(holders);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        _engine.SetKey(NamingProvider.Gemini, null);
        Assert.False(_engine.HasKey(NamingProvider.Gemini));
        foreach (var odd in new[] { "s3cret two words", "s3cret\n", string.Empty, " " })
        {
            var error = Record.Exception(() => _engine.SetKey(NamingProvider.OpenAi, odd));
            Assert.DoesNotContain("s3cret", error?.ToString() ?? string.Empty, StringComparison.Ordinal);
        }

        _engine.SetKey(NamingProvider.OpenAi, null);
        var refused = Assert.Throws<SegueException>(() => _engine.SetKey(NamingProvider.OpenAi, "s3cret two words"));
        Assert.Equal(SegueStatus.InvalidArgument, refused.Status);
        Assert.Throws<ArgumentOutOfRangeException>(() => _engine.SetKey((NamingProvider)7, Key));
        Assert.Throws<ArgumentOutOfRangeException>(() => _engine.HasKey((NamingProvider)7));
    }

    [Fact]
    public void What_is_not_there_is_named_and_nonsense_refused()
    {
        Action[] calls =
        [
            () => _engine.EditPlaylist("no-such-key", new PlaylistEdit { Pinned = true }),
            () => _engine.ForgetDefinition("no-such-key"),
            () => _engine.GetCover("no-such-key"),
            () => _engine.KeepDefinition(new DefinitionRequest { Definition = "genre Rock", Name = "x", Key = "no-such-key" }),
        ];
        Assert.All(calls, call =>
        {
            var error = Assert.Throws<SegueException>(call);
            Assert.Equal(SegueStatus.UnknownPlaylist, error.Status);
            Assert.Contains("no-such-key", error.Message, StringComparison.Ordinal);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => _engine.GetReports(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _engine.GetArtists(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _engine.GetDataQuality(new ClusterRequest { Runs = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _engine.Export("x", [], (ListFormat)7, null));
        Assert.Throws<ArgumentNullException>(() => _engine.GetCover(null!));
        Assert.Throws<ArgumentNullException>(() => _engine.EditPlaylist("x", null!));
        Assert.Throws<ArgumentNullException>(() => _engine.Preview(null!));
        Assert.Throws<ArgumentNullException>(() => _engine.Import(null!));
    }

    private static string ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd();
    }

    private Playlist? Kept(string key) => _engine.GetPlaylists().SingleOrDefault(playlist => string.Equals(playlist.Key, key, StringComparison.Ordinal));

    private LibraryTrack TrackOf(Neighbour found) => library.Tracks.Single(track => track.ItemId == found.ItemId);
}
