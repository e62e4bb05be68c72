using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What the collection of vectors holds.
/// </summary>
public sealed record SegueCollectionDto
{
    /// <summary>Gets its name.</summary>
    [Required]
    public required string CollectionName { get; init; }

    /// <summary>Gets the number of vectors.</summary>
    public long VectorsCount { get; init; }

    /// <summary>Gets the number of songs that have one or more.</summary>
    public long PointsCount { get; init; }

    /// <summary>Gets its state: <c>green</c>, <c>yellow</c> or <c>red</c>.</summary>
    [Required]
    public required string Status { get; init; }

    /// <summary>Gets what it consists of.</summary>
    [Required]
    public required IReadOnlyList<SegueCollectionModelDto> Models { get; init; }
}

/// <summary>
/// What one model has put into the collection.
/// </summary>
public sealed record SegueCollectionModelDto
{
    /// <summary>Gets the name of the vectors.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Gets how many values each has.</summary>
    public long Dimensions { get; init; }

    /// <summary>Gets the number of vectors.</summary>
    public long VectorsCount { get; init; }

    /// <summary>Gets the version of what makes them now; empty where nothing does any more.</summary>
    [Required]
    public required string Version { get; init; }

    /// <summary>Gets how many are of that version.</summary>
    public long Current { get; init; }
}

/// <summary>
/// The same in the form that clients of vector databases know.
/// </summary>
public sealed record SegueStatisticsDto
{
    /// <summary>Gets a value indicating whether they could be read; where they could not, there is no such answer.</summary>
    [JsonPropertyName("success")]
    public bool Success { get; init; } = true;

    /// <summary>Gets the statistics.</summary>
    [Required]
    [JsonPropertyName("data")]
    public required SegueStatisticsDataDto Data { get; init; }
}

/// <summary>
/// Statistics of the collection.
/// </summary>
public sealed record SegueStatisticsDataDto
{
    /// <summary>Gets its name.</summary>
    [Required]
    [JsonPropertyName("collection_name")]
    public required string CollectionName { get; init; }

    /// <summary>Gets the number of vectors.</summary>
    [JsonPropertyName("vectors_count")]
    public long VectorsCount { get; init; }

    /// <summary>Gets the number of songs that have one or more.</summary>
    [JsonPropertyName("points_count")]
    public long PointsCount { get; init; }

    /// <summary>Gets its state: <c>green</c>, <c>yellow</c> or <c>red</c>.</summary>
    [Required]
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>Gets how many values a vector of each model has.</summary>
    [Required]
    [JsonPropertyName("dimensions")]
    public required IReadOnlyDictionary<string, long> Dimensions { get; init; }

    /// <summary>Gets how many vectors there are of each model.</summary>
    [Required]
    [JsonPropertyName("models")]
    public required IReadOnlyDictionary<string, long> Models { get; init; }
}
