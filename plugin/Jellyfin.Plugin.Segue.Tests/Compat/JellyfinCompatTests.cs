using Jellyfin.Plugin.Segue.Compat;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;
using NSubstitute;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Compat;

/// <summary>
/// What can be tried without a server: its packages are declarations, whose entities do nothing.
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
    public void What_the_server_computes_is_asked_of_the_server()
    {
        var compat = new JellyfinCompat(_users);

        Assert.Throws<NotSupportedException>(() => compat.CreateLink(new Audio()));
        Assert.Throws<NotSupportedException>(() => compat.GetPlaylistTracks(new Playlist()));
        Assert.Throws<NotSupportedException>(() => { _ = compat.SaveAsync(new Folder(), CancellationToken.None); });
    }
}
