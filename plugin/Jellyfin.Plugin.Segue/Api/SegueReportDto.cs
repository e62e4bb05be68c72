using System.ComponentModel.DataAnnotations;
using Jellyfin.Plugin.Segue.Playlists;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// The last runs.
/// </summary>
public sealed record SegueReportsDto
{
    /// <summary>Gets the reports, the newest first.</summary>
    [Required]
    public required IReadOnlyList<SegueReportDto> Reports { get; init; }

    /// <summary>Gets what was last brought into Jellyfin; null when nothing was.</summary>
    public SeguePublishDto? Published { get; init; }
}

/// <summary>
/// What was brought into Jellyfin.
/// </summary>
public sealed record SeguePublishDto
{
    /// <summary>Gets when.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Gets how many playlists are new there.</summary>
    public int Created { get; init; }

    /// <summary>Gets how many have changed.</summary>
    public int Updated { get; init; }

    /// <summary>Gets how many are as before.</summary>
    public int Unchanged { get; init; }

    /// <summary>Gets how many were removed.</summary>
    public int Removed { get; init; }

    /// <summary>Gets how many are no longer made, and are left to people who have touched them.</summary>
    public int LeftToPeople { get; init; }

    /// <summary>Gets how many people have deleted, and will not get again.</summary>
    public int Dismissed { get; init; }

    /// <summary>Gets how many are shown to fewer users than before.</summary>
    public int Closed { get; init; }

    /// <summary>Describes it.</summary>
    internal static SeguePublishDto Of(PublishSummary summary) => new()
    {
        At = summary.At,
        Created = summary.Created,
        Updated = summary.Updated,
        Unchanged = summary.Unchanged,
        Removed = summary.Removed,
        LeftToPeople = summary.LeftToPeople,
        Dismissed = summary.Dismissed,
        Closed = summary.Closed,
    };
}

/// <summary>
/// What a run did.
/// </summary>
public sealed record SegueReportDto
{
    /// <summary>Gets the number of the run.</summary>
    public long Run { get; init; }

    /// <summary>Gets when it began.</summary>
    public DateTimeOffset BeganAt { get; init; }

    /// <summary>Gets when it had ended.</summary>
    public DateTimeOffset FinishedAt { get; init; }

    /// <summary>Gets how the groups were found.</summary>
    [Required]
    public required SegueClustersDto Clusters { get; init; }

    /// <summary>Gets how many playlists there are.</summary>
    public long Playlists { get; init; }

    /// <summary>Gets how many tracks are in them.</summary>
    public long Tracks { get; init; }

    /// <summary>Gets how many are new.</summary>
    public long New { get; init; }

    /// <summary>Gets how many are continued.</summary>
    public long Continued { get; init; }

    /// <summary>Gets how many have lost their group and are kept for now.</summary>
    public long Fading { get; init; }

    /// <summary>Gets how many are gone.</summary>
    public long Gone { get; init; }

    /// <summary>Gets how many tracks came into continued playlists.</summary>
    public long TracksAdded { get; init; }

    /// <summary>Gets how many tracks left continued playlists.</summary>
    public long TracksRemoved { get; init; }

    /// <summary>Gets how many names the naming service gave.</summary>
    public long ServiceNames { get; init; }

    /// <summary>Gets what a person should know.</summary>
    [Required]
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Describes a report.</summary>
    internal static SegueReportDto Of(RunReport report) => new()
    {
        Run = report.Run,
        BeganAt = report.BeganAt,
        FinishedAt = report.FinishedAt,
        Clusters = SegueClustersDto.Of(report.Clusters),
        Playlists = report.Playlists,
        Tracks = report.Tracks,
        New = report.New,
        Continued = report.Continued,
        Fading = report.Fading,
        Gone = report.Gone,
        TracksAdded = report.TracksAdded,
        TracksRemoved = report.TracksRemoved,
        ServiceNames = report.ServiceNames,
        Notes = report.Notes,
    };
}

/// <summary>
/// How the library was grouped.
/// </summary>
public sealed record SegueClustersDto
{
    /// <summary>Gets the algorithm.</summary>
    [Required]
    public required string Algorithm { get; init; }

    /// <summary>Gets what it was run with.</summary>
    [Required]
    public required string Parameters { get; init; }

    /// <summary>Gets how many runs were made.</summary>
    public long Runs { get; init; }

    /// <summary>Gets how many tracks the search looked at.</summary>
    public long Sampled { get; init; }

