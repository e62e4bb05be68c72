using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playback;
using Jellyfin.Plugin.Segue.Tasks;
using MediaBrowser.Model.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Tasks;

public sealed class AnalyseMusicTaskTests
{
    private const ulong Generation = 7;

    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly IMusicLibrary _library = Substitute.For<IMusicLibrary>();
    private readonly IAnalysisPause _pause = Substitute.For<IAnalysisPause>();
    private readonly FakeTime _time = new();
    private readonly RecordingProgress _progress = new();
    private readonly IReadOnlyList<LibraryTrack> _first = [new(Make.Id(1), "/music/1.flac", new TrackTags())];
    private readonly IReadOnlyList<LibraryTrack> _second = [new(Make.Id(2), "/music/2.flac", new TrackTags())];

    public AnalyseMusicTaskTests()
    {
        _engine.BeginSync().Returns(Generation);
        _engine.FinishSync(Generation).Returns(new SyncSummary { Added = 2 });
        _engine.AnalyseAsync(default, default).ReturnsForAnyArgs(new AnalysisSummary { Total = 2, Analysed = 2 });
        _engine.GetStatistics().Returns(new EngineStatistics());
        _library.ReadTracks(default).ReturnsForAnyArgs([_first, _second]);
    }

    [Fact]
    public async Task It_syncs_page_by_page_and_then_analyses()
    {
        await NewTask().ExecuteAsync(_progress, TestContext.Current.CancellationToken);

        Received.InOrder(() =>
        {
            _engine.BeginSync();
            _engine.Sync(Generation, Same(_first));
            _engine.Sync(Generation, Same(_second));
            _engine.FinishSync(Generation);
            _engine.AnalyseAsync(Arg.Any<IProgress<AnalysisProgress>>(), Arg.Any<CancellationToken>());
        });
        Assert.Equal(100, _progress.Reports[^1]);
    }

    [Fact]
    public async Task Progress_is_throttled_and_never_runs_backwards()
    {
        _engine.AnalyseAsync(default, default).ReturnsForAnyArgs(call =>
        {
            var progress = call.Arg<IProgress<AnalysisProgress>>();
            progress.Report(new AnalysisProgress { Done = 0, Total = 0 });
            for (var done = 0; done <= 100; done++)
            {
                progress.Report(new AnalysisProgress { Done = done, Total = 200 });
                _time.Advance(TimeSpan.FromMilliseconds(50));
            }

            progress.Report(new AnalysisProgress { Done = 3, Total = 200 });
            return new AnalysisSummary();
        });

        await NewTask().ExecuteAsync(_progress, TestContext.Current.CancellationToken);

        // 5 s of reports at two a second, the one of the sync, and the end.
        Assert.InRange(_progress.Reports.Count, 10, 14);
        Assert.Equal(_progress.Reports.Order(), _progress.Reports);
        Assert.InRange(_progress.Reports[^2], 50, 53);
        Assert.Equal(100, _progress.Reports[^1]);
    }

    [Fact]
    public async Task Pages_are_told_in_chunks_with_a_look_at_the_token_and_the_clock_between_them()
    {
        using var cancel = new CancellationTokenSource();
        var sizes = new List<int>();
        _library.CountTracks().Returns(2000);
        _library.ReadTracks(default).ReturnsForAnyArgs([[.. Enumerable.Range(1, 1000).Select(number => new LibraryTrack(Make.Id(number), $"/music/{number}.flac", new TrackTags()))]]);
        _engine.When(engine => engine.Sync(Generation, Arg.Any<IReadOnlyList<LibraryTrack>>())).Do(call =>
        {
            sizes.Add(call.Arg<IReadOnlyList<LibraryTrack>>().Count);
            _time.Advance(TimeSpan.FromSeconds(1));
            if (sizes.Count == 4)
            {
                cancel.Cancel();
            }
        });

        await Assert.ThrowsAsync<OperationCanceledException>(() => NewTask().ExecuteAsync(_progress, cancel.Token));

        Assert.Equal([100, 100, 100, 100], sizes);
        Assert.Equal([0.25, 0.5, 0.75, 1], _progress.Reports);
        _engine.DidNotReceiveWithAnyArgs().FinishSync(default);
    }

    [Fact]
    public async Task A_library_that_grows_while_it_is_told_is_shown_as_no_more_than_its_part()
    {
        _library.CountTracks().Returns(1);
        _engine.When(engine => engine.Sync(Generation, Arg.Any<IReadOnlyList<LibraryTrack>>())).Do(_ => _time.Advance(TimeSpan.FromSeconds(1)));

        await NewTask().ExecuteAsync(_progress, TestContext.Current.CancellationToken);

        Assert.Equal([5, 5, 100], _progress.Reports);
    }

