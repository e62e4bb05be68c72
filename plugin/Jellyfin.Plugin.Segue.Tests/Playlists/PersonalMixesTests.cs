using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playback;
using Jellyfin.Plugin.Segue.Playlists;
using Jellyfin.Plugin.Segue.Tasks;
using Jellyfin.Plugin.Segue.Tests.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using NSubstitute.Extensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Playlists;

public sealed class PersonalMixesTests
{
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly IOpinionSync _opinions = Substitute.For<IOpinionSync>();
    private readonly IPersonalPublisher _publisher = Substitute.For<IPersonalPublisher>();
    private readonly IMusicLibrary _library = Substitute.For<IMusicLibrary>();
    private readonly IJellyfinCompat _compat = Substitute.For<IJellyfinCompat>();
    private readonly FakeTime _time = new();
    private readonly RecordingProgress _progress = new();
    private readonly List<TasteRequest> _asked = [];
    private readonly User _ann = Make.User("ann");
    private readonly User _bob = Make.User("bob");

    public PersonalMixesTests()
    {
        _compat.GetUsers().Returns([_bob, _ann]);
        _library.RenewCandidates(_ann).Returns(new ItemSet([Make.Id(1), Make.Id(2)]));
        _library.RenewCandidates(_bob).Returns(new ItemSet([Make.Id(2)]));
        _engine.MakePersonalLists(default!).ReturnsForAnyArgs(call =>
        {
            _asked.Add(call.Arg<TasteRequest>());
            return [new PersonalList { Key = call.Arg<TasteRequest>().Listener }];
        });
        _publisher.PublishAsync(default!, default!, default!, default).ReturnsForAnyArgs(new PublishSummary());
    }

    [Fact]
    public async Task Each_user_gets_lists_of_what_they_may_see_after_their_opinions_are_known()
    {
        await Refresh();

        _opinions.Received(1).Sync(_engine, PersonalMixes.OpinionsFor, Arg.Any<CancellationToken>());
        Assert.Equal([Make.Name(_ann.Id), Make.Name(_bob.Id)], _asked.Select(request => request.Listener));
        Assert.Equal([2, 1], _asked.Select(request => request.Allowed!.Count));
        await _publisher.Received(1).PublishAsync(_engine, _ann, Arg.Is<IReadOnlyList<PersonalList>>(lists => lists.Single().Key == Make.Name(_ann.Id)), Arg.Any<CancellationToken>());
        await _publisher.Received(1).PublishAsync(_engine, _bob, Arg.Is<IReadOnlyList<PersonalList>>(lists => lists.Single().Key == Make.Name(_bob.Id)), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task The_draw_changes_with_the_day_and_the_settings_are_heeded()
    {
        await Refresh(settings => (settings.DailyMixes, settings.PersonalMixLength, settings.ArtistCap) = (2, 30, 5));
        _time.Advance(TimeSpan.FromDays(1));
        await Refresh();

        Assert.Equal((2, 30, 5), (_asked[0].DailyMixes, _asked[0].Length, _asked[0].ArtistCap));
        Assert.Equal(_asked[0].Variation + 1, _asked[2].Variation);
        Assert.Equal(_asked[0].Now + TimeSpan.FromDays(1), _asked[2].Now);
    }

    [Fact]
    public async Task Switched_off_nothing_is_made()
    {
        await Refresh(settings => settings.PersonalMixes = false);

        Assert.Empty(_asked);
        _opinions.DidNotReceiveWithAnyArgs().Sync(default!, default, default);
    }

    [Fact]
    public async Task Users_of_whom_nothing_is_remembered_and_those_who_cannot_log_in_get_none()
    {
        var gone = Make.User("gone", PermissionKind.IsDisabled);
        _compat.GetUsers().Returns([gone, _ann, _bob]);

        await Refresh(settings => settings.PlayLogExcept = [Make.Name(_bob.Id)]);

        Assert.Equal([Make.Name(_ann.Id)], _asked.Select(request => request.Listener));
    }

    [Fact]
    public async Task One_users_failure_is_not_the_others()
    {
        _publisher.PublishAsync(default!, _ann, default!, default).ReturnsForAnyArgs(
            call => call.Arg<User>().Id.Equals(_ann.Id) ? throw new InvalidOperationException("no") : Task.FromResult(new PublishSummary()));

        await Refresh();

        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task What_fails_for_all_fails()
    {
        _engine.Configure().MakePersonalLists(default!).ThrowsForAnyArgs(new SegueException(SegueStatus.Internal, "broken"));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Refresh());

        Assert.IsType<SegueException>(failure.InnerException);
    }

    [Fact]
    public async Task A_cancel_ends_it_between_two_users()
    {
        using var cancel = new CancellationTokenSource();
        _publisher.PublishAsync(default!, default!, default!, default).ReturnsForAnyArgs(async _ =>
        {
            await cancel.CancelAsync();
            return new PublishSummary();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Refresh(cancellationToken: cancel.Token));

        Assert.Single(_asked);
    }

    [Fact]
    public async Task The_task_does_it_and_a_closing_server_is_a_cancel()
    {
        var mixes = Substitute.For<IPersonalMixes>();
        var task = new RefreshPersonalMixesTask(mixes, _time);

        await task.ExecuteAsync(_progress, TestContext.Current.CancellationToken);
        mixes.RefreshAsync(default!, default).ThrowsAsyncForAnyArgs(new SegueException(SegueStatus.Closed, "closed"));

        Assert.Equal(100, _progress.Reports[^1]);
        await Assert.ThrowsAsync<OperationCanceledException>(() => task.ExecuteAsync(_progress, TestContext.Current.CancellationToken));
        Assert.Single(task.GetDefaultTriggers());
    }

    private async Task Refresh(Action<PluginConfiguration>? change = null, CancellationToken cancellationToken = default)
    {
        using var mixes = new PersonalMixes(
            Make.Provider(_engine),
            _opinions,
            _publisher,
            _library,
            _compat,
            Make.Settings(change),
            _time,
            NullLogger<PersonalMixes>.Instance);
        await mixes.RefreshAsync(_progress, cancellationToken.CanBeCanceled ? cancellationToken : TestContext.Current.CancellationToken);
    }
}
