using System.Net;
using Jellyfin.Plugin.Segue.Api;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

public sealed class SegueSearchControllerTests : SegueServer
{
    public SegueSearchControllerTests() => Engine.Search(default!).ReturnsForAnyArgs(new SearchAnswer
    {
        Understood = [new Understood("piano", "Klavier", false), new Understood("vocals", "ohne Gesang", true)],
        Left = ["größer"],
        Described = true,
        BySound = true,
        Hits =
        [
            new SearchHit(Make.Near(2) with { Reason = "piano" }, 0.9F, true),
            new SearchHit(Make.Near(8), 0.8F, false),
            new SearchHit(Make.Near(2), 0.7F, false),
            new SearchHit(new Neighbour(null, "song", "/music/x.flac", 0), 0.6F, false),
            new SearchHit(Make.Near(1), 0.5F, false),
            new SearchHit(Make.Near(3), 0.4F, false),
        ],
    });

    [Fact]
    public async Task What_was_understood_and_what_the_caller_may_see_is_answered()
    {
        var answer = await Read<SegueSearchDto>(AsBob(HttpMethod.Get, "Segue/Search?q=Klavier%20ohne%20Gesang&limit=2"));

        Assert.Equal(
            [new SegueUnderstoodDto { Label = "piano", Words = "Klavier" }, new SegueUnderstoodDto { Label = "vocals", Words = "ohne Gesang", Negated = true }],
            answer.Understood);
        Assert.Equal(["größer"], answer.Left);
        Assert.True(answer is { Described: true, BySound: true });
        Assert.Equal([Make.Id(2), Make.Id(1)], answer.Tracks.Select(track => track.Id));
        Assert.Equal(new SegueFoundDto { Id = Make.Id(2), Title = "Track 2", Artist = "Ann", Score = 0.9F, Reason = "piano", Named = true }, answer.Tracks[0]);
        Engine.Received(1).Search(Arg.Is<SearchRequest>(asked =>
            asked.Query == "Klavier ohne Gesang" && asked.Length == 2 + SegueSearchController.Spare && asked.Listener == Make.Name(Bob.Id) && asked.Allowed!.Count == 3));
    }

    [Fact]
    public async Task Access_is_that_of_now()
    {
        Hide(Bob, 2);
        Assert.Equal([Make.Id(1), Make.Id(3)], (await Read<SegueSearchDto>(AsBob(HttpMethod.Get, "Segue/Search?q=calm"))).Tracks.Select(track => track.Id));

        Assert.Equal(4, (await Read<SegueSearchDto>(AsKey(HttpMethod.Get, "Segue/Search?q=calm"))).Tracks.Count);
        Engine.Received(1).Search(Arg.Is<SearchRequest>(asked => asked.Allowed == null && asked.Listener.Length == 0));
    }

    [Fact]
    public async Task The_answer_names_no_path()
    {
        using var response = await AsAnn(HttpMethod.Get, "Segue/Search?q=calm");

        Assert.DoesNotContain("/music", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Segue/Search")]
    [InlineData("Segue/Search?q=")]
    [InlineData("Segue/Search?q=%20%09")]
    [InlineData("Segue/Search?q=calm&limit=0")]
    [InlineData("Segue/Search?q=calm&limit=1001")]
    [InlineData("Segue/Search?q=calm&limit=many")]
    public async Task What_makes_no_sense_is_refused(string route)
    {
        await ReadProblem(AsBob(HttpMethod.Get, route), HttpStatusCode.BadRequest);
        await ReadProblem(AsBob(HttpMethod.Get, "Segue/Search?q=" + new string('x', 1001)), HttpStatusCode.BadRequest);

        Assert.Empty(Engine.ReceivedCalls());
    }
}
