using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;
using MediaBrowser.Model.Entities;
using MediaBrowser.Model.Playlists;
using Microsoft.Extensions.Logging;
using Segue.Native;
using EnginePlaylist = Segue.Native.Playlist;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>What a run works with.</summary>
internal sealed record PublishTools(
    IPlaylistManager PlaylistManager,
    ILibraryManager LibraryManager,
    IMusicLibrary Library,
    IJellyfinCompat Compat,
    IPlaylistCovers Covers,
    IExistence Existence,
    ILogger Logger);

/// <summary>
/// One bringing of the engine's playlists into Jellyfin.
/// </summary>
/// <remarks>
/// A playlist is never deleted to be made anew: its id, name, cover and date of creation stay while its tracks move on. Name,
/// tracks, description, cover and sharing are each left alone, for themselves, once a person has changed them. A playlist that a
/// person has deleted is taken as not wanted, unless all have vanished at once. One that the engine no longer makes is removed if
/// no person has touched it; else it is untied and theirs. One that was excluded on the page is removed: that is a wish. Only
/// tracks that somebody put together by hand survive that, as a playlist of their own. A list that lost its group and fades stays
/// as it is until the engine drops it.
/// </remarks>
internal sealed class PublishRun
{
    /// <summary>A user's own list is not made of fewer tracks than this, unless the whole list has no more.</summary>
    internal const int MinPrivateTracks = 5;

    private readonly ISegueEngine _engine;
    private readonly PlaylistAudience _audience;
    private readonly PlaylistAccess _access;
    private readonly IReadOnlyList<EnginePlaylist> _wanted;
    private readonly HashSet<string> _excluded;
    private readonly IReadOnlyList<TiedPlaylist> _ours;
    private readonly PublishedState _before;
    private readonly PublishTools _tools;
    private readonly HashSet<PublishedList> _dismissed;
    private readonly HashSet<Guid> _written = [];
    private readonly HashSet<Guid> _kept = [];
    private readonly HashSet<PublishedList> _present = [];

    /// <summary>
    /// Initializes a new instance of the <see cref="PublishRun"/> class.
    /// </summary>
    public PublishRun(
        ISegueEngine engine,
        PlaylistAudience audience,
        PlaylistAccess access,
        IReadOnlyList<EnginePlaylist> wanted,
        IReadOnlyList<TiedPlaylist> ours,
        PublishedState before,
        PublishTools tools)
    {
        _engine = engine;
        _audience = audience;
        _access = access;
        _wanted = wanted;
        _ours = ours;
        _before = before;
        _tools = tools;
        _excluded = wanted.Where(playlist => playlist.Excluded).Select(playlist => playlist.Key).ToHashSet(StringComparer.Ordinal);
        var known = wanted.Select(playlist => playlist.Key).ToHashSet(StringComparer.Ordinal);
        _dismissed = [.. before.Dismissed.Where(list => known.Contains(list.Key) && IsUser(list.Owner))];
    }

    /// <summary>Gets what was done so far.</summary>
    public PublishSummary Summary { get; private set; } = new();

    /// <summary>Gets what the next run must know.</summary>
    public PublishedState State => new()
    {
        Lists = [.. _present.OrderBy(list => list.Key, StringComparer.Ordinal).ThenBy(list => list.Owner)],
        Dismissed = [.. _dismissed.OrderBy(list => list.Key, StringComparer.Ordinal).ThenBy(list => list.Owner)],
    };

    /// <summary>Does it.</summary>
    /// <param name="progress">Takes percentages.</param>
    /// <param name="cancellationToken">Ends the work between two playlists.</param>
    /// <returns>When it is done.</returns>
    public async Task DoAsync(IProgress<double> progress, CancellationToken cancellationToken)
    {
        TakeDeletionsAsWishes();
        var done = 0;
        foreach (var wanted in _wanted)
        {
            foreach (var owner in _excluded.Contains(wanted.Key) ? [] : _audience.Owners)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await PlaceAsync(wanted, owner, cancellationToken).ConfigureAwait(false);
            }

            progress.Report(100.0 * ++done / _wanted.Count);
        }

        KeepListsOfDisabledUsers();
        await ClearAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool IsUser(Guid id) => _audience.All.Any(user => user.Id.Equals(id));

