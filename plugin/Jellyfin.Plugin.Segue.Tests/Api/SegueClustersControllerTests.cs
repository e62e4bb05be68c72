using System.Net;
using Jellyfin.Plugin.Segue.Api;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

public sealed class SegueClustersControllerTests : SegueServer
{
    public SegueClustersControllerTests()
    {
        Engine.ElbowAsync(default!, default, default, default, default).ReturnsForAnyArgs(new Elbow
        {
            Curve = [new ElbowPoint(2, 10, 0.1), new ElbowPoint(3, 4, 0.5)],
            Suggested = 3,
            Svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        });
    }

    [Fact]
    public async Task The_curve_comes_as_data_with_the_settings_of_now()
    {
        Configuration.ElbowMax = 9;
        Configuration.InputSpace = "Features";

        var elbow = await Read<SegueElbowDto>(AsAnn(HttpMethod.Get, "Segue/Elbow"));

        Assert.Equal([new SegueElbowPointDto(2, 10, 0.1), new SegueElbowPointDto(3, 4, 0.5)], elbow.Curve);
        Assert.Equal(3, elbow.Suggested);
        Assert.StartsWith("<svg", elbow.Svg, StringComparison.Ordinal);
        await Engine.Received(1).ElbowAsync(new ClusterRequest { Space = InputSpace.Features }, 2, 9, null, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task The_curve_comes_as_a_picture_in_which_nothing_runs()
    {
        using var response = await AsAnn(HttpMethod.Get, "Segue/Elbow/Image?least=3&most=4");

        Assert.Equal("image/svg+xml", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.StartsWith("<svg", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Engine.Received(1).ElbowAsync(Arg.Any<ClusterRequest>(), 3, 4, null, Arg.Any<CancellationToken>());
    }

    [Theory]
    [InlineData("?least=0")]
    [InlineData("?least=9&most=3")]
    [InlineData("?most=201")]
    [InlineData("?least=x")]
    public async Task A_range_that_makes_no_sense_is_refused(string query)
    {
        await ReadProblem(AsAnn(HttpMethod.Get, "Segue/Elbow" + query), HttpStatusCode.BadRequest);
        await ReadProblem(AsAnn(HttpMethod.Get, "Segue/Elbow/Image" + query), HttpStatusCode.BadRequest);

        await Engine.DidNotReceiveWithAnyArgs().ElbowAsync(default!, default, default, default, default);
    }

    [Fact]
    public async Task The_last_grouping_and_the_data_are_told()
    {
        Engine.GetReports(1).Returns([]);
        await ReadProblem(AsAnn(HttpMethod.Get, "Segue/Clusters"), HttpStatusCode.NotFound);

        Engine.GetReports(1).Returns([new RunReport { Clusters = new ClusterReport { Algorithm = Algorithm.Gmm, Clusters = 34, Noise = 1, Silhouette = 0.2, Sampled = 5, Seconds = 9 } }]);
        var clusters = await Read<SegueClustersDto>(AsAnn(HttpMethod.Get, "Segue/Clusters"));
        Assert.Equal(("Gmm", 34, 1, 0.2, 5, 9.0), (clusters.Algorithm, clusters.Clusters, clusters.Noise, clusters.Silhouette, clusters.Sampled, clusters.Seconds));

        Engine.GetDataQuality(new ClusterRequest()).Returns(new DataQuality { Tracks = 9, TakingPart = 4, Missing = 3, NotFinite = 2, Outlying = 1, Dimensions = 95, Constant = 5, KeptDimensions = 20 });
        Assert.Equal(
            new SegueDataQualityDto { Tracks = 9, TakingPart = 4, Missing = 3, NotFinite = 2, Outlying = 1, Dimensions = 95, Constant = 5, KeptDimensions = 20 },
            await Read<SegueDataQualityDto>(AsAnn(HttpMethod.Get, "Segue/DataQuality")));
    }

    [Fact]
    public async Task Artists_are_listed_with_those_near_them()
    {
        Engine.GetArtists(50).Returns([new ArtistProfile { Artist = "Ann", Songs = 7, Vector = [1, 2], Similar = [new SimilarArtist("Bob", 0.5F)] }]);

        var artist = Assert.Single(await Read<List<SegueArtistDto>>(AsAnn(HttpMethod.Get, "Segue/Artists?similar=1000")));

        Assert.Equal(("Ann", 7), (artist.Artist, artist.Songs));
        Assert.Equal([new SegueSimilarArtistDto("Bob", 0.5F)], artist.Similar);
    }
}
