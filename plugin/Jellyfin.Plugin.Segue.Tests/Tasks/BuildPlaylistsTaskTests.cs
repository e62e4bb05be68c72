using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Playlists;
using Jellyfin.Plugin.Segue.Tasks;
using MediaBrowser.Model.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Tasks;

public sealed class BuildPlaylistsTaskTests
{
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly IPlaylistPublisher _publisher = Substitute.For<IPlaylistPublisher>();
    private readonly RecordingProgress _progress = new();
    private readonly IReadOnlyList<Playlist> _playlists = [new("a", "Calm", "Calm music.", [Make.Near(1)])];

    public BuildPlaylistsTaskTests()
    {
        _engine.BuildPlaylistsAsync(default!, default).ReturnsForAnyArgs(_playlists);
        _publisher.PublishAsync(default!, default!, default).ReturnsForAnyArgs(call =>
        {
            call.Arg<IProgress<double>>().Report(50);
            return new PublishSummary(1, 0, 0);
        });
    }

    [Fact]
    public async Task What_the_engine_makes_is_published()
    {
        using var cancel = new CancellationTokenSource();
        var task = NewTask(configuration =>
        {
            configuration.PlaylistCount = 12;
            configuration.MaxSongsPerPlaylist = 25;
            configuration.MaxSongsPerArtist = 2;
        });

        await task.ExecuteAsync(_progress, cancel.Token);

        await _engine.Received(1).BuildPlaylistsAsync(new PlaylistRequest { Clusters = 12, MaxSongs = 25, MaxSongsPerArtist = 2 }, cancel.Token);
        await _publisher.Received(1).PublishAsync(_playlists, Arg.Any<IProgress<double>>(), cancel.Token);
        Assert.Equal([50, 75, 100], _progress.Reports);
    }

    [Fact]
    public async Task Switched_off_it_only_sees_to_access()
    {
        await NewTask(configuration => configuration.PlaylistsEnabled = false).ExecuteAsync(_progress, TestContext.Current.CancellationToken);

        Assert.Empty(_engine.ReceivedCalls());
        await _publisher.Received(1).CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken);
        Assert.Single(_publisher.ReceivedCalls());
    }

    [Fact]
    public async Task A_cancel_is_a_cancel()
    {
        _engine.BuildPlaylistsAsync(default!, default).ThrowsAsyncForAnyArgs(new OperationCanceledException());

        await Assert.ThrowsAsync<OperationCanceledException>(() => NewTask().ExecuteAsync(_progress, TestContext.Current.CancellationToken));
        Assert.Empty(_publisher.ReceivedCalls());
    }

    [Fact]
    public async Task An_engine_closed_by_the_servers_stop_is_a_cancel_and_no_failure()
    {
        _engine.BuildPlaylistsAsync(default!, default).ThrowsAsyncForAnyArgs(new SegueException(SegueStatus.Closed, "closed"));

        await Assert.ThrowsAsync<OperationCanceledException>(() => NewTask().ExecuteAsync(_progress, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_the_native_library_the_task_fails_with_the_reason()
    {
        var provider = Substitute.For<ISegueEngineProvider>();
        provider.Open().Throws(new SegueNativeUnavailableException("no native library"));
        var task = new BuildPlaylistsTask(provider, _publisher, Make.Settings(), NullLogger<BuildPlaylistsTask>.Instance);

        await Assert.ThrowsAsync<SegueNativeUnavailableException>(() => task.ExecuteAsync(_progress, TestContext.Current.CancellationToken));
        await _publisher.Received(1).CloseWhatIsHiddenAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void It_runs_after_the_analysis_of_the_night()
    {
        var trigger = Assert.Single(NewTask().GetDefaultTriggers());

        Assert.Equal(TaskTriggerInfoType.DailyTrigger, trigger.Type);
        Assert.InRange(TimeSpan.FromTicks(trigger.TimeOfDayTicks!.Value).Hours, 4, 6);
    }

    private BuildPlaylistsTask NewTask(Action<PluginConfiguration>? change = null) =>
        new(Make.Provider(_engine), _publisher, Make.Settings(change), NullLogger<BuildPlaylistsTask>.Instance);
}
