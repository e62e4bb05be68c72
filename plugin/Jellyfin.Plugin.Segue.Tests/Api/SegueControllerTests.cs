using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Jellyfin.Plugin.Segue.Api;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Engine;
using MediaBrowser.Common.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

public sealed class SegueControllerTests : IAsyncLifetime
{
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly ISegueEngineProvider _provider;
    private readonly IHost _host;

    public SegueControllerTests()
    {
        _provider = Make.Provider(_engine);
        _engine.GetStatistics().Returns(new EngineStatistics
        {
            Files = 40,
            Songs = 36,
            Pending = 3,
            Failures = 1,
            AudioSeconds = 7200,
            DatabaseBytes = 1 << 20,
            Backend = "ONNX Runtime 1.31",
            Activity = EngineActivity.Analysing,
            Progress = new AnalysisProgress { Done = 5, Total = 8, Failed = 1, Recognised = 2, AudioSeconds = 90, ElapsedSeconds = 3, Path = "/music/secret.flac" },
            Notice = "The old database was damaged and is kept at /data/segue/segue.db.damaged.",
        });
        _engine.GetFailures().Returns(
        [
            new EngineFailure { Path = "/music/bad.mp3", Reason = "damaged", Detail = "It ends early.", Tries = 2, LastAt = DateTimeOffset.UnixEpoch },
        ]);
        _host = Build();
    }

