using System.Globalization;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Mixing;

/// <summary>
/// Translates between Jellyfin's items and the engine's mix. Access is checked twice: the engine is told what the user may
/// see, and every track it answers with is fetched as that user.
/// </summary>
internal sealed class InstantMixer : IInstantMixer
{
    /// <summary>Most seeds given to the engine: an artist or a genre is known by a sample.</summary>
    internal const int MaxSeeds = 32;

    /// <summary>A mix shorter than this is left to the server, unless the user cannot see more tracks anyway.</summary>
    internal const int MinLength = 10;

    private readonly ISegueEngineProvider _engines;
    private readonly IMusicLibrary _library;
    private readonly ISegueSettings _settings;
    private readonly TimeProvider _time;

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
    public IReadOnlyList<BaseItem>? MixFromItem(BaseItem item, User? user)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Mix(Name(item.Id), user, first: item as Audio, () => _library.GetSeeds(item, user));
    }

    /// <inheritdoc />
    public IReadOnlyList<BaseItem>? MixFromGenres(IReadOnlyList<string> genres, User? user)
    {
        ArgumentNullException.ThrowIfNull(genres);
        return Mix(string.Join("\n", genres), user, first: null, () => _library.GetSeedsOfGenres(genres, user));
    }

    private static string Name(Guid id) => id.ToString("N", CultureInfo.InvariantCulture);

    private List<BaseItem>? Mix(string seedName, User? user, Audio? first, Func<IReadOnlyList<Guid>> findSeeds)
    {
        var settings = _settings.Current;
        if (!settings.ReplaceInstantMix || !_engines.TryGet(out var engine))
        {
            return null;
        }

        var visible = user is null ? null : _library.GetVisibleTracks(user);
        var variation = MixVariation.Of(user?.Id ?? Guid.Empty, seedName, _time.GetUtcNow());

        // The first of the seeds opens the mix, so their order varies too.
        var seeds = findSeeds()
            .Where(id => visible is null || visible.Contains(id))
            .Distinct()
            .OrderBy(id => MixVariation.Rank(id, variation))
            .Take(MaxSeeds)
            .Select(Name)
            .ToList();
        if (seeds.Count == 0)
        {
            return null;
        }

        var request = new MixRequest
        {
            Seeds = seeds,
            Length = settings.MixLength,
            ArtistCap = settings.ArtistCap,
            Variation = variation,
            IncludeSeeds = true,
            Allowed = visible,
        };
        try
        {
            var mix = Resolve(engine.Mix(request), user, visible, first);
            return mix.Count < Math.Min(MinLength, visible?.Count ?? MinLength) ? null : mix;
        }
        catch (SegueException e) when (e.Status is SegueStatus.UnknownTrack or SegueStatus.NotAnalysed)
        {
            // Of several seeds the engine takes those that it knows: here it knows none.
            return null;
        }
    }

    private List<BaseItem> Resolve(IReadOnlyList<Neighbour> answer, User? user, IReadOnlySet<Guid>? visible, Audio? first)
    {
        var mix = new List<BaseItem>(answer.Count);
        var seen = new HashSet<Guid>();
        if (first is not null)
        {
            // The engine opens with the seed's music (distance 0), but where two items hold the same it may name the other one.
            mix.Add(first);
            seen.Add(first.Id);
        }

        var opening = first is not null && answer is [{ Distance: <= 0 }, ..] ? 1 : 0;
        foreach (var neighbour in answer.Skip(opening))
        {
            if (neighbour.ItemId is { } id
                && (visible is null || visible.Contains(id))
                && seen.Add(id)
                && _library.GetTrack(id, user) is { } track)
            {
                mix.Add(track);
            }
        }

        return mix;
    }
}
