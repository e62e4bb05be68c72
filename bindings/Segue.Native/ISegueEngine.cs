namespace Segue.Native;

/// <summary>
/// Segue's engine: a store of what was heard, and answers from it. Every member may be called from any thread, several at a time.
/// </summary>
/// <remarks>
/// Members throw <see cref="SegueException"/> when the engine refuses or fails, and <see cref="ObjectDisposedException"/> once the engine is
/// disposed. A track is referred to by its library item id (32 hexadecimal digits), by its content key, or by its path.
/// </remarks>
public interface ISegueEngine : IDisposable
{
    /// <summary>Begins to compare the store with a library.</summary>
    /// <returns>The number of this comparison, for <see cref="Sync"/> and <see cref="FinishSync"/>.</returns>
    ulong BeginSync();

    /// <summary>Tells the engine of some of the library's tracks. Call it as often as there are pages.</summary>
    /// <param name="generation">What <see cref="BeginSync"/> returned.</param>
    /// <param name="tracks">The tracks of this page.</param>
    void Sync(ulong generation, IReadOnlyList<LibraryTrack> tracks);

    /// <summary>Ends the comparison: tracks that were not told of are gone from the library. What was heard of them is kept.</summary>
    /// <param name="generation">What <see cref="BeginSync"/> returned.</param>
    /// <returns>What changed.</returns>
    SyncSummary FinishSync(ulong generation);

    /// <summary>Listens to every track that is not analysed yet, on threads of the engine's own.</summary>
    /// <param name="progress">
    /// Told at least four times a second, from the thread that drives the run; null when nobody wants to know. An exception thrown by it stops
    /// the run and ends the task.
    /// </param>
    /// <param name="cancellationToken">Stops the run. Tracks finished by then are kept, and the next run goes on from there.</param>
    /// <returns>How the run ended.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled, or the engine disposed, and it has ended.</exception>
    /// <exception cref="SegueException">Another run is under way (<see cref="SegueStatus.Busy"/>), or the run failed as a whole.</exception>
    Task<AnalysisSummary> AnalyseAsync(IProgress<AnalysisProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Holds a running analysis, or lets it go on. Tracks in flight are finished first.</summary>
    /// <param name="paused">Whether to hold.</param>
    void SetPaused(bool paused);

    /// <summary>Forgets all recorded failures, so that the next analysis tries these tracks again.</summary>
    /// <returns>How many there were.</returns>
    long RetryFailed();

    /// <summary>What is known of a track.</summary>
    /// <param name="reference">Item id, content key or path.</param>
    /// <returns>The track; null when the store does not know it or it is not analysed yet.</returns>
    TrackInfo? FindTrack(string reference);

    /// <summary>The tracks that sound most like one.</summary>
    /// <param name="reference">Item id, content key or path.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="allowed">Library items that may appear; null for all.</param>
    /// <returns>The nearest first, the track itself left out.</returns>
    IReadOnlyList<Neighbour> Similar(string reference, int count, IReadOnlyCollection<Guid>? allowed);

    /// <summary>A mix: tracks near the seeds, in an order to listen to.</summary>
    /// <param name="request">What is wanted.</param>
    /// <returns>The mix, in order.</returns>
    IReadOnlyList<Neighbour> Mix(MixRequest request);

    /// <summary>Makes playlists from clusters of the library.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The playlists.</returns>
    /// <exception cref="OperationCanceledException">The search was cancelled, and has ended.</exception>
    Task<IReadOnlyList<Playlist>> BuildPlaylistsAsync(PlaylistRequest request, CancellationToken cancellationToken);

    /// <summary>The state of the store and of what the engine is doing.</summary>
    /// <returns>The state, now.</returns>
    EngineStatistics GetStatistics();

    /// <summary>The tracks that could not be analysed, and why.</summary>
    /// <returns>One entry per file.</returns>
    IReadOnlyList<EngineFailure> GetFailures();
}
