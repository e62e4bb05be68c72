using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Playlists;
using Jellyfin.Plugin.Segue.Tests.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Playlists;

public sealed class PlaylistMakerTests : IDisposable
{
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly ISegueEngineProvider _provider;
    private readonly IPlaylistPublisher _publisher = Substitute.For<IPlaylistPublisher>();
    private readonly RecordingProgress _progress = new();
    private readonly PluginConfiguration _configuration = new();
    private readonly PlaylistMaker _maker;

    public PlaylistMakerTests()
    {
        _provider = Make.Provider(_engine);
        _engine.MakePlaylistsAsync(default!, default, default).ReturnsForAnyArgs(call =>
        {
            call.Arg<IProgress<MakeProgress>?>()?.Report(new MakeProgress { Step = MakeStep.Searching, Fraction = 0.5 });
            return new PlaylistRun();
        });
        _publisher.PublishAsync(default!, default!, default).ReturnsForAnyArgs(call =>
        {
            call.Arg<IProgress<double>>().Report(50);
            return new PublishSummary();
        });
        _maker = new PlaylistMaker(_provider, _publisher, new PluginSettings(() => _configuration, () => "de"), NullLogger<PlaylistMaker>.Instance);
    }

    public void Dispose() => _maker.Dispose();

    [Fact]
    public async Task What_the_engine_makes_is_published()
    {
        using var cancel = new CancellationTokenSource();
        _configuration.PlaylistCount = 12;
        _configuration.SearchRuns = 7;

        await _maker.MakeAsync(_progress, cancel.Token);

        await _engine.Received(1).MakePlaylistsAsync(
            new PlaylistRequest { TopPlaylists = 12, Language = "de", Cluster = new ClusterRequest { Runs = 7 } },
            Arg.Any<IProgress<MakeProgress>>(),
            cancel.Token);
        await _publisher.Received(1).PublishAsync(_engine, Arg.Any<IProgress<double>>(), cancel.Token);
        Assert.Equal([40, 80, 90, 100], _progress.Reports);
    }

    [Fact]
    public async Task Switched_off_it_only_sees_to_access()
    {
        _configuration.PlaylistsEnabled = false;

        await _maker.MakeAsync(_progress, TestContext.Current.CancellationToken);

        Assert.Empty(_engine.ReceivedCalls());
        await _publisher.Received(1).CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken);
        Assert.Single(_publisher.ReceivedCalls());
        Assert.False(await _maker.PublishAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cancel_publishes_nothing()
    {
        _engine.MakePlaylistsAsync(default!, default, default).ThrowsAsyncForAnyArgs(new OperationCanceledException());

        await Assert.ThrowsAsync<OperationCanceledException>(() => _maker.MakeAsync(_progress, TestContext.Current.CancellationToken));
        Assert.Empty(_publisher.ReceivedCalls());
    }

    [Fact]
    public async Task Without_the_native_library_it_fails_with_the_reason_and_sees_to_access()
    {
        _provider.Open().Throws(new SegueNativeUnavailableException("no native library"));

        await Assert.ThrowsAsync<SegueNativeUnavailableException>(() => _maker.MakeAsync(_progress, TestContext.Current.CancellationToken));
        await _publisher.Received(1).CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Two_at_once_are_one_run()
    {
        var first = new TaskCompletionSource<PlaylistRun>();
        _engine.MakePlaylistsAsync(default!, default, default).ReturnsForAnyArgs(first.Task);
        var running = _maker.MakeAsync(_progress, TestContext.Current.CancellationToken);
        var waiting = _maker.MakeAsync(new RecordingProgress(), TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        first.SetResult(new PlaylistRun());
        await running;
        await waiting;

        await _engine.ReceivedWithAnyArgs(1).MakePlaylistsAsync(default!, default, default);
        await _publisher.ReceivedWithAnyArgs(1).PublishAsync(default!, default!, default);

        // One that begins later is one of its own.
        await _maker.MakeAsync(_progress, TestContext.Current.CancellationToken);
        await _engine.ReceivedWithAnyArgs(2).MakePlaylistsAsync(default!, default, default);
    }

    [Fact]
    public async Task After_a_run_that_failed_the_one_that_waited_runs_itself()
    {
        var first = new TaskCompletionSource<PlaylistRun>();
        _engine.MakePlaylistsAsync(default!, default, default).ReturnsForAnyArgs(first.Task, Task.FromResult(new PlaylistRun()));
        var running = _maker.MakeAsync(_progress, TestContext.Current.CancellationToken);
        var waiting = _maker.MakeAsync(_progress, TestContext.Current.CancellationToken);

        first.SetException(new SegueException(SegueStatus.Store, "disk"));

        await Assert.ThrowsAsync<SegueException>(() => running);
        await waiting;
        await _engine.ReceivedWithAnyArgs(2).MakePlaylistsAsync(default!, default, default);
        await _publisher.ReceivedWithAnyArgs(1).PublishAsync(default!, default!, default);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_leaves_the_run_alone()
    {
        var first = new TaskCompletionSource<PlaylistRun>();
        _engine.MakePlaylistsAsync(default!, default, default).ReturnsForAnyArgs(first.Task);
        var running = _maker.MakeAsync(_progress, TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource();
        var waiting = _maker.MakeAsync(_progress, cancel.Token);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        first.SetResult(new PlaylistRun());
        await running;
        await _publisher.ReceivedWithAnyArgs(1).PublishAsync(default!, default!, default);
    }

    [Fact]
    public async Task A_change_on_the_page_is_published_at_once_or_by_the_run_that_is_under_way()
    {
        Assert.True(await _maker.PublishAsync(TestContext.Current.CancellationToken));
        await _publisher.Received(1).PublishAsync(_engine, Arg.Any<IProgress<double>>(), Arg.Any<CancellationToken>());
        await _engine.DidNotReceiveWithAnyArgs().MakePlaylistsAsync(default!, default, default);

        var first = new TaskCompletionSource<PlaylistRun>();
        _engine.MakePlaylistsAsync(default!, default, default).ReturnsForAnyArgs(first.Task);
        var running = _maker.MakeAsync(_progress, TestContext.Current.CancellationToken);
        Assert.False(await _maker.PublishAsync(TestContext.Current.CancellationToken));
        Assert.False(await _maker.ChangeAsync(() => throw new InvalidOperationException("Not now."), TestContext.Current.CancellationToken));
        first.SetResult(new PlaylistRun());
        await running;
    }

    [Fact]
    public async Task A_change_is_made_before_it_is_published_and_though_playlists_are_switched_off()
    {
        var changes = 0;
        Assert.True(await _maker.ChangeAsync(
            () =>
            {
                changes++;
                Assert.Empty(_publisher.ReceivedCalls());
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken));
        Assert.Single(_publisher.ReceivedCalls());

        _configuration.PlaylistsEnabled = false;
        Assert.True(await _maker.ChangeAsync(
            () =>
            {
                changes++;
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken));
        Assert.Single(_publisher.ReceivedCalls());
        Assert.Equal(2, changes);
    }
}
