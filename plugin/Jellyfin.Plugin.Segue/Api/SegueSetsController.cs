using System.Net.Mime;
using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;
using MediaBrowser.Model.Playlists;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Segue.Native;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Api;

/// <summary>
/// Playlists of Jellyfin's by their sound: what fits one, what does not belong in it, an order that flows. Asked, or done: to the playlist
/// itself, where the caller may edit it, or to a copy of the caller's own.
/// </summary>
[ApiController]
[Authorize]
[Route("Segue/Sets/{playlistId}")]
[Produces(MediaTypeNames.Application.Json)]
public sealed class SegueSetsController : SegueHearingControllerBase
{
    /// <summary>Most tracks of a playlist.</summary>
    internal const int MaxTracks = 10_000;

    /// <summary>Most tracks that are added.</summary>
    internal const int MaxMore = 1000;

    /// <summary>Asked for beyond the wish, for what turns out to be hidden from somebody.</summary>
    internal const int Spare = 50;

    private readonly IPlaylistManager _playlistManager;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueSetsController"/> class.
    /// </summary>
    /// <param name="engines">Holds the engine.</param>
    /// <param name="compat">Knows the users, and playlists' entries.</param>
    /// <param name="library">Who may see what.</param>
    /// <param name="libraryManager">The server's library.</param>
    /// <param name="playlistManager">Creates playlists.</param>
    public SegueSetsController(
        ISegueEngineProvider engines,
        IJellyfinCompat compat,
        IMusicLibrary library,
        ILibraryManager libraryManager,
        IPlaylistManager playlistManager)
        : base(engines, compat, library, libraryManager) => _playlistManager = playlistManager;

