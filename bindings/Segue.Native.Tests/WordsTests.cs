using Segue.Native.Tests.Support;

namespace Segue.Native.Tests;

/// <summary>Words and music for films, from a real engine with a small library.</summary>
public sealed class WordsTests(PlaylistLibrary library) : IClassFixture<PlaylistLibrary>
{
    private readonly SegueEngine _engine = library.Engine;

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact]
    public void What_was_typed_is_understood_or_found_by_name()
    {
        var answer = _engine.Search(new SearchRequest { Query = "fast rock, no drums", Length = 12 });
        Assert.True(answer.Described);
        Assert.Contains(answer.Understood, piece => piece.Negated);
        Assert.All(answer.Hits, hit => Assert.InRange(hit.Score, 0, 1));

        var named = _engine.Search(new SearchRequest { Query = "Étude 7" });
        Assert.Equal(library.Tracks[7].ItemId, named.Hits[0].Track.ItemId);
        Assert.True(named.Hits[0].Named);
        Assert.DoesNotContain(
            _engine.Search(new SearchRequest { Query = "Étude 7", Allowed = [library.Tracks[1].ItemId] }).Hits,
            hit => hit.Track.ItemId != library.Tracks[1].ItemId);
        Assert.Empty(_engine.Search(new SearchRequest { Query = "calm piano", Allowed = [] }).Hits);
    }

    [Fact]
    public void Words_are_an_ingredient_of_a_blend() =>
        Assert.NotEmpty(_engine.Blend(new BlendRequest { Add = [new Seed(SeedKind.Words, "rock")], Length = 3 }));

    [Fact]
    public async Task Packs_are_told_of_and_none_is_fetched_without_consent()
    {
        var clap = Assert.Single(_engine.GetPacks(), pack => string.Equals(pack.Name, "clap", StringComparison.Ordinal));
        Assert.Equal(PackState.Absent, clap.State);
        Assert.NotEmpty(clap.Licence);
        Assert.NotEmpty(clap.Files);

        var refused = await Assert.ThrowsAsync<SegueException>(() => _engine.InstallPackAsync("clap", "yes", null, TestToken));
        Assert.Equal(SegueStatus.InvalidArgument, refused.Status);
        refused = await Assert.ThrowsAsync<SegueException>(() => _engine.InstallPackAsync("nothing", clap.Licence, null, TestToken));
        Assert.Equal(SegueStatus.InvalidArgument, refused.Status);
        Assert.Equal(SegueStatus.InvalidArgument, Assert.Throws<SegueException>(() => _engine.RemovePack("nothing")).Status);

        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.InstallPackAsync("clap", clap.Licence, null, stop.Token));
    }

    [Fact]
    public async Task A_film_gets_music_of_what_is_known_of_it()
    {
        var reports = new Reports<FilmProgress>();
        var request = new SoundtrackRequest
        {
            Facts = new FilmFacts { Title = "Waves", Overview = "A quiet walk by the sea.", Genres = ["Drama"], Year = 1999 },
            Length = 4,
            ArtistCap = 4,
        };
        var made = await _engine.SoundtrackAsync(request, reports, TestToken);
        Assert.Equal("offline", made.AnsweredBy);
        Assert.NotEmpty(made.Answer.Description);
        Assert.Contains(made.Answer.Tempo, new[] { "Slow", "Medium", "Fast" });
        Assert.Null(made.Measures.Brightness);
        Assert.InRange(made.Tracks.Count, 1, 4);
        Assert.NotEmpty(reports.All);
        Assert.All(reports.All, report => Assert.InRange(report.Fraction, 0, 1));

        Assert.Empty((await _engine.SoundtrackAsync(request with { Allowed = [] }, null, TestToken)).Tracks);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.SoundtrackAsync(request, null, stop.Token));
    }

    [Fact]
    public void The_collection_holds_what_was_heard()
    {
        var now = _engine.GetCollection();
        Assert.Equal(("segue", PlaylistLibrary.Pieces, "green"), (now.CollectionName, now.PointsCount, now.Status));
        Assert.Equal(now.VectorsCount, now.Models.Sum(model => model.VectorsCount));
        Assert.All(now.Models, model => Assert.True(model.Dimensions > 0 && model.Current <= model.VectorsCount));
    }
}
