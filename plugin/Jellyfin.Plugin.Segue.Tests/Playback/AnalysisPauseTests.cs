using Jellyfin.Plugin.Segue.Playback;
using MediaBrowser.Controller.Session;
using MediaBrowser.Model.Session;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Playback;

public sealed class AnalysisPauseTests : IDisposable
{
    private static readonly TranscodingInfo Working = new() { CompletionPercentage = 12 };
    private static readonly TranscodingInfo Finished = new() { CompletionPercentage = null };

    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly ISessionManager _sessions = Substitute.For<ISessionManager>();
    private readonly FakeTime _time = new();
    private readonly CancellationTokenSource _end = new();

    public void Dispose() => _end.Dispose();

    [Fact]
    public async Task Analysis_pauses_while_somebody_transcodes_and_resumes_when_nobody_does()
    {
        Play(null, Working);
        var watch = Watch();
        _engine.Received(1).SetPaused(true);

        // Nothing new, nothing said.
        await Look();
        _engine.ReceivedWithAnyArgs(1).SetPaused(default);

        Play(Finished);
        await Look();
        _engine.Received(1).SetPaused(false);

        await _end.CancelAsync();
        await watch;
        _engine.ReceivedWithAnyArgs(2).SetPaused(default);
    }

    [Fact]
    public async Task Direct_play_and_finished_transcodes_do_not_disturb()
    {
        Play(null, Finished);
        var watch = Watch();
        await Look();
        await _end.CancelAsync();
        await watch;

        _engine.DidNotReceiveWithAnyArgs().SetPaused(default);
    }

    [Fact]
    public async Task The_end_of_the_watch_resumes()
    {
        Play(Working);
        var watch = Watch();
        await _end.CancelAsync();
        await watch;

        Received.InOrder(() =>
        {
            _engine.SetPaused(true);
            _engine.SetPaused(false);
        });
    }

    [Fact]
    public async Task Switched_off_nobody_is_looked_at()
    {
        Play(Working);
        var watch = Watch(enabled: false);
        await Look();
        await _end.CancelAsync();
        await watch;

        _engine.DidNotReceiveWithAnyArgs().SetPaused(default);
    }

    [Fact]
    public async Task A_look_that_fails_is_followed_by_another()
    {
        _sessions.Sessions.Returns(_ => throw new InvalidOperationException("sessions"), _ => Sessions(Working));
        var watch = Watch();
        _engine.DidNotReceiveWithAnyArgs().SetPaused(default);

        await Look();
        _engine.Received(1).SetPaused(true);
        await _end.CancelAsync();
        await watch;
    }

    [Fact]
    public async Task An_engine_closed_meanwhile_does_not_disturb_the_end()
    {
        Play(Working);
        _engine.When(engine => engine.SetPaused(false)).Do(_ => throw new ObjectDisposedException("engine"));
        var watch = Watch();
        await _end.CancelAsync();
        await watch;

        _engine.Received(1).SetPaused(false);
    }

    private static SessionInfo[] Sessions(params TranscodingInfo?[] transcodes) =>
        [.. transcodes.Select(transcode => new SessionInfo(null!, null!) { TranscodingInfo = transcode! })];

    private void Play(params TranscodingInfo?[] transcodes) => _sessions.Sessions.Returns(Sessions(transcodes));

    private Task Watch(bool enabled = true)
    {
        var settings = Make.Settings(configuration => configuration.PauseWhileTranscoding = enabled);
        return new AnalysisPause(_sessions, settings, _time, NullLogger<AnalysisPause>.Instance).WatchAsync(_engine, _end.Token);
    }

    // The timer's tick lets the watch go on, on another thread.
    private async Task Look()
    {
        var before = _sessions.ReceivedCalls().Count();
        _time.Advance(AnalysisPause.Interval);
        for (var i = 0; i < 200 && _sessions.ReceivedCalls().Count() == before; i++)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await Task.Delay(20, TestContext.Current.CancellationToken);
    }
}
