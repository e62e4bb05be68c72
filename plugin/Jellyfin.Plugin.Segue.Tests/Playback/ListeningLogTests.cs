using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Playback;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Movies;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Session;
using MediaBrowser.Model.Entities;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Playback;

public sealed class ListeningLogTests : IAsyncDisposable
{
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly ISessionManager _sessions = Substitute.For<ISessionManager>();
    private readonly IUserDataManager _data = Substitute.For<IUserDataManager>();
    private readonly IOpinionSync _sync = Substitute.For<IOpinionSync>();
    private readonly FakeTime _time = new();
    private readonly User _ann = Make.User("ann");
    private readonly User _bob = Make.User("bob");
    private readonly PluginConfiguration _configuration = new();
    private ISegueEngineProvider _engines;
    private ListeningLog? _log;

    public ListeningLogTests() => _engines = Make.Provider(_engine);

    public async ValueTask DisposeAsync()
    {
        if (_log is { } log)
        {
            await log.StopAsync(CancellationToken.None);
            log.Dispose();
        }
    }

    [Fact]
    public async Task What_is_played_and_what_is_skipped_reaches_the_engine()
    {
        await Begin();
        Start(1);
        _time.Advance(TimeSpan.FromSeconds(2));
        Progress(1, 2);
        _time.Advance(TimeSpan.FromSeconds(2));
        Stop(1, 4);
        Start(2);
        await Look(PlayTracker.NextWithin);

        await Until(() => _engine.ReceivedCalls().Any());
        _engine.Received(1).LogPlays(Make.Name(_ann.Id), Arg.Is<IReadOnlyList<Play>>(plays => plays.Count == 1
            && plays[0].ItemId.Equals(Make.Id(1)) && plays[0].Skipped && plays[0].Played == TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public async Task What_is_left_when_the_server_stops_is_written()
    {
        await Begin();
        Save(1, new UserItemData { Key = "key", IsFavorite = true });
        await _log!.StopAsync(TestContext.Current.CancellationToken);

        _engine.Received(1).SetOpinions(Make.Name(_ann.Id), Arg.Any<IReadOnlyCollection<Opinion>>(), false);

        // And then nobody listens any more.
        Save(2, new UserItemData { Key = "key", IsFavorite = true });
        Assert.Single(_engine.ReceivedCalls());
    }

    [Fact]
    public async Task The_last_opinion_of_a_track_is_the_one_that_counts()
    {
        await Begin();
        Save(1, new UserItemData { Key = "key", IsFavorite = true });
        Save(1, new UserItemData { Key = "key", IsFavorite = false, PlayCount = 2 });
        Save(2, new UserItemData { Key = "key", Rating = 1 });
        Save(3, new UserItemData { Key = "key", PlayCount = 9 }, UserDataSaveReason.PlaybackProgress);
        await Look(ListeningLog.Interval);

        await Until(() => _engine.ReceivedCalls().Any());
        _engine.Received(1).SetOpinions(Make.Name(_ann.Id), Arg.Is<IReadOnlyCollection<Opinion>>(opinions => opinions.SequenceEqual(new[]
        {
            new Opinion { ItemId = Make.Id(1), Plays = 2 },
            new Opinion { ItemId = Make.Id(2), Disliked = true },
        })), false);
    }

    [Fact]
    public async Task Of_users_who_do_not_want_it_nothing_is_taken_down()
    {
        _configuration.PlayLogExcept = [Make.Name(_ann.Id)];
        await Begin();
        Listen([_ann, _bob]);
        Save(1, new UserItemData { Key = "key", IsFavorite = true });
        await Look(PlayTracker.NextWithin);

        await Until(() => _engine.ReceivedCalls().Any());
        _engine.Received(1).LogPlays(Make.Name(_bob.Id), Arg.Any<IReadOnlyList<Play>>());
        Assert.Single(_engine.ReceivedCalls());
    }

    [Fact]
    public async Task Who_changes_their_mind_before_it_is_written_is_heeded()
    {
        await Begin();
        Listen([_ann]);
        Save(1, new UserItemData { Key = "key", IsFavorite = true });
        _configuration.PlayLogExcept = [Make.Name(_ann.Id)];
        await Look(PlayTracker.NextWithin);
        await _log!.StopAsync(TestContext.Current.CancellationToken);

        Assert.Empty(_engine.ReceivedCalls());
    }

    [Theory]
    [InlineData(false, 180)]
    [InlineData(true, 0)]
    public async Task Switched_off_or_kept_for_no_day_no_play_is_written(bool on, int days)
    {
        (_configuration.PlayLog, _configuration.PlayLogDays) = (on, days);
        await Begin();
        Listen([_ann]);
        Save(1, new UserItemData { Key = "key", IsFavorite = true });
        await Look(PlayTracker.NextWithin);
        await _log!.StopAsync(TestContext.Current.CancellationToken);

        _engine.DidNotReceiveWithAnyArgs().LogPlays(default!, default!);

        // What somebody likes is no play.
        Assert.Equal(on ? 1 : 0, _engine.ReceivedCalls().Count());
    }

    [Fact]
    public async Task Films_and_books_are_nobodys_music()
    {
        await Begin();
        foreach (BaseItem item in new BaseItem[] { new Movie { Id = Make.Id(1) }, new AudioBook { Id = Make.Id(2), RunTimeTicks = TimeSpan.TicksPerMinute } })
        {
            _sessions.PlaybackStart += Raise.EventWith(_sessions, Args<PlaybackProgressEventArgs>(item, 0, _ann));
            _time.Advance(TimeSpan.FromSeconds(3));
            _sessions.PlaybackStopped += Raise.EventWith(_sessions, Args<PlaybackStopEventArgs>(item, 3, _ann));
            _data.UserDataSaved += Raise.EventWith(_data, new UserDataSaveEventArgs { Item = item, UserId = _ann.Id, UserData = new UserItemData { Key = "key", IsFavorite = true } });
        }

        await Look(PlayTracker.NextWithin);
        await _log!.StopAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_engine.ReceivedCalls());
    }

    [Fact]
    public async Task No_exception_reaches_the_server()
    {
        var settings = Substitute.For<ISegueSettings>();
        settings.Current.Throws(new InvalidOperationException("settings"));
        await Begin(settings);

        Start(1);
        _sessions.PlaybackStart += Raise.EventWith(_sessions, new PlaybackProgressEventArgs());
        _sessions.PlaybackStopped += Raise.EventWith(_sessions, new PlaybackStopEventArgs { Item = Make.Track(1), Users = null! });
        _data.UserDataSaved += Raise.EventWith(_data, new UserDataSaveEventArgs());
        Save(1, new UserItemData { Key = "key" });

        Assert.NotEmpty(settings.ReceivedCalls());
    }

    [Fact]
    public async Task What_the_engine_refuses_does_not_end_the_log()
    {
        _engine.SetOpinions(default!, default!, default).ReturnsForAnyArgs(_ => throw new SegueException(SegueStatus.Store, "disk"), _ => 1);
        await Begin();
        Save(1, new UserItemData { Key = "key", IsFavorite = true });
        await Look(ListeningLog.Interval);
        await Until(() => _engine.ReceivedCalls().Any());
        Save(2, new UserItemData { Key = "key", IsFavorite = true });
        await Look(ListeningLog.Interval);

        await Until(() => _engine.ReceivedCalls().Count() == 2);
    }

    [Fact]
    public async Task While_there_is_no_engine_it_waits()
    {
        _engines = Substitute.For<ISegueEngineProvider>();
        await Begin();
        Save(1, new UserItemData { Key = "key", IsFavorite = true });
        await Look(ListeningLog.Interval);
        await Until(() => _engines.ReceivedCalls().Any());
        _engines.TryGet(out Arg.Any<ISegueEngine?>()).Returns(call =>
        {
            call[0] = _engine;
            return true;
        });
        await Look(ListeningLog.Interval);

        await Until(() => _engine.ReceivedCalls().Any());
        _engine.Received(1).SetOpinions(Make.Name(_ann.Id), Arg.Any<IReadOnlyCollection<Opinion>>(), false);
    }

    [Fact]
    public async Task Nothing_heard_is_no_reason_to_open_the_engine()
    {
        await Begin();
        await Look(ListeningLog.Interval);
        await Look(ListeningLog.Interval);
        await _log!.StopAsync(TestContext.Current.CancellationToken);

        Assert.Empty(_engines.ReceivedCalls());
    }

    [Fact]
    public async Task Once_a_day_the_old_is_forgotten_and_all_opinions_are_read()
    {
        _configuration.PlayLogDays = 30;
        await Begin();
        await Look(ListeningLog.FirstHousekeeping);
        await Until(() => _sync.ReceivedCalls().Any());
        _engine.Received(1).ForgetPlays(_time.GetUtcNow() - TimeSpan.FromDays(30));

        await Look(ListeningLog.Interval);
        await Look(ListeningLog.Housekeeping);
        await Until(() => _sync.ReceivedCalls().Count() == 2);
        _engine.ReceivedWithAnyArgs(2).ForgetPlays(default);
    }

    [Fact]
    public void What_waits_is_bounded()
    {
        var queue = new ListeningQueue(10);
        queue.Add([.. Enumerable.Range(0, 8).Select(number => new HeardTrack(_ann.Id, Make.Id(number), default, TimeSpan.FromSeconds(9), false))]);
        for (var number = 0; number < 8; number++)
        {
            queue.Add(_bob.Id, new Opinion { ItemId = Make.Id(number) });
        }

        queue.Add([new HeardTrack(_bob.Id, Make.Id(99), default, TimeSpan.FromSeconds(9), false)]);
        var waiting = queue.Take();

        Assert.Equal((8, 2, 0), (waiting[_ann.Id].Plays.Count, waiting[_bob.Id].Opinions.Count, waiting[_bob.Id].Plays.Count));
        Assert.True(queue.IsEmpty);
    }

    private static T Args<T>(BaseItem item, double position, params User[] users)
        where T : PlaybackProgressEventArgs, new() => new()
    {
        Item = item,
        Users = [.. users],
        PlaybackPositionTicks = (long)(position * TimeSpan.TicksPerSecond),
        PlaySessionId = "session",
    };

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(condition());
    }

    private async Task Begin(ISegueSettings? settings = null)
    {
        settings ??= new PluginSettings(() => _configuration, () => null);
        _log = new ListeningLog(_sessions, _data, _engines, _sync, settings, _time, NullLogger<ListeningLog>.Instance);
        await _log.StartAsync(TestContext.Current.CancellationToken);

        // Its timer is made on another thread.
        await Until(() => _time.Timers == 1);
    }

    private void Listen(User[] users)
    {
        _sessions.PlaybackStart += Raise.EventWith(_sessions, Args<PlaybackProgressEventArgs>(Make.Track(1), 0, users));
        _time.Advance(TimeSpan.FromSeconds(4));
        _sessions.PlaybackStopped += Raise.EventWith(_sessions, Args<PlaybackStopEventArgs>(Make.Track(1), 4, users));
    }

    private void Start(int track) => _sessions.PlaybackStart += Raise.EventWith(_sessions, Args<PlaybackProgressEventArgs>(Make.Track(track), 0, _ann));

    private void Progress(int track, double position) => _sessions.PlaybackProgress += Raise.EventWith(_sessions, Args<PlaybackProgressEventArgs>(Make.Track(track), position, _ann));

    private void Stop(int track, double position) => _sessions.PlaybackStopped += Raise.EventWith(_sessions, Args<PlaybackStopEventArgs>(Make.Track(track), position, _ann));

    private void Save(int track, UserItemData data, UserDataSaveReason reason = UserDataSaveReason.UpdateUserData) =>
        _data.UserDataSaved += Raise.EventWith(_data, new UserDataSaveEventArgs { Item = Make.Track(track), UserId = _ann.Id, UserData = data, SaveReason = reason });

    // The timer's tick lets the log go on, on another thread.
    private async Task Look(TimeSpan after)
    {
        _time.Advance(after);
        await Task.Delay(50, TestContext.Current.CancellationToken);
    }
}
