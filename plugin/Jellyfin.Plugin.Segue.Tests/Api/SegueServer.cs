using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;
using System.Text.Json;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Api;
using Jellyfin.Plugin.Segue.Compat;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Film;
using Jellyfin.Plugin.Segue.Jobs;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Common.Api;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Entities.Audio;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Playlists;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

/// <summary>
/// A web host with the plugin's controllers, as the server has it: PascalCase, a policy for administrators by role, a claim that
/// says who asks. There are an administrator, who sees tracks 1 to 9, and Bob, who sees 1 to 3.
/// </summary>
public abstract class SegueServer : IAsyncLifetime
{
    /// <summary>As the server writes JSON.</summary>
    private protected static readonly JsonSerializerOptions PascalCase = new() { PropertyNamingPolicy = null };

    private readonly Dictionary<Guid, HashSet<Guid>> _visible = [];
    private readonly IHost _host;

    protected SegueServer()
    {
        Provider = Make.Provider(Engine);
        Compat.GetUsers().Returns([Ann, Bob]);
        See(Ann, Enumerable.Range(1, 9));
        See(Bob, Enumerable.Range(1, 3));
        Library.GetTrack(default, default).ReturnsForAnyArgs(call => call.Arg<User?>() is not { } user || _visible[user.Id].Contains(call.Arg<Guid>())
            ? new Audio { Id = call.Arg<Guid>(), Name = "Track " + Make.Name(call.Arg<Guid>())[7], Artists = ["Ann"], Path = "/music/secret.flac" }
            : null);
        Library.GetTracks(default!, default, default).ReturnsForAnyArgs(call =>
            [.. call.Arg<IReadOnlyList<Guid>>().Select(id => Library.GetTrack(id, call.Arg<User?>())).OfType<Audio>()]);
        Library.GetHiddenTracks(default!, default!).ReturnsForAnyArgs(call =>
            call.Arg<IReadOnlyCollection<Guid>>().Where(id => !_visible[call.Arg<User>().Id].Contains(id)).ToHashSet());
        Publisher.GetPublished().Returns([]);
        _host = new HostBuilder()
            .ConfigureWebHost(web => web
                .UseTestServer()
                .ConfigureServices(services =>
                {
                    services.AddSingleton(Provider);
                    services.AddSingleton(Compat);
                    services.AddSingleton(Library);
                    services.AddSingleton(Publisher);
                    services.AddSingleton(Personal);
                    services.AddSingleton(Radio);
                    services.AddSingleton(Maker);
                    services.AddSingleton(Manager);
                    services.AddSingleton(LibraryManager);
                    services.AddSingleton(Films);
                    services.AddSingleton<ISegueJobs>(new SegueJobs(Time, NullLogger<SegueJobs>.Instance));
                    services.AddSingleton<TimeProvider>(Time);
                    services.AddSingleton<ISegueSettings>(new PluginSettings(() => Configuration, () => null));
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

    private protected ISegueEngine Engine { get; } = Substitute.For<ISegueEngine>();

    private protected ISegueEngineProvider Provider { get; }

    private protected IJellyfinCompat Compat { get; } = Substitute.For<IJellyfinCompat>();

    private protected IMusicLibrary Library { get; } = Substitute.For<IMusicLibrary>();

    private protected IPlaylistPublisher Publisher { get; } = Substitute.For<IPlaylistPublisher>();

    private protected IPersonalPublisher Personal { get; } = Substitute.For<IPersonalPublisher>();

    private protected IRadioPlaylists Radio { get; } = Substitute.For<IRadioPlaylists>();

    private protected IPlaylistMaker Maker { get; } = Substitute.For<IPlaylistMaker>();

    private protected IPlaylistManager Manager { get; } = Substitute.For<IPlaylistManager>();

    private protected ILibraryManager LibraryManager { get; } = Substitute.For<ILibraryManager>();

    private protected IFilmMusic Films { get; } = Substitute.For<IFilmMusic>();

    private protected FakeTime Time { get; } = new();

    private protected PluginConfiguration Configuration { get; } = new();

    private protected User Ann { get; } = Make.User("ann");

    private protected User Bob { get; } = Make.User("bob");

    public ValueTask InitializeAsync() => new(_host.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await DisposeAsyncCore();
        GC.SuppressFinalize(this);
    }

    protected virtual async ValueTask DisposeAsyncCore()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private protected Task<HttpResponseMessage> AsAnn(HttpMethod method, string route, HttpContent? body = null) =>
        Send(method, route, body, HeaderAuthentication.Administrator, Ann.Id);

    private protected Task<HttpResponseMessage> AsBob(HttpMethod method, string route, HttpContent? body = null) => Send(method, route, body, "User", Bob.Id);

    /// <summary>The server says of an API key that it is an administrator without an id.</summary>
    private protected Task<HttpResponseMessage> AsKey(HttpMethod method, string route, HttpContent? body = null) =>
        Send(method, route, body, HeaderAuthentication.Administrator, Guid.Empty);

    private protected async Task<HttpResponseMessage> Send(HttpMethod method, string route, HttpContent? body, string? role, Guid? id)
    {
        using var client = _host.GetTestClient();
        using var request = new HttpRequestMessage(method, route) { Content = body };
        if (role is not null)
        {
            request.Headers.Add(HeaderAuthentication.Header, role);
        }

        if (id is not null)
        {
            request.Headers.Add(HeaderAuthentication.IdHeader, Make.Name(id.Value));
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until a job of Ann's has ended.</summary>
    private protected async Task<SegueJobDto> End(Guid job, Func<HttpMethod, string, HttpContent?, Task<HttpResponseMessage>>? asOwner = null)
    {
        while (true)
        {
            var now = await Read<SegueJobDto>((asOwner ?? AsAnn)(HttpMethod.Get, $"Segue/Jobs/{job}", null));
            if (now.EndedAt is not null)
            {
                return now;
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private protected static JsonContent Json(object value) => JsonContent.Create(value, options: PascalCase);

    [SuppressMessage("IDisposableAnalyzers.Correctness", "IDISP007:Don't dispose injected", Justification = "Nobody else reads the answer.")]
    private protected static async Task<T> Read<T>(Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<T>(PascalCase, TestContext.Current.CancellationToken))!;
    }

    [SuppressMessage("IDisposableAnalyzers.Correctness", "IDISP007:Don't dispose injected", Justification = "Nobody else reads the answer.")]
    private protected static async Task<string> ReadProblem(Task<HttpResponseMessage> answer, System.Net.HttpStatusCode status)
    {
        using var response = await answer;
        Assert.Equal(status, response.StatusCode);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains(problem.RootElement.EnumerateObject(), property => property.Name.Equals("status", StringComparison.OrdinalIgnoreCase) && property.Value.GetInt32() == (int)status);
        return problem.RootElement.EnumerateObject().FirstOrDefault(property => property.Name.Equals("detail", StringComparison.OrdinalIgnoreCase)).Value is { ValueKind: JsonValueKind.String } detail
            ? detail.GetString()!
            : string.Empty;
    }

    /// <summary>Takes a track from what a user may see, which the answer of a while ago still holds.</summary>
    private protected void Hide(User user, int number) => _visible[user.Id] = [.. _visible[user.Id].Where(id => !id.Equals(Make.Id(number)))];

    /// <summary>Makes an item of the server's that some users may see.</summary>
    private protected T Item<T>(T item, params User[] users)
        where T : BaseItem
    {
        LibraryManager.GetItemById(item.Id).Returns(item);
        LibraryManager.GetItemById<T>(item.Id).Returns(item);
        LibraryManager.GetItemById<BaseItem>(item.Id).Returns(item);
        foreach (var user in users)
        {
            LibraryManager.GetItemById<T>(item.Id, user).Returns(item);
            LibraryManager.GetItemById<BaseItem>(item.Id, user).Returns(item);
        }

        return item;
    }

    private void See(User user, IEnumerable<int> numbers)
    {
        _visible[user.Id] = numbers.Select(Make.Id).ToHashSet();
        Library.GetVisibleTracks(user).Returns(_visible[user.Id]);
        Library.GetCandidates(user).Returns(new ItemSet(_visible[user.Id]));
    }
}
