using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

public sealed class SegueCollectionControllerTests : SegueServer
{
    public SegueCollectionControllerTests() => Engine.GetCollection().Returns(new CollectionStatistics
    {
        CollectionName = "segue",
        VectorsCount = 12,
        PointsCount = 6,
        Status = "green",
        Models = [new CollectionModel("msd", 200, 6, "3", 5), new CollectionModel("mtt", 200, 6, string.Empty, 0)],
    });

    [Theory]
    [InlineData("Segue/Collection", """{"CollectionName":"segue","VectorsCount":12,"PointsCount":6,"Status":"green","Models":[{"Name":"msd","Dimensions":200,"VectorsCount":6,"Version":"3","Current":5},{"Name":"mtt","Dimensions":200,"VectorsCount":6,"Version":"","Current":0}]}""")]
    [InlineData("Segue/Statistics", """{"success":true,"data":{"collection_name":"segue","vectors_count":12,"points_count":6,"status":"green","dimensions":{"msd":200,"mtt":200},"models":{"msd":6,"mtt":6}}}""")]
    public async Task What_the_collection_holds_is_told_in_both_forms(string route, string expected)
    {
        using var response = await AsAnn(HttpMethod.Get, route);

        Assert.Equal(expected, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
