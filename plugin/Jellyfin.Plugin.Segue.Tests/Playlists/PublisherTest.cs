using Jellyfin.Data.Enums;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playlists;
using Jellyfin.Plugin.Segue.Tests.Tasks;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;
using MediaBrowser.Model.Playlists;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Segue.Native;
using Xunit;
using EnginePlaylist = Segue.Native.Playlist;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Tests.Playlists;

/// <summary>
/// A server with playlists, 50 tracks, an administrator and a user, and an engine that keeps what it is told.
/// </summary>
public abstract class PublisherTest
{
    private protected IPlaylistManager Manager { get; } = Substitute.For<IPlaylistManager>();

    private protected ILibraryManager LibraryManager { get; } = Substitute.For<ILibraryManager>();

    private protected IMusicLibrary Library { get; } = Substitute.For<IMusicLibrary>();

    private protected IJellyfinCompat Compat { get; } = Substitute.For<IJellyfinCompat>();

    private protected IPlaylistCovers Covers { get; } = Substitute.For<IPlaylistCovers>();

    private protected ISegueEngine Engine { get; } = Substitute.For<ISegueEngine>();

    private protected RecordingProgress Progress { get; } = new();

    private protected PluginConfiguration Configuration { get; } = new();

    private protected User Bob { get; } = Make.User("bob");

    private protected User Ann { get; } = Make.User("ann", PermissionKind.IsAdministrator);

    private protected List<PlaylistCreationRequest> Created { get; } = [];

    /// <summary>The playlists of the server.</summary>
    private protected List<Playlist> Server { get; } = [];

    /// <summary>The tracks of the server.</summary>
    private protected HashSet<Guid> Existing { get; } = [.. Enumerable.Range(1, 50).Select(Make.Id)];

    private protected PublishedState State { get; set; } = new();

    private protected int Saves { get; set; }

    private List<EnginePlaylist> _kept = [];

    protected PublisherTest()
    {
        Compat.GetUsers().Returns([Bob, Ann]);
        Compat.CreateLink(default!).ReturnsForAnyArgs(call => new LinkedChild { ItemId = call.Arg<BaseItem>().Id, Path = call.Arg<BaseItem>().Path });
        Compat.SaveAsync(default!, default).ReturnsForAnyArgs(_ =>
        {
            Saves++;
            return Task.CompletedTask;
        });
        See(Ann, Enumerable.Range(1, 50));
        See(Bob, Enumerable.Range(1, 50));
        Library.GetAllTracks().Returns(_ => Existing.ToList());
        Library.GetTrack(default, default).ReturnsForAnyArgs(call => Existing.Contains(call.Arg<Guid>())
            ? new Audio { Id = call.Arg<Guid>(), Path = PathOf(call.Arg<Guid>()), RunTimeTicks = 10 }
            : null);
        LibraryManager.GetItemById(default).ReturnsForAnyArgs(call => Existing.Contains(call.Arg<Guid>()) ? new Audio { Id = call.Arg<Guid>() } : null);
        Compat.GetPlaylistItems(default!).ReturnsForAnyArgs(call => [.. call.Arg<Playlist>().LinkedChildren.Select(child => child.ItemId ?? ByPath(child.Path))]);

        Manager.CreatePlaylist(default!).ReturnsForAnyArgs(call =>
        {
            var request = call.Arg<PlaylistCreationRequest>();
            Created.Add(request);
            var playlist = new Playlist
            {
                Id = Make.Id(100 + Created.Count),
                Name = request.Name!,
                OwnerUserId = request.UserId,
                OpenAccess = request.Public ?? false,
                DateCreated = new DateTime(2026, 1, 1, 0, 0, Created.Count, DateTimeKind.Utc),
            };
            Server.Add(playlist);
            return new PlaylistCreationResult(Make.Name(playlist.Id));
        });
        LibraryManager.GetItemById<Playlist>(default).ReturnsForAnyArgs(call => Server.Find(playlist => playlist.Id.Equals(call.Arg<Guid>()))!);
        LibraryManager.GetItemList(Arg.Is<InternalItemsQuery>(query => query.IncludeItemTypes.SequenceEqual(new[] { BaseItemKind.Playlist })))
            .Returns(_ => [.. Server]);
        LibraryManager.WhenForAnyArgs(manager => manager.DeleteItem(default!, default!, default(bool))).Do(call => Server.Remove((Playlist)call.Arg<BaseItem>()));

        Engine.GetPlaylists().Returns(_ => _kept);
        Engine.EditPlaylist(default!, default!).ReturnsForAnyArgs(call =>
        {
            var at = _kept.FindIndex(playlist => playlist.Key == call.Arg<string>());
            var edit = call.Arg<PlaylistEdit>();
            return _kept[at] = _kept[at] with { Excluded = edit.Excluded ?? _kept[at].Excluded };
        });
    }

