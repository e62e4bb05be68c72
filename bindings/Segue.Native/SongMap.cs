using System.Runtime.InteropServices;

namespace Segue.Native;

/// <summary>The library as a plane on which what sounds alike lies together.</summary>
public sealed record SongMap
{
    /// <summary>The songs that may be seen.</summary>
    public IReadOnlyList<MapPoint> Points { get; init; } = [];

    /// <summary>What lies where.</summary>
    public IReadOnlyList<MapRegion> Regions { get; init; } = [];
}

/// <summary>A song's place on the map.</summary>
/// <param name="ItemId">The library item; null when the song came from a folder.</param>
/// <param name="X">From left to right, −1 to 1.</param>
/// <param name="Y">From top to bottom, −1 to 1.</param>
/// <param name="Region">Its region, an index of <see cref="SongMap.Regions"/>; −1 for none.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MapPoint(Guid? ItemId, float X, float Y, int Region);

/// <summary>A region of the map.</summary>
/// <param name="Name">What is heard there.</param>
/// <param name="X">Where its name stands, from left to right.</param>
/// <param name="Y">Where its name stands, from top to bottom.</param>
/// <param name="Songs">Songs in it.</param>
public sealed record MapRegion(string Name, float X, float Y, int Songs);
