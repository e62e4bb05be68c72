using System.Diagnostics;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Controller.MediaEncoding;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Engine;

public sealed class SegueEngineProviderTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("segue-plugin-");
    private readonly ISegueEngineFactory _factory = Substitute.For<ISegueEngineFactory>();
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly IMediaEncoder _encoder = Substitute.For<IMediaEncoder>();
    private readonly PluginConfiguration _configuration = new();
    private readonly FakeTime _time = new();
    private readonly List<SegueOptions> _opened = [];
    private readonly SegueEngineProvider _provider;

    public SegueEngineProviderTests()
    {
        _factory.LibraryVersion.Returns("0.1.0");
        _factory.Open(default!).ReturnsForAnyArgs(call =>
        {
            _opened.Add(call.Arg<SegueOptions>());
            return _engine;
        });
        _encoder.EncoderPath.Returns("/usr/lib/jellyfin-ffmpeg/ffmpeg");
        var paths = Substitute.For<IApplicationPaths>();
        paths.DataPath.Returns(_data.FullName);
        _provider = new SegueEngineProvider(
            _factory,
            new PluginSettings(() => _configuration, () => null),
            paths,
            _encoder,
            _time,
            NullLogger<SegueEngineProvider>.Instance);
    }

    public void Dispose()
    {
        _provider.Dispose();
        _data.Delete(recursive: true);
    }

    [Fact]
    public void Nothing_is_opened_before_it_is_needed_and_then_once()
    {
        Assert.Empty(_factory.ReceivedCalls());
        Assert.Equal(EngineState.Untried, _provider.State);

        Assert.True(_provider.TryGet(out var first));
        Assert.True(_provider.TryGet(out var second));

        Assert.Same(_engine, first);
        Assert.Same(first, second);
        Assert.Same(first, _provider.Open());
        Assert.Same(first, _provider.OpenWithCurrentSettings());
        Assert.Single(_opened);
        Assert.Equal(new EngineState(true, "0.1.0", null), _provider.State);
    }

    [Fact]
    public void The_options_come_from_the_server_and_the_settings()
    {
        _configuration.Threads = 1;
        _configuration.Patches = 0;
        _configuration.Backend = "Rten";
        _configuration.Precision = "F32";

        _provider.Open();

        var options = Assert.Single(_opened);
        Assert.Equal(Path.Combine(_data.FullName, "segue", "segue.db"), options.StorePath);
        Assert.True(Directory.Exists(Path.GetDirectoryName(options.StorePath)));
        Assert.Equal("/usr/lib/jellyfin-ffmpeg/ffmpeg", options.FfmpegPath);
        Assert.Equal(1, options.Threads);
        Assert.Equal(0, options.Patches);
        Assert.Equal(SegueBackend.Rten, options.Backend);
        Assert.Equal(SeguePrecision.F32, options.Precision);

        // Models lie beside the plugin.
        Assert.Contains(Path.GetDirectoryName(typeof(Plugin).Assembly.Location), options.SearchFolders);
    }

    [Fact]
    public void A_server_without_ffmpeg_is_no_path()
    {
        _encoder.EncoderPath.Returns(string.Empty);

        _provider.Open();

        Assert.Null(Assert.Single(_opened).FfmpegPath);
    }

    [Fact]
    public void A_failure_is_remembered_and_not_repeated_at_every_request()
    {
        _factory.LibraryVersion.Throws(new SegueNativeUnavailableException("no library for this platform"));

        Assert.False(_provider.TryGet(out _));
        Assert.False(_provider.TryGet(out _));

        _ = _factory.Received(1).LibraryVersion;
        Assert.Equal(new EngineState(false, null, "no library for this platform"), _provider.State);

        _time.Advance(SegueEngineProvider.RetryAfter);
        Assert.False(_provider.TryGet(out _));
        _ = _factory.Received(2).LibraryVersion;
    }

    [Fact]
    public void What_fails_for_now_succeeds_later()
    {
        _factory.Open(default!).ReturnsForAnyArgs(_ => throw new SegueException(SegueStatus.StoreLocked, "in use"), _ => _engine);

        Assert.False(_provider.TryGet(out _));
        Assert.Equal(new EngineState(true, "0.1.0", "in use"), _provider.State);
        _time.Advance(SegueEngineProvider.RetryAfter);

        Assert.True(_provider.TryGet(out var engine));
        Assert.Same(_engine, engine);
        Assert.Null(_provider.State.Failure);
    }

    [Fact]
    public void A_task_tries_again_at_once_and_is_told_the_reason()
    {
        _factory.Open(default!).ThrowsForAnyArgs(new SegueException(SegueStatus.NewerStore, "made by a newer version"));
        Assert.False(_provider.TryGet(out _));

        Assert.Equal("made by a newer version", Assert.Throws<SegueException>(_provider.Open).Message);
        Assert.Equal("made by a newer version", Assert.Throws<SegueException>(_provider.OpenWithCurrentSettings).Message);
        _factory.ReceivedWithAnyArgs(3).Open(default!);
    }

    [Fact]
    public void Changed_settings_open_a_new_engine_where_that_is_asked_for()
    {
        _provider.Open();
        _configuration.Patches = 64;

        _provider.Open();
        Assert.Single(_opened);
        _engine.DidNotReceive().Dispose();

        _provider.OpenWithCurrentSettings();
        Assert.Equal(64, _opened[1].Patches);
        _engine.Received(1).Dispose();
    }

    [Fact]
    public void Settings_that_are_not_the_engines_leave_it_open()
    {
        _provider.Open();
        _configuration.MixLength = 50;

        _provider.OpenWithCurrentSettings();

        Assert.Single(_opened);
    }

    [Fact]
    public void Closed_is_closed()
    {
        _provider.Open();

        _provider.Close();
        _provider.Close();

        _engine.Received(1).Dispose();
        Assert.False(_provider.TryGet(out _));
        Assert.Throws<ObjectDisposedException>(_provider.Open);
        Assert.Single(_opened);
    }

    [Fact]
    public async Task No_request_waits_for_a_slow_opening_not_even_the_one_that_began_it()
    {
        using var slow = new SlowOpening(_factory, _engine);

        var began = Stopwatch.GetTimestamp();
        Assert.False(_provider.TryGet(out _));
        Assert.InRange(Stopwatch.GetElapsedTime(began), SegueEngineProvider.Patience - TimeSpan.FromMilliseconds(50), SegueEngineProvider.Patience + TimeSpan.FromSeconds(5));
        Assert.True(slow.Begun);

        // A task joins the same opening.
        var task = Task.Run(_provider.Open, TestContext.Current.CancellationToken);
        slow.Release();
        Assert.Same(_engine, await task);
        Assert.True(_provider.TryGet(out var later));
        Assert.Same(_engine, later);
        Assert.Equal(1, slow.Count);
    }

    [Fact]
    public async Task An_engine_that_opens_after_the_close_is_closed_at_once()
    {
        using var slow = new SlowOpening(_factory, _engine);
        var task = Task.Run(_provider.Open, TestContext.Current.CancellationToken);
        slow.WaitForBegin();

        var close = Task.Run(_provider.Close, TestContext.Current.CancellationToken);
        // A refusal without a wait says that the close has begun.
        long asked;
        do
        {
            asked = Stopwatch.GetTimestamp();
            Assert.False(_provider.TryGet(out _));
        }
        while (Stopwatch.GetElapsedTime(asked) > SegueEngineProvider.Patience / 2);

        Assert.False(close.IsCompleted);
        slow.Release();
        await close;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => task);
        _engine.Received(1).Dispose();
        Assert.False(_provider.TryGet(out _));
        Assert.Null(_provider.State.Failure);
    }

    [Fact]
    public void Disposing_does_not_wait_for_ever()
    {
        _provider.Open();
        using var release = new ManualResetEventSlim();
        _engine.When(engine => engine.Dispose()).Do(_ => release.Wait(TimeSpan.FromSeconds(30)));

        var began = Stopwatch.GetTimestamp();
        _provider.Dispose();

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromSeconds(1), SegueEngineProvider.DisposePatience + TimeSpan.FromSeconds(10));
        Assert.False(_provider.TryGet(out _));
        release.Set();
    }

    [Fact]
    public async Task The_server_stops_the_engine_but_does_not_wait_for_ever()
    {
        var provider = Substitute.For<ISegueEngineProvider>();
        var lifetime = new EngineLifetime(provider, NullLogger<EngineLifetime>.Instance);
        await lifetime.StartAsync(TestContext.Current.CancellationToken);
        Assert.Empty(provider.ReceivedCalls());

        await lifetime.StopAsync(TestContext.Current.CancellationToken);
        provider.Received(1).Close();

        using var release = new ManualResetEventSlim();
        provider.When(p => p.Close()).Do(_ => release.Wait(TimeSpan.FromSeconds(30)));
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await lifetime.StopAsync(impatient.Token);
        Assert.False(release.IsSet);
        release.Set();
    }

    private sealed class SlowOpening : IDisposable
    {
        private readonly ManualResetEventSlim _begun = new();
        private readonly ManualResetEventSlim _release = new();
        private int _count;

        public SlowOpening(ISegueEngineFactory factory, ISegueEngine engine) => factory.Open(default!).ReturnsForAnyArgs(_ =>
        {
            Interlocked.Increment(ref _count);
            _begun.Set();
            _release.Wait(TimeSpan.FromSeconds(30));
            return engine;
        });

        public bool Begun => _begun.IsSet;

        public int Count => _count;

        public void WaitForBegin() => _begun.Wait(TestContext.Current.CancellationToken);

        public void Release() => _release.Set();

        public void Dispose()
        {
            _release.Set();
            _begun.Dispose();
        }
    }
}
