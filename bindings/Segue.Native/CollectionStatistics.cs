namespace Segue.Native;

/// <summary>What the collection of vectors holds, as a vector database would tell it.</summary>
public sealed record CollectionStatistics
{
    /// <summary>Its name: that of the database file, without its ending.</summary>
    public string CollectionName { get; init; } = string.Empty;

    /// <summary>Vectors in all.</summary>
    public long VectorsCount { get; init; }

    /// <summary>Songs that have one or more.</summary>
    public long PointsCount { get; init; }

    /// <summary>
    /// <c>green</c> when all that is known has been heard, <c>yellow</c> while something is left to hear, <c>red</c> when the last run failed
    /// or the database was damaged.
    /// </summary>
    public string Status { get; init; } = string.Empty;

    /// <summary>What it consists of, one entry for each model that has heard songs.</summary>
    public IReadOnlyList<CollectionModel> Models { get; init; } = [];
}

/// <summary>What one model has put into the collection.</summary>
/// <param name="Name">Name of the vectors, such as <c>msd</c>.</param>
/// <param name="Dimensions">Values of each.</param>
/// <param name="VectorsCount">Vectors.</param>
/// <param name="Version">The version of the stage that makes them, as it would be made now; empty where nothing makes them any more.</param>
/// <param name="Current">Vectors of that version.</param>
public sealed record CollectionModel(string Name, long Dimensions, long VectorsCount, string Version, long Current);
