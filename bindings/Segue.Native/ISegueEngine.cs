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
    IReadOnlyList<Neighbour> Similar(string reference, int count, ItemSet? allowed);

    /// <summary>A mix: tracks near the seeds, in an order to listen to. With a queue, what follows it.</summary>
    /// <param name="request">What is wanted.</param>
    /// <returns>The mix, in order.</returns>
    /// <exception cref="SegueException">
    /// No seed can serve: none is known (<see cref="SegueStatus.UnknownTrack"/>) or analysed (<see cref="SegueStatus.NotAnalysed"/>).
    /// </exception>
    IReadOnlyList<Neighbour> Mix(MixRequest request);

    /// <summary>A way through some tracks with even steps.</summary>
    /// <param name="request">What is wanted.</param>
    /// <returns>The way.</returns>
    SongPath FindPath(PathRequest request);

    /// <summary>Tracks that are like some music and, if wanted, not like other music.</summary>
    /// <param name="request">What is wanted.</param>
    /// <returns>The nearest first.</returns>
    IReadOnlyList<Neighbour> Blend(BlendRequest request);

    /// <summary>The artists (of five songs or more) or albums whose songs are most like those of a seed.</summary>
    /// <param name="kind">What is wanted.</param>
    /// <param name="seed">What they should be like.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="allowed">Library items that may appear; null for all.</param>
    /// <returns>The nearest first.</returns>
    IReadOnlyList<SimilarSet> SimilarSets(SetKind kind, Seed seed, int count, ItemSet? allowed);

    /// <summary>More tracks that fit some.</summary>
    /// <param name="request">What is wanted.</param>
    /// <returns>In an order that goes on from the last of the given.</returns>
    IReadOnlyList<Neighbour> Extend(ExtendRequest request);

    /// <summary>What does not belong among some tracks.</summary>
    /// <param name="request">The tracks.</param>
    /// <returns>The farthest out first.</returns>
    IReadOnlyList<Misfit> FindMisfits(TracksRequest request);

    /// <summary>Some tracks in an order that flows.</summary>
    /// <param name="request">The tracks.</param>
    /// <returns>Those of them that are known, in that order.</returns>
    IReadOnlyList<Neighbour> Flow(TracksRequest request);

    /// <summary>Tells what a listener thinks of tracks.</summary>
    /// <param name="listener">The server's id of the user, 32 hexadecimal digits.</param>
    /// <param name="opinions">What they think.</param>
    /// <param name="whole">Whether that is all: what is not named is forgotten.</param>
    /// <returns>Of how many tracks there is an opinion now.</returns>
    long SetOpinions(string listener, IReadOnlyCollection<Opinion> opinions, bool whole);

    /// <summary>Remembers what a listener played.</summary>
    /// <param name="listener">The server's id of the user, 32 hexadecimal digits.</param>
    /// <param name="plays">What was played.</param>
    /// <returns>How many of the tracks are known.</returns>
    long LogPlays(string listener, IReadOnlyList<Play> plays);

    /// <summary>Forgets what was played before a time, by all.</summary>
    /// <param name="before">The time.</param>
    /// <returns>How much it was.</returns>
    long ForgetPlays(DateTimeOffset before);

    /// <summary>Forgets everything about a listener: opinions, plays, lists.</summary>
    /// <param name="listener">The server's id of the user, 32 hexadecimal digits.</param>
    void ForgetListener(string listener);

    /// <summary>Makes a listener's own lists anew, each in place of the one before it.</summary>
    /// <param name="request">What is wanted.</param>
    /// <returns>The lists.</returns>
    IReadOnlyList<PersonalList> MakePersonalLists(TasteRequest request);

    /// <summary>A listener's own lists as they were made last.</summary>
    /// <param name="listener">The server's id of the user, 32 hexadecimal digits.</param>
    /// <param name="allowed">Library items that may appear; null for all.</param>
    /// <returns>The lists.</returns>
    IReadOnlyList<PersonalList> GetPersonalLists(string listener, ItemSet? allowed);

    /// <summary>Lays the library out on a plane, beginning from the last map, so that what was there stays about where it was.</summary>
    /// <param name="progress">As for <see cref="MakePlaylistsAsync"/>.</param>
    /// <param name="cancellationToken">Stops the run; the last map stays then.</param>
    /// <returns>The run.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled, or the engine disposed, and it has ended.</exception>
    /// <exception cref="SegueException">Another run is under way (<see cref="SegueStatus.Busy"/>), or the run failed.</exception>
    Task MakeMapAsync(IProgress<MakeProgress>? progress, CancellationToken cancellationToken);

    /// <summary>The map as it was made last.</summary>
    /// <param name="allowed">Library items that may appear; null for all.</param>
    /// <returns>What may be seen of it; empty before the first was made.</returns>
    SongMap GetMap(ItemSet? allowed);

    /// <summary>Makes playlists of the whole library: groups it, selects, orders and names. Those of the last run are continued.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="progress">
    /// Told where it stands, from the thread that drives the run; null when nobody wants to know. An exception thrown by it stops the run and
    /// ends the task.
    /// </param>
    /// <param name="cancellationToken">Stops the run; nothing is changed then.</param>
    /// <returns>The playlists to show, and what changed.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled, or the engine disposed, and it has ended.</exception>
    /// <exception cref="SegueException">Another run is under way (<see cref="SegueStatus.Busy"/>), or the run failed.</exception>
    Task<PlaylistRun> MakePlaylistsAsync(PlaylistRequest request, IProgress<MakeProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Groups the library without making playlists.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="progress">As for <see cref="MakePlaylistsAsync"/>.</param>
    /// <param name="cancellationToken">Stops the run; nothing is changed then.</param>
    /// <returns>How the groups were found and how good they are.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled, or the engine disposed, and it has ended.</exception>
    /// <exception cref="SegueException">Another run is under way (<see cref="SegueStatus.Busy"/>), or the run failed.</exception>
    Task<ClusterReport> ClusterAsync(ClusterRequest request, IProgress<MakeProgress>? progress, CancellationToken cancellationToken);

    /// <summary>The curve that tells how many groups there are, by k-means over a range of numbers.</summary>
    /// <param name="request">What tracks are grouped by; its ranges do not count.</param>
    /// <param name="least">The smallest number of groups, at least 1.</param>
    /// <param name="most">The largest.</param>
    /// <param name="progress">As for <see cref="MakePlaylistsAsync"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The curve and the number that it suggests.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled, or the engine disposed, and it has ended.</exception>
    Task<Elbow> ElbowAsync(ClusterRequest request, int least, int most, IProgress<MakeProgress>? progress, CancellationToken cancellationToken);

    /// <summary>A look at the numbers before grouping: how many tracks can take part, and why the others cannot.</summary>
    /// <param name="request">What tracks would be grouped by.</param>
    /// <returns>What was found.</returns>
    DataQuality GetDataQuality(ClusterRequest request);

    /// <summary>All playlists that are kept, definitions and excluded ones too.</summary>
    /// <returns>In the order of the last run.</returns>
    IReadOnlyList<Playlist> GetPlaylists();

    /// <summary>Tells what a person wants of a playlist.</summary>
    /// <param name="key">The playlist's <see cref="Playlist.Key"/>.</param>
    /// <param name="edit">What is wanted.</param>
    /// <returns>The playlist as it is now.</returns>
    Playlist EditPlaylist(string key, PlaylistEdit edit);

    /// <summary>What a definition would hold now. Nothing is kept.</summary>
    /// <param name="request">The definition.</param>
    /// <returns>The playlist that it would be.</returns>
    /// <exception cref="SegueException">The definition cannot be understood (<see cref="SegueStatus.InvalidArgument"/>); the message says where.</exception>
    Playlist Preview(DefinitionRequest request);

    /// <summary>Keeps a definition, which refills itself with each run.</summary>
    /// <param name="request">The definition, with a name.</param>
    /// <returns>The playlist.</returns>
    /// <exception cref="SegueException">The definition cannot be understood (<see cref="SegueStatus.InvalidArgument"/>); the message says where.</exception>
    Playlist KeepDefinition(DefinitionRequest request);

    /// <summary>Forgets a definition and its playlist.</summary>
    /// <param name="key">The playlist's <see cref="Playlist.Key"/>.</param>
    void ForgetDefinition(string key);

    /// <summary>Reports of the last runs.</summary>
    /// <param name="count">How many at most.</param>
    /// <returns>The newest first.</returns>
    IReadOnlyList<RunReport> GetReports(int count);

    /// <summary>Finds the tracks of a playlist file (CSV, M3U, JSPF or XSPF) in the library.</summary>
    /// <param name="request">The file.</param>
    /// <returns>What was found, and what is missing.</returns>
    Import Import(ImportRequest request);

    /// <summary>Writes some songs as a playlist file.</summary>
    /// <param name="title">The playlist's title.</param>
    /// <param name="songs">Content keys, in order.</param>
    /// <param name="format">Form of the file.</param>
    /// <param name="folder">The folder that paths are relative to; null for absolute ones.</param>
    /// <returns>The file's bytes.</returns>
    byte[] Export(string title, IReadOnlyList<string> songs, ListFormat format, string? folder);

    /// <summary>A drawn cover of a playlist.</summary>
    /// <param name="key">The playlist's <see cref="Playlist.Key"/>.</param>
    /// <returns>A PNG file's bytes.</returns>
    byte[] GetCover(string key);

    /// <summary>Artists with a vector of their own.</summary>
    /// <param name="similar">How many of the nearest other artists each is given.</param>
    /// <returns>One entry per artist.</returns>
    IReadOnlyList<ArtistProfile> GetArtists(int similar);

    /// <summary>Tracks that fit what somebody typed.</summary>
    /// <param name="request">What is wanted.</param>
    /// <returns>What was understood, and the tracks.</returns>
    SearchAnswer Search(SearchRequest request);

    /// <summary>The models that a person may add, and how each stands.</summary>
    /// <returns>One entry per pack.</returns>
    IReadOnlyList<Pack> GetPacks();

    /// <summary>
    /// Fetches a pack, checks it and puts it in place; goes on where it was interrupted. The only call that fetches anything, and only with
    /// the licence accepted.
    /// </summary>
    /// <param name="name">The pack's <see cref="Pack.Name"/>.</param>
    /// <param name="accept">The licence that the person accepted: its <see cref="Pack.Licence"/>, as it was shown.</param>
    /// <param name="progress">As for <see cref="MakePlaylistsAsync"/>.</param>
    /// <param name="cancellationToken">Stops it; what has been fetched by then is kept, and the next time goes on from there.</param>
    /// <returns>The pack as it is now.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled, or the engine disposed, and it has ended.</exception>
    /// <exception cref="SegueException">The licence was not accepted, there is no room, or what came is not what it should be.</exception>
    Task<Pack> InstallPackAsync(string name, string accept, IProgress<PackProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Removes a pack's files. What was heard with it stays.</summary>
    /// <param name="name">The pack's <see cref="Pack.Name"/>.</param>
    /// <returns>The pack as it is now.</returns>
    Pack RemovePack(string name);

    /// <summary>Music that fits a film, a clip or pictures. If the service that is asked fails, what is known without it stands.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="progress">As for <see cref="MakePlaylistsAsync"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The music, and why.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled, or the engine disposed, and it has ended.</exception>
    Task<Soundtrack> SoundtrackAsync(SoundtrackRequest request, IProgress<FilmProgress>? progress, CancellationToken cancellationToken);

    /// <summary>What the collection of vectors holds.</summary>
    /// <returns>Its counts, models and state.</returns>
    CollectionStatistics GetCollection();

    /// <summary>Keeps the key of a service, for naming and for looking at films alike, in a file that its owner alone may read, or forgets it. No call gives it back.</summary>
    /// <param name="provider">Whose key.</param>
    /// <param name="key">The key; null to forget it.</param>
    void SetKey(NamingProvider provider, string? key);

    /// <summary>Whether there is a key for a service.</summary>
    /// <param name="provider">Whose key.</param>
    /// <returns>Whether there is.</returns>
    bool HasKey(NamingProvider provider);

    /// <summary>The state of the store and of what the engine is doing.</summary>
    /// <returns>The state, now.</returns>
    EngineStatistics GetStatistics();

    /// <summary>The tracks that could not be analysed, and why.</summary>
    /// <returns>One entry per file.</returns>
    IReadOnlyList<EngineFailure> GetFailures();
}
