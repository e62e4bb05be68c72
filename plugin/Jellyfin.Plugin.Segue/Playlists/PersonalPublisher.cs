using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Library;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;
using Microsoft.Extensions.Logging;
using Segue.Native;
using EnginePlaylist = Segue.Native.Playlist;

namespace Jellyfin.Plugin.Segue.Playlists;

/// <summary>
/// Brings one listener's own lists into Jellyfin, where nobody else sees them.
/// </summary>
public interface IPersonalPublisher
{
    /// <summary>
    /// Creates what is new and updates in place what is there, by the rules of <see cref="IPlaylistPublisher.PublishAsync"/>: what a
    /// person has changed is theirs, and a list that they deleted does not come back.
    /// </summary>
    /// <param name="engine">Draws covers.</param>
    /// <param name="user">Whose lists they are.</param>
    /// <param name="lists">All of that user's lists.</param>
    /// <param name="cancellationToken">Ends the work between two playlists.</param>
    /// <returns>What was done.</returns>
    Task<PublishSummary> PublishAsync(ISegueEngine engine, User user, IReadOnlyList<PersonalList> lists, CancellationToken cancellationToken);

    /// <summary>Lets a user have again what they deleted.</summary>
    /// <param name="user">The user's id.</param>
    void TakeBack(Guid user);
}

/// <summary>
/// Lets a <see cref="PublishRun"/> do it, for one user and their lists alone.
/// </summary>
internal sealed class PersonalPublisher : IPersonalPublisher
{
    private readonly IPlaylistManager _playlistManager;
    private readonly ILibraryManager _libraryManager;
    private readonly IMusicLibrary _library;
    private readonly IJellyfinCompat _compat;
    private readonly IPlaylistCovers _covers;
    private readonly IPublishedLedger _ledger;
    private readonly ILogger<PersonalPublisher> _logger;
    private readonly TiedPlaylists _tied;

    /// <summary>
    /// Initializes a new instance of the <see cref="PersonalPublisher"/> class.
    /// </summary>
    /// <param name="playlistManager">Creates playlists.</param>
    /// <param name="libraryManager">Finds playlists.</param>
    /// <param name="library">The music, and who may see it.</param>
    /// <param name="compat">What entities do by themselves.</param>
    /// <param name="covers">Gives covers.</param>
    /// <param name="ledger">Remembers what was there.</param>
    /// <param name="logger">The log.</param>
    public PersonalPublisher(
        IPlaylistManager playlistManager,
        ILibraryManager libraryManager,
        IMusicLibrary library,
        IJellyfinCompat compat,
        IPlaylistCovers covers,
        IPublishedLedger ledger,
        ILogger<PersonalPublisher> logger)
    {
        _playlistManager = playlistManager;
        _libraryManager = libraryManager;
        _library = library;
        _compat = compat;
        _covers = covers;
        _ledger = ledger;
        _logger = logger;
        _tied = new TiedPlaylists(libraryManager, library, compat);
    }

    /// <inheritdoc />
    public async Task<PublishSummary> PublishAsync(ISegueEngine engine, User user, IReadOnlyList<PersonalList> lists, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(lists);

        var wanted = lists.Select(Describe).ToList();
        var ours = _tied.Read(ListKind.Personal).Where(list => list.Playlist.OwnerUserId.Equals(user.Id)).ToList();
        var before = Of(_ledger.Read(), user.Id, theirs: true);
        var users = _compat.GetUsers();
        var audience = new PlaylistAudience { All = users, Owners = [user], Chosen = [user], Everybody = false, Private = true, LeftOut = 0 };
        var access = PlaylistAccess.To(
            wanted.SelectMany(list => list.Tracks).Select(track => track.ItemId).OfType<Guid>().Concat(ours.SelectMany(list => list.Items)).ToHashSet(),
            users,
            _library,
            _libraryManager,
            cancellationToken);
        var run = new PublishRun(
            engine,
            audience,
            access,
            wanted,
            ours,
            before,
            new PublishTools(_playlistManager, _libraryManager, _library, _compat, _covers, _tied.Existence(), _logger));
        await run.DoAsync(new Nobody(), cancellationToken).ConfigureAwait(false);

        // What was deleted stays unwanted also while it is not made.
        var made = wanted.Select(list => list.Key).ToHashSet(StringComparer.Ordinal);
        var dismissed = before.Dismissed.Where(list => !made.Contains(list.Key)).Concat(run.State.Dismissed).ToList();
        _ledger.Change(state => Of(state, user.Id, theirs: false).Beside(run.State with { Dismissed = dismissed }));
        return run.Summary;
    }

    /// <inheritdoc />
    public void TakeBack(Guid user) => _ledger.Change(state => Of(state, user, theirs: false).Beside(Of(state, user, theirs: true) with { Dismissed = [] }));

    /// <summary>What is known of one user's personal lists, or everything else.</summary>
    private static PublishedState Of(PublishedState state, Guid user, bool theirs) => state.Part(list => IsOf(list, user) == theirs);

    private static bool IsOf(PublishedList list, Guid user) => PlaylistMarks.Kind(list.Key) == ListKind.Personal && list.Owner.Equals(user);

    private static EnginePlaylist Describe(PersonalList list) => new()
    {
        Key = PlaylistMarks.PersonalPrefix + list.Key,
        Name = list.Name,
        Description = list.Description,
        Tracks = list.Tracks,
    };

    private sealed class Nobody : IProgress<double>
    {
        public void Report(double value)
        {
        }
    }
}
