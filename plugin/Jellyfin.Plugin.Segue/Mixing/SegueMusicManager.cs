using System.Diagnostics.CodeAnalysis;
using Jellyfin.Database.Implementations.Entities;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Segue.Mixing;

/// <summary>
/// Stands before the server's own music manager and answers when Segue has a mix; else, and whenever anything fails, the
/// server's answer is the answer.
/// </summary>
internal sealed class SegueMusicManager : IMusicManager
{
    private readonly IMusicManager _inner;
    private readonly Lazy<IInstantMixer> _mixer;
    private readonly ILogger<SegueMusicManager> _logger;

    /// <summary>
    /// Initializes a new instance of the <see cref="SegueMusicManager"/> class. Does nothing but keep its arguments: an
    /// exception here would keep the server from starting.
    /// </summary>
    /// <param name="inner">What was registered before.</param>
    /// <param name="mixer">Makes mixes; made when the first is asked for.</param>
    /// <param name="logger">The log.</param>
    public SegueMusicManager(IMusicManager inner, Lazy<IInstantMixer> mixer, ILogger<SegueMusicManager> logger)
    {
        _inner = inner;
        _mixer = mixer;
        _logger = logger;
    }

    /// <inheritdoc />
    public IReadOnlyList<BaseItem> GetInstantMixFromItem(BaseItem item, User? user, DtoOptions dtoOptions) =>
        Try(mixer => mixer.MixFromItem(item, user, dtoOptions)) ?? _inner.GetInstantMixFromItem(item, user, dtoOptions);

    /// <inheritdoc />
    public IReadOnlyList<BaseItem> GetInstantMixFromArtist(MusicArtist artist, User? user, DtoOptions dtoOptions) =>
        Try(mixer => mixer.MixFromItem(artist, user, dtoOptions)) ?? _inner.GetInstantMixFromArtist(artist, user, dtoOptions);

    /// <inheritdoc />
    public IReadOnlyList<BaseItem> GetInstantMixFromGenres(IEnumerable<string> genres, User? user, DtoOptions dtoOptions)
    {
        var names = genres as IReadOnlyList<string> ?? [.. genres];
        return Try(mixer => mixer.MixFromGenres(names, user, dtoOptions)) ?? _inner.GetInstantMixFromGenres(names, user, dtoOptions);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "No failure of ours may take the server's own mix away.")]
    private IReadOnlyList<BaseItem>? Try(Func<IInstantMixer, IReadOnlyList<BaseItem>?> mix)
    {
        try
        {
            return mix(_mixer.Value);
        }
        catch (Exception e)
        {
            _logger.LogWarning(e, "Segue could not make a mix; Jellyfin's own is used");
            return null;
        }
    }
}
