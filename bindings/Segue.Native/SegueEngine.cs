using System.Text;
using Segue.Native.Generated;

namespace Segue.Native;

/// <summary>
/// The engine in the native library, and the only user of the generated bindings: it owns the engine's handle, so that no call is made
/// after the engine was closed and the engine is not freed during a call.
/// </summary>
public sealed partial class SegueEngine : ISegueEngine
{
    /// <summary>How long <see cref="Dispose"/> waits for calls that are under way. A running analysis takes half a second to stop.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly EngineHandle _handle;
    private int _disposed;

    private SegueEngine(EngineHandle handle) => _handle = handle;

    /// <summary>Version of the native library.</summary>
    /// <exception cref="SegueNativeUnavailableException">It cannot be loaded here.</exception>
    public static string LibraryVersion
    {
        get
        {
            NativeCall.EnsureAvailable();
            using var version = NativeCall.Unwrap(Interop.segue_version());
            return version.Unwire();
        }
    }

    /// <summary>Opens a store, making it when missing.</summary>
    /// <param name="options">Where the store is, and how to analyse.</param>
    /// <returns>The open engine.</returns>
    /// <exception cref="SegueNativeUnavailableException">The native library cannot be loaded here.</exception>
    /// <exception cref="SegueException">The store cannot be opened, for one because a newer version wrote it.</exception>
    public static SegueEngine Open(SegueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        NativeCall.EnsureAvailable();
        using var wire = WireOfOptions.From(Translate.Options(options));
        return new SegueEngine(new EngineHandle(NativeCall.Unwrap(Interop.segue_open(wire))));
    }

    /// <summary>
    /// Lets the native library fail on purpose, to learn whether it stops its failures at the boundary as it must. A library built the
    /// wrong way ends the process here, at a time when nobody depends on it yet.
    /// </summary>
    /// <exception cref="SegueNativeUnavailableException">It cannot be loaded here.</exception>
    /// <exception cref="SegueException">It does not report the failure.</exception>
    public static void CheckGuard()
    {
        NativeCall.EnsureAvailable();
        var status = NativeCall.StatusOf(Interop.segue_check_guard());
        if (status != SegueStatus.Panic)
        {
            throw new SegueException($"The native library answered {status} to a failure on purpose; it cannot be trusted with this process.");
        }
    }

    /// <inheritdoc/>
    public ulong BeginSync() => Call(engine => Interop.segue_begin_sync(engine));

    /// <inheritdoc/>
    public void Sync(ulong generation, IReadOnlyList<LibraryTrack> tracks)
    {
        ArgumentNullException.ThrowIfNull(tracks);
        Call(engine =>
        {
            using var wire = WireOfVecLibraryTrack.From(Translate.Tracks(tracks));
            return Interop.segue_sync(engine, generation, wire);
        });
    }

    /// <inheritdoc/>
    public SyncSummary FinishSync(ulong generation) => Translate.Summary(Call(engine => Interop.segue_finish_sync(engine, generation)));

    /// <summary>Compares the store with all music below some folders, and takes their files' own tags.</summary>
    /// <param name="roots">The folders.</param>
    /// <param name="cancellationToken">Stops the scan.</param>
    /// <returns>What changed.</returns>
    /// <exception cref="OperationCanceledException">The scan was cancelled, and has ended.</exception>
    public SyncSummary ScanFolders(IReadOnlyList<string> roots, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(roots);
        cancellationToken.ThrowIfCancellationRequested();
        return Translate.Summary(Call(engine =>
        {
            using var wire = WireOfVecString.From([.. roots]);
            return Interop.segue_scan_folders(engine, wire, () => !cancellationToken.IsCancellationRequested);
        }));
    }

    /// <inheritdoc/>
    public Task<AnalysisSummary> AnalyseAsync(IProgress<AnalysisProgress>? progress, CancellationToken cancellationToken) =>
        RunAsync("Segue analysis", () => Analyse(progress, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void SetPaused(bool paused) => Call(engine => Interop.segue_set_paused(engine, paused));

    /// <inheritdoc/>
    public long RetryFailed() => (long)Call(engine => Interop.segue_retry_failed(engine));

    /// <inheritdoc/>
    public TrackInfo? FindTrack(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        using var answer = Call(engine =>
        {
            using var wire = WireOfString.From(reference);
            return Interop.segue_track(engine, wire);
        });
        return answer.Unwire() is { } track ? Translate.Track(track) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Neighbour> Similar(string reference, int count, ItemSet? allowed)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var wanted = Translate.Count(count, nameof(count));
        using var items = Translate.Items(allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfString.From(reference);
            return Interop.segue_similar(engine, wire, wanted, allowed is not null, items);
        });
        return Translate.Neighbours(answer.Unwire());
    }

    /// <inheritdoc/>
    public EngineStatistics GetStatistics()
    {
        using var answer = Call(engine => Interop.segue_statistics(engine));
        return Translate.Statistics(answer.Unwire());
    }

    /// <inheritdoc/>
    public IReadOnlyList<EngineFailure> GetFailures()
    {
        using var answer = Call(engine => Interop.segue_failures(engine));
        return Translate.Failures(answer.Unwire());
    }

    /// <summary>
    /// Stops what runs and closes the store. Waits for calls that are under way, at most ten seconds; what takes longer is left to end by
    /// itself and frees the engine then. Called from a progress callback it does not wait, as the callback would be waiting for itself.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // On a thread of its own, because the native side waits for as long as it takes.
        var closing = StartThread("Segue close", () =>
        {
            using (var hold = _handle.Take())
            {
                _ = Interop.segue_close(hold.Engine);
            }

            _handle.Dispose();
        });
        if (!Listener.IsInside(this))
        {
            closing.Join(Patience);
        }
    }

    private AnalysisSummary Analyse(IProgress<AnalysisProgress>? progress, CancellationToken cancellationToken)
    {
        var listener = new Listener(this, cancellationToken);
        var summary = Call(engine => Interop.segue_analyse(engine, (now, path) => listener.Tell(() => Report(now, path))));
        listener.Rethrow();
        if (summary.cancelled)
        {
            throw new OperationCanceledException("The analysis was stopped; the next one goes on from there.", cancellationToken);
        }

        return Translate.Summary(summary);

        void Report(Generated.AnalysisProgress now, SliceByte path) =>
            progress?.Report(Translate.Progress(now, Encoding.UTF8.GetString(path.ReadOnlySpan)));
    }

    /// <summary>Makes one call with the engine held.</summary>
    private T Call<T>(Func<ulong, IResult<T, Status>> call)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        using var hold = _handle.Take();
        return NativeCall.Unwrap(call(hold.Engine));
    }

    /// <summary>Runs a long call on a thread of its own: it would block one of the host's pool for minutes or hours.</summary>
    private static Task<T> RunAsync<T>(string name, Func<T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        StartThread(name, () =>
        {
            try
            {
                completion.SetResult(work());
            }
            catch (OperationCanceledException error)
            {
                completion.SetCanceled(cancellationToken.IsCancellationRequested ? cancellationToken : error.CancellationToken);
            }
#pragma warning disable CA1031 // An exception on a thread of our own would end the process; the task carries it to the caller.
            catch (Exception error)
#pragma warning restore CA1031
            {
                completion.SetException(error);
            }
        });
        return completion.Task;
    }

    private static Thread StartThread(string name, Action work)
    {
        var thread = new Thread(work.Invoke) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }
}
