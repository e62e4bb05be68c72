using System.Globalization;
using System.Net;
using Jellyfin.Plugin.Segue.Api;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

/// <summary>
/// Who may call which route, and what is said when the engine refuses.
/// </summary>
public sealed class SegueRoutesTests : SegueServer
{
    public static TheoryData<string, string> ForAdministrators => new()
    {
        { "GET", "Segue/Playlists" },
        { "POST", "Segue/Playlists/calm" },
        { "GET", "Segue/Reports" },
        { "POST", "Segue/Definitions" },
        { "DELETE", "Segue/Definitions/calm" },
        { "GET", "Segue/Clusters" },
        { "GET", "Segue/DataQuality" },
        { "GET", "Segue/Elbow" },
        { "GET", "Segue/Elbow/Image" },
        { "GET", "Segue/Artists" },
        { "GET", "Segue/Naming/Key" },
        { "PUT", "Segue/Naming/Key/Gemini" },
        { "DELETE", "Segue/Naming/Key/Gemini" },
        { "GET", "Segue/Models" },
        { "POST", "Segue/Models/clap/Install" },
        { "DELETE", "Segue/Models/clap" },
        { "GET", "Segue/Collection" },
        { "GET", "Segue/Statistics" },
    };

    public static TheoryData<string, string> ForUsers => new()
    {
        { "GET", "Segue/Playlists/calm/Export" },
        { "POST", "Segue/Definitions/Preview" },
        { "POST", "Segue/Import" },
        { "GET", "Segue/Mix" },
        { "POST", "Segue/Mix" },
        { "GET", "Segue/Path" },
        { "GET", "Segue/Similar" },
        { "GET", "Segue/Similar/Artists" },
        { "GET", "Segue/Similar/Albums" },
        { "GET", "Segue/Sets/00000001000000000000000000000000/Extend" },
        { "GET", "Segue/Sets/00000001000000000000000000000000/Clean" },
        { "GET", "Segue/Sets/00000001000000000000000000000000/Order" },
        { "POST", "Segue/Sets/00000001000000000000000000000000/Extend?apply=Copy" },
        { "POST", "Segue/Sets/00000001000000000000000000000000/Clean?apply=Copy" },
        { "POST", "Segue/Sets/00000001000000000000000000000000/Order?apply=Copy" },
        { "GET", "Segue/Taste" },
        { "DELETE", "Segue/Listening" },
        { "GET", "Segue/Map" },
        { "PUT", "Segue/Radio/00000001000000000000000000000000" },
        { "DELETE", "Segue/Radio/00000001000000000000000000000000" },
        { "POST", "Segue/PersonalMixes/Restore" },
        { "GET", "Segue/Search?q=calm" },
        { "POST", "Segue/Soundtrack/00000001000000000000000000000000" },
        { "GET", "Segue/Jobs" },
        { "GET", "Segue/Jobs/00000001000000000000000000000000" },
        { "DELETE", "Segue/Jobs/00000001000000000000000000000000" },
    };

