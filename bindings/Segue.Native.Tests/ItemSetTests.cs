namespace Segue.Native.Tests;

public sealed class ItemSetTests
{
    private static readonly Guid First = Guid.Parse("00112233445566778899aabbccddeeff");
    private static readonly Guid Second = Guid.Parse("ffeeddccbbaa99887766554433221100");

    [Fact]
    public void Ids_are_packed_once_each_in_the_order_of_their_digits()
    {
        ItemSet set = [First, Second, First];
        Assert.Equal(2, set.Count);
        Assert.Equal("00112233445566778899AABBCCDDEEFFFFEEDDCCBBAA99887766554433221100", Convert.ToHexString(set.Packed));
        Assert.Same(Translate.Items(set), Translate.Items(set));
    }

    [Fact]
    public void Nothing_allowed_is_not_the_same_as_no_limit()
    {
        Assert.Empty(Translate.Items(null));
        ItemSet none = [];
        Assert.Empty(Translate.Items(none));
        Assert.Empty(none);
    }

    [Fact]
    public void It_is_a_set_that_does_not_change_with_what_it_was_made_of()
    {
        HashSet<Guid> source = [First];
        var set = new ItemSet(source);
        source.Add(Second);
        Assert.True(set.Contains(First));
        Assert.False(set.Contains(Second));
        Assert.True(set.IsSubsetOf(source) && set.IsProperSubsetOf(source) && set.Overlaps(source));
        Assert.False(set.IsSupersetOf(source) || set.IsProperSupersetOf(source) || set.SetEquals(source));
        Assert.Equal([First], set);
        Assert.Throws<ArgumentNullException>(() => new ItemSet(null!));
    }

    [Fact]
    public void A_hundred_thousand_ids_are_known_one_by_one()
    {
        var ids = Enumerable.Range(0, 100_000).Select(number => new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)).ToList();
        var set = new ItemSet(ids);
        Assert.Equal(1_600_000, set.Packed.Length);
        Assert.All(ids, id => Assert.True(set.Contains(id)));
        Assert.False(set.Contains(Second));
    }
}
