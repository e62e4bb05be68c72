using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Controller.Drawing;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Providers;
using MediaBrowser.Model.Entities;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Tests.Playlists;

public sealed class PlaylistCoversTests : IDisposable
{
    private static readonly byte[] Drawn = [1, 2, 3];
    private static readonly byte[] Collage = [4, 5, 6];
    private static readonly byte[] Theirs = [7, 8, 9];

    private readonly IImageProcessor _images = Substitute.For<IImageProcessor>();
    private readonly IProviderManager _providers = Substitute.For<IProviderManager>();
    private readonly ILibraryManager _libraryManager = Substitute.For<ILibraryManager>();
    private readonly IJellyfinCompat _compat = Substitute.For<IJellyfinCompat>();
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("segue-covers");
    private readonly Playlist _playlist = new() { Id = Make.Id(100), Name = "Calm" };
    private readonly PlaylistCovers _covers;

    public PlaylistCoversTests()
    {
        _playlist.ProviderIds["Segue"] = "calm";
        _engine.GetCover("calm").Returns(Drawn);
        _images.SupportsImageCollageCreation.Returns(true);
        _images.WhenForAnyArgs(images => images.CreateImageCollage(default!, default)).Do(call => File.WriteAllBytes(call.Arg<ImageCollageOptions>().OutputPath, Collage));
        _providers.SaveImage(default!, default(Stream)!, default!, default, default, default).ReturnsForAnyArgs(async Task (call) =>
        {
            var path = Path.Combine(_folder.FullName, "folder.png");
            await using var file = File.Create(path);
            await call.Arg<Stream>().CopyToAsync(file);
            Show(_playlist, path);
        });
        var paths = Substitute.For<IApplicationPaths>();
        paths.TempDirectory.Returns(Path.Combine(_folder.FullName, "temp"));
        _covers = new PlaylistCovers(_images, _providers, _libraryManager, paths, _compat, NullLogger<PlaylistCovers>.Instance);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_art_of_the_albums_makes_a_collage()
    {
        Assert.True(await Give(Tracks(albums: 6)));

        Assert.Equal(Collage, Cover());
        _images.Received(1).CreateImageCollage(
            Arg.Is<ImageCollageOptions>(options => options.InputPaths.Count == 4 && options.InputPaths.Distinct().Count() == 4 && options.Width == options.Height),
            "Calm");
        await _compat.Received(1).SaveImageAsync(_playlist, TestContext.Current.CancellationToken);
        Assert.False(_covers.IsTheirs(_playlist));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.FullName, "temp")));
    }

    [Fact]
    public async Task An_album_of_several_discs_is_one_album()
    {
        var album = Album(1);
        _libraryManager.GetItemById(Make.Id(30)).Returns(new Folder { Id = Make.Id(30), ParentId = album.Id });
        _libraryManager.GetItemById(Make.Id(31)).Returns(new Folder { Id = Make.Id(31), ParentId = album.Id });

        await Give([new Audio { Id = Make.Id(1), ParentId = Make.Id(30) }, new Audio { Id = Make.Id(2), ParentId = Make.Id(31) }]);

        // One picture is no collage.
        Assert.Equal(Drawn, Cover());
    }

    [Fact]
    public async Task Without_art_or_without_the_servers_means_the_engine_draws_one()
    {
        Assert.True(await Give([new Audio { Id = Make.Id(1) }]));
        Assert.Equal(Drawn, Cover());

        Forget();
        _images.SupportsImageCollageCreation.Returns(false);
        Assert.True(await Give(Tracks(albums: 6)));
        Assert.Equal(Drawn, Cover());

        Forget();
        _images.SupportsImageCollageCreation.Returns(true);
        _images.WhenForAnyArgs(images => images.CreateImageCollage(default!, default)).Do(_ => throw new InvalidOperationException("not a picture"));
        Assert.True(await Give(Tracks(albums: 6)));
        Assert.Equal(Drawn, Cover());
    }

    [Fact]
    public async Task A_cover_stays_though_the_tracks_move_on_and_a_drawn_one_gives_way_to_art()
    {
        await Give([new Audio { Id = Make.Id(1) }]);
        Assert.False(await Give([new Audio { Id = Make.Id(2) }]));

        Assert.True(await Give(Tracks(albums: 3)));
        Assert.Equal(Collage, Cover());

        Assert.False(await Give(Tracks(albums: 5)));
        await _providers.ReceivedWithAnyArgs(2).SaveImage(default!, default(Stream)!, default!, default, default, default);
    }

    [Fact]
    public async Task A_cover_that_was_lost_is_given_again()
    {
        await Give(Tracks(albums: 3));
        File.Delete(Path.Combine(_folder.FullName, "folder.png"));

        Assert.True(await Give(Tracks(albums: 3)));
        Assert.Equal(Collage, Cover());
    }

    [Fact]
    public async Task A_persons_cover_is_left_alone()
    {
        await Give([new Audio { Id = Make.Id(1) }]);
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "folder.png"), Theirs, TestContext.Current.CancellationToken);

        Assert.True(_covers.IsTheirs(_playlist));
        Assert.False(await Give(Tracks(albums: 3)));
        Assert.Equal(Theirs, Cover());

        // Until they give it back.
        _covers.TakeBack(_playlist);
        Assert.False(_covers.IsTheirs(_playlist));
        Assert.True(await Give(Tracks(albums: 3)));
        Assert.Equal(Collage, Cover());
    }

    [Fact]
    public async Task One_that_was_there_before_ours_is_left_alone()
    {
        var path = Path.Combine(_folder.FullName, "folder.jpg");
        await File.WriteAllBytesAsync(path, Theirs, TestContext.Current.CancellationToken);
        Show(_playlist, path);

        Assert.False(await Give(Tracks(albums: 3)));
        Assert.True(_covers.IsTheirs(_playlist));
    }

    [Fact]
    public async Task A_playlist_without_a_cover_is_better_than_none()
    {
        _engine.GetCover("calm").Throws(new SegueException(SegueStatus.Store, "disk"));

        Assert.False(await Give([new Audio { Id = Make.Id(1) }]));
        Assert.False(_covers.IsTheirs(_playlist));
    }

    private static void Show(BaseItem item, string path) => item.ImageInfos = [new ItemImageInfo { Type = ImageType.Primary, Path = path }];

    private byte[] Cover() => File.ReadAllBytes(_playlist.ImageInfos.Single().Path);

    private void Forget()
    {
        _playlist.ImageInfos = [];
        _playlist.ProviderIds.Remove("SegueCover");
    }

    private MusicAlbum Album(int number)
    {
        var path = Path.Combine(_folder.FullName, $"album{number}.jpg");
        File.WriteAllBytes(path, [(byte)number]);
        var album = new MusicAlbum { Id = Make.Id(500 + number) };
        Show(album, path);
        _libraryManager.GetItemById(album.Id).Returns(album);
        return album;
    }

    /// <summary>Two tracks of each album.</summary>
    private List<Audio> Tracks(int albums) =>
        [.. Enumerable.Range(1, albums).Select(Album).SelectMany(album => new[] { new Audio { Id = Guid.NewGuid(), ParentId = album.Id }, new Audio { Id = Guid.NewGuid(), ParentId = album.Id } })];

    private Task<bool> Give(IReadOnlyList<Audio> tracks) => _covers.GiveAsync(_playlist, tracks, _engine, TestContext.Current.CancellationToken);
}