    [Theory]
    [MemberData(nameof(ForAdministrators))]
    public async Task What_is_the_administrators_is_nobody_elses(string method, string route)
    {
        using var anonymous = await Send(new HttpMethod(method), route, Json(new { }), null, null);
        using var user = await AsBob(new HttpMethod(method), route, Json(new { }));

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, user.StatusCode);
        Assert.Empty(Engine.ReceivedCalls());
        Assert.Empty(Maker.ReceivedCalls());
    }

    [Theory]
    [MemberData(nameof(ForUsers))]
    public async Task What_is_any_users_needs_a_user_that_there_is(string method, string route)
    {
        using var anonymous = await Send(new HttpMethod(method), route, Json(new { Definition = "calm > 0.5" }), null, null);
        using var nameless = await Send(new HttpMethod(method), route, Json(new { Definition = "calm > 0.5" }), "User", null);
        using var unknown = await Send(new HttpMethod(method), route, Json(new { Definition = "calm > 0.5" }), "User", Guid.NewGuid());

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, nameless.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, unknown.StatusCode);
        Assert.Empty(Engine.ReceivedCalls());
    }

    [Fact]
    public async Task Without_an_engine_every_route_says_so_in_the_same_way()
    {
        Provider.TryGet(out Arg.Any<ISegueEngine?>()).Returns(false);

        foreach (var route in new[] { "Segue/Playlists", "Segue/Reports", "Segue/Clusters", "Segue/DataQuality", "Segue/Elbow", "Segue/Elbow/Image", "Segue/Artists", "Segue/Naming/Key", "Segue/Playlists/calm/Export", "Segue/Mix", "Segue/Path", "Segue/Similar", "Segue/Similar/Artists", "Segue/Similar/Albums", "Segue/Taste", "Segue/Map", "Segue/Search?q=calm", "Segue/Models", "Segue/Collection", "Segue/Statistics", "Segue/Sets/00000001000000000000000000000000/Order" })
        {
            Assert.Contains("not open", await ReadProblem(AsAnn(HttpMethod.Get, route), HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        }

        Assert.Contains("not open", await ReadProblem(AsAnn(HttpMethod.Put, "Segue/Naming/Key/Gemini", Json(new { Key = "k" })), HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        Assert.Contains("not open", await ReadProblem(AsAnn(HttpMethod.Post, "Segue/Import", new ByteArrayContent([1])), HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SegueStatus.Busy, HttpStatusCode.Conflict)]
    [InlineData(SegueStatus.InvalidArgument, HttpStatusCode.BadRequest)]
    [InlineData(SegueStatus.UnknownTrack, HttpStatusCode.NotFound)]
    [InlineData(SegueStatus.Store, HttpStatusCode.ServiceUnavailable)]
    [InlineData(SegueStatus.Closed, HttpStatusCode.ServiceUnavailable)]
    public async Task A_refusal_of_the_engine_is_a_problem_that_names_no_path(SegueStatus status, HttpStatusCode expected)
    {
        var secret = status == SegueStatus.InvalidArgument ? "tempo: 90..x is no range" : "/data/segue/segue.db: disk";
        Engine.ElbowAsync(default!, default, default, default, default).ThrowsAsyncForAnyArgs(new SegueException(status, secret));
        Engine.GetPlaylists().Throws(new SegueException(status, secret));

        foreach (var route in new[] { "Segue/Elbow", "Segue/Playlists" })
        {
            var detail = await ReadProblem(AsAnn(HttpMethod.Get, route), expected);
            Assert.NotEmpty(detail);
            Assert.DoesNotContain("/data", detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_engine_that_is_closed_meanwhile_is_not_available()
    {
        Engine.ElbowAsync(default!, default, default, default, default).ThrowsAsyncForAnyArgs(new OperationCanceledException());
        Engine.GetReports(default).ThrowsForAnyArgs(new ObjectDisposedException("engine"));

        await ReadProblem(AsAnn(HttpMethod.Get, "Segue/Elbow"), HttpStatusCode.ServiceUnavailable);
        await ReadProblem(AsAnn(HttpMethod.Get, "Segue/Reports"), HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_key_goes_in_and_never_comes_out()
    {
        Engine.HasKey(NamingProvider.Gemini).Returns(true);

        using var set = await AsAnn(HttpMethod.Put, "Segue/Naming/Key/gemini", Json(new { Key = " sesame-1234 " }));
        using var forgotten = await AsAnn(HttpMethod.Delete, "Segue/Naming/Key/OpenAi");
        using var told = await AsAnn(HttpMethod.Get, "Segue/Naming/Key");

        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, forgotten.StatusCode);
        Engine.Received(1).SetKey(NamingProvider.Gemini, "sesame-1234");
        Engine.Received(1).SetKey(NamingProvider.OpenAi, null);
        var text = await told.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("""[{"Provider":"Ollama","IsSet":false},{"Provider":"Gemini","IsSet":true},{"Provider":"OpenAi","IsSet":false}]""", text);
    }

    [Theory]
    [InlineData("Segue/Naming/Key/Clippy", "sesame")]
    [InlineData("Segue/Naming/Key/7", "sesame")]
    [InlineData("Segue/Naming/Key/Gemini", "")]
    [InlineData("Segue/Naming/Key/Gemini", "   ")]
    [InlineData("Segue/Naming/Key/Gemini", "a b")]
    [InlineData("Segue/Naming/Key/Gemini", "line\r\nX-Evil: 1")]
    [InlineData("Segue/Naming/Key/Gemini", "schlüssel")]
    public async Task What_is_no_key_or_no_service_is_refused(string route, string key)
    {
        await ReadProblem(AsAnn(HttpMethod.Put, route, Json(new { Key = key })), HttpStatusCode.BadRequest);
        await ReadProblem(AsAnn(HttpMethod.Put, "Segue/Naming/Key/Gemini", Json(new { Key = new string('x', 501) })), HttpStatusCode.BadRequest);

        Engine.DidNotReceiveWithAnyArgs().SetKey(default, default);
    }

    [Fact]
    public void A_key_does_not_write_itself_out()
    {
        object key = new SegueNamingKeyDto { Key = "sesame" };

        Assert.DoesNotContain("sesame", string.Format(CultureInfo.InvariantCulture, "{0}", key), StringComparison.Ordinal);
    }
}
