namespace Jellyfin.Plugin.Segue.Mixing;

/// <summary>
/// Chooses some of many seeds.
/// </summary>
internal static class SeedSample
{
    /// <summary>Chooses seeds in an order that depends on the variation. The first of them opens the mix, so their order varies too.</summary>
    /// <param name="seeds">All seeds: tens of thousands, for a genre.</param>
    /// <param name="most">How many are chosen at most.</param>
    /// <param name="variation">Which choice.</param>
    /// <param name="visible">What may be chosen; null for all.</param>
    /// <returns>The chosen ones, each once.</returns>
    public static IReadOnlyList<Guid> Of(IReadOnlyList<Guid> seeds, int most, ulong variation, IReadOnlySet<Guid>? visible)
    {
        var chosen = new SortedSet<(ulong Rank, Guid Id)>();
        foreach (var id in seeds)
        {
            var rank = MixVariation.Rank(id, variation);
            if ((chosen.Count < most || rank < chosen.Max.Rank) && (visible is null || visible.Contains(id)) && chosen.Add((rank, id)) && chosen.Count > most)
            {
                chosen.Remove(chosen.Max);
            }
        }

        return [.. chosen.Select(seed => seed.Id)];
    }
}
