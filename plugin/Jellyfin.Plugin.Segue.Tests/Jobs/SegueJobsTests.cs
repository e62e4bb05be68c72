using Jellyfin.Plugin.Segue.Jobs;
using Microsoft.Extensions.Logging.Abstractions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Jobs;

public sealed class SegueJobsTests : IDisposable
{
    private readonly FakeTime _time = new();
    private readonly SegueJobs _jobs;

    public SegueJobsTests() => _jobs = new SegueJobs(_time, NullLogger<SegueJobs>.Instance);

    public void Dispose() => _jobs.Dispose();

    [Fact]
    public async Task A_job_tells_how_far_it_is_and_what_came_of_it()
    {
        var work = new Work();
        var job = Start(work, "film", Make.Id(1));
        await work.Begun;

        work.Report(0.25, "Listening");
        var half = _jobs.Find(job.Id)!;
        Assert.Equal((SegueJobState.Running, new SegueJobStep(0.25, "Listening")), (half.State, half.Step));
        Assert.True(half.IsUnderWay);
        Assert.Null(half.Result);

        work.Finish("music");
        var done = await Ended(job);
        Assert.Equal((SegueJobState.Done, "music", 1.0), (done.State, done.Result, done.Step.Fraction));
        Assert.Equal(("film", Make.Id(1), SegueJobKind.Soundtrack, _time.GetUtcNow()), (done.Subject, done.Owner, done.Kind, done.EndedAt));
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(-3, 0)]
    [InlineData(7, 1)]
    public async Task Progress_stays_within_the_whole(double told, double shown)
    {
        var work = new Work();
        var job = Start(work, "film", Make.Id(1));
        await work.Begun;

        work.Report(told, "Looking");

        Assert.Equal(shown, _jobs.Find(job.Id)!.Step.Fraction);
        work.Finish(null);
        await Ended(job);
    }

    [Fact]
    public async Task One_of_a_kind_runs_and_the_others_wait_in_their_order()
    {
        var (first, second, other) = (new Work(), new Work(), new Work());
        var one = Start(first, "a", Make.Id(1));
        var two = Start(second, "b", Make.Id(2));
        var pack = Start(other, "clap", Make.Id(1), SegueJobKind.PackInstallation);
        await first.Begun;
        await other.Begun;
        Assert.Equal((SegueJobState.Waiting, SegueJobState.Running), (_jobs.Find(two.Id)!.State, _jobs.Find(pack.Id)!.State));
        Assert.False(second.Begun.IsCompleted);

        first.Finish(null);
        await second.Begun;
        Assert.Equal(SegueJobState.Running, _jobs.Find(two.Id)!.State);
        second.Finish(null);
        other.Finish(null);
        await Ended(one);
        await Ended(two);
        await Ended(pack);
        Assert.Equal([pack.Id, two.Id, one.Id], _jobs.GetAll().Select(job => job.Id));
    }

    [Fact]
    public async Task Who_asks_twice_gets_the_same_job_and_nobody_elses()
    {
        var work = new Work();
        var job = Start(work, "film", Make.Id(1));
        await work.Begun;

        Assert.Equal(job.Id, Start(new Work(), "film", Make.Id(1)).Id);
        var others = Start(new Work(), "film", Make.Id(2));
        Assert.NotEqual(job.Id, others.Id);

        _jobs.Cancel(others.Id);
        work.Finish(null);
        await Ended(job);
        var again = new Work();
        Assert.NotEqual(job.Id, Start(again, "film", Make.Id(1)).Id);
        await again.Begun;
        again.Finish(null);
    }

    [Fact]
    public async Task A_job_that_is_called_off_ends_whether_it_runs_or_waits()
    {
        var (running, waiting) = (new Work(), new Work());
        var one = Start(running, "a", Make.Id(1));
        var two = Start(waiting, "b", Make.Id(1));
        await running.Begun;

        Assert.Equal(SegueJobState.Cancelled, _jobs.Cancel(two.Id)!.State);
        _jobs.Cancel(one.Id);

        Assert.Equal(SegueJobState.Cancelled, (await Ended(one)).State);
        Assert.False(waiting.Begun.IsCompleted);

        // What has ended stays as it ended, and the next may run.
        Assert.Equal(SegueJobState.Cancelled, _jobs.Cancel(one.Id)!.State);
        var next = new Work();
        Start(next, "c", Make.Id(1));
        await next.Begun;
        next.Finish(null);
    }

    [Fact]
    public async Task One_that_is_done_before_it_hears_of_it_is_done()
    {
        var work = new Work { Deaf = true };
        var job = Start(work, "film", Make.Id(1));
        await work.Begun;
        _jobs.Cancel(job.Id);
        work.Finish("music");

        Assert.Equal(SegueJobState.Done, (await Ended(job)).State);
    }

