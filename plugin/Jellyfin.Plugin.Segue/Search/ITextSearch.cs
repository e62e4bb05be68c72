using Jellyfin.Database.Implementations.Entities;

namespace Jellyfin.Plugin.Segue.Search;

/// <summary>
/// Answers what somebody typed into a search box, if it reads like a description of music.
/// </summary>
public interface ITextSearch
{
    /// <summary>Looks at a term without asking anybody: most searches are not Segue's, and must cost nothing.</summary>
    /// <param name="term">What was typed.</param>
    /// <returns>What of it is worth asking the engine; null when nothing is.</returns>
    TextQuestion? Read(string? term);

    /// <summary>Finds tracks. Never takes longer than a person waits gladly, and never fails: no answer is the server's own.</summary>
    /// <param name="question">What was typed.</param>
    /// <param name="wish">Who asks, and what is wanted.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    /// <returns>Tracks that the user may see, the best first; null when the words are no description of music, or when there is no answer.</returns>
    /// <exception cref="OperationCanceledException">The token asked for it.</exception>
    Task<IReadOnlyList<Guid>?> FindAsync(TextQuestion question, TextWish wish, CancellationToken cancellationToken);
}

/// <summary>What was typed.</summary>
/// <param name="Words">The words, without the mark.</param>
/// <param name="IsMarked">Whether they begin with the mark: then Segue is meant, whatever they say.</param>
public sealed record TextQuestion(string Words, bool IsMarked);

/// <summary>What is wanted of an answer.</summary>
/// <param name="User">The asking user; null for an API key, which may see everything.</param>
/// <param name="Limit">Most tracks.</param>
/// <param name="Parent">The library or folder that they must lie in; null for anywhere.</param>
public sealed record TextWish(User? User, int Limit, Guid? Parent = null);
