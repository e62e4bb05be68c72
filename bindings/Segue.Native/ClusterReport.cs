namespace Segue.Native;

/// <summary>What a look at the numbers before grouping found.</summary>
public sealed record DataQuality
{
    /// <summary>Tracks that could be played.</summary>
    public long Tracks { get; init; }

    /// <summary>Of those: have all that the space is made of, and take part.</summary>
    public long TakingPart { get; init; }

    /// <summary>Left out: something of the space was never heard.</summary>
    public long Missing { get; init; }

    /// <summary>Left out: a value that is no finite number.</summary>
    public long NotFinite { get; init; }

    /// <summary>Take part, but lie far from everything.</summary>
    public long Outlying { get; init; }

    /// <summary>Numbers per track.</summary>
    public long Dimensions { get; init; }

    /// <summary>Of those: the same for all tracks, so that they tell nothing.</summary>
    public long Constant { get; init; }

    /// <summary>Dimensions after principal components; the same number without.</summary>
    public long KeptDimensions { get; init; }
}

/// <summary>How a grouping was found and how good it is.</summary>
public sealed record ClusterReport
{
    /// <summary>The data.</summary>
    public DataQuality Quality { get; init; } = new();

    /// <summary>The algorithm.</summary>
    public Algorithm Algorithm { get; init; }

    /// <summary>What it was run with, in words, such as <c>k 34, 24 components</c>.</summary>
    public string Parameters { get; init; } = string.Empty;

    /// <summary>Runs made.</summary>
    public long Runs { get; init; }

    /// <summary>Tracks that the search looked at.</summary>
    public long Sampled { get; init; }

    /// <summary>Groups.</summary>
    public long Clusters { get; init; }

    /// <summary>Tracks that belong to none (noise), assigned to the nearest all the same.</summary>
    public long Noise { get; init; }

    /// <summary>Fitness, 0 to 1.</summary>
    public double Fitness { get; init; }

    /// <summary>Its parts: <c>separation</c>, <c>purity</c>, <c>diversity</c>, <c>artists</c>, <c>size</c>.</summary>
    public IReadOnlyList<FitnessPart> Parts { get; init; } = [];

    /// <summary>Silhouette on a sample, −1 to 1.</summary>
    public double Silhouette { get; init; }

    /// <summary>Seconds it took.</summary>
    public double Seconds { get; init; }
}

/// <summary>A part of a fitness.</summary>
/// <param name="Name">One stable word.</param>
/// <param name="Value">0 to 1.</param>
public sealed record FitnessPart(string Name, double Value);

/// <summary>The curve that tells how many groups there are.</summary>
public sealed record Elbow
{
    /// <summary>In order of <see cref="ElbowPoint.K"/>.</summary>
    public IReadOnlyList<ElbowPoint> Curve { get; init; } = [];

    /// <summary>The suggested number.</summary>
    public int Suggested { get; init; }

    /// <summary>The curve as a picture, SVG.</summary>
    public string Svg { get; init; } = string.Empty;
}

/// <summary>One number of groups and what comes of it.</summary>
/// <param name="K">Groups.</param>
/// <param name="Inertia">Sum of squared distances to the centroids.</param>
/// <param name="Silhouette">Silhouette on a sample, −1 to 1.</param>
public sealed record ElbowPoint(int K, double Inertia, double Silhouette);