    private protected static EnginePlaylist List(string key, string name, params int[] tracks) => new()
    {
        Key = key,
        Name = name,
        Description = name + " music.",
        Tracks = [.. tracks.Select(number => Make.Near(number))],
    };

    private protected static IEnumerable<Guid> Tracks(Playlist playlist) => playlist.LinkedChildren.Select(child => child.ItemId!.Value);

    private protected static IEnumerable<Guid> Ids(params int[] numbers) => numbers.Select(Make.Id);

    private protected static LinkedChild[] Links(params int[] numbers) => [.. numbers.Select(number => new LinkedChild { ItemId = Make.Id(number), Path = PathOf(Make.Id(number)) })];

    private static Guid ByPath(string path) => Guid.Parse(Path.GetFileNameWithoutExtension(path));

    private protected static string PathOf(Guid id) => "/music/" + Make.Name(id) + ".flac";

    private protected void See(User user, IEnumerable<int> numbers)
    {
        var visible = numbers.Select(Make.Id).ToHashSet();
        Library.GetHiddenTracks(user, Arg.Any<IReadOnlyCollection<Guid>>())
            .Returns(call => call.Arg<IReadOnlyCollection<Guid>>().Where(id => !visible.Contains(id) || !Existing.Contains(id)).ToHashSet());
    }

    /// <summary>A scan finds that tracks are gone: Jellyfin drops them from playlists.</summary>
    private protected void Vanish(params int[] numbers)
    {
        Existing.ExceptWith(numbers.Select(Make.Id));
        foreach (var playlist in Server)
        {
            playlist.LinkedChildren = [.. playlist.LinkedChildren.Where(child => Existing.Contains(child.ItemId!.Value))];
        }
    }

    private protected void NothingDeleted() => LibraryManager.DidNotReceiveWithAnyArgs().DeleteItem(default!, default!, default(bool));

    private protected async Task<PublishSummary> Publish(params EnginePlaylist[] playlists)
    {
        _kept = [.. playlists];
        return await PublishAgain(TestContext.Current.CancellationToken) with { At = default };
    }

    private protected Task<PublishSummary> PublishAgain(CancellationToken cancellationToken) => Publisher().PublishAsync(Engine, Progress, cancellationToken);

    private protected IPlaylistPublisher Publisher() => new PlaylistPublisher(
        Manager,
        LibraryManager,
        Library,
        Compat,
        Covers,
        Ledger(),
        new PluginSettings(() => Configuration, () => null),
        TimeProvider.System,
        NullLogger<PlaylistPublisher>.Instance);

    private protected IPublishedLedger Ledger()
    {
        var ledger = Substitute.For<IPublishedLedger>();
        ledger.Read().Returns(_ => State);
        ledger.WhenForAnyArgs(written => written.Change(default!)).Do(call => State = call.Arg<Func<PublishedState, PublishedState>>()(State));
        return ledger;
    }
}
