using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Mixing;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Mixing;

public sealed class InstantMixerTests
{
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly IMusicLibrary _library = Substitute.For<IMusicLibrary>();
    private readonly FakeTime _time = new();
    private readonly User _user = Make.User("ann");
    private readonly List<MixRequest> _requests = [];

    public InstantMixerTests()
    {
        _library.GetTrack(default, default).ReturnsForAnyArgs(call => new Audio { Id = call.Arg<Guid>() });
        _library.GetSeeds(default!, default).ReturnsForAnyArgs(call => [call.Arg<BaseItem>().Id]);
        See(Enumerable.Range(1, 50));
        Answer(Enumerable.Range(1, 20).Select(number => Make.Near(number, number - 1)));
    }

    [Fact]
    public void A_song_mix_starts_with_the_song_and_keeps_the_engines_order()
    {
        var mix = Mixer().MixFromItem(Make.Track(1), _user);

        Assert.Equal(Enumerable.Range(1, 20).Select(Make.Id), Ids(mix));
        var request = Assert.Single(_requests);
        Assert.Equal([Make.Name(Make.Id(1))], request.Seeds);
        Assert.True(request.IncludeSeeds);
        Assert.Equal(100, request.Length);
        Assert.Equal(3, request.ArtistCap);
    }

    [Fact]
    public void A_song_mix_starts_with_the_item_that_was_asked_for_even_if_the_engine_names_its_twin()
    {
        Answer([Make.Near(30, 0), Make.Near(2), Make.Near(1), .. Enumerable.Range(3, 12).Select(number => Make.Near(number))]);

        var mix = Ids(Mixer().MixFromItem(Make.Track(1), _user));

        Assert.Equal([Make.Id(1), Make.Id(2), Make.Id(3)], mix.Take(3));
        Assert.DoesNotContain(Make.Id(30), mix);
        Assert.Single(mix, Make.Id(1));
    }

    [Fact]
    public void Other_seeds_are_those_of_the_library()
    {
        var album = new MusicAlbum { Id = Make.Id(77) };
        _library.GetSeeds(album, _user).Returns([Make.Id(4), Make.Id(5), Make.Id(5)]);
        _library.GetSeedsOfGenres(Arg.Is<IReadOnlyList<string>>(names => names.Contains("Jazz")), _user).Returns([Make.Id(6)]);

        Assert.Equal(20, Mixer().MixFromItem(album, _user)!.Count);
        Assert.Equal(20, Mixer().MixFromGenres(["Jazz"], _user)!.Count);

        Assert.Equivalent(new[] { Make.Name(Make.Id(4)), Make.Name(Make.Id(5)) }, _requests[0].Seeds, strict: true);
        Assert.Equal([Make.Name(Make.Id(6))], _requests[1].Seeds);
    }

    [Fact]
    public void A_large_seed_is_sampled()
    {
        See(Enumerable.Range(1, 5000));
        var genre = new MusicGenre { Id = Make.Id(9999) };
        _library.GetSeeds(genre, _user).Returns([.. Enumerable.Range(1, 5000).Select(Make.Id)]);

        Mixer().MixFromItem(genre, _user);

        var seeds = Assert.Single(_requests).Seeds;
        Assert.Equal(InstantMixer.MaxSeeds, seeds.Count);
        Assert.False(seeds.SequenceEqual(Enumerable.Range(1, InstantMixer.MaxSeeds).Select(number => Make.Name(Make.Id(number))), StringComparer.Ordinal));
    }

    [Fact]
    public void The_engine_is_told_what_the_user_may_see_and_hidden_seeds_are_not_named()
    {
        See(Enumerable.Range(1, 12));
        var playlist = new MediaBrowser.Controller.Playlists.Playlist { Id = Make.Id(77) };
        _library.GetSeeds(playlist, _user).Returns([Make.Id(3), Make.Id(13)]);

        Mixer().MixFromItem(playlist, _user);

        var request = Assert.Single(_requests);
        Assert.Equal([Make.Name(Make.Id(3))], request.Seeds);
        Assert.Equal(Enumerable.Range(1, 12).Select(Make.Id), request.Allowed!.Order());
    }

    [Fact]
    public void A_hidden_track_does_not_appear_whatever_the_engine_answers()
    {
        // 13 and more are outside of the user's libraries; 5 has been hidden since the set was read.
        See(Enumerable.Range(1, 12));
        _library.GetTrack(Make.Id(5), _user).Returns((Audio?)null);

        var mix = Ids(Mixer().MixFromItem(Make.Track(1), _user));

        Assert.Equal(Enumerable.Range(1, 12).Where(number => number != 5).Select(Make.Id), mix);
    }

    [Fact]
    public void A_seed_that_is_hidden_from_the_user_gives_no_mix()
    {
        See(Enumerable.Range(2, 20));

        Assert.Null(Mixer().MixFromItem(Make.Track(1), _user));
        Assert.Empty(_requests);
    }