    private IEnumerable<TiedPlaylist> Tied(string key) => _ours.Where(list => string.Equals(list.Key, key, StringComparison.Ordinal));

    private TiedPlaylist? Find(string key, User owner)
    {
        var own = Tied(key).FirstOrDefault(list => list.Playlist.OwnerUserId.Equals(owner.Id));
        return own ?? (_audience.Private ? null : Tied(key).FirstOrDefault());
    }

    /// <summary>Somebody who deletes one of several lists does not want it; if all are gone something else has happened.</summary>
    private void TakeDeletionsAsWishes()
    {
        var lookup = _before.Lists.ToLookup(list => Tied(list.Key).Any(tied => !_audience.Private || tied.Playlist.OwnerUserId.Equals(list.Owner)));
        if (!lookup[true].Any())
        {
            return;
        }

        foreach (var gone in lookup[false].Where(list => IsUser(list.Owner) && _wanted.Any(wanted => Matches(wanted, list) && !wanted.Excluded)))
        {
            if (_audience.Private)
            {
                if (_audience.Owners.Any(owner => owner.Id.Equals(gone.Owner)) && _dismissed.Add(gone))
                {
                    Summary = Summary with { Dismissed = Summary.Dismissed + 1 };
                }
            }
            else if (_excluded.Add(gone.Key))
            {
                _tools.Logger.LogInformation("Playlist {Key} was deleted in Jellyfin: it is excluded from now on, which the settings page can undo", gone.Key);
                _engine.EditPlaylist(gone.Key, new PlaylistEdit { Excluded = true });
                Summary = Summary with { Dismissed = Summary.Dismissed + 1 };
            }
        }
    }

    private static bool Matches(EnginePlaylist wanted, PublishedList list) => string.Equals(wanted.Key, list.Key, StringComparison.Ordinal);

