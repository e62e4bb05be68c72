using Jellyfin.Plugin.Segue.Playback;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Playback;

public sealed class PlayTrackerTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Ann = Make.Id(1000);

    private readonly PlayTracker _tracker = new();
    private readonly List<HeardTrack> _heard = [];

    [Fact]
    public void A_track_that_is_played_to_its_end_and_followed_by_another_is_no_skip()
    {
        Play(1, 0, 200);
        Start(2, 200.5);

        AssertHeard((1, 200, false));
    }

    [Fact]
    public void A_track_that_another_follows_before_its_end_is_skipped()
    {
        Play(1, 0, 30);
        Start(2, 31);

        AssertHeard((1, 30, true));
    }

    [Fact]
    public void A_track_that_nothing_follows_was_only_left()
    {
        Play(1, 0, 30);
        Look(35);
        Assert.Empty(_heard);

        Look(30 + PlayTracker.NextWithin.TotalSeconds);
        AssertHeard((1, 30, false));

        // What begins later has nothing to do with it.
        Start(2, 300);
        Look(400);
        Assert.Single(_heard);
    }

    [Theory]
    [InlineData(180)]
    [InlineData(191)]
    public void Fading_out_is_no_skip(double heard)
    {
        Play(1, 0, heard);
        Start(2, heard + 1);

        AssertHeard((1, heard, false));
    }

    [Fact]
    public void A_short_track_may_lack_its_last_seconds()
    {
        Start(1, 0, length: 30);
        Stop(1, 21, 21);
        Start(2, 22);

        AssertHeard((1, 21, false));
    }

    [Fact]
    public void Seeking_is_not_hearing()
    {
        Start(1, 0);
        Progress(1, 10, 10);
        Progress(1, 20, 150);
        Progress(1, 30, 60);
        Stop(1, 40, 70);
        Start(2, 41);

        // Ten seconds each.
        AssertHeard((1, 40, true));
    }

    [Fact]
    public void A_pause_is_not_hearing()
    {
        Start(1, 0);
        Progress(1, 10, 10, paused: true);
        Progress(1, 40, 10, paused: true);
        Progress(1, 50, 10);
        Stop(1, 60, 20);
        Look(100);

        AssertHeard((1, 20, false));
    }

    [Fact]
    public void A_client_that_tells_no_positions_is_timed()
    {
        Start(1, 0, position: null);
        Stop(1, 50, null);
        Start(2, 51, position: null);
        Stop(2, 251, null);
        Start(3, 252);
        Stop(3, 1000, null);
        Look(2000);

        AssertHeard((1, 50, true), (2, 200, false), (3, 200, false));
    }

    [Fact]
    public void A_client_that_stops_at_zero_has_come_to_the_end()
    {
        Start(1, 0);
        Progress(1, 195, 195);
        Stop(1, 200, 0);
        Start(2, 201);

        AssertHeard((1, 200, false));
    }

    [Fact]
    public void A_client_that_never_stops_but_starts_the_next_is_understood()
    {
        Start(1, 0);
        Progress(1, 30, 30);
        Start(2, 40);
        Progress(3, 100, 5);
        Look(120);

        AssertHeard((1, 40, true), (2, 60, true));
    }

    [Fact]
    public void A_stop_that_comes_after_the_next_start_counts_for_the_track_that_it_names()
    {
        Start(1, 0);
        Progress(1, 30, 30);
        Start(2, 36);
        Stop(1, 36.1, 35);
        Progress(2, 46, 10);
        Stop(2, 236, 200);
        Look(300);

        AssertHeard((1, 35, true), (2, 200, false));
    }

    [Fact]
    public void A_track_that_is_repeated_is_heard_twice()
    {
        Play(1, 0, 200);
        Play(1, 200, 200);
        Look(500);

        AssertHeard((1, 200, false), (1, 200, false));
    }

    [Fact]
    public void A_client_that_starts_again_where_it_was_has_skipped_nothing()
    {
        Start(1, 0);
        Progress(1, 40, 40);
        Start(1, 41, 100);
        Progress(1, 51, 110);
        Stop(1, 61, 120);
        Start(1, 62, 120);
        Stop(1, 142, 200);
        Look(300);

        AssertHeard((1, 61, false), (1, 80, false));
    }

    [Fact]
    public void A_track_that_is_repeated_without_a_stop_is_heard_twice()
    {
        Start(1, 0);
        Progress(1, 195, 195);
        Start(1, 200);
        Stop(1, 400, 200);
        Look(500);

        AssertHeard((1, 200, false), (1, 200, false));
    }

    [Fact]
    public void Progress_that_comes_after_the_stop_starts_nothing()
    {
        Play(1, 0, 100);
        Progress(1, 100.1, 100);
        Look(200);
        Look(200 + PlayTracker.Silence.TotalSeconds);

        AssertHeard((1, 100, false));
    }

    [Fact]
    public void A_client_that_is_gone_has_heard_what_it_told_of_and_skipped_nothing()
    {
        Start(1, 0);
        Progress(1, 10, 10);
        Look(10 + PlayTracker.Silence.TotalSeconds);
        AssertHeard((1, 10, false));

        // Another one comes back after a while and plays something else.
        _heard.Clear();
        Start(4, 5000);
        Progress(4, 5010, 10);
        Start(5, 5600);
        Look(5700);
        Assert.False(Assert.Single(_heard).Skipped);
    }

    [Fact]
    public void Tracks_that_are_only_passed_by_are_nothing()
    {
        Play(1, 0, 0.3);
        Play(2, 1, 0.4);
        Play(3, 2, 20);
        Look(100);

        AssertHeard((3, 20, false));
    }

    [Fact]
    public void Without_a_length_nobody_can_tell_a_skip()
    {
        Start(1, 0, length: 0);
        Stop(1, 30, 30);
        Start(2, 31);

        AssertHeard((1, 30, false));
    }

    [Fact]
    public void All_who_listen_together_have_heard_it_and_sessions_do_not_mix()
    {
        var bob = Make.Id(1001);
        Take(new PlayNote(PlayNoteKind.Started, "a", Make.Id(1), TimeSpan.FromSeconds(200), [Ann, bob], TimeSpan.Zero, false, Begin));
        Take(new PlayNote(PlayNoteKind.Started, "b", Make.Id(2), TimeSpan.FromSeconds(200), [bob], TimeSpan.Zero, false, Begin.AddSeconds(1)));
        Take(new PlayNote(PlayNoteKind.Stopped, "a", Make.Id(1), TimeSpan.FromSeconds(200), [Ann, bob], TimeSpan.FromSeconds(30), false, Begin.AddSeconds(30)));
        Look(100);

        Assert.Equal([Ann, bob], _heard.Select(heard => heard.User));
        Assert.All(_heard, heard => Assert.Equal((Make.Id(1), false, Begin.AddSeconds(30)), (heard.Track, heard.Skipped, heard.At)));
    }

    [Fact]
    public void A_stop_of_what_never_started_is_nothing()
    {
        Stop(1, 10, 10);
        Start(2, 20);
        Stop(1, 30, 10);
        Look(40);

        Assert.Empty(_heard);
    }

    [Fact]
    public void Sessions_without_end_take_no_room_without_end()
    {
        for (var session = 0; session < PlayTracker.MaxSessions * 2; session++)
        {
            Take(new PlayNote(PlayNoteKind.Started, $"{session}", Make.Id(1), TimeSpan.FromSeconds(200), [Ann], TimeSpan.Zero, false, Begin.AddSeconds(session)));
            Take(new PlayNote(PlayNoteKind.Progressed, $"{session}", Make.Id(1), TimeSpan.FromSeconds(200), [Ann], TimeSpan.FromSeconds(5), false, Begin.AddSeconds(session + 5)));
        }

        Assert.Equal(PlayTracker.MaxSessions, _heard.Count);
    }

    [Fact]
    public void Whatever_clients_say_nobody_hears_more_than_time_has_passed()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var tracker = new PlayTracker();
            var heard = new List<HeardTrack>();
            var at = Begin;
            for (var note = 0; note < 60; note++)
            {
                // Clocks may go backwards and positions anywhere.
                at = at.AddSeconds((random.NextDouble() * 40) - 1);
                heard.AddRange(tracker.Take(new PlayNote(
                    (PlayNoteKind)random.Next(3),
                    "session",
                    Make.Id(random.Next(3)),
                    random.Next(4) == 0 ? null : TimeSpan.FromSeconds(random.Next(300)),
                    [Ann],
                    random.Next(4) == 0 ? null : TimeSpan.FromSeconds(random.Next(1000)),
                    random.Next(4) == 0,
                    at)));
                heard.AddRange(tracker.Expire(at));
            }

            heard.AddRange(tracker.Expire(at.AddDays(1)));
            Assert.All(heard, track => Assert.True(track.Heard >= PlayTracker.Least));
            Assert.True(heard.Aggregate(TimeSpan.Zero, (sum, track) => sum + track.Heard) <= at - Begin + TimeSpan.FromMinutes(2), $"seed {seed}");
        }
    }

    private void Play(int track, double at, double seconds)
    {
        Start(track, at);
        Stop(track, at + seconds, seconds);
    }

    private void Start(int track, double at, double? position = 0, double length = 200) => Note(PlayNoteKind.Started, track, at, position, length: length);

    private void Progress(int track, double at, double position, bool paused = false) => Note(PlayNoteKind.Progressed, track, at, position, paused);

    private void Stop(int track, double at, double? position) => Note(PlayNoteKind.Stopped, track, at, position);

    private void Note(PlayNoteKind kind, int track, double at, double? position, bool paused = false, double length = 200) => Take(new PlayNote(
        kind,
        "session",
        Make.Id(track),
        TimeSpan.FromSeconds(length),
        [Ann],
        position is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        paused,
        Begin.AddSeconds(at)));

    private void Take(PlayNote note) => _heard.AddRange(_tracker.Take(note));

    private void Look(double at) => _heard.AddRange(_tracker.Expire(Begin.AddSeconds(at)));

    private void AssertHeard(params (int Track, double Seconds, bool Skipped)[] expected)
    {
        Look(100_000);
        Assert.Equal(
            expected.Select(heard => (Make.Id(heard.Track), heard.Seconds, heard.Skipped)),
            _heard.Where(heard => heard.User.Equals(Ann)).Select(heard => (heard.Track, Math.Round(heard.Heard.TotalSeconds, 1), heard.Skipped)));
    }
}
