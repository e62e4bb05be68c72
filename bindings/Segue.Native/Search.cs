namespace Segue.Native;

/// <summary>A question in a person's own words.</summary>
public sealed record SearchRequest
{
    /// <summary>What somebody typed, such as <c>calm piano for reading, no vocals</c>: up to 1,000 characters, in any language of <c>docs/search.md</c>.</summary>
    public string Query { get; init; } = string.Empty;

    /// <summary>Tracks wanted, at most 1,000. 0: 50.</summary>
    public int Length { get; init; }

    /// <summary>The server's id of the user whose plays, skips and favourites are heeded, 32 hexadecimal digits; empty for nobody in particular.</summary>
    public string Listener { get; init; } = string.Empty;

    /// <summary>As <see cref="MixRequest.Allowed"/>.</summary>
    public ItemSet? Allowed { get; init; }
}

/// <summary>What the words were understood to mean, and the tracks.</summary>
public sealed record SearchAnswer
{
    /// <summary>What was understood, in the order of the query.</summary>
    public IReadOnlyList<Understood> Understood { get; init; } = [];

    /// <summary>The words that were not: they are looked for in titles, artists and albums.</summary>
    public IReadOnlyList<string> Left { get; init; } = [];

    /// <summary>Whether the query reads like a description of music rather than like a name.</summary>
    public bool Described { get; init; }

    /// <summary>Whether a model of words and sound took part, see <see cref="Pack"/>.</summary>
    public bool BySound { get; init; }

    /// <summary>The tracks, the best first; those whose title, artist or album is asked for come before all others.</summary>
    public IReadOnlyList<SearchHit> Hits { get; init; } = [];
}

/// <summary>A piece of a query that was understood.</summary>
/// <param name="Label">What it means, in a word or two of the query's language, such as <c>calm</c> or <c>120–140 BPM</c>.</param>
/// <param name="Words">The words of the query.</param>
/// <param name="Negated">Whether it is not wanted.</param>
public sealed record Understood(string Label, string Words, bool Negated);

/// <summary>A track that answers a query.</summary>
/// <param name="Track">The track, with what of the query it fulfils as its reason.</param>
/// <param name="Score">How well, 0 to 1.</param>
/// <param name="Named">Whether its title, artist or album is what was asked for.</param>
public sealed record SearchHit(Neighbour Track, float Score, bool Named);