    /// <summary>Gets how many groups there are.</summary>
    public long Clusters { get; init; }

    /// <summary>Gets how many tracks belong to none.</summary>
    public long Noise { get; init; }

    /// <summary>Gets the fitness, 0 to 1.</summary>
    public double Fitness { get; init; }

    /// <summary>Gets the parts of the fitness.</summary>
    [Required]
    public required IReadOnlyList<SegueFitnessPartDto> Parts { get; init; }

    /// <summary>Gets the silhouette, −1 to 1.</summary>
    public double Silhouette { get; init; }

    /// <summary>Gets how long it took.</summary>
    public double Seconds { get; init; }

    /// <summary>Gets the data.</summary>
    [Required]
    public required SegueDataQualityDto Quality { get; init; }

    /// <summary>Describes a grouping.</summary>
    internal static SegueClustersDto Of(ClusterReport report) => new()
    {
        Algorithm = report.Algorithm.ToString(),
        Parameters = report.Parameters,
        Runs = report.Runs,
        Sampled = report.Sampled,
        Clusters = report.Clusters,
        Noise = report.Noise,
        Fitness = report.Fitness,
        Parts = [.. report.Parts.Select(part => new SegueFitnessPartDto(part.Name, part.Value))],
        Silhouette = report.Silhouette,
        Seconds = report.Seconds,
        Quality = SegueDataQualityDto.Of(report.Quality),
    };
}

/// <summary>
/// A part of a fitness.
/// </summary>
/// <param name="Name">One stable word.</param>
/// <param name="Value">0 to 1.</param>
public sealed record SegueFitnessPartDto(string Name, double Value);

/// <summary>
/// What a look at the numbers found.
/// </summary>
public sealed record SegueDataQualityDto
{
    /// <summary>Gets how many tracks could be played.</summary>
    public long Tracks { get; init; }

    /// <summary>Gets how many of those take part.</summary>
    public long TakingPart { get; init; }

    /// <summary>Gets how many are left out because something was never heard.</summary>
    public long Missing { get; init; }

    /// <summary>Gets how many are left out because a value is no number.</summary>
    public long NotFinite { get; init; }

    /// <summary>Gets how many lie far from everything.</summary>
    public long Outlying { get; init; }

    /// <summary>Gets how many numbers a track has.</summary>
    public long Dimensions { get; init; }

    /// <summary>Gets how many of those are the same for all tracks.</summary>
    public long Constant { get; init; }

    /// <summary>Gets how many remain after principal components.</summary>
    public long KeptDimensions { get; init; }

    /// <summary>Describes it.</summary>
    internal static SegueDataQualityDto Of(DataQuality quality) => new()
    {
        Tracks = quality.Tracks,
        TakingPart = quality.TakingPart,
        Missing = quality.Missing,
        NotFinite = quality.NotFinite,
        Outlying = quality.Outlying,
        Dimensions = quality.Dimensions,
        Constant = quality.Constant,
        KeptDimensions = quality.KeptDimensions,
    };
}

/// <summary>
/// The curve that tells how many groups there are.
/// </summary>
public sealed record SegueElbowDto
{
    /// <summary>Gets the curve, in order of K.</summary>
    [Required]
    public required IReadOnlyList<SegueElbowPointDto> Curve { get; init; }

    /// <summary>Gets the suggested number.</summary>
    public int Suggested { get; init; }

    /// <summary>Gets the curve as a picture, SVG.</summary>
    [Required]
    public required string Svg { get; init; }
}

/// <summary>
/// A point of the curve.
/// </summary>
/// <param name="K">Groups.</param>
/// <param name="Inertia">Sum of squared distances.</param>
/// <param name="Silhouette">Silhouette, −1 to 1.</param>
public sealed record SegueElbowPointDto(int K, double Inertia, double Silhouette);

/// <summary>
/// An artist with a vector of their own.
/// </summary>
/// <param name="Artist">The artist.</param>
/// <param name="Songs">Songs that made the vector.</param>
/// <param name="Similar">The nearest others, nearest first.</param>
public sealed record SegueArtistDto(string Artist, long Songs, IReadOnlyList<SegueSimilarArtistDto> Similar);

/// <summary>
/// An artist near another.
/// </summary>
/// <param name="Artist">The artist.</param>
/// <param name="Similarity">How near, cosine.</param>
public sealed record SegueSimilarArtistDto(string Artist, float Similarity);
