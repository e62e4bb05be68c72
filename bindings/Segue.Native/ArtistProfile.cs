namespace Segue.Native;

/// <summary>An artist with a vector of their own.</summary>
public sealed record ArtistProfile
{
    /// <summary>The artist, in one spelling.</summary>
    public string Artist { get; init; } = string.Empty;

    /// <summary>Songs that made the vector.</summary>
    public long Songs { get; init; }

    /// <summary>Mean of the songs' vectors.</summary>
    public IReadOnlyList<float> Vector { get; init; } = [];

    /// <summary>The nearest other artists, nearest first.</summary>
    public IReadOnlyList<SimilarArtist> Similar { get; init; } = [];
}

/// <summary>An artist near another.</summary>
/// <param name="Artist">The artist, in one spelling.</param>
/// <param name="Similarity">How near, cosine.</param>
public sealed record SimilarArtist(string Artist, float Similarity);
