using System.Globalization;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Entities.Audio;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Who asks, and what they may see: the engine is told what that was a while ago, and what it answers is looked up as of now.
/// </summary>
internal sealed class SegueAudience
{
    private readonly IMusicLibrary _library;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueAudience"/> class.
    /// </summary>
    /// <param name="library">Who may see what.</param>
    /// <param name="user">The user; null for an API key, which may see everything.</param>
    public SegueAudience(IMusicLibrary library, User? user)
    {
        _library = library;
        User = user;
        Allowed = user is null ? null : library.GetCandidates(user);
    }

    /// <summary>Gets the user; null for an API key.</summary>
    public User? User { get; }

    /// <summary>Gets what the engine may answer with; null for everything.</summary>
    public ItemSet? Allowed { get; }

    /// <summary>Gets what the engine knows the user by; empty for nobody.</summary>
    public string Listener => User is null ? string.Empty : Name(User.Id);

    /// <summary>Writes an id as the engine does.</summary>
    public static string Name(Guid id) => id.ToString("N", CultureInfo.InvariantCulture);

    /// <summary>Tells whether the user could see a track a while ago.</summary>
    public bool Saw(Guid id) => Allowed?.Contains(id) ?? true;

    /// <summary>Looks tracks up as of now.</summary>
    /// <param name="ids">Their ids.</param>
    /// <returns>Those that exist and that the user may see.</returns>
    public IReadOnlyDictionary<Guid, Audio> Find(IEnumerable<Guid> ids)
    {
        Guid[] wanted = [.. ids.Where(Saw).Distinct()];
        return wanted.Length == 0 ? new Dictionary<Guid, Audio>() : _library.GetTracks(wanted, User, null).ToDictionary(track => track.Id);
    }

    /// <summary>Describes what the engine answered, as far as the user may see it.</summary>
    /// <param name="tracks">The answer.</param>
    /// <returns>The tracks in their order, none twice.</returns>
    public IReadOnlyList<SegueNearDto> Describe(IReadOnlyList<Neighbour> tracks)
    {
        var known = Find(tracks.Select(track => track.ItemId).OfType<Guid>());
        return [.. tracks.Where(track => track.ItemId is { } id && known.ContainsKey(id)).DistinctBy(track => track.ItemId).Select(track => Describe(track, known[track.ItemId!.Value]))];
    }

    private static SegueNearDto Describe(Neighbour near, Audio track)
    {
        var described = SegueTracks.Describe(track);
        return new SegueNearDto { Id = described.Id, Title = described.Title, Artist = described.Artist, Distance = near.Distance, Reason = near.Reason };
    }
}