    /// <summary>Finds more tracks that fit a playlist.</summary>
    /// <param name="playlistId">The playlist.</param>
    /// <param name="count">How many, at most 1,000.</param>
    /// <param name="variation">Which of the equally good answers.</param>
    /// <response code="200">The tracks follow, in an order that goes on from the playlist's last.</response>
    /// <response code="400">The number makes no sense.</response>
    /// <response code="404">There is no such playlist, or nothing in it that was analysed.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The tracks.</returns>
    [HttpGet("Extend")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public Task<ActionResult<SegueSetDto>> GetSegueSetExtension([FromRoute] Guid playlistId, [FromQuery] int count = 10, [FromQuery] ulong variation = 0) =>
        ExtendAsync(playlistId, count, variation, null);

    /// <summary>Adds tracks that fit a playlist.</summary>
    /// <param name="playlistId">The playlist.</param>
    /// <param name="apply">To the playlist itself, or to a copy of the caller's own.</param>
    /// <param name="count">How many, at most 1,000.</param>
    /// <param name="variation">Which of the equally good answers.</param>
    /// <response code="200">What was added follows.</response>
    /// <response code="400">The number makes no sense, or nobody could own the copy.</response>
    /// <response code="403">The caller may not edit the playlist.</response>
    /// <response code="404">There is no such playlist, or nothing in it that was analysed.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The tracks.</returns>
    [HttpPost("Extend")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status403Forbidden)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public Task<ActionResult<SegueSetDto>> ExtendSegueSet(
        [FromRoute] Guid playlistId, [FromQuery, BindRequired] SegueApply apply, [FromQuery] int count = 10, [FromQuery] ulong variation = 0) =>
        ExtendAsync(playlistId, count, variation, apply);

    /// <summary>Finds what does not belong in a playlist.</summary>
    /// <param name="playlistId">The playlist.</param>
    /// <param name="deviations">How far out a track lies that does not belong, in deviations of the others.</param>
    /// <response code="200">The tracks follow, the farthest out first.</response>
    /// <response code="400">The number makes no sense.</response>
    /// <response code="404">There is no such playlist, or nothing in it that was analysed.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The tracks.</returns>
    [HttpGet("Clean")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public Task<ActionResult<SegueSetDto>> GetSegueSetMisfits([FromRoute] Guid playlistId, [FromQuery] float deviations = 3) =>
        CleanAsync(playlistId, deviations, null);

    /// <summary>Takes out of a playlist what does not belong in it.</summary>
    /// <param name="playlistId">The playlist.</param>
    /// <param name="apply">Of the playlist itself, or in a copy of the caller's own.</param>
    /// <param name="deviations">How far out a track lies that does not belong, in deviations of the others.</param>
    /// <response code="200">What was taken out follows.</response>
    /// <response code="400">The number makes no sense, or nobody could own the copy.</response>
    /// <response code="403">The caller may not edit the playlist.</response>
    /// <response code="404">There is no such playlist, or nothing in it that was analysed.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The tracks.</returns>
    [HttpPost("Clean")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status403Forbidden)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public Task<ActionResult<SegueSetDto>> CleanSegueSet([FromRoute] Guid playlistId, [FromQuery, BindRequired] SegueApply apply, [FromQuery] float deviations = 3) =>
        CleanAsync(playlistId, deviations, apply);

    /// <summary>Finds an order of a playlist that flows.</summary>
    /// <param name="playlistId">The playlist.</param>
    /// <response code="200">The tracks follow in that order; those that were not analysed keep their places.</response>
    /// <response code="404">There is no such playlist, or nothing in it that was analysed.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The tracks.</returns>
    [HttpGet("Order")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public Task<ActionResult<SegueSetDto>> GetSegueSetOrder([FromRoute] Guid playlistId) => OrderAsync(playlistId, null);

    /// <summary>Puts a playlist into an order that flows.</summary>
    /// <param name="playlistId">The playlist.</param>
    /// <param name="apply">The playlist itself, or a copy of the caller's own.</param>
    /// <response code="200">The tracks follow in that order.</response>
    /// <response code="400">Nobody could own the copy.</response>
    /// <response code="403">The caller may not edit the playlist.</response>
    /// <response code="404">There is no such playlist, or nothing in it that was analysed.</response>
    /// <response code="503">The engine is not open; the status says why.</response>
    /// <returns>The tracks.</returns>
    [HttpPost("Order")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status400BadRequest)]
    [ProducesResponseType(StatusCodes.Status403Forbidden)]
    [ProducesResponseType(StatusCodes.Status404NotFound)]
    [ProducesResponseType(StatusCodes.Status503ServiceUnavailable)]
    public Task<ActionResult<SegueSetDto>> OrderSegueSet([FromRoute] Guid playlistId, [FromQuery, BindRequired] SegueApply apply) => OrderAsync(playlistId, apply);

    private static SegueSetTrackDto Describe(SegueNearDto near, float deviations = 0) => new()
    {
        Id = near.Id,
        Title = near.Title,
        Artist = near.Artist,
        Distance = near.Distance,
        Reason = near.Reason,
        Deviations = deviations,
    };

    private Task<ActionResult<SegueSetDto>> ExtendAsync(Guid playlistId, int count, ulong variation, SegueApply? apply) =>
        count is < 1 or > MaxMore
            ? Task.FromResult<ActionResult<SegueSetDto>>(Bad("The number of tracks is from 1 to 1000."))
            : WithAsync(playlistId, apply, (engine, set) =>
            {
                var found = engine.Extend(new ExtendRequest
                {
                    Tracks = set.Visible,
                    Count = count + Spare,
                    Variation = variation,
                    Listener = set.Audience.Listener,
                    Allowed = set.Audience.Allowed,
                });
                var more = set.Audience.Describe(found).Where(track => !set.Entries.Contains(track.Id)).ToList();
                if (apply == SegueApply.InPlace)
                {
                    // Whoever can open the playlist sees what is in it.
                    var access = PlaylistAccess.To([.. more.Select(track => track.Id)], Compat.GetUsers(), Library, LibraryManager, HttpContext.RequestAborted);
                    Guid[] viewers = [set.Playlist.OwnerUserId, .. access.Viewers(set.Playlist)];
                    more.RemoveAll(track => !viewers.All(viewer => access.Sees(viewer, track.Id)));
                }

                more = [.. more.Take(count)];
                return (more.ConvertAll(track => Describe(track)), [.. set.Entries, .. more.Select(track => track.Id)]);
            });

    private Task<ActionResult<SegueSetDto>> CleanAsync(Guid playlistId, float deviations, SegueApply? apply) =>
        deviations is not (>= 0 and <= 100)
            ? Task.FromResult<ActionResult<SegueSetDto>>(Bad("Deviations are from 0 to 100."))
            : WithAsync(playlistId, apply, (engine, set) =>
            {
                var misfits = engine.FindMisfits(set.Request).Where(misfit => misfit.Deviations >= deviations).ToList();
                var far = misfits.Where(misfit => misfit.Track.ItemId is not null).DistinctBy(misfit => misfit.Track.ItemId).ToDictionary(misfit => misfit.Track.ItemId!.Value, misfit => misfit.Deviations);
                var tracks = set.Audience.Describe([.. misfits.Select(misfit => misfit.Track)]).Select(track => Describe(track, far[track.Id])).ToList();
                var strangers = tracks.Select(track => track.Id).ToHashSet();
                return (tracks, [.. set.Entries.Where(id => !strangers.Contains(id))]);
            });

    private Task<ActionResult<SegueSetDto>> OrderAsync(Guid playlistId, SegueApply? apply) => WithAsync(playlistId, apply, (engine, set) =>
    {
        var tracks = set.Audience.Describe(engine.Flow(set.Request)).Where(track => set.Entries.Contains(track.Id)).Select(track => Describe(track)).ToList();

        // What was not analysed, or is hidden from the caller, keeps its place. One that is there twice comes once, and then where it was.
        var moving = tracks.Select(track => track.Id).ToHashSet();
        var next = new Queue<Guid>(tracks.Select(track => track.Id));
        var order = set.Entries.Select(id => moving.Remove(id) ? Guid.Empty : id).Select(id => id.Equals(Guid.Empty) ? next.Dequeue() : id).ToList();
        return (tracks, order);
    });

    /// <summary>Asks about a playlist, and does with the answer what is wanted.</summary>
    private Task<ActionResult<SegueSetDto>> WithAsync(
        Guid playlistId,
        SegueApply? apply,
        Func<ISegueEngine, TrackSet, (List<SegueSetTrackDto> Tracks, List<Guid> Entries)> ask)
    {
        if (!TryGetCaller(out var user))
        {
            return Task.FromResult<ActionResult<SegueSetDto>>(Forbid());
        }

        return AskAsync<SegueSetDto>(async engine =>
        {
            var audience = new SegueAudience(Library, user);
            if (FindItem<Playlist>(playlistId, audience) is not { } playlist || !MayOpen(playlist, user))
            {
                return Missing("There is no such playlist.");
            }

            if (apply == SegueApply.Copy && user is null)
            {
                return Bad("An API key cannot own a playlist. Log in as the user that it is for.");
            }

            if (apply == SegueApply.InPlace && !MayEdit(playlist, user))
            {
                return Problem("Only who may edit the playlist can have it changed.", statusCode: StatusCodes.Status403Forbidden);
            }

            var entries = Compat.GetPlaylistItems(playlist);
            if (entries.Count > MaxTracks)
            {
                return Bad("The playlist has more than 10000 tracks.");
            }

            HttpContext.RequestAborted.ThrowIfCancellationRequested();
            var known = audience.Find(entries);
            if (known.Count == 0)
            {
                return Missing("Segue knows no music there that you may hear.");
            }

            var (tracks, wanted) = ask(engine, new TrackSet(playlist, entries, [.. entries.Where(known.ContainsKey).Select(SegueAudience.Name)], audience));
            HttpContext.RequestAborted.ThrowIfCancellationRequested();
            return new SegueSetDto
            {
                Tracks = tracks,
                PlaylistId = apply switch
                {
                    SegueApply.InPlace => await WriteAsync(playlist, entries, wanted).ConfigureAwait(false),
                    SegueApply.Copy => await CopyAsync(playlist, wanted, audience).ConfigureAwait(false),
                    _ => null,
                },
            };
        });
    }

    /// <summary>The server's own rule; an API key may see everything.</summary>
    private static bool MayOpen(Playlist playlist, User? user) =>
        user is null || playlist.OpenAccess || playlist.OwnerUserId.Equals(user.Id) || (playlist.Shares ?? []).Any(share => share.UserId.Equals(user.Id));

    /// <summary>The server's own rule; an API key is nobody's.</summary>
    private static bool MayEdit(Playlist playlist, User? user) =>
        user is not null && (playlist.OwnerUserId.Equals(user.Id) || (playlist.Shares ?? []).Any(share => share.CanEdit && share.UserId.Equals(user.Id)));

    private async Task<Guid> WriteAsync(Playlist playlist, IReadOnlyList<Guid> before, IReadOnlyList<Guid> wanted)
    {
        if (before.SequenceEqual(wanted))
        {
            return playlist.Id;
        }

        // Entries are kept as they are: the server may know by them what it cannot find now.
        var links = playlist.LinkedChildren.Length == before.Count
            ? before.Zip(playlist.LinkedChildren).GroupBy(pair => pair.First).ToDictionary(group => group.Key, group => new Queue<LinkedChild>(group.Select(pair => pair.Second)))
            : [];
        List<LinkedChild> written = [];
        var ticks = links.Count > 0 ? playlist.RunTimeTicks ?? 0 : 0;
        foreach (var id in wanted)
        {
            if (links.TryGetValue(id, out var kept) && kept.TryDequeue(out var link))
            {
                written.Add(link);
            }
            else if (LibraryManager.GetItemById(id) is { } item)
            {
                written.Add(Compat.CreateLink(item));
                ticks += item.RunTimeTicks ?? 0;
            }
        }

        // The server does not add up the tracks by itself.
        ticks -= links.Where(left => left.Value.Count > 0).Sum(left => left.Value.Count * (LibraryManager.GetItemById(left.Key)?.RunTimeTicks ?? 0));
        playlist.LinkedChildren = [.. written];
        playlist.RunTimeTicks = Math.Max(ticks, 0);
        await Compat.SaveAsync(playlist, CancellationToken.None).ConfigureAwait(false);
        return playlist.Id;
    }

    private async Task<Guid?> CopyAsync(Playlist playlist, IReadOnlyList<Guid> wanted, SegueAudience audience)
    {
        // The server would take a track of a library that is closed to the caller.
        var known = audience.Find(wanted);
        var result = await _playlistManager.CreatePlaylist(new PlaylistCreationRequest
        {
            Name = playlist.Name,
            UserId = audience.User!.Id,
            MediaType = MediaType.Audio,
            ItemIdList = [.. wanted.Where(known.ContainsKey)],
            Public = false,
        }).ConfigureAwait(false);
        return Guid.TryParse(result.Id, out var id) ? id : null;
    }

    /// <summary>A playlist: all of its entries, and those of them that the caller may see, as the engine knows them.</summary>
    private sealed record TrackSet(Playlist Playlist, IReadOnlyList<Guid> Entries, IReadOnlyList<string> Visible, SegueAudience Audience)
    {
        public TracksRequest Request => new() { Tracks = Visible, Listener = Audience.Listener, Allowed = Audience.Allowed };
    }
}
