using System.Collections.Concurrent;

namespace Jellyfin.Plugin.Segue.Mixing;

/// <summary>
/// Remembers which seeds stood for a request, by its variation: the same request is then the same mix though the library grows, and a
/// large genre is asked for once.
/// </summary>
internal sealed class SeedMemory
{
    /// <summary>Most requests that are remembered.</summary>
    internal const int Most = 256;

    private readonly ConcurrentDictionary<ulong, IReadOnlyList<Guid>> _seeds = new();
    private readonly ConcurrentQueue<ulong> _order = new();

    /// <summary>Finds seeds.</summary>
    /// <param name="variation">The variation, which differs between users, requests and windows of time.</param>
    /// <returns>The seeds; none when the request is new.</returns>
    public IReadOnlyList<Guid> Find(ulong variation) => _seeds.GetValueOrDefault(variation, []);

    /// <summary>Keeps seeds; the oldest go.</summary>
    /// <param name="variation">The variation.</param>
    /// <param name="seeds">What is kept.</param>
    /// <returns>What was given.</returns>
    public IReadOnlyList<Guid> Keep(ulong variation, IReadOnlyList<Guid> seeds)
    {
        if (seeds.Count > 0)
        {
            if (_seeds.TryAdd(variation, seeds))
            {
                _order.Enqueue(variation);
            }
            else
            {
                _seeds[variation] = seeds;
            }

            while (_order.Count > Most && _order.TryDequeue(out var oldest))
            {
                _seeds.TryRemove(oldest, out _);
            }
        }

        return seeds;
    }
}
