using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playback;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Playback;

public sealed class OpinionSyncTests
{
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly IMusicLibrary _library = Substitute.For<IMusicLibrary>();
    private readonly IUserDataManager _data = Substitute.For<IUserDataManager>();
    private readonly IJellyfinCompat _compat = Substitute.For<IJellyfinCompat>();
    private readonly FakeTime _time = new();
    private readonly User _ann = Make.User("ann");
    private readonly User _bob = Make.User("bob");
    private readonly List<IReadOnlyList<Audio>> _pages = [];

    public OpinionSyncTests()
    {
        _compat.GetUsers().Returns([_ann, _bob]);
        _library.ReadTracksWithUserData(default).ReturnsForAnyArgs(_pages);
    }

    [Fact]
    public void Each_users_opinions_are_told_as_a_whole()
    {
        var played = new DateTime(2026, 5, 4, 3, 2, 1, DateTimeKind.Unspecified);
        Page(
            Track(1, (_ann, new UserItemData { Key = "key", PlayCount = 3, Played = true, LastPlayedDate = played })),
            Track(2, (_ann, new UserItemData { Key = "key", IsFavorite = true }), (_bob, new UserItemData { Key = "key", Rating = 1 })));
        Page(Track(3, (_ann, new UserItemData { Key = "key", PlaybackPositionTicks = 7 }), (Make.User("gone"), new UserItemData { Key = "key", PlayCount = 1 })));

        Sync().Sync(_engine, TimeSpan.Zero, TestContext.Current.CancellationToken);

        Told(
            _ann,
            new Opinion { ItemId = Make.Id(1), Plays = 3, LastPlayed = new DateTimeOffset(played, TimeSpan.Zero) },
            new Opinion { ItemId = Make.Id(2), Favourite = true });
        Told(_bob, new Opinion { ItemId = Make.Id(2), Disliked = true });
        _engine.ReceivedWithAnyArgs(2).SetOpinions(default!, default!, default);
    }

    [Theory]
    [InlineData(1.0, true)]
    [InlineData(3.0, true)]
    [InlineData(3.5, false)]
    [InlineData(6.0, false)]
    [InlineData(10.0, false)]
    [InlineData(null, false)]
    public void Only_a_low_rating_is_a_dislike(double? rating, bool disliked) =>
        Assert.Equal(disliked, Opinions.Of(Make.Id(1), new UserItemData { Key = "key", Rating = rating }).Disliked);

    [Fact]
    public void A_user_who_thinks_nothing_any_more_is_told_of_too()
    {
        Sync().Sync(_engine, TimeSpan.Zero, TestContext.Current.CancellationToken);

        Told(_ann);
        Told(_bob);
    }

    [Fact]
    public void Of_users_who_do_not_want_it_all_is_forgotten_and_nothing_told()
    {
        Page(Track(1, (_ann, new UserItemData { Key = "key", PlayCount = 1 }), (_bob, new UserItemData { Key = "key", PlayCount = 1 })));

        Sync(settings => settings.PlayLogExcept = [Make.Name(_bob.Id)]).Sync(_engine, TimeSpan.Zero, TestContext.Current.CancellationToken);

        _engine.Received(1).ForgetListener(Make.Name(_bob.Id));
        _engine.DidNotReceive().ForgetListener(Make.Name(_ann.Id));
        _engine.DidNotReceive().SetOpinions(Make.Name(_bob.Id), Arg.Any<IReadOnlyCollection<Opinion>>(), Arg.Any<bool>());
        _engine.ReceivedWithAnyArgs(1).SetOpinions(default!, default!, default);
    }

    [Fact]
    public void Switched_off_all_is_forgotten_and_the_library_is_not_read()
    {
        Sync(settings => settings.PlayLog = false).Sync(_engine, TimeSpan.Zero, TestContext.Current.CancellationToken);

        _engine.ReceivedWithAnyArgs(2).ForgetListener(default!);
        _engine.DidNotReceiveWithAnyArgs().SetOpinions(default!, default!, default);
        _library.DidNotReceiveWithAnyArgs().ReadTracksWithUserData(default);
    }

    [Fact]
    public void Who_does_not_want_it_any_more_is_forgotten_at_the_next_occasion()
    {
        var configuration = new PluginConfiguration();
        var sync = new OpinionSync(_library, _data, _compat, new PluginSettings(() => configuration, () => null), _time, NullLogger<OpinionSync>.Instance);
        sync.Sync(_engine, TimeSpan.FromHours(12), TestContext.Current.CancellationToken);
        configuration.PlayLogExcept = [Make.Name(_ann.Id)];
        sync.Sync(_engine, TimeSpan.FromHours(12), TestContext.Current.CancellationToken);

        _engine.Received(1).ForgetListener(Make.Name(_ann.Id));
    }

    [Fact]
    public void What_was_done_not_long_ago_is_not_done_again()
    {
        var sync = Sync();
        sync.Sync(_engine, TimeSpan.FromHours(12), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromHours(11));
        sync.Sync(_engine, TimeSpan.FromHours(12), TestContext.Current.CancellationToken);
        _library.ReceivedWithAnyArgs(1).ReadTracksWithUserData(default);

        _time.Advance(TimeSpan.FromHours(1));
        sync.Sync(_engine, TimeSpan.FromHours(12), TestContext.Current.CancellationToken);
        _library.ReceivedWithAnyArgs(2).ReadTracksWithUserData(default);
    }

    [Fact]
    public void A_sync_that_is_cut_short_tells_nothing_and_does_not_count()
    {
        using var cancel = new CancellationTokenSource();
        _library.ReadTracksWithUserData(default).ReturnsForAnyArgs(_ =>
        {
            cancel.Cancel();
            return _pages;
        });
        var sync = Sync();

        Assert.Throws<OperationCanceledException>(() => sync.Sync(_engine, TimeSpan.FromHours(12), cancel.Token));
        _engine.DidNotReceiveWithAnyArgs().SetOpinions(default!, default!, default);

        sync.Sync(_engine, TimeSpan.FromHours(12), TestContext.Current.CancellationToken);
        _engine.ReceivedWithAnyArgs(2).SetOpinions(default!, default!, default);
    }

    private void Page(params Audio[] tracks) => _pages.Add(tracks);

    private Audio Track(int number, params (User User, UserItemData Data)[] data)
    {
        var track = Make.Track(number);
        track.UserData = [.. data.SelectMany(entry => new[] { "key", "older key" }.Select(key => Row(track, entry.User, key)))];
        foreach (var (user, known) in data)
        {
            _data.GetUserData(user, track).Returns(known);
        }

        return track;
    }

    private static UserData Row(Audio track, User user, string key) => new() { ItemId = track.Id, UserId = user.Id, CustomDataKey = key, Item = null, User = null };

    private void Told(User user, params Opinion[] opinions) => _engine.Received(1).SetOpinions(
        Make.Name(user.Id),
        Arg.Is<IReadOnlyCollection<Opinion>>(told => told.OrderBy(opinion => opinion.ItemId).SequenceEqual(opinions)),
        true);

    private OpinionSync Sync(Action<PluginConfiguration>? change = null) =>
        new(_library, _data, _compat, Make.Settings(change), _time, NullLogger<OpinionSync>.Instance);
}