    [Fact]
    public void An_API_key_has_no_user_and_no_restriction()
    {
        var mix = Mixer().MixFromItem(Make.Track(1), null);

        Assert.Equal(20, mix!.Count);
        Assert.Null(Assert.Single(_requests).Allowed);
        _library.DidNotReceiveWithAnyArgs().GetVisibleTracks(default!);
        _library.Received().GetTrack(Make.Id(2), null);
    }

    [Fact]
    public void Tracks_that_are_no_items_are_left_out()
    {
        Answer([.. Enumerable.Range(1, 12).Select(number => Make.Near(number, number - 1)), new Neighbour(null, "song", "/elsewhere.flac", 3), Make.Near(12)]);

        Assert.Equal(Enumerable.Range(1, 12).Select(Make.Id), Ids(Mixer().MixFromItem(Make.Track(1), _user)));
    }

    [Fact]
    public void Within_the_window_the_same_request_is_the_same_mix_and_later_another()
    {
        var mixer = Mixer();
        mixer.MixFromItem(Make.Track(1), _user);
        _time.Advance(TimeSpan.FromMinutes(3));
        mixer.MixFromItem(Make.Track(1), _user);
        mixer.MixFromItem(Make.Track(2), _user);
        mixer.MixFromItem(Make.Track(1), null);
        _time.Advance(MixVariation.Window);
        mixer.MixFromItem(Make.Track(1), _user);

        Assert.Equal(_requests[0].Variation, _requests[1].Variation);
        Assert.Equal(4, _requests.Select(request => request.Variation).Distinct().Count());
    }

    [Fact]
    public void Within_the_window_the_sample_is_the_same_though_the_library_grows()
    {
        See(Enumerable.Range(1, 5000));
        var genre = new MusicGenre { Id = Make.Id(9999) };
        _library.GetSeeds(genre, _user).Returns([.. Enumerable.Range(1, 4000).Select(Make.Id)], [.. Enumerable.Range(1, 4001).Reverse().Select(Make.Id)]);

        Mixer().MixFromItem(genre, _user);
        Mixer().MixFromItem(genre, _user);

        Assert.True(_requests[0].Seeds.Intersect(_requests[1].Seeds, StringComparer.Ordinal).Count() >= InstantMixer.MaxSeeds - 1);
    }

    [Fact]
    public void Switched_off_there_is_no_mix_and_the_engine_is_not_opened()
    {
        var provider = Make.Provider(_engine);
        var mixer = new InstantMixer(provider, _library, Make.Settings(settings => settings.ReplaceInstantMix = false), _time);

        Assert.Null(mixer.MixFromItem(Make.Track(1), _user));
        Assert.Empty(provider.ReceivedCalls());
    }

    [Fact]
    public void Without_an_engine_there_is_no_mix()
    {
        var mixer = new InstantMixer(Substitute.For<ISegueEngineProvider>(), _library, Make.Settings(), _time);

        Assert.Null(mixer.MixFromItem(Make.Track(1), _user));
        Assert.Null(mixer.MixFromGenres(["Jazz"], _user));
    }

    [Theory]
    [InlineData(SegueStatus.UnknownTrack)]
    [InlineData(SegueStatus.NotAnalysed)]
    public void A_seed_that_the_engine_does_not_know_gives_no_mix(SegueStatus status)
    {
        _engine.Mix(default!).ThrowsForAnyArgs(new SegueException(status, "unknown"));

        Assert.Null(Mixer().MixFromItem(Make.Track(1), _user));
    }

    [Fact]
    public void Another_failure_of_the_engine_is_told()
    {
        _engine.Mix(default!).ThrowsForAnyArgs(new SegueException(SegueStatus.Store, "disk"));

        Assert.Throws<SegueException>(() => Mixer().MixFromItem(Make.Track(1), _user));
    }

    [Fact]
    public void An_item_without_music_gives_no_mix()
    {
        var folder = new Folder { Id = Make.Id(7) };
        _library.GetSeeds(folder, _user).Returns([]);

        Assert.Null(Mixer().MixFromItem(folder, _user));
        Assert.Empty(_requests);
    }

    [Fact]
    public void A_short_mix_is_left_to_the_server_unless_the_user_sees_no_more()
    {
        Answer([Make.Near(1, 0), Make.Near(2)]);
        Assert.Null(Mixer().MixFromItem(Make.Track(1), _user));
        Assert.Null(Mixer().MixFromItem(Make.Track(1), null));

        See([1, 2]);
        Assert.Equal([Make.Id(1), Make.Id(2)], Ids(Mixer().MixFromItem(Make.Track(1), _user)));
    }

    private static IEnumerable<Guid> Ids(IReadOnlyList<BaseItem>? mix)
    {
        Assert.NotNull(mix);
        return mix.Select(item => item.Id);
    }

    private void See(IEnumerable<int> numbers) => _library.GetVisibleTracks(_user).Returns(numbers.Select(Make.Id).ToHashSet());

    private void Answer(IEnumerable<Neighbour> neighbours)
    {
        var answer = neighbours.ToList();
        _engine.Mix(default!).ReturnsForAnyArgs(call =>
        {
            _requests.Add(call.Arg<MixRequest>());
            return answer;
        });
    }

    private InstantMixer Mixer() => new(Make.Provider(_engine), _library, Make.Settings(), _time);
}
