using System.Globalization;
using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Mixing;

/// <summary>
/// Translates between Jellyfin's items and the engine's mix. Access is checked twice: the engine is told what the user could see a
/// while ago, and its answer is looked up as that user now.
/// </summary>
internal sealed class InstantMixer : IInstantMixer
{
    /// <summary>Most seeds given to the engine: an artist or a genre is known by a sample.</summary>
    internal const int MaxSeeds = 32;

    /// <summary>A mix shorter than this is left to the server, unless the user cannot see more tracks anyway.</summary>
    internal const int MinLength = 10;

    /// <summary>When more than this share of an answer is hidden from the user by now, it is asked for again.</summary>
    private const double LostShare = 0.1;

    private readonly ISegueEngineProvider _engines;
    private readonly IMusicLibrary _library;
    private readonly ISegueSettings _settings;
    private readonly TimeProvider _time;
    private readonly SeedMemory _seeds = new();

    /// <summary>
    /// Initializes a new instance of the <see cref="InstantMixer"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="library">The library.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    public InstantMixer(ISegueEngineProvider engines, IMusicLibrary library, ISegueSettings settings, TimeProvider time)
    {
        _engines = engines;
        _library = library;
        _settings = settings;
        _time = time;
    }

    /// <inheritdoc />
    public IReadOnlyList<BaseItem>? MixFromItem(BaseItem item, User? user, DtoOptions? options)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Mix(
            new Wish(Name(item.Id), user, options, () => _library.GetSeeds(item, user))
            {
                First = item is AudioBook ? null : item as Audio,
                Taste = user is not null && IsMusicAsAWhole(item),
            });
    }

    /// <inheritdoc />
    public IReadOnlyList<BaseItem>? MixFromGenres(IReadOnlyList<string> genres, User? user, DtoOptions? options)
    {
        ArgumentNullException.ThrowIfNull(genres);
        return Mix(new Wish(string.Join('\n', genres), user, options, () => _library.GetSeedsOfGenres(genres, user)));
    }

    private static string Name(Guid id) => id.ToString("N", CultureInfo.InvariantCulture);

    /// <summary>Whether an item is no more than "music": a library, or all of them.</summary>
    private static bool IsMusicAsAWhole(BaseItem item) => item switch
    {
        UserRootFolder or AggregateFolder => true,
        CollectionFolder library => library.CollectionType is null or CollectionType.music,
        UserView view => view.ViewType is null or CollectionType.music,
        _ => false,
    };

    private IReadOnlyList<BaseItem>? Mix(Wish wish)
    {
        var settings = _settings.Current;
        if (!settings.ReplaceInstantMix || !_engines.TryGet(out var engine))
        {
            return null;
        }

        if (wish.User is not { } user)
        {
            return Mix(engine, settings, wish, null).Tracks;
        }

        var mix = Mix(engine, settings, wish, _library.GetCandidates(user));
        return mix.IsOutdated ? Mix(engine, settings, wish, _library.RenewCandidates(user)).Tracks : mix.Tracks;
    }

    private Outcome Mix(ISegueEngine engine, SegueSettings settings, Wish wish, ItemSet? visible)
    {
        if (wish.First is { } hidden && visible?.Contains(hidden.Id) == false)
        {
            // The server asks without looking when somebody's remote control names a track: not even that track is given back.
            return new Outcome([], IsOutdated: true);
        }

        var variation = MixVariation.Of(wish.User?.Id ?? Guid.Empty, wish.Name, _time.GetUtcNow());
        var request = new MixRequest
        {
            Length = settings.MixLength,
            ArtistCap = settings.ArtistCap,
            AlbumCap = settings.AlbumCap,
            Window = settings.MixWindow,
            Variation = variation,
            IncludeSeeds = true,
            Listener = wish.User is { } user ? Name(user.Id) : string.Empty,
            Allowed = visible,
        };
        var answer = wish.Taste ? Ask(engine, request with { Seeds = [new Seed(SeedKind.Taste, string.Empty)] }) : null;
        answer ??= Ask(engine, request with { Seeds = [.. Seeds(wish, visible, variation).Select(Seed.Track)] });
        if (answer is null)
        {
            return new Outcome(null, IsOutdated: false);
        }

        var ids = Ids(answer, wish.First, visible);
        var mix = _library.GetTracks(ids, wish.User, wish.Options);
        if (wish.First is { } first && !(mix.Count > 0 && mix[0].Id.Equals(first.Id)))
        {
            return new Outcome([], IsOutdated: true);
        }

        return new Outcome(
            mix.Count < Math.Min(MinLength, visible?.Count ?? MinLength) ? null : mix,
            IsOutdated: mix.Count < ids.Count * (1 - LostShare));
    }

    /// <summary>Asks, if there is anything to ask with that the engine knows.</summary>
    private static IReadOnlyList<Neighbour>? Ask(ISegueEngine engine, MixRequest request)
    {
        try
        {
            return request.Seeds.Count == 0 ? null : engine.Mix(request);
        }
        catch (SegueException e) when (e.Status is SegueStatus.UnknownTrack or SegueStatus.NotAnalysed
            || (e.Status is SegueStatus.InvalidArgument && request.Seeds is [{ Kind: SeedKind.Taste }]))
        {
            // Of several seeds the engine takes those that it knows: here it knows none, or nobody's taste.
            return null;
        }
    }

    /// <summary>The seeds that stand for a wish: while its window lasts, those that were found first.</summary>
    private IReadOnlyList<Guid> Seeds(Wish wish, ItemSet? visible, ulong variation)
    {
        var known = _seeds.Find(variation).Where(id => visible is null || visible.Contains(id)).ToList();
        return known.Count > 0 ? known : _seeds.Keep(variation, SeedSample.Of(wish.FindSeeds(), MaxSeeds, variation, visible));
    }

    private static List<Guid> Ids(IReadOnlyList<Neighbour> answer, Audio? first, ItemSet? visible)
    {
        // The engine opens with the seed's music (distance 0), but where two items hold the same it may name the other one.
        var opening = first is not null && answer is [{ Distance: <= 0 }, ..] ? 1 : 0;
        var rest = answer.Skip(opening).Select(neighbour => neighbour.ItemId).OfType<Guid>().Where(id => visible is null || visible.Contains(id));
        return [.. (first is null ? rest : rest.Prepend(first.Id)).Distinct()];
    }

    /// <summary>What is asked for.</summary>
    private sealed record Wish(string Name, User? User, DtoOptions? Options, Func<IReadOnlyList<Guid>> FindSeeds)
    {
        /// <summary>The track that opens the mix.</summary>
        public Audio? First { get; init; }

        /// <summary>Whether the user's taste is the seed, if it is known.</summary>
        public bool Taste { get; init; }
    }

    /// <summary>A mix, and whether it was made of what the user could see once and cannot any more.</summary>
    private sealed record Outcome(IReadOnlyList<BaseItem>? Tracks, bool IsOutdated);
}
