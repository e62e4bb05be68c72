using Jellyfin.Plugin.Segue.Mixing;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Mixing;

public sealed class SeedSampleTests
{
    private static readonly Guid[] Many = [.. Enumerable.Range(1, 5000).Select(Make.Id)];

    [Fact]
    public void It_is_the_part_of_the_seeds_that_ranks_first_whatever_their_order()
    {
        var expected = Many.OrderBy(id => MixVariation.Rank(id, 7)).Take(32).ToList();

        Assert.Equal(expected, SeedSample.Of(Many, 32, 7, null));
        Assert.Equal(expected, SeedSample.Of([.. Enumerable.Reverse(Many), .. Many], 32, 7, null));
        Assert.NotEqual(expected, SeedSample.Of(Many, 32, 8, null));
    }

    [Fact]
    public void Hidden_seeds_take_no_place()
    {
        var visible = Many.Where((_, index) => index % 100 == 0).ToHashSet();

        var sample = SeedSample.Of(Many, 32, 7, visible);

        Assert.Equal(32, sample.Count);
        Assert.All(sample, id => Assert.Contains(id, visible));
        Assert.Empty(SeedSample.Of(Many, 32, 7, new HashSet<Guid>()));
        Assert.Empty(SeedSample.Of([], 32, 7, null));
    }

    [Fact]
    public void Every_seed_has_its_turn()
    {
        var drawn = new HashSet<Guid>();
        for (ulong variation = 0; variation < 200; variation++)
        {
            drawn.UnionWith(SeedSample.Of([.. Many.Take(100)], 10, variation, null));
        }

        Assert.Equal(100, drawn.Count);
    }

    [Fact]
    public void What_is_remembered_is_bounded_and_the_oldest_goes()
    {
        var memory = new SeedMemory();
        for (ulong variation = 0; variation <= SeedMemory.Most; variation++)
        {
            memory.Keep(variation, [Make.Id((int)variation + 1)]);
        }

        memory.Keep(5, [Make.Id(77)]);
        memory.Keep(9999, []);

        Assert.Empty(memory.Find(0));
        Assert.Empty(memory.Find(9999));
        Assert.Equal([Make.Id(77)], memory.Find(5));
        Assert.Equal([Make.Id(2)], memory.Find(1));
    }
}
