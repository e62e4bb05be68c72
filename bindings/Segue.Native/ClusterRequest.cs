using System.Runtime.InteropServices;

namespace Segue.Native;

/// <summary>How the library is grouped.</summary>
public sealed record ClusterRequest
{
    /// <summary>The algorithm.</summary>
    public Algorithm Algorithm { get; init; }

    /// <summary>What tracks are grouped by.</summary>
    public InputSpace Space { get; init; }

    /// <summary>How features are scaled.</summary>
    public Scaling Scaling { get; init; }

    /// <summary>How feature groups are weighted.</summary>
    public GroupWeights Weights { get; init; } = new();

    /// <summary>Share of the variance of features that is kept by principal components. 1: all, without principal components.</summary>
    public double VarianceKept { get; init; } = 0.93;

    /// <summary>Tags of a track that count in <see cref="InputSpace.TagsAndTempo"/>, the strongest.</summary>
    public int TopMoods { get; init; } = 5;

    /// <summary>Runs of the search for good parameters. 1: one run, with a number of groups that suits the library.</summary>
    public int Runs { get; init; } = 1000;

    /// <summary>Runs without improvement after which the search ends. 0: never.</summary>
    public int Patience { get; init; } = 200;

    /// <summary>Tracks that the search looks at, at most; all tracks are assigned in the end.</summary>
    public int Sample { get; init; } = 10_000;

    /// <summary>Groups of k-means and of the coarse cut of a hierarchy.</summary>
    public CountRange Clusters { get; init; } = new(20, 60);

    /// <summary>How near neighbours lie in DBSCAN, in units of the median distance of two tracks.</summary>
    public ValueRange Eps { get; init; } = new(0.1, 0.5);

    /// <summary>Neighbours that make a DBSCAN core.</summary>
    public CountRange MinSamples { get; init; } = new(5, 20);

    /// <summary>Components of a mixture.</summary>
    public CountRange Components { get; init; } = new(20, 60);

    /// <summary>Shape of a mixture's components.</summary>
    public Covariance Covariance { get; init; }

    /// <summary>What joins groups in a hierarchy.</summary>
    public Linkage Linkage { get; init; }

    /// <summary>Principal components that a run keeps; 0 keeps the space as it is.</summary>
    public CountRange Pca { get; init; } = new(0, 5);

    /// <summary>Whether the search may leave these ranges where the library's size suggests it.</summary>
    public bool Wider { get; init; } = true;

    /// <summary>What is good.</summary>
    public FitnessWeights Fitness { get; init; } = new();

    /// <summary>Same library and seed, same groups.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether the search begins with the best of the last one.</summary>
    public bool Resume { get; init; } = true;
}

/// <summary>Whole numbers from one to another, both included.</summary>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The largest.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CountRange(int Least, int Most);

/// <summary>Numbers from one to another, both included.</summary>
/// <param name="Least">The smallest.</param>
/// <param name="Most">The largest.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ValueRange(double Least, double Most);

/// <summary>How much each group of the classical features counts.</summary>
public sealed record GroupWeights
{
    /// <summary>VGGish's embedding.</summary>
    public float Vggish { get; init; } = 1.2F;

    /// <summary>The MFCCs.</summary>
    public float Mfcc { get; init; } = 1.05F;

    /// <summary>Centroid, bandwidth, roll-off, zero crossings, level.</summary>
    public float Spectral { get; init; } = 0.85F;

    /// <summary>Tempo per segment and chroma.</summary>
    public float Rhythmic { get; init; } = 1.1F;
}

/// <summary>How much each part counts in what a search calls good. Relative to each other; 0 leaves a part out.</summary>
public sealed record FitnessWeights
{
    /// <summary>How well apart the groups lie.</summary>
    public double Separation { get; init; } = 1.0;

    /// <summary>How much the songs of a playlist share what it is strong in.</summary>
    public double Purity { get; init; } = 1.0;

    /// <summary>How different the playlists are from each other.</summary>
    public double Diversity { get; init; } = 1.0;

    /// <summary>How many artists a playlist has.</summary>
    public double Artists { get; init; } = 0.5;

    /// <summary>How well the groups' sizes suit playlists.</summary>
    public double Size { get; init; } = 0.5;
}

/// <summary>Which algorithm groups the tracks.</summary>
public enum Algorithm
{
    /// <summary>Round groups of a given number.</summary>
    KMeans,

    /// <summary>Dense regions of any shape; what lies in none is noise.</summary>
    Dbscan,

    /// <summary>A mixture of Gaussians: a track belongs to several groups, to each with a probability.</summary>
    Gmm,

    /// <summary>A tree of groups, cut at two heights.</summary>
    Hierarchical,
}

/// <summary>Shape of a Gaussian's covariance.</summary>
public enum Covariance
{
    /// <summary>Any ellipsoid.</summary>
    Full,

    /// <summary>Ellipsoids along the axes.</summary>
    Diagonal,
}

/// <summary>Which two groups are joined next.</summary>
public enum Linkage
{
    /// <summary>Those whose union has the least more variance.</summary>
    Ward,

    /// <summary>Those whose members are the nearest in the mean.</summary>
    Average,
}

/// <summary>What tracks are grouped by.</summary>
public enum InputSpace
{
    /// <summary>The space that neighbours and mixes go by: both networks' embeddings.</summary>
    Embeddings,

    /// <summary>Tempo, energy and the tags that are strongest in a track, as AudioMuse-AI does it.</summary>
    TagsAndTempo,

    /// <summary>The 95 classical features, or 223 where VGGish has heard the tracks, weighted by group.</summary>
    Features,
}

/// <summary>How the features of <see cref="InputSpace.Features"/> are brought to one scale; the other spaces have their own.</summary>
public enum Scaling
{
    /// <summary>The least value to 1, the largest to 10.</summary>
    MinMax,

    /// <summary>Mean 0 and deviation 1.</summary>
    Standard,
}
