using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Mixing;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using Microsoft.AspNetCore.Mvc;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// What the controllers share that answer with music: who asks, what they may see, and what a seed is.
/// </summary>
public abstract class SegueHearingControllerBase : SegueControllerBase
{
    /// <summary>Most seeds of one wish.</summary>
    internal const int MaxSeeds = 20;

    /// <summary>Longest body of a wish, in bytes.</summary>
    internal const int MaxBody = 1 << 20;

    private readonly IMusicLibrary _library;
    private readonly ILibraryManager _libraryManager;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueHearingControllerBase"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="libraryManager">The server's library.</param>
    protected SegueHearingControllerBase(ISegueEngineProvider engines, IJellyfinCompat compat, IMusicLibrary library, ILibraryManager libraryManager)
        : base(engines, compat)
    {
        _library = library;
        _libraryManager = libraryManager;
    }

    /// <summary>Gets who may see what.</summary>
    protected IMusicLibrary Library => _library;

    /// <summary>Gets the server's library.</summary>
    protected ILibraryManager LibraryManager => _libraryManager;

    /// <summary>Asks the engine on behalf of the caller.</summary>
    /// <typeparam name="T">What is answered.</typeparam>
    /// <param name="question">The question.</param>
    /// <returns>The answer, or why there is none.</returns>
    private protected ActionResult<T> AskFor<T>(Func<ISegueEngine, SegueAudience, ActionResult<T>> question) =>
        TryGetCaller(out var user)
            ? Ask(engine =>
            {
                HttpContext.RequestAborted.ThrowIfCancellationRequested();
                return question(engine, new SegueAudience(_library, user));
            })
            : Forbid();

    /// <summary>Finds an item that the caller may see.</summary>
    /// <typeparam name="T">What it must be.</typeparam>
    /// <param name="id">Its id.</param>
    /// <param name="audience">Who asks.</param>
    /// <returns>The item, or null.</returns>
    private protected T? FindItem<T>(Guid id, SegueAudience audience)
        where T : BaseItem => id.Equals(Guid.Empty) ? null
            : audience.User is { } user ? _libraryManager.GetItemById<T>(id, user)
            : _libraryManager.GetItemById<T>(id);

    /// <summary>Translates seeds for the engine.</summary>
    /// <param name="wanted">The seeds.</param>
    /// <param name="audience">Who asks.</param>
    /// <param name="variation">Which sample is taken of what has many tracks.</param>
    /// <param name="seeds">The engine's seeds; of items these are tracks that the caller may see, and there may be none.</param>
    /// <returns>Null, or what is wrong with them.</returns>
    private protected ObjectResult? Resolve(IReadOnlyList<SegueSeedDto> wanted, SegueAudience audience, ulong variation, out List<Seed> seeds)
    {
        seeds = [];
        if (wanted.Count > MaxSeeds)
        {
            return Bad($"There are more than {MaxSeeds} seeds.");
        }

        foreach (var seed in wanted)
        {
            HttpContext.RequestAborted.ThrowIfCancellationRequested();
            if (seed is null || !Enum.IsDefined(seed.Kind) || !float.IsFinite(seed.Weight) || seed.Weight < 0)
            {
                return Bad("A seed has a kind that there is, and a weight that is not negative.");
            }

            if (seed.Kind == SegueSeedKind.Item)
            {
                if (seed.Id is not { } id || FindItem<BaseItem>(id, audience) is not { } item)
                {
                    return Missing("There is no such item.");
                }

                seeds.AddRange(Sample(item, seed.Weight, audience, variation));
                continue;
            }

            var name = seed.Name?.Trim() ?? string.Empty;
            if (!IsName(name) || (name.Length == 0) != (seed.Kind == SegueSeedKind.Taste))
            {
                return Bad("A seed that is no item has a name of at most 200 characters, and taste has none.");
            }

            if (seed.Kind == SegueSeedKind.Taste && audience.User is null)
            {
                return Bad("An API key has no taste. Log in as the user whose it is.");
            }

            seeds.Add(new Seed(KindOf(seed.Kind), name, seed.Weight));
        }

        return null;
    }

    /// <summary>Which of the equally good answers: the same for the same wish while some minutes last.</summary>
    /// <param name="wanted">What the caller says; null: nothing.</param>
    /// <param name="wish">What names the wish.</param>
    /// <param name="audience">Who asks.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The variation.</returns>
    private protected static ulong Vary(ulong? wanted, string wish, SegueAudience audience, TimeProvider time) =>
        wanted ?? MixVariation.Of(audience.User?.Id ?? Guid.Empty, wish, time.GetUtcNow());

    /// <summary>Names seeds.</summary>
    /// <param name="seeds">The seeds.</param>
    /// <returns>A text that is the same for the same seeds.</returns>
    private protected static string NameOf(IEnumerable<SegueSeedDto> seeds) =>
        string.Join('\n', seeds.Select(seed => FormattableString.Invariant($"{seed?.Kind} {seed?.Id} {seed?.Name} {seed?.Weight}")));

    private static SeedKind KindOf(SegueSeedKind kind) => kind switch
    {
        SegueSeedKind.Artist => SeedKind.Artist,
        SegueSeedKind.Album => SeedKind.Album,
        SegueSeedKind.Genre => SeedKind.Genre,
        SegueSeedKind.Playlist => SeedKind.Playlist,
        SegueSeedKind.Mood => SeedKind.Mood,
        SegueSeedKind.Taste => SeedKind.Taste,
        SegueSeedKind.Words => SeedKind.Words,
        _ => SeedKind.Track,
    };

    /// <summary>Some of the tracks of an item, which together count as much as one seed.</summary>
    private IEnumerable<Seed> Sample(BaseItem item, float weight, SegueAudience audience, ulong variation)
    {
        var tracks = SeedSample.Of(item is Audio ? [item.Id] : _library.GetSeeds(item, audience.User), InstantMixer.MaxSeeds, variation, audience.Allowed);
        var each = (weight == 0 ? 1 : weight) / Math.Max(tracks.Count, 1);
        return tracks.Select(id => new Seed(SeedKind.Track, SegueAudience.Name(id), each));
    }
}
