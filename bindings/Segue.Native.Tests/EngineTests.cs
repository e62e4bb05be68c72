using Segue.Native.Tests.Support;

namespace Segue.Native.Tests;

/// <summary>Questions to a library that is analysed.</summary>
public sealed class EngineTests(AnalysedLibrary library)
{
    private readonly SegueEngine _engine = library.Engine;

    [Fact]
    public void The_analysis_reported_progress_up_to_its_end()
    {
        Assert.Equal(AnalysedLibrary.Pieces + 1, library.Synced.Added);
        Assert.Equal(AnalysedLibrary.Pieces + 1, library.Summary.Total);
        Assert.Equal(AnalysedLibrary.Pieces, library.Summary.Analysed);
        Assert.Equal(1, library.Summary.Failed);
        Assert.True(library.Summary.AudioSeconds > 40, library.Summary.ToString());

        Assert.Equal(0, library.Reported[0].Done);
        Assert.Equal(library.Reported.OrderBy(report => report.Done), library.Reported);
        var last = library.Reported[^1];
        Assert.Equal((library.Summary.Total, library.Summary.Total), (last.Done, last.Total));
        Assert.Contains(last.Path, library.Tracks.Select(track => track.Path));
        Assert.Contains(library.Reported, report => report.Path.Contains("Müsik ♫", StringComparison.Ordinal));
    }

    [Fact]
    public void A_track_is_found_by_item_and_content_and_path()
    {
        var expected = library.Tracks[2];
        var track = _engine.FindTrack(expected.ItemId.ToString("N"));
        Assert.NotNull(track);
        Assert.Equal(expected.Path, track.Path);
        Assert.Equal([expected.ItemId], track.ItemIds);
        Assert.Equivalent(expected.Tags, track.Tags, strict: true);
        Assert.Equal((8.0, 16_000, 1), (Math.Round(track.DurationSeconds, 2), track.SampleRate, track.Channels));
        Assert.InRange(track.LoudnessLufs, -60, 0);
        Assert.Equal(["msd", "mtt"], track.TagsByNetwork.Select(said => said.Network).Order());
        Assert.All(track.TagsByNetwork, said => Assert.Equal(50, said.Tags.Count));
        Assert.All(track.TagsByNetwork.SelectMany(said => said.Tags), tag => Assert.InRange(tag.Probability, 0, 1));

        Assert.Equal(track.SongId, _engine.FindTrack(track.SongId)?.SongId);
        Assert.Equal(track.SongId, _engine.FindTrack(track.Path)?.SongId);
        Assert.Null(_engine.FindTrack("nowhere"));
        Assert.Null(_engine.FindTrack(Guid.NewGuid().ToString("N")));
    }

    [Fact]
    public void Similar_tracks_come_nearest_first_without_the_track_itself()
    {
        var seed = library.Tracks[0];
        var similar = _engine.Similar(seed.ItemId.ToString("N"), 3, null);
        Assert.Equal(3, similar.Count);
        Assert.DoesNotContain(seed.ItemId, similar.Select(found => found.ItemId!.Value));
        Assert.Equal(similar.OrderBy(found => found.Distance), similar);
        Assert.All(similar, found => Assert.True(float.IsFinite(found.Distance)));
    }

    [Fact]
    public void What_is_not_allowed_does_not_exist()
    {
        var seed = library.Tracks[0].ItemId.ToString("N");
        Guid[] allowed = [library.Tracks[0].ItemId, library.Tracks[3].ItemId, library.Tracks[5].ItemId, Guid.NewGuid()];
        Assert.Equal(
            [library.Tracks[3].ItemId, library.Tracks[5].ItemId],
            _engine.Similar(seed, 10, [.. allowed]).Select(found => found.ItemId!.Value).OrderBy(id => Array.IndexOf(allowed, id)));
        Assert.Equal(SegueStatus.UnknownTrack, Assert.Throws<SegueException>(() => _engine.Similar(seed, 10, [])).Status);

        var mix = _engine.Mix(new MixRequest { Seeds = [Seed.Track(seed)], Length = 10, IncludeSeeds = true, Allowed = [.. allowed] });
        Assert.Equal(3, mix.Count);
        Assert.All(mix, found => Assert.Contains(found.ItemId!.Value, allowed));
    }

    [Fact]
    public void A_mix_begins_with_its_seed_and_is_the_same_twice()
    {
        var seed = library.Tracks[1];
        var request = new MixRequest { Seeds = [Seed.Track(seed.ItemId)], Length = 5, ArtistCap = 5, IncludeSeeds = true, Variation = 7 };
        var mix = _engine.Mix(request);
        Assert.Equal(5, mix.Count);
        Assert.Equal(seed.ItemId, mix[0].ItemId);
        Assert.Equal(5, mix.Select(found => found.SongId).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(mix, _engine.Mix(request));
    }

    [Fact]
    public void Questions_without_sense_are_refused()
    {
        var seed = library.Tracks[0].ItemId.ToString("N");
        Assert.Throws<ArgumentOutOfRangeException>(() => _engine.Similar(seed, -1, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => _engine.Mix(new MixRequest { Seeds = [Seed.Track(seed)], Length = -1 }));
        Assert.Throws<ArgumentNullException>(() => _engine.Mix(null!));
        Assert.Throws<ArgumentNullException>(() => _engine.FindTrack(null!));
        Assert.Equal(SegueStatus.UnknownTrack, Assert.Throws<SegueException>(() => _engine.Similar("nowhere", 3, null)).Status);
        var notAnalysed = Assert.Throws<SegueException>(() => _engine.Similar(library.Tracks[^1].ItemId.ToString("N"), 3, null));
        Assert.Equal(SegueStatus.NotAnalysed, notAnalysed.Status);
    }

    [Fact]
    public void What_failed_is_told_with_a_reason()
    {
        var failure = Assert.Single(_engine.GetFailures());
        Assert.Equal(library.Tracks[^1].Path, failure.Path);
        Assert.NotEmpty(failure.Reason);
        Assert.NotEmpty(failure.Detail);
        Assert.Equal(1, failure.Tries);
        Assert.InRange(failure.LastAt, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public void The_statistics_add_up()
    {
        var now = _engine.GetStatistics();
        Assert.Equal((AnalysedLibrary.Pieces + 1, AnalysedLibrary.Pieces + 1, AnalysedLibrary.Pieces), (now.Files, now.Items, now.Songs));
        Assert.Equal((0, 1, EngineActivity.Idle), (now.Pending, now.Failures, now.Activity));
        Assert.NotEmpty(now.Backend);
        Assert.Empty(now.Notice);
    }

    [Fact]
    public async Task An_analysis_with_nothing_to_do_decodes_nothing()
    {
        var summary = await _engine.AnalyseAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), (summary.Total, summary.Decoded));
    }

    [Fact]
    public async Task Questions_may_be_asked_from_many_threads_at_once()
    {
        var expected = _engine.Similar(library.Tracks[0].Path, 5, null);
        await Parallel.ForAsync(0, 100, TestContext.Current.CancellationToken, (i, _) =>
        {
            Assert.Equal(expected, _engine.Similar(library.Tracks[0].Path, 5, null));
            Assert.Equal(library.Tracks[i % AnalysedLibrary.Pieces].Path, _engine.FindTrack(library.Tracks[i % AnalysedLibrary.Pieces].Path)?.Path);
            Assert.Equal(AnalysedLibrary.Pieces, _engine.GetStatistics().Songs);
            return ValueTask.CompletedTask;
        });
    }
}
