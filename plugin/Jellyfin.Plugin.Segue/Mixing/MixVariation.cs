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
        Span<byte> input = stackalloc byte[24];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        id.TryWriteBytes(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[16..], variation);
        SHA256.HashData(input, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
