using Jellyfin.Plugin.Segue.Playlists;
using Jellyfin.Plugin.Segue.Tasks;
using MediaBrowser.Model.Tasks;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Tasks;

/// <summary>
/// The task on schedule and the one that a person starts do the same.
/// </summary>
public sealed class BuildPlaylistsTaskTests
{
    private readonly IPlaylistMaker _maker = Substitute.For<IPlaylistMaker>();
    private readonly RecordingProgress _progress = new();
    private readonly FakeTime _time = new();

    public static TheoryData<bool> Both => [true, false];

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Playlists_are_made(bool scheduled)
    {
        using var cancel = new CancellationTokenSource();
        _maker.MakeAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            call.Arg<IProgress<double>>().Report(40);
            return Task.CompletedTask;
        });

        await NewTask(scheduled).ExecuteAsync(_progress, cancel.Token);

        await _maker.Received(1).MakeAsync(Arg.Any<IProgress<double>>(), cancel.Token);
        Assert.Equal([40, 100], _progress.Reports);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_cancel_is_a_cancel(bool scheduled)
    {
        _maker.MakeAsync(default!, default).ThrowsAsyncForAnyArgs(new OperationCanceledException());

        await Assert.ThrowsAsync<OperationCanceledException>(() => NewTask(scheduled).ExecuteAsync(_progress, TestContext.Current.CancellationToken));
        Assert.Empty(_progress.Reports);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task An_engine_closed_by_the_servers_stop_is_a_cancel_and_no_failure(bool scheduled)
    {
        _maker.MakeAsync(default!, default).ThrowsAsyncForAnyArgs(new SegueException(SegueStatus.Closed, "closed"));

        await Assert.ThrowsAsync<OperationCanceledException>(() => NewTask(scheduled).ExecuteAsync(_progress, TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task What_went_wrong_is_told(bool scheduled)
    {
        _maker.MakeAsync(default!, default).ThrowsAsyncForAnyArgs(new SegueException(SegueStatus.DiskFull, "full"));

        await Assert.ThrowsAsync<SegueException>(() => NewTask(scheduled).ExecuteAsync(_progress, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void One_runs_after_the_analysis_of_the_night_and_the_other_when_asked()
    {
        var trigger = Assert.Single(NewTask(scheduled: true).GetDefaultTriggers());

        Assert.Equal(TaskTriggerInfoType.DailyTrigger, trigger.Type);
        Assert.InRange(TimeSpan.FromTicks(trigger.TimeOfDayTicks!.Value).Hours, 4, 6);
        Assert.Empty(NewTask(scheduled: false).GetDefaultTriggers());
    }

    private IScheduledTask NewTask(bool scheduled) => scheduled ? new BuildPlaylistsTask(_maker, _time) : new MakePlaylistsTask(_maker, _time);
}
