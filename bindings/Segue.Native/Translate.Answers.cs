using Abi = Segue.Native.Generated;

namespace Segue.Native;

/// <content>What is answered about groups and playlists.</content>
internal static partial class Translate
{
    public static MakeProgress Progress(Abi.MakeProgress now) => new()
    {
        Step = Step(now.step),
        Done = (long)now.done,
        Total = (long)now.total,
        Fraction = now.fraction,
        Fitness = now.fitness,
    };

    public static DataQuality Quality(Abi.DataQuality quality) => new()
    {
        Tracks = (long)quality.tracks,
        TakingPart = (long)quality.taking_part,
        Missing = (long)quality.missing,
        NotFinite = (long)quality.not_finite,
        Outlying = (long)quality.outlying,
        Dimensions = (long)quality.dimensions,
        Constant = (long)quality.constant,
        KeptDimensions = (long)quality.kept_dimensions,
    };

    public static ClusterReport Report(Abi.ClusterReport report) => new()
    {
        Quality = Quality(report.quality),
        Algorithm = Algorithm(report.algorithm),
        Parameters = report.parameters,
        Runs = (long)report.runs,
        Sampled = (long)report.sampled,
        Clusters = (long)report.clusters,
        Noise = (long)report.noise,
        Fitness = report.fitness,
        Parts = [.. report.parts.Select(part => new FitnessPart(part.name, part.amount))],
        Silhouette = report.silhouette,
        Seconds = report.seconds,
    };

    public static Elbow Elbow(Abi.Elbow elbow) => new()
    {
        Curve = [.. elbow.curve.Select(point => new ElbowPoint((int)point.k, point.inertia, point.silhouette))],
        Suggested = (int)elbow.suggested,
        Svg = elbow.svg,
    };

    public static PlaylistRun Run(Abi.PlaylistRun run) => new()
    {
        Playlists = Playlists(run.playlists),
        Report = Report(run.report),
    };

    public static RunReport Report(Abi.RunReport report) => new()
    {
        Run = report.run,
        BeganAt = DateTimeOffset.FromUnixTimeSeconds(report.began_at),
        FinishedAt = DateTimeOffset.FromUnixTimeSeconds(report.finished_at),
        Clusters = Report(report.clusters),
        Playlists = (long)report.playlists,
        Tracks = (long)report.tracks,
        New = (long)report.begun,
        Continued = (long)report.continued,
        Fading = (long)report.fading,
        Gone = (long)report.gone,
        TracksAdded = (long)report.tracks_added,
        TracksRemoved = (long)report.tracks_removed,
        ServiceNames = (long)report.service_names,
        Notes = [.. report.notes],
    };

    public static IReadOnlyList<Playlist> Playlists(List<Abi.Playlist> playlists) => [.. playlists.Select(Playlist)];

    public static Playlist Playlist(Abi.Playlist playlist) => new()
    {
        Key = playlist.key,
        Kind = Kind(playlist.kind),
        Name = playlist.name,
        NamedBy = NamedBy(playlist.named_by),
        Description = playlist.description,
        Words = [.. playlist.words],
        Pinned = playlist.pinned,
        Excluded = playlist.excluded,
        Faded = (int)playlist.faded,
        Definition = playlist.definition,
        Tracks = Neighbours(playlist.tracks),
    };

    public static Import Import(Abi.Import import) => new()
    {
        Title = import.title,
        Entries =
        [
            .. import.entries.Select(entry => new ImportEntry
            {
                Title = entry.title,
                Artist = entry.artist,
                Album = entry.album,
                Found = entry.found is { } found ? Neighbour(found) : null,
                Score = entry.score,
                How = entry.how,
            }),
        ],
        Filled = Neighbours(import.filled),
        Unreadable = (long)import.unreadable,
    };

    public static ArtistProfile Artist(Abi.ArtistProfile profile) => new()
    {
        Artist = profile.artist,
        Songs = (long)profile.songs,
        Vector = [.. profile.vector],
        Similar = [.. profile.similar.Select(other => new SimilarArtist(other.artist, other.similarity))],
    };

    public static MakeStep Step(Abi.Step step) => step switch
    {
        { IsSearching: true } => MakeStep.Searching,
        { IsAssigning: true } => MakeStep.Assigning,
        { IsNaming: true } => MakeStep.Naming,
        { IsSaving: true } => MakeStep.Saving,
        _ => MakeStep.Gathering,
    };

    public static Algorithm Algorithm(Abi.Algorithm algorithm) => algorithm switch
    {
        { IsDbscan: true } => Native.Algorithm.Dbscan,
        { IsGmm: true } => Native.Algorithm.Gmm,
        { IsHierarchical: true } => Native.Algorithm.Hierarchical,
        _ => Native.Algorithm.KMeans,
    };

    public static PlaylistKind Kind(Abi.PlaylistKind kind) => kind.IsDefinition ? PlaylistKind.Definition : PlaylistKind.Cluster;

    public static NamedBy NamedBy(Abi.NamedBy who) => who switch
    {
        { IsService: true } => Native.NamedBy.Service,
        { IsPerson: true } => Native.NamedBy.Person,
        _ => Native.NamedBy.Rule,
    };
}
