using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Library;
using Microsoft.Extensions.Logging;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Search;

/// <summary>
/// Asks the engine. Access is checked as for mixes: what the user could see a while ago goes to the engine, and its answer is looked up
/// as that user now.
/// </summary>
internal sealed class TextSearch : ITextSearch, IDisposable
{
    /// <summary>Longest term that is looked at: the engine reads no more.</summary>
    internal const int MaxTerm = 1000;

    /// <summary>Most tracks of one answer.</summary>
    internal const int MaxLimit = 200;

    /// <summary>Asked for beyond the limit, for what turns out to be hidden, elsewhere or gone.</summary>
    internal const int Spare = 50;

    /// <summary>Most questions at a time. A client asks once for each key that is pressed.</summary>
    internal const int MaxAtOnce = 4;

    /// <summary>How long an answer may take.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ISegueEngineProvider _engines;
    private readonly IMusicLibrary _library;
    private readonly ILibraryManager _libraryManager;
    private readonly ISegueSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<TextSearch> _logger;
    private readonly SemaphoreSlim _places = new(MaxAtOnce, MaxAtOnce);

    /// <summary>
    /// Initializes a new instance of the <see cref="TextSearch"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="library">The music, and who may see it.</param>
    /// <param name="libraryManager">Knows what lies where.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public TextSearch(
        ISegueEngineProvider engines,
        IMusicLibrary library,
        ILibraryManager libraryManager,
        ISegueSettings settings,
        TimeProvider time,
        ILogger<TextSearch> logger)
    {
        _engines = engines;
        _library = library;
        _libraryManager = libraryManager;
        _settings = settings;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc />
    public TextQuestion? Read(string? term)
    {
        var words = term?.Trim();
        if (string.IsNullOrEmpty(words) || words.Length > MaxTerm || _settings.Current is not { TextSearch: true } settings)
        {
            return null;
        }

        if (settings.SearchMark.Length > 0 && words.StartsWith(settings.SearchMark, StringComparison.Ordinal))
        {
            words = words[settings.SearchMark.Length..].Trim();
            return HasWords(words, 1) ? new TextQuestion(words, IsMarked: true) : null;
        }

        return HasWords(words, 2) ? new TextQuestion(words, IsMarked: false) : null;
    }

    /// <inheritdoc />
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "No failure of ours may take the server's own answer away.")]
    public async Task<IReadOnlyList<Guid>?> FindAsync(TextQuestion question, TextWish wish, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(wish);
        cancellationToken.ThrowIfCancellationRequested();

        // Without waiting: an engine that is slow now is no faster for those who queue.
        if (wish.Limit <= 0 || !await _places.WaitAsync(0, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        try
        {
            return await Task.Run(() => FindAndLeave(question, wish), CancellationToken.None)
                .WaitAsync(Patience, _time, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _logger.LogDebug("A search took too long; Jellyfin's own answer is used");
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _logger.LogWarning(e, "Segue could not search; Jellyfin's own answer is used");
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _places.Dispose();

    /// <summary>Whether a text has some words, that is, pieces with a letter or digit in them.</summary>
    private static bool HasWords(string text, int least)
    {
        var words = 0;
        var inside = false;
        foreach (var letter in text)
        {
            if (char.IsWhiteSpace(letter))
            {
                inside = false;
            }
            else if (!inside && char.IsLetterOrDigit(letter))
            {
                inside = true;
                words++;
            }

            if (words >= least)
            {
                return true;
            }
        }

        return false;
    }

    private IReadOnlyList<Guid>? FindAndLeave(TextQuestion question, TextWish wish)
    {
        try
        {
            return Find(question, wish);
        }
        finally
        {
            Leave();
        }
    }

    private void Leave()
    {
        try
        {
            _places.Release();
        }
        catch (ObjectDisposedException)
        {
            // The server stopped meanwhile.
        }
    }

    private IReadOnlyList<Guid>? Find(TextQuestion question, TextWish wish)
    {
        if (!_engines.TryGet(out var engine))
        {
            return null;
        }

        var limit = Math.Min(wish.Limit, MaxLimit);
        var visible = wish.User is { } user ? _library.GetCandidates(user) : null;
        var answer = engine.Search(new SearchRequest
        {
            Query = question.Words,
            Length = limit + Spare,
            Listener = wish.User?.Id.ToString("N", CultureInfo.InvariantCulture) ?? string.Empty,
            Allowed = visible,
        });
        if (!question.IsMarked && !answer.Described)
        {
            return null;
        }

        IReadOnlyList<Guid> found =
        [
            .. answer.Hits.Select(hit => hit.Track.ItemId).OfType<Guid>().Where(id => visible is null || visible.Contains(id)).Distinct(),
        ];
        if (wish.Parent is { } parent && !parent.Equals(Guid.Empty) && found.Count > 0)
        {
            var inside = Inside(parent, found, wish).ToHashSet();
            found = [.. found.Where(inside.Contains)];
        }

        return [.. _library.GetTracks(found, wish.User, new DtoOptions(false)).Take(limit).Select(track => track.Id)];
    }

    // A query by ids leaks: what it answers is only where tracks lie, and not who may see them. One for ids alone would find only
    // what lies in the parent directly.
    private IEnumerable<Guid> Inside(Guid parent, IReadOnlyList<Guid> ids, TextWish wish)
    {
        var query = wish.User is null ? new InternalItemsQuery() : new InternalItemsQuery(wish.User);
        query.ItemIds = [.. ids];
        query.ParentId = parent;
        query.Recursive = true;
        query.DtoOptions = new DtoOptions(false);
        return _libraryManager.GetItemList(query).Select(item => item.Id);
    }
}
