using Jellyfin.Plugin.Segue.Mixing;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Mixing;

public sealed class SegueMusicManagerTests
{
    private static readonly IReadOnlyList<BaseItem> Stock = [Make.Track(900)];
    private static readonly IReadOnlyList<BaseItem> Ours = [Make.Track(1), Make.Track(2)];

    private readonly IMusicManager _inner = Substitute.For<IMusicManager>();
    private readonly IInstantMixer _mixer = Substitute.For<IInstantMixer>();
    private readonly DtoOptions _options = new(false);

    public SegueMusicManagerTests()
    {
        _inner.GetInstantMixFromItem(default!, default, default!).ReturnsForAnyArgs(Stock);
        _inner.GetInstantMixFromArtist(default!, default, default!).ReturnsForAnyArgs(Stock);
        _inner.GetInstantMixFromGenres(default!, default, default!).ReturnsForAnyArgs(Stock);
    }

    [Fact]
    public void A_mix_of_ours_is_the_answer_and_the_inner_manager_is_not_asked()
    {
        var user = Make.User("ann");
        var seed = Make.Track(1);
        var artist = new MusicArtist { Id = Make.Id(5) };
        _mixer.MixFromItem(seed, user, _options).Returns(Ours);
        _mixer.MixFromItem(artist, user, _options).Returns(Ours);
        _mixer.MixFromGenres(Arg.Is<IReadOnlyList<string>>(names => names.SequenceEqual(new[] { "Jazz" })), user, _options).Returns(Ours);
        var manager = Manager(() => _mixer);

        Assert.Same(Ours, manager.GetInstantMixFromItem(seed, user, _options));
        Assert.Same(Ours, manager.GetInstantMixFromArtist(artist, user, _options));
        Assert.Same(Ours, manager.GetInstantMixFromGenres(OneByOne("Jazz"), user, _options));
        Assert.Empty(_inner.ReceivedCalls());
    }

    [Fact]
    public void Without_a_mix_of_ours_the_inner_manager_answers_with_the_same_arguments()
    {
        var user = Make.User("ann");
        var seed = Make.Track(1);
        var artist = new MusicArtist { Id = Make.Id(5) };
        _mixer.MixFromItem(default!, default, default).ReturnsForAnyArgs((IReadOnlyList<BaseItem>?)null);
        _mixer.MixFromGenres(default!, default, default).ReturnsForAnyArgs((IReadOnlyList<BaseItem>?)null);
        var manager = Manager(() => _mixer);

        Assert.Same(Stock, manager.GetInstantMixFromItem(seed, user, _options));
        Assert.Same(Stock, manager.GetInstantMixFromArtist(artist, user, _options));
        Assert.Same(Stock, manager.GetInstantMixFromGenres(OneByOne("Jazz", "Folk"), user, _options));
        _inner.Received(1).GetInstantMixFromItem(seed, user, _options);
        _inner.Received(1).GetInstantMixFromArtist(artist, user, _options);
        _inner.Received(1).GetInstantMixFromGenres(Arg.Is<IEnumerable<string>>(names => names.SequenceEqual(new[] { "Jazz", "Folk" })), user, _options);
    }

    [Fact]
    public void An_empty_mix_is_an_answer_and_not_a_reason_to_give_the_servers()
    {
        _mixer.MixFromItem(default!, default, default).ReturnsForAnyArgs([]);

        Assert.Empty(Manager(() => _mixer).GetInstantMixFromItem(Make.Track(1), Make.User("ann"), _options));
        Assert.Empty(_inner.ReceivedCalls());
    }

    [Fact]
    public void An_exception_of_ours_is_not_the_servers()
    {
        _mixer.MixFromItem(default!, default, default).ThrowsForAnyArgs(new InvalidOperationException("broken"));
        _mixer.MixFromGenres(default!, default, default).ThrowsForAnyArgs(new InvalidOperationException("broken"));
        var manager = Manager(() => _mixer);

        Assert.Same(Stock, manager.GetInstantMixFromItem(Make.Track(1), null, _options));
        Assert.Same(Stock, manager.GetInstantMixFromArtist(new MusicArtist(), null, _options));
        Assert.Same(Stock, manager.GetInstantMixFromGenres(["Jazz"], null, _options));
    }

    [Fact]
    public void The_constructor_makes_nothing_and_a_mixer_that_cannot_be_made_is_no_harm()
    {
        var attempts = 0;
        var manager = Manager(() =>
        {
            attempts++;
            throw new DllNotFoundException("no native library");
        });

        Assert.Equal(0, attempts);
        Assert.Empty(_inner.ReceivedCalls());
        Assert.Same(Stock, manager.GetInstantMixFromItem(Make.Track(1), null, _options));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public void An_exception_of_the_inner_manager_stays_its_own()
    {
        _mixer.MixFromItem(default!, default, default).ReturnsForAnyArgs((IReadOnlyList<BaseItem>?)null);
        _inner.GetInstantMixFromItem(default!, default, default!).ThrowsForAnyArgs(new NotSupportedException("inner"));

        Assert.Throws<NotSupportedException>(() => Manager(() => _mixer).GetInstantMixFromItem(Make.Track(1), null, _options));
    }

    // A sequence that can be read only once would come to the inner manager empty.
    private static IEnumerable<string> OneByOne(params string[] names)
    {
        foreach (var name in names)
        {
            yield return name;
        }
    }

    private SegueMusicManager Manager(Func<IInstantMixer> mixer) =>
        new(_inner, new Lazy<IInstantMixer>(mixer), NullLogger<SegueMusicManager>.Instance);
}
