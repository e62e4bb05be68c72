using System.Diagnostics;
using System.Runtime.CompilerServices;
using Segue.Native.Generated;
using Segue.Native.Tests.Support;

namespace Segue.Native.Tests;

/// <summary>Long runs: stopped, held, taken up again, and what closing does to them.</summary>
public sealed class LifetimeTests(MusicFolder music) : IClassFixture<MusicFolder>, IDisposable
{
    private const int Pieces = MusicFolder.Pieces;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_cancelled_analysis_ends_soon_and_the_next_one_goes_on()
    {
        using var engine = Open();
        using var cancellation = new CancellationTokenSource();
        var sinceCancelled = new Stopwatch();
        var reports = new Reports<AnalysisProgress>(now =>
        {
            if (now.Done >= 1 && !sinceCancelled.IsRunning)
            {
                sinceCancelled.Start();
                cancellation.Cancel();
            }
        });

        var run = engine.AnalyseAsync(reports, cancellation.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(sinceCancelled.Elapsed < TimeSpan.FromSeconds(1), $"It took {sinceCancelled.Elapsed}.");
        Assert.True(run.IsCanceled);

        var between = engine.GetStatistics();
        Assert.Equal(EngineActivity.Idle, between.Activity);
        Assert.InRange(between.Pending, 1, Pieces - 1);
        Assert.Equal(Pieces, between.Pending + between.Songs);

        var rest = await engine.AnalyseAsync(null, TestToken);
        Assert.Equal((between.Pending, between.Pending), (rest.Total, rest.Analysed));
        Assert.Equal((Pieces, 0), (engine.GetStatistics().Songs, engine.GetStatistics().Pending));
    }

    [Fact]
    public async Task Nothing_begins_when_it_is_cancelled_already()
    {
        using var engine = Open();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        Assert.True(engine.AnalyseAsync(null, cancellation.Token).IsCanceled);
        Assert.True(engine.MakePlaylistsAsync(new PlaylistRequest(), null, cancellation.Token).IsCanceled);
        Assert.True(engine.ClusterAsync(new ClusterRequest(), null, cancellation.Token).IsCanceled);
        Assert.True(engine.ElbowAsync(new ClusterRequest(), 2, 3, null, cancellation.Token).IsCanceled);
        Assert.Throws<OperationCanceledException>(() => engine.ScanFolders([], cancellation.Token));
        Assert.Equal(Pieces, engine.GetStatistics().Pending);
    }

    [Fact]
    public async Task What_a_listener_throws_stops_the_run_and_arrives()
    {
        using var engine = Open();
        var reports = new Reports<AnalysisProgress>(now =>
        {
            if (now.Done >= 1)
            {
                throw new InvalidDataException("the listener's own");
            }
        });
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => engine.AnalyseAsync(reports, TestToken));
        Assert.Equal("the listener's own", error.Message);
        Assert.InRange(engine.GetStatistics().Pending, 1, Pieces - 1);
    }

    [Fact]
    public async Task Only_one_analysis_runs_at_a_time_while_questions_are_answered()
    {
        using var engine = Open();
        using var cancellation = new CancellationTokenSource();
        var (run, _) = await StartAsync(engine, cancellation.Token);

        var busy = await Assert.ThrowsAsync<SegueException>(() => engine.AnalyseAsync(null, TestToken));
        Assert.Equal(SegueStatus.Busy, busy.Status);
        var now = engine.GetStatistics();
        Assert.Equal((EngineActivity.Analysing, Pieces), (now.Activity, now.Progress.Total));

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task A_held_analysis_waits_and_can_still_be_cancelled()
    {
        using var engine = Open();
        engine.SetPaused(true);
        using var cancellation = new CancellationTokenSource();
        var (run, reports) = await StartAsync(engine, cancellation.Token);
        await Task.Delay(700, TestToken);
        Assert.Equal(EngineActivity.Paused, engine.GetStatistics().Activity);
        var last = reports.All.Last();
        Assert.True(last.Paused);
        Assert.Equal(0, last.Done);

        engine.SetPaused(false);
        while (reports.All.Last().Done == 0)
        {
            await Task.Delay(20, TestToken);
        }

        engine.SetPaused(true);
        var stopped = Stopwatch.StartNew();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(stopped.Elapsed < TimeSpan.FromSeconds(1.5), $"It took {stopped.Elapsed}.");
    }

    [Fact]
    public async Task Disposing_ends_a_running_analysis()
    {
        var engine = Open();
        var (run, _) = await StartAsync(engine, TestToken);
        var closing = Stopwatch.StartNew();
        engine.Dispose();
        Assert.True(closing.Elapsed < TimeSpan.FromSeconds(2), $"It took {closing.Elapsed}.");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(2), TestToken));

