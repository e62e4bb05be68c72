using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jellyfin.Plugin.Segue.Compat;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Controller.Drawing;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Providers;
using MediaBrowser.Model.Entities;
using Microsoft.Extensions.Logging;
using Segue.Native;
using Playlist = MediaBrowser.Controller.Playlists.Playlist;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Gives playlists a cover.
/// </summary>
public interface IPlaylistCovers
{
    /// <summary>Tells whether a playlist's cover is not the one that Segue gave.</summary>
    /// <param name="playlist">The playlist.</param>
    /// <returns>Whether there is one, and it is somebody else's.</returns>
    bool IsTheirs(Playlist playlist);

    /// <summary>Takes the cover that a playlist has for one that Segue gave, which a better one may replace.</summary>
    /// <param name="playlist">The playlist, which must be saved.</param>
    void TakeBack(Playlist playlist);

    /// <summary>Gives a cover to a playlist that has none, and a better one to one that had to do with a drawn one.</summary>
    /// <param name="playlist">The playlist, saved.</param>
    /// <param name="tracks">Its tracks, whose albums' art is used.</param>
    /// <param name="engine">Draws one where there is too little art.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Whether there is a new cover.</returns>
    Task<bool> GiveAsync(Playlist playlist, IReadOnlyList<Audio> tracks, ISegueEngine engine, CancellationToken cancellationToken);
}

/// <summary>
/// Makes a collage of the albums' art with the server's own means; where that is not possible the engine draws a cover.
/// </summary>
/// <remarks>
/// A cover stays once it is given, though the tracks move on: people find a playlist by it. A person's own is never touched,
/// and neither is one that the server has drawn before there was ours.
/// </remarks>
internal sealed class PlaylistCovers : IPlaylistCovers
{
    /// <summary>Albums in a collage, as the server lays it out.</summary>
    internal const int CollageAlbums = 4;

    /// <summary>Fewer albums than this make no collage.</summary>
    internal const int MinAlbums = 2;

    private const int Side = 600;
    private const string Collage = "collage";
    private const string Drawn = "drawn";

    private readonly IImageProcessor _images;
    private readonly IProviderManager _providers;
    private readonly ILibraryManager _libraryManager;
    private readonly IApplicationPaths _paths;
    private readonly IJellyfinCompat _compat;
    private readonly ILogger<PlaylistCovers> _logger;

    /// <summary>
    /// Initializes a new instance of the <see cref="PlaylistCovers"/> class.
    /// </summary>
    /// <param name="images">Makes collages.</param>
    /// <param name="providers">Saves images.</param>
    /// <param name="libraryManager">Finds albums.</param>
    /// <param name="paths">Where the server keeps what is not kept.</param>
    /// <param name="compat">What entities do by themselves.</param>
    /// <param name="logger">The log.</param>
    public PlaylistCovers(
        IImageProcessor images,
        IProviderManager providers,
        ILibraryManager libraryManager,
        IApplicationPaths paths,
        IJellyfinCompat compat,
        ILogger<PlaylistCovers> logger)
    {
        _images = images;
        _providers = providers;
        _libraryManager = libraryManager;
        _paths = paths;
        _compat = compat;
        _logger = logger;
    }

    /// <inheritdoc />
    public bool IsTheirs(Playlist playlist)
    {
        if (FindPrimary(playlist) is not { } path)
        {
            return false;
        }

        return PlaylistMarks.Get(playlist, PlaylistMarks.GivenCover)?.Split(' ')[0] is not { } given
            || !string.Equals(Digest(path), given, StringComparison.Ordinal);
    }

    /// <inheritdoc />
    public void TakeBack(Playlist playlist)
    {
        if (FindPrimary(playlist) is { } path && Digest(path) is { } digest)
        {
            PlaylistMarks.Set(playlist, PlaylistMarks.GivenCover, digest + " " + Drawn);
        }
    }

    /// <inheritdoc />
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A playlist without a cover is better than none.")]
    public async Task<bool> GiveAsync(Playlist playlist, IReadOnlyList<Audio> tracks, ISegueEngine engine, CancellationToken cancellationToken)
    {
        try
        {
            var has = FindPrimary(playlist) is not null;
            if (has && (!IsDrawn(playlist) || IsTheirs(playlist)))
            {
                return false;
            }

            var key = PlaylistMarks.Key(playlist) ?? string.Empty;
            var collage = MakeCollage(playlist, tracks);

            // The engine draws for the library's lists only; without art the server draws one for the others.
            if (collage is null && (has || PlaylistMarks.Kind(key) != ListKind.Library))
            {
                return false;
            }

            var cover = collage ?? engine.GetCover(key);
            using var stream = new MemoryStream(cover, writable: false);
            await _providers.SaveImage(playlist, stream, "image/png", ImageType.Primary, null, cancellationToken).ConfigureAwait(false);
            PlaylistMarks.Set(playlist, PlaylistMarks.GivenCover, PlaylistMarks.Digest(cover) + " " + (collage is null ? Drawn : Collage));
            await _compat.SaveImageAsync(playlist, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _logger.LogWarning(e, "Playlist {Name} got no cover", playlist.Name);
            return false;
        }
    }

    private static bool IsDrawn(Playlist playlist) =>
        PlaylistMarks.Get(playlist, PlaylistMarks.GivenCover)?.EndsWith(" " + Drawn, StringComparison.Ordinal) == true;

    private static string? FindPrimary(BaseItem item) =>
        item.ImageInfos?.FirstOrDefault(image => image.Type == ImageType.Primary)?.Path is { Length: > 0 } path && File.Exists(path) ? path : null;

    private static string? Digest(string path)
    {
        try
        {
            return PlaylistMarks.Digest(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private byte[]? MakeCollage(Playlist playlist, IReadOnlyList<Audio> tracks)
    {
        if (!_images.SupportsImageCollageCreation)
        {
            return null;
        }

        var art = tracks.Select(FindArt).OfType<string>().Distinct(StringComparer.Ordinal).Take(CollageAlbums).ToList();
        if (art.Count < MinAlbums)
        {
            return null;
        }

        var file = Path.Combine(_paths.TempDirectory, "segue-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture) + ".png");
        try
        {
            Directory.CreateDirectory(_paths.TempDirectory);
            _images.CreateImageCollage(new ImageCollageOptions { InputPaths = art, OutputPath = file, Width = Side, Height = Side }, playlist.Name);
            return File.ReadAllBytes(file) is { Length: > 0 } bytes ? bytes : null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _logger.LogDebug(e, "No collage for playlist {Name}: a drawn cover it is", playlist.Name);
            return null;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The art of a track's album, or its own. An album may lie some folders above, one for each disc.</summary>
    private string? FindArt(Audio track)
    {
        var parent = track.ParentId;
        for (var level = 0; level < 3 && !parent.Equals(Guid.Empty); level++)
        {
            var item = _libraryManager.GetItemById(parent);
            if (item is MusicAlbum album)
            {
                return FindPrimary(album) ?? FindPrimary(track);
            }

            parent = item?.ParentId ?? Guid.Empty;
        }

        return FindPrimary(track);
    }
}
