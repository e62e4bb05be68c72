using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Jellyfin.Plugin.Segue.Mixing;

/// <summary>
/// Decides which of the equally good mixes it is: the same for one user and seed while a window of time lasts, so that a
/// client's second page belongs to its first; another one after that.
/// </summary>
internal static class MixVariation
{
    /// <summary>How long a mix stays the same.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Computes the variation.</summary>
    /// <param name="userId">The asking user.</param>
    /// <param name="seed">What names the seed.</param>
    /// <param name="now">The time.</param>
    /// <returns>A number that differs between users, seeds and windows.</returns>
    public static ulong Of(Guid userId, string seed, DateTimeOffset now)
    {
        var window = now.UtcTicks / Window.Ticks;
        var text = FormattableString.Invariant($"{userId:N} {window} {seed}");
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Ranks an item among others in an order that depends on the variation, and not on what else there is.</summary>
    /// <param name="id">The item.</param>
    /// <param name="variation">The variation.</param>
    /// <returns>Its place among all possible ones.</returns>
    public static ulong Rank(Guid id, ulong variation)
    {
        // A mixing of bits and no hash that withstands anybody: a genre may have tens of thousands of tracks, and a person waits.
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        var rank = Mix(variation ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        return Mix(rank ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): every bit of the input changes half of the output's.</summary>
    private static ulong Mix(ulong bits)
    {
        unchecked
        {
            bits += 0x9E3779B97F4A7C15;
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            return bits ^ (bits >> 31);
        }
    }
}
