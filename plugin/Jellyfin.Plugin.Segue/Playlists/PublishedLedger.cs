using System.Text.Json;
using MediaBrowser.Common.Configuration;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// A playlist that was brought into Jellyfin.
/// </summary>
/// <param name="Key">The engine's key.</param>
/// <param name="Owner">Whose it is.</param>
public sealed record PublishedList(string Key, Guid Owner);

/// <summary>
/// What must be known of playlists that are no longer there, and so cannot be marked.
/// </summary>
public sealed record PublishedState
{
    /// <summary>Gets what was in Jellyfin at the end of the last run.</summary>
    public IReadOnlyList<PublishedList> Lists { get; init; } = [];

    /// <summary>Gets what users have deleted of their own sets.</summary>
    public IReadOnlyList<PublishedList> Dismissed { get; init; } = [];

    /// <summary>Gets what the last run did.</summary>
    public PublishSummary? Last { get; init; }

    /// <summary>The part about some lists.</summary>
    /// <param name="which">Tells which.</param>
    /// <returns>The part.</returns>
    internal PublishedState Part(Func<PublishedList, bool> which) => this with
    {
        Lists = [.. Lists.Where(which)],
        Dismissed = [.. Dismissed.Where(which)],
    };

    /// <summary>The part about lists of one kind.</summary>
    /// <param name="kind">Which.</param>
    /// <returns>The part.</returns>
    internal PublishedState Part(ListKind kind) => Part(list => PlaylistMarks.Kind(list.Key) == kind);

    /// <summary>The part about all other lists.</summary>
    /// <param name="kind">Which are not in it.</param>
    /// <returns>The part.</returns>
    internal PublishedState Without(ListKind kind) => Part(list => PlaylistMarks.Kind(list.Key) != kind);

    /// <summary>Puts another part beside this one; <see cref="Last"/> is this one's.</summary>
    /// <param name="other">The other part.</param>
    /// <returns>Both.</returns>
    internal PublishedState Beside(PublishedState other) => this with
    {
        Lists = [.. Lists.Concat(other.Lists).OrderBy(list => list.Key, StringComparer.Ordinal).ThenBy(list => list.Owner)],
        Dismissed = [.. Dismissed.Concat(other.Dismissed).OrderBy(list => list.Key, StringComparer.Ordinal).ThenBy(list => list.Owner)],
    };
}

/// <summary>
/// Keeps <see cref="PublishedState"/> between runs.
/// </summary>
public interface IPublishedLedger
{
    /// <summary>Reads it.</summary>
    /// <returns>What was written last; an empty state when there is none or it cannot be read.</returns>
    PublishedState Read();

    /// <summary>Changes it, one change at a time. What cannot be written is told in the log only.</summary>
    /// <param name="change">Makes the new state from what is there.</param>
    void Change(Func<PublishedState, PublishedState> change);
}

/// <summary>
/// Keeps it in a small file beside the engine's database.
/// </summary>
internal sealed class PublishedLedger : IPublishedLedger
{
    /// <summary>A file larger than this is none of ours.</summary>
    internal const long MaxBytes = 16 << 20;

    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true };

    private readonly string _path;
    private readonly ILogger<PublishedLedger> _logger;
    private readonly Lock _lock = new();

    /// <summary>
    /// Initializes a new instance of the <see cref="PublishedLedger"/> class.
    /// </summary>
    /// <param name="paths">Where the server keeps data.</param>
    /// <param name="logger">The log.</param>
    public PublishedLedger(IApplicationPaths paths, ILogger<PublishedLedger> logger)
    {
        ArgumentNullException.ThrowIfNull(paths);
        _path = Path.Combine(paths.DataPath, "segue", "playlists.json");
        _logger = logger;
    }

    /// <inheritdoc />
    public PublishedState Read()
    {
        try
        {
            var file = new FileInfo(_path);
            if (!file.Exists || file.Length > MaxBytes)
            {
                return new PublishedState();
            }

            using var stream = file.OpenRead();
            var state = JsonSerializer.Deserialize<PublishedState>(stream, Form) ?? new PublishedState();
            return state with { Lists = Whole(state.Lists), Dismissed = Whole(state.Dismissed) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            _logger.LogWarning(e, "{File} cannot be read: playlists that were deleted in Jellyfin are made again", _path);
            return new PublishedState();
        }
    }

    /// <inheritdoc />
    public void Change(Func<PublishedState, PublishedState> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_lock)
        {
            Write(change(Read()));
        }
    }

    private static IReadOnlyList<PublishedList> Whole(IReadOnlyList<PublishedList>? lists) =>
        [.. (lists ?? []).Where(list => list is { Key.Length: > 0 })];

    private void Write(PublishedState state)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);

            // A server that is stopped meanwhile must find the old file or the new one.
            var fresh = _path + ".new";
            File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(state, Form));
            File.Move(fresh, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning(e, "{File} cannot be written: playlists that are deleted in Jellyfin will be made again", _path);
        }
    }
}
