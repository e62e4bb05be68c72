namespace Jellyfin.Plugin.Segue.Engine;

/// <summary>
/// How it stands with the native engine.
/// </summary>
/// <param name="NativeAvailable">Whether the native library could be loaded; null while nobody has tried.</param>
/// <param name="NativeVersion">The library's version, once it is loaded.</param>
/// <param name="Failure">Why there is no engine, in words for an administrator (it may name paths); null when there is one or nobody has tried.</param>
public sealed record EngineState(bool? NativeAvailable, string? NativeVersion, string? Failure)
{
    /// <summary>Gets the state before the first attempt.</summary>
    public static EngineState Untried { get; } = new(null, null, null);
}
