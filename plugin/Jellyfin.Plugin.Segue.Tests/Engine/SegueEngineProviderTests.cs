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
            new PluginSettings(() => _configuration),
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
        _configuration.Backend = SegueBackend.Rten;
        _configuration.Precision = SeguePrecision.F32;

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
    public async Task A_request_does_not_wait_for_a_slow_opening()
    {
        using var release = new ManualResetEventSlim();
        using var opening = new ManualResetEventSlim();
        _factory.Open(default!).ReturnsForAnyArgs(_ =>
        {
            opening.Set();
            release.Wait(TimeSpan.FromSeconds(30));
            return _engine;
        });
        var slow = Task.Run(_provider.Open, TestContext.Current.CancellationToken);
        opening.Wait(TestContext.Current.CancellationToken);

        Assert.False(_provider.TryGet(out _));

        release.Set();
        Assert.Same(_engine, await slow);
        Assert.True(_provider.TryGet(out _));
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
}
