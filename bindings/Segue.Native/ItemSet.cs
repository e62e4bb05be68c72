using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Segue.Native;

/// <summary>
/// A set of library items that is made once and given to many requests: what the native side reads of it is packed already, so that a large set
/// costs a call nothing. It never changes.
/// </summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is a set.")]
[CollectionBuilder(typeof(ItemSet), nameof(Create))]
public sealed class ItemSet : IReadOnlySet<Guid>
{
    private const int ItemIdSize = 16;

    private readonly HashSet<Guid> _items;

    /// <summary>A set of some items.</summary>
    /// <param name="items">The items; each counts once.</param>
    public ItemSet(IEnumerable<Guid> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        _items = [.. items];
        Packed = new byte[checked(_items.Count * ItemIdSize)];
        var at = Packed.AsSpan();
        foreach (var item in _items)
        {
            item.TryWriteBytes(at, bigEndian: true, out _);
            at = at[ItemIdSize..];
        }
    }

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <summary>The ids one after the other, each as the 16 bytes of its hexadecimal digits, from left to right.</summary>
    internal byte[] Packed { get; }

    /// <summary>A set of some items, for collection expressions.</summary>
    /// <param name="items">The items; each counts once.</param>
    /// <returns>The set.</returns>
    public static ItemSet Create(ReadOnlySpan<Guid> items) => new(items.ToArray());

    /// <inheritdoc/>
    public bool Contains(Guid item) => _items.Contains(item);

    /// <inheritdoc/>
    public bool IsProperSubsetOf(IEnumerable<Guid> other) => _items.IsProperSubsetOf(other);

    /// <inheritdoc/>
    public bool IsProperSupersetOf(IEnumerable<Guid> other) => _items.IsProperSupersetOf(other);

    /// <inheritdoc/>
    public bool IsSubsetOf(IEnumerable<Guid> other) => _items.IsSubsetOf(other);

    /// <inheritdoc/>
    public bool IsSupersetOf(IEnumerable<Guid> other) => _items.IsSupersetOf(other);

    /// <inheritdoc/>
    public bool Overlaps(IEnumerable<Guid> other) => _items.Overlaps(other);

    /// <inheritdoc/>
    public bool SetEquals(IEnumerable<Guid> other) => _items.SetEquals(other);

    /// <inheritdoc/>
    public IEnumerator<Guid> GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
