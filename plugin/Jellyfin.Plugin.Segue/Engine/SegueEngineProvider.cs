using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Jellyfin.Plugin.Segue.Configuration;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Controller.MediaEncoding;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Engine;

/// <summary>
/// Opens the engine lazily, on a thread of its own, and remembers why it could not.
/// </summary>
internal sealed class SegueEngineProvider : ISegueEngineProvider, IDisposable
{
    /// <summary>How long <see cref="TryGet"/> takes a failure for granted.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>How long <see cref="TryGet"/> waits while the engine is being opened or closed: a person sits before it.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long <see cref="Dispose"/> waits for the engine to close: the server's stop must not hang on it.</summary>
    internal static readonly TimeSpan DisposePatience = TimeSpan.FromSeconds(5);

    private readonly ISegueEngineFactory _factory;
    private readonly ISegueSettings _settings;
    private readonly IApplicationPaths _paths;
    private readonly IMediaEncoder _encoder;
    private readonly TimeProvider _time;
    private readonly ILogger<SegueEngineProvider> _logger;

    // The same list each time: options are compared to see whether the settings have changed.
    private readonly Lazy<List<string>> _searchFolders = new(FindSearchFolders);

    // Guards what follows, never for longer than it takes to look: opening and closing happen outside of it.
    private readonly Lock _gate = new();
    private volatile EngineState _state = EngineState.Untried;
    private volatile ISegueEngine? _engine;
    private volatile bool _closed;
    private Task<Outcome>? _opening;
    private SegueOptions? _openedWith;
    private long? _failedAt;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueEngineProvider"/> class.
    /// </summary>
    /// <param name="factory">Opens engines.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="paths">Where the server keeps data.</param>
    /// <param name="encoder">Knows the server's ffmpeg.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public SegueEngineProvider(
        ISegueEngineFactory factory,
        ISegueSettings settings,
        IApplicationPaths paths,
        IMediaEncoder encoder,
        TimeProvider time,
        ILogger<SegueEngineProvider> logger)
    {
        _factory = factory;
        _settings = settings;
        _paths = paths;
        _encoder = encoder;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc />
    public EngineState State => _state;

    /// <inheritdoc />
    public bool TryGet([NotNullWhen(true)] out ISegueEngine? engine)
    {
        engine = _engine;
        if (engine is not null)
        {
            return true;
        }

        Task<Outcome> opening;
        lock (_gate)
        {
            if (_opening is null && (_closed || (_failedAt is { } failedAt && _time.GetElapsedTime(failedAt) < RetryAfter)))
            {
                return false;
            }

            opening = StartLocked(renew: false);
        }

        engine = !_closed && opening.Wait(Patience) ? opening.Result.Engine : null;
        return engine is not null;
    }

    /// <inheritdoc />
    public ISegueEngine Open() => OpenAndWait(renew: false);

    /// <inheritdoc />
    public ISegueEngine OpenWithCurrentSettings()
    {
        // An opening that began before may still go by the old settings.
        OpenAndWait(renew: false);
        return OpenAndWait(renew: true);
    }

    /// <inheritdoc />
    public void Close()
    {
        // First of all: an opening that is under way then disposes of what it opens.
        _closed = true;

        Task<Outcome>? opening;
        lock (_gate)
        {
            opening = _opening;
        }

        DisposeEngine();
        opening?.GetAwaiter().GetResult();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!Task.Run(Close).Wait(DisposePatience))
        {
            _logger.LogWarning("The engine did not close in time; it goes on closing in the background");
        }
    }

    private static List<string> FindSearchFolders()
    {
        var folders = new List<string>();
        if (Path.GetDirectoryName(typeof(SegueEngineProvider).Assembly.Location) is { Length: > 0 } own)
        {
            folders.Add(own);
        }

        if (NativeLibraryResolver.NativeFolder is { } native)
        {
            folders.Add(native);
        }

        return folders;
    }

    private ISegueEngine OpenAndWait(bool renew)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        Task<Outcome> opening;
        lock (_gate)
        {
            opening = StartLocked(renew);
        }

        var outcome = opening.GetAwaiter().GetResult();
        outcome.Failure?.Throw();
        return outcome.Engine!;
    }

    /// <summary>Joins the opening that is under way, or begins one: never two at a time.</summary>
    private Task<Outcome> StartLocked(bool renew)
    {
        if (_opening is not null)
        {
            return _opening;
        }

        if (_engine is { } open && !(renew && BuildOptions() != _openedWith))
        {
            return Task.FromResult(new Outcome(open, null));
        }

        return _opening = Task.Run(OpenNow);
    }

    private void DisposeEngine()
    {
        ISegueEngine? engine;
        lock (_gate)
        {
            engine = _engine;
            _engine = null;
            _openedWith = null;
        }

        engine?.Dispose();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever keeps the engine shut, the server goes on without it. Who wants to know is told.")]
    private Outcome OpenNow()
    {
        string? version = null;
        try
        {
            if (_engine is not null)
            {
                _logger.LogInformation("The settings have changed: opening the engine anew");
                DisposeEngine();
            }

            ObjectDisposedException.ThrowIf(_closed, this);
            version = _factory.LibraryVersion;
            var options = BuildOptions();
            if (Path.GetDirectoryName(options.StorePath) is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
            }

            var engine = _factory.Open(options);
            if (!TryKeep(engine, options, version))
            {
                engine.Dispose();
                throw new ObjectDisposedException(GetType().FullName);
            }

            _logger.LogInformation("Segue {Version} opened {Store}", version, options.StorePath);
            return new Outcome(engine, null);
        }
        catch (Exception e)
        {
            if (!_closed)
            {
                Remember(e, version);
            }

            return new Outcome(null, ExceptionDispatchInfo.Capture(e));
        }
    }

    private bool TryKeep(ISegueEngine engine, SegueOptions options, string version)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _openedWith = options;
            _failedAt = null;
            _state = new EngineState(true, version, null);
            _engine = engine;
            _opening = null;
            return true;
        }
    }

    private void Remember(Exception failure, string? version)
    {
        // The same reason every minute says nothing new.
        var level = string.Equals(_state.Failure, failure.Message, StringComparison.Ordinal) ? LogLevel.Debug : LogLevel.Error;
        _logger.Log(level, failure, "Segue cannot be opened; Jellyfin's own instant mixes stay in place");
        lock (_gate)
        {
            _failedAt = _time.GetTimestamp();
            _state = new EngineState(version is not null && failure is not SegueNativeUnavailableException, version, failure.Message);
            _opening = null;
        }
    }

    private SegueOptions BuildOptions()
    {
        var settings = _settings.Current;
        return new SegueOptions
        {
            // Not the plugin's folder: that one goes with every update.
            StorePath = Path.Combine(_paths.DataPath, "segue", "segue.db"),
            FfmpegPath = string.IsNullOrWhiteSpace(_encoder.EncoderPath) ? null : _encoder.EncoderPath,
            Threads = settings.Threads,
            Gentle = settings.Gentle,
            Backend = settings.Backend,
            Precision = settings.Precision,
            Patches = settings.Patches,
            RecentAlbums = settings.RecentAlbums,
            SearchFolders = _searchFolders.Value,
        };
    }

    /// <summary>How an opening ended: a value and not an exception, since nobody may be waiting for it any more.</summary>
    private sealed record Outcome(ISegueEngine? Engine, ExceptionDispatchInfo? Failure);
}