        // The store was closed in order: it opens again and holds what was finished.
        using var again = SegueEngine.Open(new SegueOptions { StorePath = _folder["segue.db"] });
        Assert.Empty(again.GetStatistics().Notice);
        Assert.Equal(Pieces, again.GetStatistics().Files);
    }

    [Fact]
    public async Task Disposing_from_a_progress_callback_does_not_wait_for_itself()
    {
        var engine = Open();
        var took = TimeSpan.MaxValue;
        var reports = new Reports<AnalysisProgress>(_ =>
        {
            var closing = Stopwatch.StartNew();
            engine.Dispose();
            took = took < closing.Elapsed ? took : closing.Elapsed;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.AnalyseAsync(reports, TestToken));
        Assert.True(took < TimeSpan.FromSeconds(1), $"It took {took}.");
    }

    [Fact]
    public async Task After_disposing_every_call_is_refused()
    {
        var engine = Open();
        engine.Dispose();
        engine.Dispose();
        Action[] calls =
        [
            () => engine.BeginSync(),
            () => engine.Sync(1, []),
            () => engine.FinishSync(1),
            () => engine.ScanFolders([], CancellationToken.None),
            () => engine.SetPaused(true),
            () => engine.RetryFailed(),
            () => engine.FindTrack("x"),
            () => engine.Similar("x", 1, null),
            () => engine.Mix(new MixRequest()),
            () => engine.FindPath(new PathRequest()),
            () => engine.Blend(new BlendRequest()),
            () => engine.SimilarSets(SetKind.Artist, Seed.Track("x"), 1, null),
            () => engine.Extend(new ExtendRequest()),
            () => engine.FindMisfits(new TracksRequest()),
            () => engine.Flow(new TracksRequest()),
            () => engine.SetOpinions("x", [], true),
            () => engine.LogPlays("x", []),
            () => engine.ForgetPlays(DateTimeOffset.UnixEpoch),
            () => engine.ForgetListener("x"),
            () => engine.MakePersonalLists(new TasteRequest()),
            () => engine.GetPersonalLists("x", null),
            () => engine.GetMap(null),
            () => engine.GetStatistics(),
            () => engine.GetFailures(),
            () => engine.GetDataQuality(new ClusterRequest()),
            () => engine.GetPlaylists(),
            () => engine.EditPlaylist("x", new PlaylistEdit()),
            () => engine.Preview(new DefinitionRequest()),
            () => engine.KeepDefinition(new DefinitionRequest()),
            () => engine.ForgetDefinition("x"),
            () => engine.GetReports(1),
            () => engine.Import(new ImportRequest()),
            () => engine.Export("x", [], ListFormat.M3u8, null),
            () => engine.GetCover("x"),
            () => engine.GetArtists(1),
            () => engine.SetKey(NamingProvider.Gemini, "x"),
            () => engine.HasKey(NamingProvider.Gemini),
        ];
        Assert.All(calls, call => Assert.Throws<ObjectDisposedException>(call));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.AnalyseAsync(null, TestToken));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.MakePlaylistsAsync(new PlaylistRequest(), null, TestToken));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.ClusterAsync(new ClusterRequest(), null, TestToken));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.MakeMapAsync(null, TestToken));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => engine.ElbowAsync(new ClusterRequest(), 2, 3, null, TestToken));
    }

    [Fact]
    public async Task Calls_and_disposing_may_meet_at_any_moment()
    {
        for (var round = 0; round < 20; round++)
        {
            var engine = SegueEngine.Open(new SegueOptions { StorePath = _folder["race.db"] });
            using var begun = new CountdownEvent(4);
            var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                begun.Signal();
                try
                {
                    while (true)
                    {
                        engine.GetStatistics();
                    }
                }
                catch (ObjectDisposedException)
                {
                    // The only way out, and no crash.
                }
            })).ToList();
            begun.Wait(TestToken);
            engine.Dispose();
            await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(10), TestToken);
        }
    }

    [Fact]
    public void An_engine_that_nobody_holds_any_more_is_freed()
    {
        var engine = OpenAndForget(_folder["forgotten.db"]);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(SegueStatus.Closed, NativeCall.StatusOf(Interop.segue_statistics(engine)));
    }

    [Fact]
    public void Megabytes_of_text_cross_unharmed()
    {
        using var engine = SegueEngine.Open(new SegueOptions { StorePath = _folder["texts.db"] });
        var text = string.Concat(Enumerable.Repeat("Pneumono♫", 1_000_000));
        Assert.Null(engine.FindTrack(text));
        var generation = engine.BeginSync();
        var tags = new TrackTags { Title = text[..2_000_000], Artist = "A\0B\uD800C" };
        engine.Sync(generation, [new LibraryTrack(Guid.NewGuid(), music.Paths[0], tags)]);
        Assert.Equal(1, engine.FinishSync(generation).Added);
    }

    [Fact]
    public async Task Encoded_files_are_analysed()
    {
        var audio = Path.Combine(Path.GetDirectoryName(typeof(LifetimeTests).Assembly.Location)!, "audio");
        using var engine = SegueEngine.Open(new SegueOptions { StorePath = _folder["encoded.db"] });
        Assert.Equal(5, engine.ScanFolders([audio], TestToken).Added);
        var summary = await engine.AnalyseAsync(null, TestToken);
        Assert.Equal((5, 5, 0), (summary.Total, summary.Analysed, summary.Failed));
        var codecs = Directory.EnumerateFiles(audio).Select(path => engine.FindTrack(path)?.Codec);
        Assert.Equal(["aac", "flac", "mp3", "opus", "vorbis"], codecs.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Real_music_is_analysed_and_mixed()
    {
        var library = Environment.GetEnvironmentVariable("SEGUE_MUSIC");
        Assert.SkipWhen(string.IsNullOrEmpty(library), "SEGUE_MUSIC names no folder with music.");
        using var engine = SegueEngine.Open(new SegueOptions { StorePath = _folder["real.db"], Patches = 4 });
        var few = Directory.EnumerateDirectories(library).Order(StringComparer.Ordinal).First();
        var found = engine.ScanFolders([few], TestToken);
        var summary = await engine.AnalyseAsync(null, TestToken);
        Assert.Equal((found.Added, 0), (summary.Analysed, summary.Failed));
        var seed = Directory.EnumerateFiles(few).Order(StringComparer.Ordinal).First();
        var mix = engine.Mix(new MixRequest { Seeds = [Seed.Track(seed)], Length = 5, ArtistCap = 5, IncludeSeeds = true });
        Assert.Equal(seed, mix[0].Path);
        Assert.Null(mix[0].ItemId);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong OpenAndForget(string store)
    {
        NativeCall.EnsureAvailable();
        var engine = NativeCall.Unwrap(Interop.segue_open(WireOfOptions.From(Translate.Options(new SegueOptions { StorePath = store }))));
        var handle = new EngineHandle(engine);
        using (var hold = handle.Take())
        {
            Assert.Equal(SegueStatus.Ok, NativeCall.StatusOf(Interop.segue_statistics(hold.Engine)));
        }

        return engine;
    }

    private SegueEngine Open()
    {
        var engine = SegueEngine.Open(new SegueOptions { StorePath = _folder["segue.db"], Threads = 1 });
        Assert.Equal(Pieces, engine.ScanFolders([music.Folder], CancellationToken.None).Added);
        return engine;
    }

    /// <summary>Starts an analysis and waits until it is under way.</summary>
    private static async Task<(Task<AnalysisSummary> Run, Reports<AnalysisProgress> Reports)> StartAsync(SegueEngine engine, CancellationToken token)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reports = new Reports<AnalysisProgress>(_ => begun.TrySetResult());
        var run = engine.AnalyseAsync(reports, token);
        await Task.WhenAny(run, begun.Task);
        return (run, reports);
    }
}