    public ValueTask InitializeAsync() => new(_host.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [Theory]
    [InlineData("GET", "Segue/Status")]
    [InlineData("GET", "Segue/Failures")]
    [InlineData("POST", "Segue/Failures/Retry")]
    public async Task Nobody_is_told_anything_without_a_login(string method, string route)
    {
        using var response = await Send(new HttpMethod(method), route, null);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(_engine.ReceivedCalls());
    }

    [Fact]
    public async Task Any_user_may_ask_for_the_state_but_sees_no_paths()
    {
        using var response = await Get("Segue/Status", "User");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("/music", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/data", text, StringComparison.Ordinal);
        var status = JsonSerializer.Deserialize<SegueStatusDto>(text, PascalCase)!;
        Assert.Equal(
            new SegueStatusDto
            {
                Version = typeof(Plugin).Assembly.GetName().Version!.ToString(),
                NativeVersion = "0.1.0",
                NativeAvailable = true,
                Ready = true,
                Files = 40,
                Songs = 36,
                Pending = 3,
                Failures = 1,
                AudioSeconds = 7200,
                DatabaseBytes = 1 << 20,
                Backend = "ONNX Runtime 1.31",
                Activity = "Analysing",
                Progress = new SegueProgressDto { Done = 5, Total = 8, Failed = 1, Recognised = 2, AudioSeconds = 90, ElapsedSeconds = 3 },
            },
            status);
    }

    [Fact]
    public async Task An_administrator_sees_the_notice()
    {
        var status = await Status(HeaderAuthentication.Administrator);

        Assert.StartsWith("The old database was damaged", status.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_there_is_no_progress()
    {
        _engine.GetStatistics().Returns(new EngineStatistics { Songs = 36 });

        var status = await Status("User");

        Assert.Equal("Idle", status.Activity);
        Assert.Null(status.Progress);
    }

    [Fact]
    public async Task Without_an_engine_the_state_says_so_and_the_reason_is_the_administrators()
    {
        _provider.TryGet(out Arg.Any<ISegueEngine?>()).Returns(false);
        _provider.State.Returns(new EngineState(false, null, "/config/plugins/Segue/libsegue_native.so: not for this machine"));

        var forUser = await Status("User");
        Assert.False(forUser.Ready);
        Assert.False(forUser.NativeAvailable);
        Assert.NotNull(forUser.Problem);
        Assert.DoesNotContain("/config", forUser.Problem, StringComparison.Ordinal);

        var forAdministrator = await Status(HeaderAuthentication.Administrator);
        Assert.Contains("/config/plugins", forAdministrator.Problem, StringComparison.Ordinal);

        using var failures = await Get("Segue/Failures", HeaderAuthentication.Administrator);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failures.StatusCode);
    }

    [Fact]
    public async Task An_engine_that_fails_is_a_state_and_no_error()
    {
        _engine.GetStatistics().Throws(new ObjectDisposedException("engine"));

        var status = await Status(HeaderAuthentication.Administrator);

        Assert.False(status.Ready);
        Assert.Contains("engine", status.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_with_their_paths_are_for_administrators()
    {
        using var refused = await Get("Segue/Failures", "User");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        _engine.DidNotReceive().GetFailures();

        using var response = await Get("Segue/Failures", HeaderAuthentication.Administrator);
        var failures = await response.Content.ReadFromJsonAsync<SegueFailureDto[]>(PascalCase, TestContext.Current.CancellationToken);
        Assert.Equal(
            [new SegueFailureDto { Path = "/music/bad.mp3", Reason = "damaged", Detail = "It ends early.", Tries = 2, LastAt = DateTimeOffset.UnixEpoch }],
            failures!);
    }

    [Fact]
    public async Task Of_many_failures_the_newest_are_told()
    {
        _engine.GetFailures().Returns([.. Enumerable.Range(1, 1000).Select(number => new EngineFailure { Path = $"/{number}", LastAt = DateTimeOffset.UnixEpoch.AddSeconds(number) })]);

        using var response = await Get("Segue/Failures", HeaderAuthentication.Administrator);

        var failures = await response.Content.ReadFromJsonAsync<SegueFailureDto[]>(PascalCase, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(801, 200).Reverse().Select(number => $"/{number}"), failures!.Select(failure => failure.Path));
    }

    [Fact]
    public async Task Failures_are_forgotten_for_administrators_only()
    {
        _engine.RetryFailed().Returns(3);

        using var refused = await Send(HttpMethod.Post, "Segue/Failures/Retry", "User");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        _engine.DidNotReceive().RetryFailed();

        using var response = await Send(HttpMethod.Post, "Segue/Failures/Retry", HeaderAuthentication.Administrator);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(new SegueRetryDto { Forgotten = 3 }, await response.Content.ReadFromJsonAsync<SegueRetryDto>(PascalCase, TestContext.Current.CancellationToken));
        _engine.Received(1).RetryFailed();
    }

    [Fact]
    public async Task An_engine_that_refuses_to_tell_of_failures_is_not_available()
    {
        _engine.GetFailures().Throws(new SegueException(SegueStatus.Store, "/data/segue/segue.db: disk"));
        _engine.RetryFailed().Throws(new ObjectDisposedException("engine"));

        using var failures = await Get("Segue/Failures", HeaderAuthentication.Administrator);
        using var retry = await Send(HttpMethod.Post, "Segue/Failures/Retry", HeaderAuthentication.Administrator);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, failures.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, retry.StatusCode);
    }

    private static readonly JsonSerializerOptions PascalCase = new() { PropertyNamingPolicy = null };

    private async Task<SegueStatusDto> Status(string role)
    {
        using var response = await Get("Segue/Status", role);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<SegueStatusDto>(PascalCase, TestContext.Current.CancellationToken))!;
    }

    private Task<HttpResponseMessage> Get(string route, string? role) => Send(HttpMethod.Get, route, role);

    private async Task<HttpResponseMessage> Send(HttpMethod method, string route, string? role)
    {
        using var client = _host.GetTestClient();
        using var request = new HttpRequestMessage(method, route);
        if (role is not null)
        {
            request.Headers.Add(HeaderAuthentication.Header, role);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    // As the server does it: PascalCase, a policy for administrators by role, controllers from the plugin's assembly.
    private IHost Build() => new HostBuilder()
        .ConfigureWebHost(web => web
            .UseTestServer()
            .ConfigureServices(services =>
            {
                services.AddSingleton(_provider);
                services.AddSingleton(Substitute.For<IJellyfinCompat>());
                services.AddAuthentication("Header").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("Header", null);
                services.AddAuthorizationBuilder()
                    .AddPolicy(Policies.RequiresElevation, policy => policy.RequireRole(HeaderAuthentication.Administrator));
                services.AddControllers()
                    .AddApplicationPart(typeof(SegueController).Assembly)
                    .AddJsonOptions(json => json.JsonSerializerOptions.PropertyNamingPolicy = null);
            })
            .Configure(app => app.UseRouting().UseAuthentication().UseAuthorization().UseEndpoints(routes => routes.MapControllers())))
        .Build();
}