    private async Task PlaceAsync(EnginePlaylist wanted, User owner, CancellationToken cancellationToken)
    {
        var existing = Find(wanted.Key, owner);
        if (existing is not null && !_audience.Private)
        {
            // The owner stays the owner, for as long as they can log in.
            owner = _audience.All.FirstOrDefault(user => user.Id.Equals(existing.Playlist.OwnerUserId) && PlaylistAudience.IsEnabled(user)) ?? owner;
        }

        var listed = new PublishedList(wanted.Key, owner.Id);
        if (existing is not null)
        {
            _dismissed.Remove(listed);
            _kept.Add(existing.Playlist.Id);
            _present.Add(listed);
        }

        if (wanted.Faded > 0 || _dismissed.Contains(listed))
        {
            return;
        }

        var tracks = Resolve(wanted, owner, existing?.Playlist);
        if (tracks.Count < (_audience.Private ? Math.Max(1, Math.Min(MinPrivateTracks, wanted.Tracks.Count)) : 1))
        {
            _tools.Logger.LogDebug("Playlist {Name} holds too little that {User} may see", wanted.Name, owner.Username);
            return;
        }

        if (existing is null)
        {
            await CreateAsync(wanted, owner, tracks, cancellationToken).ConfigureAwait(false);
            _present.Add(listed);
            return;
        }

        _written.Add(existing.Playlist.Id);
        await UpdateAsync(existing, wanted, owner, tracks, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Who owns a list must be able to see all of it, and so must everybody to whom a person has shown it.</summary>
    private List<Audio> Resolve(EnginePlaylist wanted, User owner, Playlist? existing)
    {
        var viewers = existing is not null && PlaylistMarks.IsReshared(existing) ? _access.Viewers(existing) : [];
        return
        [
            .. wanted.Tracks
                .Select(neighbour => neighbour.ItemId)
                .OfType<Guid>()
                .Distinct()
                .Where(id => _access.Sees(owner.Id, id) && viewers.All(viewer => _access.Sees(viewer, id)))
                .Select(id => _tools.Library.GetTrack(id, owner))
                .OfType<Audio>(),
        ];
    }

    private async Task CreateAsync(EnginePlaylist wanted, User owner, List<Audio> tracks, CancellationToken cancellationToken)
    {
        var result = await _tools.PlaylistManager.CreatePlaylist(new PlaylistCreationRequest
        {
            Name = wanted.Name,
            UserId = owner.Id,
            MediaType = MediaType.Audio,
            ItemIdList = [],
            Public = false,
        }).ConfigureAwait(false);
        var playlist = (Guid.TryParse(result.Id, out var id) ? _tools.LibraryManager.GetItemById<Playlist>(id) : null)
            ?? throw new InvalidOperationException($"Jellyfin created the playlist \"{wanted.Name}\" but does not find it again.");

        PlaylistMarks.Set(playlist, PlaylistMarks.Tether, wanted.Key);
        WriteName(playlist, wanted);
        WriteTracks(playlist, tracks);
        WriteOverview(playlist, wanted);
        WriteSharing(playlist, owner, Ids(tracks));
        playlist.OwnerUserId = owner.Id;
        playlist.IsLocked = true;

        // Until here the list must not be left half made, cancelled or not.
        await _tools.Compat.SaveAsync(playlist, CancellationToken.None).ConfigureAwait(false);
        Summary = Summary with { Created = Summary.Created + 1 };
        await _tools.Covers.GiveAsync(playlist, tracks, _engine, cancellationToken).ConfigureAwait(false);
    }

    private async Task UpdateAsync(TiedPlaylist existing, EnginePlaylist wanted, User owner, List<Audio> tracks, CancellationToken cancellationToken)
    {
        var playlist = existing.Playlist;
        var changed = false;

        // A name given on the page is newer than one given in Jellyfin, if it is not the one that was overruled there.
        var givenOnPage = wanted.NamedBy == NamedBy.Person
            && !string.Equals(wanted.Name, PlaylistMarks.Get(playlist, PlaylistMarks.GivenName), StringComparison.Ordinal);
        if (!PlaylistMarks.IsRenamed(playlist) || givenOnPage)
        {
            changed |= WriteName(playlist, wanted);
        }

        IReadOnlyList<Guid> items = existing.Items;
        if (!PlaylistMarks.IsEdited(playlist, existing.Items, _tools.Existence))
        {
            items = Ids(tracks);
            changed |= WriteTracks(playlist, tracks);
        }

        if (!PlaylistMarks.IsDescribed(playlist))
        {
            changed |= WriteOverview(playlist, wanted);
        }

        if (!PlaylistMarks.IsReshared(playlist))
        {
            var shown = _access.Viewers(playlist).Count;
            changed |= WriteSharing(playlist, owner, items);
            Summary = Summary with { Closed = Summary.Closed + (_access.Viewers(playlist).Count < shown ? 1 : 0) };
        }

        if (!playlist.OwnerUserId.Equals(owner.Id) || !playlist.IsLocked)
        {
            // Unlocked, a full refresh of 10.11 merges the file beside the list back into it: entries double or vanish.
            playlist.OwnerUserId = owner.Id;
            playlist.IsLocked = true;
            changed = true;
        }

        if (changed)
        {
            await _tools.Compat.SaveAsync(playlist, cancellationToken).ConfigureAwait(false);
        }

        changed |= await _tools.Covers.GiveAsync(playlist, tracks, _engine, cancellationToken).ConfigureAwait(false);
        Summary = changed ? Summary with { Updated = Summary.Updated + 1 } : Summary with { Unchanged = Summary.Unchanged + 1 };
    }

    private static List<Guid> Ids(List<Audio> tracks) => tracks.ConvertAll(track => track.Id);

    private static bool WriteName(Playlist playlist, EnginePlaylist wanted)
    {
        var same = string.Equals(playlist.Name, wanted.Name, StringComparison.Ordinal)
            && string.Equals(PlaylistMarks.Get(playlist, PlaylistMarks.GivenName), wanted.Name, StringComparison.Ordinal);
        playlist.Name = wanted.Name;
        PlaylistMarks.MarkName(playlist);
        return !same;
    }

    private static bool WriteOverview(Playlist playlist, EnginePlaylist wanted)
    {
        var same = PlaylistMarks.Get(playlist, PlaylistMarks.GivenOverview) is not null
            && string.Equals(playlist.Overview, wanted.Description, StringComparison.Ordinal);
        playlist.Overview = wanted.Description;
        PlaylistMarks.MarkOverview(playlist);
        return !same;
    }

    private bool WriteTracks(Playlist playlist, List<Audio> tracks)
    {
        var before = PlaylistMarks.Get(playlist, PlaylistMarks.GivenTracks);
        PlaylistMarks.MarkTracks(playlist, Ids(tracks));
        if (string.Equals(before, PlaylistMarks.Get(playlist, PlaylistMarks.GivenTracks), StringComparison.Ordinal)
            && playlist.LinkedChildren.Length == tracks.Count
            && playlist.LinkedChildren.Zip(tracks).All(pair => IsLink(pair.First, pair.Second)))
        {
            return false;
        }

        playlist.LinkedChildren = [.. tracks.Select(_tools.Compat.CreateLink)];

        // The server does not add up the new tracks by itself.
        playlist.RunTimeTicks = tracks.Sum(track => track.RunTimeTicks ?? 0);
        return true;
    }

    // A full refresh of 10.11 brings entries back without their id.
    private static bool IsLink(MediaBrowser.Controller.Entities.LinkedChild entry, Audio track) => entry.ItemId is { } id && !id.Equals(Guid.Empty)
        ? id.Equals(track.Id)
        : string.Equals(entry.Path, track.Path, StringComparison.Ordinal);

    private bool WriteSharing(Playlist playlist, User owner, IReadOnlyCollection<Guid> items)
    {
        var before = PlaylistMarks.Get(playlist, PlaylistMarks.GivenSharing);
        playlist.OpenAccess = !_audience.Private && _audience.Everybody && _access.EverybodySeesAll(items);
        playlist.Shares = _audience.Private || _audience.Everybody
            ? []
            :
            [
                .. _audience.Chosen
                    .Where(user => !user.Id.Equals(owner.Id) && _access.SeesAll(user.Id, items))
                    .Select(user => new PlaylistUserPermissions(user.Id)),
            ];
        PlaylistMarks.MarkSharing(playlist);
        return !string.Equals(before, PlaylistMarks.Get(playlist, PlaylistMarks.GivenSharing), StringComparison.Ordinal);
    }

    /// <summary>They may be enabled again, and find their lists as they were.</summary>
    private void KeepListsOfDisabledUsers()
    {
        foreach (var list in _ours.Where(list => _audience.Private
            && !_excluded.Contains(list.Key)
            && _wanted.Any(wanted => string.Equals(wanted.Key, list.Key, StringComparison.Ordinal))
            && _audience.Chosen.Any(user => user.Id.Equals(list.Playlist.OwnerUserId) && !PlaylistAudience.IsEnabled(user))))
        {
            _kept.Add(list.Playlist.Id);
            _present.Add(new PublishedList(list.Key, list.Playlist.OwnerUserId));
        }
    }

    /// <summary>Deals with the lists that this run did not write.</summary>
    private async Task ClearAsync(CancellationToken cancellationToken)
    {
        // An engine that knows none of them has lost its memory, or was given another store: no reason to take lists from people.
        var strange = !_ours.Any(list => _wanted.Any(wanted => string.Equals(wanted.Key, list.Key, StringComparison.Ordinal)));
        foreach (var list in _ours.Where(list => !_written.Contains(list.Playlist.Id)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var limited = _access.Limit(list.Playlist, list.Items);
            if (limited)
            {
                _tools.Logger.LogInformation("Playlist {Name} is shown to fewer users: not all of them may see all of it", list.Playlist.Name);
                Summary = Summary with { Closed = Summary.Closed + 1 };
            }

            if (strange)
            {
                _present.Add(new PublishedList(list.Key, list.Playlist.OwnerUserId));
            }

            var keep = strange || _kept.Contains(list.Playlist.Id);
            if (!keep && MayRemove(list))
            {
                _tools.LibraryManager.DeleteItem(list.Playlist, new DeleteOptions { DeleteFileLocation = true }, true);
                Summary = Summary with { Removed = Summary.Removed + 1 };
                continue;
            }

            if (!keep)
            {
                PlaylistMarks.Untie(list.Playlist);
                Summary = Summary with { LeftToPeople = Summary.LeftToPeople + 1 };
            }

            if (limited || !keep)
            {
                await _tools.Compat.SaveAsync(list.Playlist, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private bool MayRemove(TiedPlaylist list) => _excluded.Contains(list.Key)
        ? !PlaylistMarks.IsEdited(list.Playlist, list.Items, _tools.Existence)
        : PlaylistMarks.IsUntouched(list.Playlist, list.Items, _tools.Existence, _tools.Covers.IsTheirs(list.Playlist));
}