    [Fact]
    public async Task A_failure_is_told_and_keeps_nobody_from_working()
    {
        var work = new Work();
        var job = Start(work, "film", Make.Id(1));
        await work.Begun;
        work.Fail(new SegueException(SegueStatus.DiskFull, "full"));

        var failed = await Ended(job);
        Assert.Equal((SegueJobState.Failed, "full"), (failed.State, failed.Failure?.Message));

        // Closed without anybody having asked for it is a failure too.
        var closed = new Work();
        var second = Start(closed, "film", Make.Id(1));
        await closed.Begun;
        closed.Fail(new SegueException(SegueStatus.Closed, "closed"));
        Assert.Equal(SegueJobState.Failed, (await Ended(second)).State);
    }

    [Fact]
    public async Task There_are_limits_for_one_and_for_all()
    {
        var first = new Work();
        var mine = Enumerable.Range(0, SegueJobs.MaxOfOwner).Select(number => Start(number == 0 ? first : new Work(), $"{number}", Make.Id(1))).ToList();
        Assert.Null(_jobs.Start(Order(new Work(), "one more", Make.Id(1))));

        for (var number = SegueJobs.MaxOfOwner; number < SegueJobs.MaxInAll; number++)
        {
            Assert.NotNull(_jobs.Start(Order(new Work(), "film", Make.Id(10 + number))));
        }

        Assert.Null(_jobs.Start(Order(new Work(), "film", Make.Id(99))));

        // What is under way can still be asked for.
        Assert.NotNull(_jobs.Start(Order(new Work(), "1", Make.Id(1))));
        _jobs.Cancel(mine[1].Id);
        Assert.NotNull(_jobs.Start(Order(new Work(), "film", Make.Id(99))));
        await first.Begun;
        await _jobs.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task How_a_job_ended_is_known_for_an_hour()
    {
        var work = new Work();
        var job = Start(work, "film", Make.Id(1));
        await work.Begun;
        _time.Advance(SegueJobs.Kept * 3);
        Assert.NotNull(_jobs.Find(job.Id));
        work.Finish(null);
        await Ended(job);

        _time.Advance(SegueJobs.Kept - TimeSpan.FromSeconds(1));
        Assert.NotNull(_jobs.Find(job.Id));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_jobs.Find(job.Id));
        Assert.Null(_jobs.Cancel(job.Id));
        Assert.Empty(_jobs.GetAll());
    }

    [Fact]
    public async Task The_servers_stop_calls_everything_off()
    {
        var (running, waiting) = (new Work(), new Work());
        var one = Start(running, "a", Make.Id(1));
        var two = Start(waiting, "b", Make.Id(1));
        await running.Begun;

        await _jobs.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(SegueJobState.Cancelled, _jobs.Find(one.Id)!.State);
        Assert.Equal(SegueJobState.Cancelled, _jobs.Find(two.Id)!.State);
        Assert.Null(_jobs.Start(Order(new Work(), "c", Make.Id(1))));
    }

    [Fact]
    public async Task The_servers_stop_does_not_hang_on_a_job_that_does_not_heed_it()
    {
        var work = new Work { Deaf = true };
        Start(work, "a", Make.Id(1));
        await work.Begun;

        var stop = _jobs.StopAsync(TestContext.Current.CancellationToken);
        while (_time.Timers == 0)
        {
            await Task.Yield();
        }

        _time.Advance(SegueJobs.Patience);
        await stop;
        work.Finish(null);
    }

    private static SegueJobOrder Order(Work work, string subject, Guid owner, SegueJobKind kind = SegueJobKind.Soundtrack) => new(kind, subject, owner, work.DoAsync);

    private SegueJob Start(Work work, string subject, Guid owner, SegueJobKind kind = SegueJobKind.Soundtrack)
    {
        var job = _jobs.Start(Order(work, subject, owner, kind));
        Assert.NotNull(job);
        return job;
    }

    private async Task<SegueJob> Ended(SegueJob job)
    {
        for (var look = 0; look < 500 && _jobs.Find(job.Id)!.IsUnderWay; look++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        var ended = _jobs.Find(job.Id)!;
        Assert.False(ended.IsUnderWay);
        return ended;
    }

    /// <summary>Work that does what the test says.</summary>
    private sealed class Work
    {
        private readonly TaskCompletionSource<IProgress<SegueJobStep>> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<object?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Gets a value indicating whether it does not hear when it is called off.</summary>
        public bool Deaf { get; init; }

        public Task Begun => _begun.Task;

        public async Task<object?> DoAsync(IProgress<SegueJobStep> progress, CancellationToken cancellationToken)
        {
            _begun.SetResult(progress);
            return await _ended.Task.WaitAsync(Deaf ? CancellationToken.None : cancellationToken);
        }

        public void Report(double fraction, string text) => _begun.Task.Result.Report(new SegueJobStep(fraction, text));

        public void Finish(object? result) => _ended.SetResult(result);

        public void Fail(Exception failure) => _ended.SetException(failure);
    }
}
