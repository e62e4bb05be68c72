using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;
using NSubstitute;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Compat;

/// <summary>
/// What can be tried without a server, be its assemblies the real ones or declarations that compute nothing.
/// </summary>
public sealed class JellyfinCompatTests
{
    private readonly IUserManager _users = Substitute.For<IUserManager>();

    [Fact]
    public void Users_are_listed_by_the_member_that_this_line_has()
    {
        var ann = Make.User("ann");
#if NET10_0_OR_GREATER
        _users.GetUsers().Returns([ann]);
#else
        _users.Users.Returns([ann]);
#endif

        Assert.Same(ann, Assert.Single(new JellyfinCompat(_users).GetUsers()));
    }

    [Fact]
    public void A_pointer_to_a_stream_is_no_local_file()
    {
        Assert.False(new JellyfinCompat(_users).IsLocalFile(new Audio { Path = "/music/radio.strm", IsShortcut = true }));
    }

    [Fact]
    public void The_folders_of_the_libraries_that_a_user_sees_are_told()
    {
        var ann = Make.User("ann");
        var root = new Root(ann, [new CollectionFolder { PhysicalFolderIds = [Make.Id(1), Make.Id(2)] }, new Folder(), new CollectionFolder { PhysicalFolderIds = [Make.Id(2), Make.Id(3)] }]);

        Assert.Equal([Make.Id(1), Make.Id(2), Make.Id(3)], new JellyfinCompat(_users).GetLibraryFolders(root, ann));
        Assert.Empty(new JellyfinCompat(_users).GetLibraryFolders(root, Make.User("bob")));
    }

    [Fact]
    public void What_a_user_may_see_is_asked_with_all_that_an_item_lies_in()
    {
        var ann = Make.User("ann");

        Assert.True(new JellyfinCompat(_users).IsVisible(new Guarded(ann), ann));
        Assert.False(new JellyfinCompat(_users).IsVisible(new Guarded(ann), Make.User("bob")));
    }

    [Fact]
    public void What_a_playlist_holds_is_read_from_its_entries()
    {
        var playlist = new Playlist { LinkedChildren = [new LinkedChild { ItemId = Make.Id(2) }, new LinkedChild { ItemId = Make.Id(1) }] };

        Assert.Equal([Make.Id(2), Make.Id(1)], new JellyfinCompat(_users).GetPlaylistItems(playlist));
    }

    [Fact]
    public void An_entry_has_the_path_that_one_line_needs_and_the_id_that_the_other_does()
    {
        LinkedChild link;
        try
        {
            link = new JellyfinCompat(_users).CreateLink(Make.Track(7));
        }
        catch (NotSupportedException)
        {
            Assert.Skip("The server's assemblies are declarations here, in which nothing is computed.");
            return;
        }

        Assert.Equal(Make.Id(7), link.ItemId);
#if !NET10_0_OR_GREATER
        Assert.Equal("/music/7.flac", link.Path);
#endif
    }

    [Fact]
    public async Task A_save_is_told_as_an_edit()
    {
        var item = new Recorded();

        await new JellyfinCompat(_users).SaveAsync(item, TestContext.Current.CancellationToken);

        Assert.Equal([(ItemUpdateType.MetadataEdit, TestContext.Current.CancellationToken)], item.Saves);
    }

    private sealed class Root(User who, IReadOnlyList<BaseItem> children) : Folder
    {
        public override IReadOnlyList<BaseItem> GetChildren(User user, bool includeLinkedChildren, InternalItemsQuery query = null!) =>
            user == who && includeLinkedChildren ? children : [];
    }

    private sealed class Guarded(User who) : Audio
    {
        public override bool IsVisibleStandalone(User user) => user == who;

        // Ratings and tags alone: not the question.
        public override bool IsVisible(User user, bool skipAllowedTagsCheck = false) => true;
    }

    private sealed class Recorded : Folder
    {
        public List<(ItemUpdateType Reason, CancellationToken CancellationToken)> Saves { get; } = [];

        public override Task UpdateToRepositoryAsync(ItemUpdateType updateReason, CancellationToken cancellationToken)
        {
            Saves.Add((updateReason, cancellationToken));
            return Task.CompletedTask;
        }
    }
}
