namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// What became of a set of playlists.
/// </summary>
/// <param name="Created">New in Jellyfin.</param>
/// <param name="Updated">Were there, and have changed.</param>
/// <param name="Unchanged">Were there, just so.</param>
public sealed record PublishSummary(int Created, int Updated, int Unchanged);
