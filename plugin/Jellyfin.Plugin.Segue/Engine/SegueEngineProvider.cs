using System.Diagnostics.CodeAnalysis;
using Jellyfin.Plugin.Segue.Configuration;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Controller.MediaEncoding;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Engine;

/// <summary>
/// Opens the engine lazily and remembers why it could not.
/// </summary>
internal sealed class SegueEngineProvider : ISegueEngineProvider, IDisposable
{
    /// <summary>How long <see cref="TryGet"/> takes a failure for granted.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>How long <see cref="TryGet"/> waits while the engine is being opened or closed: a person sits before it.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ISegueEngineFactory _factory;
    private readonly ISegueSettings _settings;
    private readonly IApplicationPaths _paths;
    private readonly IMediaEncoder _encoder;
    private readonly TimeProvider _time;
    private readonly ILogger<SegueEngineProvider> _logger;
    private readonly Lock _gate = new();

    private volatile EngineState _state = EngineState.Untried;
    private volatile ISegueEngine? _engine;
    private SegueOptions? _openedWith;
    private List<string>? _searchFolders;
    private long? _failedAt;
    private bool _closed;

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
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever keeps the engine shut, the server goes on without it.")]
    public bool TryGet([NotNullWhen(true)] out ISegueEngine? engine)
    {
        engine = _engine;
        if (engine is not null)
        {
            return true;
        }

        if (!_gate.TryEnter(Patience))
        {
            return false;
        }

        try
        {
            if (_closed || (_failedAt is { } failedAt && _time.GetElapsedTime(failedAt) < RetryAfter))
            {
                return false;
            }

            engine = OpenLocked();
            return true;
        }
        catch (Exception)
        {
            // Logged and remembered where it happened.
            return false;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <inheritdoc />
    public ISegueEngine Open()
    {
        lock (_gate)
        {
            return OpenLocked();
        }
    }

    /// <inheritdoc />
    public ISegueEngine OpenWithCurrentSettings()
    {
        lock (_gate)
        {
            if (_engine is not null && BuildOptions() != _openedWith)
            {
                _logger.LogInformation("The settings have changed: opening the engine anew");
                DisposeLocked();
            }

            return OpenLocked();
        }
    }

    /// <inheritdoc />
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            DisposeLocked();
        }
    }

    /// <inheritdoc />
    public void Dispose() => Close();

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

    private ISegueEngine OpenLocked()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_engine is { } open)
        {
            return open;
        }

        string? version = null;
        try
        {
            version = _factory.LibraryVersion;
            var options = BuildOptions();
            if (Path.GetDirectoryName(options.StorePath) is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
            }

            var engine = _factory.Open(options);
            _openedWith = options;
            _failedAt = null;
            _state = new EngineState(true, version, null);
            _engine = engine;
            _logger.LogInformation("Segue {Version} opened {Store}", version, options.StorePath);
            return engine;
        }
        catch (Exception e)
        {
            // The same reason every minute says nothing new.
            var level = string.Equals(_state.Failure, e.Message, StringComparison.Ordinal) ? LogLevel.Debug : LogLevel.Error;
            _logger.Log(level, e, "Segue cannot be opened; Jellyfin's own instant mixes stay in place");
            _failedAt = _time.GetTimestamp();
            _state = new EngineState(version is not null && e is not SegueNativeUnavailableException, version, e.Message);
            throw;
        }
    }

    private void DisposeLocked()
    {
        var engine = _engine;
        _engine = null;
        _openedWith = null;
        engine?.Dispose();
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
            Backend = settings.Backend,
            Precision = settings.Precision,
            Patches = settings.Patches,

            // The same list each time: options are compared to see whether the settings have changed.
            SearchFolders = _searchFolders ??= FindSearchFolders(),
        };
    }
}