    [Fact]
    public async Task A_store_that_another_process_holds_is_waited_for()
    {
        var attempts = 0;
        var provider = Locked(() => ++attempts < 4);

        await Run(NewTask(provider), CancellationToken.None);

        Assert.Equal(4, attempts);
        Assert.Equal(100, _progress.Reports[^1]);
    }

    [Fact]
    public async Task A_store_that_stays_locked_fails_the_task_after_half_a_minute()
    {
        var began = _time.GetTimestamp();
        var provider = Locked(() => true);

        var failure = await Assert.ThrowsAsync<SegueException>(() => Run(NewTask(provider), CancellationToken.None));

        Assert.Equal(SegueStatus.StoreLocked, failure.Status);
        Assert.InRange(_time.GetElapsedTime(began), AnalyseMusicTask.LockPatience, AnalyseMusicTask.LockPatience + AnalyseMusicTask.LockRetry);
        provider.Received(16).OpenWithCurrentSettings();
    }

    [Fact]
    public async Task A_cancel_ends_the_wait_for_a_locked_store()
    {
        using var cancel = new CancellationTokenSource();
        var run = NewTask(Locked(() => true)).ExecuteAsync(_progress, cancel.Token);
        Assert.False(run.IsCompleted);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task A_cancel_while_syncing_neither_finishes_the_sync_nor_analyses()
    {
        using var cancel = new CancellationTokenSource();
        _engine.When(engine => engine.Sync(Generation, Same(_second))).Do(_ => cancel.Cancel());

        await Assert.ThrowsAsync<OperationCanceledException>(() => NewTask().ExecuteAsync(_progress, cancel.Token));

        _engine.DidNotReceiveWithAnyArgs().FinishSync(default);
        await _engine.DidNotReceiveWithAnyArgs().AnalyseAsync(default, default);
    }

    [Fact]
    public async Task A_cancel_while_analysing_ends_as_cancelled_after_the_engine_has_stopped()
    {
        using var cancel = new CancellationTokenSource();
        var stopped = false;
        _engine.AnalyseAsync(default, default).ReturnsForAnyArgs(async Task<AnalysisSummary> (call) =>
        {
            var cancelled = new TaskCompletionSource();
            await using var registration = call.Arg<CancellationToken>().Register(cancelled.SetResult);
            await cancel.CancelAsync();
            await cancelled.Task;
            stopped = true;
            throw new OperationCanceledException(cancel.Token);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => NewTask().ExecuteAsync(_progress, cancel.Token));

        Assert.True(stopped);
        Assert.DoesNotContain(100, _progress.Reports);
    }

    [Fact]
    public async Task The_watch_on_transcoding_lasts_as_long_as_the_analysis()
    {
        var watch = CancellationToken.None;
        var watching = new TaskCompletionSource();
        _pause.WatchAsync(_engine, Arg.Any<CancellationToken>()).Returns(call =>
        {
            watch = call.Arg<CancellationToken>();
            watch.Register(watching.SetResult);
            return watching.Task;
        });
        Exception? failure = null;
        _engine.AnalyseAsync(default, default).ReturnsForAnyArgs(_ =>
        {
            Assert.False(watch.IsCancellationRequested);
            return failure is null ? Task.FromResult(new AnalysisSummary()) : Task.FromException<AnalysisSummary>(failure);
        });

        await NewTask().ExecuteAsync(_progress, TestContext.Current.CancellationToken);
        Assert.True(watching.Task.IsCompleted);

        failure = new SegueException(SegueStatus.DiskFull, "full");
        watching = new TaskCompletionSource();
        await Assert.ThrowsAsync<SegueException>(() => NewTask().ExecuteAsync(_progress, TestContext.Current.CancellationToken));
        Assert.True(watching.Task.IsCompleted);
    }

    [Fact]
    public async Task An_engine_closed_by_the_servers_stop_is_a_cancel_and_no_failure()
    {
        _engine.When(engine => engine.Sync(Generation, Same(_second))).Do(_ => throw new ObjectDisposedException("engine"));
        await Assert.ThrowsAsync<OperationCanceledException>(() => NewTask().ExecuteAsync(_progress, TestContext.Current.CancellationToken));

        _library.ReadTracks(default).ReturnsForAnyArgs([_first]);
        _engine.AnalyseAsync(default, default).ThrowsAsyncForAnyArgs(new SegueException(SegueStatus.Closed, "closed"));
        await Assert.ThrowsAsync<OperationCanceledException>(() => NewTask().ExecuteAsync(_progress, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_the_native_library_the_task_fails_with_the_reason()
    {
        var provider = Substitute.For<ISegueEngineProvider>();
        provider.OpenWithCurrentSettings().Throws(new SegueNativeUnavailableException("no native library for linux-riscv64"));

        var failure = await Assert.ThrowsAsync<SegueNativeUnavailableException>(
            () => NewTask(provider).ExecuteAsync(_progress, TestContext.Current.CancellationToken));

        Assert.Equal("no native library for linux-riscv64", failure.Message);
        _library.DidNotReceiveWithAnyArgs().ReadTracks(default);
    }

    [Fact]
    public async Task At_startup_with_nothing_left_to_do_it_reads_no_library()
    {
        _engine.GetStatistics().Returns(new EngineStatistics { Files = 36, Pending = 0 });
        var task = NewTask();
        _time.Advance(TimeSpan.FromSeconds(3));

        await task.ExecuteAsync(_progress, TestContext.Current.CancellationToken);

        _engine.DidNotReceive().BeginSync();
        await _engine.DidNotReceiveWithAnyArgs().AnalyseAsync(default, default);
        Assert.Equal([100], _progress.Reports);
    }

    [Theory]
    [InlineData(36, 5)] // It was stopped.
    [InlineData(0, 0)] // It never ran.
    public async Task At_startup_with_something_left_to_do_it_goes_on(int files, int pending)
    {
        _engine.GetStatistics().Returns(new EngineStatistics { Files = files, Pending = pending });
        var task = NewTask();
        _time.Advance(TimeSpan.FromSeconds(3));

        await task.ExecuteAsync(_progress, TestContext.Current.CancellationToken);

        _engine.Received(1).BeginSync();
        await _engine.ReceivedWithAnyArgs(1).AnalyseAsync(default, default);
    }

    [Fact]
    public async Task Later_runs_read_the_library_though_nothing_is_pending()
    {
        _engine.GetStatistics().Returns(new EngineStatistics { Files = 36, Pending = 0 });
        var task = NewTask();
        await task.ExecuteAsync(_progress, TestContext.Current.CancellationToken);
        _engine.DidNotReceive().BeginSync();

        // A person presses the button right after the start …
        await task.ExecuteAsync(_progress, TestContext.Current.CancellationToken);
        _engine.Received(1).BeginSync();

        // … or the trigger for the start was taken away, and the clock comes first.
        var other = NewTask();
        _time.Advance(TimeSpan.FromHours(5));
        await other.ExecuteAsync(_progress, TestContext.Current.CancellationToken);
        _engine.Received(2).BeginSync();
    }

    [Fact]
    public void It_runs_at_night_and_at_the_start()
    {
        var triggers = NewTask().GetDefaultTriggers().ToList();

        Assert.Equal([TaskTriggerInfoType.DailyTrigger, TaskTriggerInfoType.StartupTrigger], triggers.Select(trigger => trigger.Type));
        Assert.InRange(TimeSpan.FromTicks(triggers[0].TimeOfDayTicks!.Value).Hours, 1, 5);
    }

    private static IReadOnlyList<LibraryTrack> Same(IReadOnlyList<LibraryTrack> tracks) => Arg.Is<IReadOnlyList<LibraryTrack>>(told => told.SequenceEqual(tracks));

    private ISegueEngineProvider Locked(Func<bool> locked)
    {
        var provider = Substitute.For<ISegueEngineProvider>();
        provider.OpenWithCurrentSettings().Returns(_ => locked() ? throw new SegueException(SegueStatus.StoreLocked, "in use") : _engine);
        return provider;
    }

    // Lets the time between two attempts pass at once.
    private async Task Run(AnalyseMusicTask task, CancellationToken cancellationToken)
    {
        var run = task.ExecuteAsync(_progress, cancellationToken);
        while (!run.IsCompleted)
        {
            _time.Advance(AnalyseMusicTask.LockRetry);
            await Task.Yield();
        }

        await run;
    }

    private AnalyseMusicTask NewTask(ISegueEngineProvider? provider = null) =>
        new(provider ?? Make.Provider(_engine), _library, _pause, _time, NullLogger<AnalyseMusicTask>.Instance);
}
