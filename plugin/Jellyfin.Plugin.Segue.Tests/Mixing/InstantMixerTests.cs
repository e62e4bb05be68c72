using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Mixing;
using MediaBrowser.Controller.Dto;
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
    private readonly HashSet<Guid> _hidden = [];
    private ItemSet? _visible;

    public InstantMixerTests()
    {
        _library.GetTracks(default!, default, default).ReturnsForAnyArgs(call =>
            [.. call.Arg<IReadOnlyList<Guid>>().Where(id => !_hidden.Contains(id)).Select(id => new Audio { Id = id })]);
        _library.GetSeeds(default!, default).ReturnsForAnyArgs(call => [call.Arg<BaseItem>().Id]);
        See(Enumerable.Range(1, 50));
        Answer(Enumerable.Range(1, 20).Select(number => Make.Near(number, number - 1)));
    }

    [Fact]
    public void A_song_mix_starts_with_the_song_and_keeps_the_engines_order()
    {
        var mix = Mixer().MixFromItem(Make.Track(1), _user, null);

        Assert.Equal(Enumerable.Range(1, 20).Select(Make.Id), Ids(mix));
        var request = Assert.Single(_requests);
        Assert.Equal([Seed(1)], request.Seeds);
        Assert.True(request.IncludeSeeds);
        Assert.Equal((200, 3, 0, 25), (request.Length, request.ArtistCap, request.AlbumCap, request.Window));
        Assert.Equal(Make.Name(_user.Id), request.Listener);
    }

    [Fact]
    public void A_song_mix_starts_with_the_item_that_was_asked_for_even_if_the_engine_names_its_twin()
    {
        Answer([Make.Near(30, 0), Make.Near(2), Make.Near(1), .. Enumerable.Range(3, 12).Select(number => Make.Near(number))]);

        var mix = Ids(Mixer().MixFromItem(Make.Track(1), _user, null));

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

        Assert.Equal(20, Mixer().MixFromItem(album, _user, null)!.Count);
        Assert.Equal(20, Mixer().MixFromGenres(["Jazz"], _user, null)!.Count);

        Assert.Equivalent(new[] { Seed(4), Seed(5) }, _requests[0].Seeds, strict: true);
        Assert.Equal([Seed(6)], _requests[1].Seeds);
    }

    [Fact]
    public void A_large_seed_is_sampled()
    {
        See(Enumerable.Range(1, 5000));
        var genre = new MusicGenre { Id = Make.Id(9999) };
        _library.GetSeeds(genre, _user).Returns([.. Enumerable.Range(1, 5000).Select(Make.Id)]);

        Mixer().MixFromItem(genre, _user, null);

        var seeds = Assert.Single(_requests).Seeds;
        Assert.Equal(InstantMixer.MaxSeeds, seeds.Count);
        Assert.False(seeds.SequenceEqual(Enumerable.Range(1, InstantMixer.MaxSeeds).Select(Seed)));
    }

    [Fact]
    public void The_engine_is_told_what_the_user_may_see_and_hidden_seeds_are_not_named()
    {
        See(Enumerable.Range(1, 12));
        var playlist = new MediaBrowser.Controller.Playlists.Playlist { Id = Make.Id(77) };
        _library.GetSeeds(playlist, _user).Returns([Make.Id(3), Make.Id(13)]);

        Mixer().MixFromItem(playlist, _user, null);

        var request = Assert.Single(_requests);
        Assert.Equal([Seed(3)], request.Seeds);
        Assert.Same(_visible, request.Allowed);
    }

    [Fact]
    public void A_hidden_track_does_not_appear_whatever_the_engine_answers()
    {
        // 13 and more are outside of the user's libraries; 5 has been hidden since the set was read.
        See(Enumerable.Range(1, 12));
        _hidden.Add(Make.Id(5));

        var mix = Ids(Mixer().MixFromItem(Make.Track(1), _user, null));

        Assert.Equal(Enumerable.Range(1, 12).Where(number => number != 5).Select(Make.Id), mix);
        _library.DidNotReceiveWithAnyArgs().RenewCandidates(default!);
    }

    [Fact]
    public void When_much_of_an_answer_is_hidden_by_now_another_one_is_made_of_what_is_not()
    {
        _hidden.UnionWith(Enumerable.Range(2, 12).Select(Make.Id));
        _library.RenewCandidates(_user).Returns(new ItemSet([.. Enumerable.Range(1, 50).Select(Make.Id).Except(_hidden)]));
        Answer(
            Enumerable.Range(1, 20).Select(number => Make.Near(number, number - 1)),
            Enumerable.Range(30, 20).Select(number => Make.Near(number)).Prepend(Make.Near(1, 0)));

        var mix = Ids(Mixer().MixFromItem(Make.Track(1), _user, null));

        Assert.Equal(Enumerable.Range(30, 20).Prepend(1).Select(Make.Id), mix);
        Assert.Equal(2, _requests.Count);
    }

    [Fact]
    public void A_track_that_is_hidden_from_the_user_gives_nothing_not_even_itself()
    {
        See(Enumerable.Range(2, 20));
        _library.RenewCandidates(_user).Returns(_visible);
        Assert.Empty(Mixer().MixFromItem(Make.Track(1), _user, null)!);
        Assert.Empty(_requests);

        // It was to be seen a while ago.
        See(Enumerable.Range(1, 20));
        _hidden.Add(Make.Id(1));
        Assert.Empty(Mixer().MixFromItem(Make.Track(1), _user, null)!);
    }

    [Fact]
    public void A_track_that_is_new_is_looked_for_once_more()
    {
        See(Enumerable.Range(2, 20));
        _library.RenewCandidates(_user).Returns(new ItemSet([.. Enumerable.Range(1, 20).Select(Make.Id)]));

        Assert.Equal(20, Mixer().MixFromItem(Make.Track(1), _user, null)!.Count);
    }

    [Fact]
    public void Seeds_that_are_hidden_from_the_user_give_no_mix()
    {
        var album = new MusicAlbum { Id = Make.Id(77) };
        _library.GetSeeds(album, _user).Returns([Make.Id(60), Make.Id(61)]);

        Assert.Null(Mixer().MixFromItem(album, _user, null));
        Assert.Empty(_requests);
    }

    public static TheoryData<BaseItem> WholeLibraries =>
    [
        new UserRootFolder { Id = Make.Id(80) },
        new AggregateFolder { Id = Make.Id(81) },
        new CollectionFolder { Id = Make.Id(82), CollectionType = Jellyfin.Data.Enums.CollectionType.music },
        new CollectionFolder { Id = Make.Id(83) },
        new UserView { Id = Make.Id(84), ViewType = Jellyfin.Data.Enums.CollectionType.music },
    ];

    [Theory]
    [MemberData(nameof(WholeLibraries))]
    public void A_whole_library_is_the_users_taste(BaseItem library)
    {
        Assert.Equal(20, Mixer().MixFromItem(library, _user, null)!.Count);

        Assert.Equal([new Seed(SeedKind.Taste, string.Empty)], Assert.Single(_requests).Seeds);
        _library.DidNotReceiveWithAnyArgs().GetSeeds(default!, default);
    }

    [Theory]
    [MemberData(nameof(WholeLibraries))]
    public void Where_no_taste_is_known_and_for_an_API_key_it_is_a_sample(BaseItem library)
    {
        _library.GetSeeds(library, Arg.Any<User?>()).Returns([Make.Id(3), Make.Id(4)]);
        _engine.Mix(Arg.Is<MixRequest>(request => request.Seeds[0].Kind == SeedKind.Taste)).Throws(new SegueException(SegueStatus.InvalidArgument, "no taste"));

        Assert.Equal(20, Mixer().MixFromItem(library, _user, null)!.Count);
        Assert.Equal(20, Mixer().MixFromItem(library, null, null)!.Count);

        Assert.All(_requests, request => Assert.Equivalent(new[] { Seed(3), Seed(4) }, request.Seeds, strict: true));
    }

    [Fact]
    public void A_library_of_films_is_nobodys_taste_in_music()
    {
        var films = new CollectionFolder { Id = Make.Id(90), CollectionType = Jellyfin.Data.Enums.CollectionType.movies };
        _library.GetSeeds(films, _user).Returns([]);

        Assert.Null(Mixer().MixFromItem(films, _user, null));
        Assert.Empty(_requests);
    }

    [Fact]
    public void What_is_read_of_the_tracks_is_what_the_server_wants_of_them()
    {
        var options = new DtoOptions(false);

        Mixer().MixFromItem(Make.Track(1), _user, options);
        Mixer().MixFromGenres(["Jazz"], _user, options);

        _library.Received(1).GetTracks(Arg.Any<IReadOnlyList<Guid>>(), _user, options);
    }

    [Fact]
    public void An_API_key_has_no_user_and_no_restriction()
    {
        var mix = Mixer().MixFromItem(Make.Track(1), null, null);

        Assert.Equal(20, mix!.Count);
        Assert.Null(Assert.Single(_requests).Allowed);
        Assert.Equal(string.Empty, _requests[0].Listener);
        _library.DidNotReceiveWithAnyArgs().GetCandidates(default!);
        _library.Received().GetTracks(Arg.Is<IReadOnlyList<Guid>>(ids => ids.Contains(Make.Id(2))), null, null);
    }

    [Fact]
    public void Tracks_that_are_no_items_are_left_out()
    {
        Answer([.. Enumerable.Range(1, 12).Select(number => Make.Near(number, number - 1)), new Neighbour(null, "song", "/elsewhere.flac", 3), Make.Near(12)]);

        Assert.Equal(Enumerable.Range(1, 12).Select(Make.Id), Ids(Mixer().MixFromItem(Make.Track(1), _user, null)));
    }

    [Fact]
    public void Within_the_window_the_same_request_is_the_same_mix_and_later_another()
    {
        var mixer = Mixer();
        mixer.MixFromItem(Make.Track(1), _user, null);
        _time.Advance(TimeSpan.FromMinutes(3));
        mixer.MixFromItem(Make.Track(1), _user, null);
        mixer.MixFromItem(Make.Track(2), _user, null);
        mixer.MixFromItem(Make.Track(1), null, null);
        _time.Advance(MixVariation.Window);
        mixer.MixFromItem(Make.Track(1), _user, null);

        Assert.Equal(_requests[0].Variation, _requests[1].Variation);
        Assert.Equal(4, _requests.Select(request => request.Variation).Distinct().Count());
    }

    [Fact]
    public void Within_the_window_the_sample_is_the_same_though_the_library_grows()
    {
        See(Enumerable.Range(1, 5000));
        var genre = new MusicGenre { Id = Make.Id(9999) };
        _library.GetSeeds(genre, _user).Returns([.. Enumerable.Range(1, 4000).Select(Make.Id)], [.. Enumerable.Range(1, 4001).Reverse().Select(Make.Id)]);

        Mixer().MixFromItem(genre, _user, null);
        Mixer().MixFromItem(genre, _user, null);

        Assert.True(_requests[0].Seeds.Intersect(_requests[1].Seeds).Count() >= InstantMixer.MaxSeeds - 1);
    }

    [Fact]
    public void Switched_off_there_is_no_mix_and_the_engine_is_not_opened()
    {
        var provider = Make.Provider(_engine);
        var mixer = new InstantMixer(provider, _library, Make.Settings(settings => settings.ReplaceInstantMix = false), _time);

        Assert.Null(mixer.MixFromItem(Make.Track(1), _user, null));
        Assert.Empty(provider.ReceivedCalls());
    }

    [Fact]
    public void Without_an_engine_there_is_no_mix()
    {
        var mixer = new InstantMixer(Substitute.For<ISegueEngineProvider>(), _library, Make.Settings(), _time);

        Assert.Null(mixer.MixFromItem(Make.Track(1), _user, null));
        Assert.Null(mixer.MixFromGenres(["Jazz"], _user, null));
    }

    [Theory]
    [InlineData(SegueStatus.UnknownTrack)]
    [InlineData(SegueStatus.NotAnalysed)]
    public void A_seed_that_the_engine_does_not_know_gives_no_mix(SegueStatus status)
    {
        _engine.Mix(default!).ThrowsForAnyArgs(new SegueException(status, "unknown"));

        Assert.Null(Mixer().MixFromItem(Make.Track(1), _user, null));
    }

    [Fact]
    public void Another_failure_of_the_engine_is_told()
    {
        _engine.Mix(default!).ThrowsForAnyArgs(new SegueException(SegueStatus.Store, "disk"));

        Assert.Throws<SegueException>(() => Mixer().MixFromItem(Make.Track(1), _user, null));
    }

    [Fact]
    public void An_item_without_music_gives_no_mix()
    {
        var folder = new Folder { Id = Make.Id(7) };
        _library.GetSeeds(folder, _user).Returns([]);

        Assert.Null(Mixer().MixFromItem(folder, _user, null));
        Assert.Empty(_requests);
    }

    [Fact]
    public void A_short_mix_is_left_to_the_server_unless_the_user_sees_no_more()
    {
        Answer([Make.Near(1, 0), Make.Near(2)]);
        Assert.Null(Mixer().MixFromItem(Make.Track(1), _user, null));
        Assert.Null(Mixer().MixFromItem(Make.Track(1), null, null));

        See([1, 2]);
        Assert.Equal([Make.Id(1), Make.Id(2)], Ids(Mixer().MixFromItem(Make.Track(1), _user, null)));
    }

    private static IEnumerable<Guid> Ids(IReadOnlyList<BaseItem>? mix)
    {
        Assert.NotNull(mix);
        return mix.Select(item => item.Id);
    }

    private static Seed Seed(int number) => global::Segue.Native.Seed.Track(Make.Id(number));

    private void See(IEnumerable<int> numbers)
    {
        _visible = new ItemSet([.. numbers.Select(Make.Id)]);
        _library.GetCandidates(_user).Returns(_visible);
    }

    private void Answer(params IEnumerable<Neighbour>[] answers) => _engine.Mix(default!).ReturnsForAnyArgs(call =>
    {
        _requests.Add(call.Arg<MixRequest>());
        return [.. answers[Math.Min(_requests.Count, answers.Length) - 1]];
    });

    private InstantMixer Mixer() => new(Make.Provider(_engine), _library, Make.Settings(), _time);
}
