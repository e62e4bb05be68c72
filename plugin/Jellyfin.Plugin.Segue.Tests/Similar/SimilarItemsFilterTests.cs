using System.Reflection;
using System.Security.Claims;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Similar;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Dto;
using MediaBrowser.Model.Querying;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using NSubstitute.Extensions;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Similar;

public sealed class SimilarItemsFilterTests
{
    private readonly ISimilarMusic _similar = Substitute.For<ISimilarMusic>();
    private readonly ILibraryManager _library = Substitute.For<ILibraryManager>();
    private readonly IUserManager _users = Substitute.For<IUserManager>();
    private readonly IDtoService _descriptions = Substitute.For<IDtoService>();
    private readonly User _ann = Make.User("ann");
    private readonly List<SimilarWish> _wishes = [];
    private int _passedOn;

    public SimilarItemsFilterTests()
    {
        _users.GetUserById(_ann.Id).Returns(_ann);
        _library.GetItemById<BaseItem>(Make.Id(1), Arg.Any<User?>()).Returns(Make.Track(1));
        _similar.Find(default!, default!).ReturnsForAnyArgs(call =>
        {
            _wishes.Add(call.Arg<SimilarWish>());
            return [Make.Track(2), Make.Track(3)];
        });
        _descriptions.GetBaseItemDtos(default!, default!).ReturnsForAnyArgs(call =>
            [.. call.Arg<IReadOnlyList<BaseItem>>().Select(item => new BaseItemDto { Id = item.Id })]);
    }

    [Fact]
    public async Task The_route_of_similar_items_is_answered()
    {
        var context = Context(("limit", 7), ("excludeArtistIds", new[] { Make.Id(9) }), ("fields", new[] { ItemFields.Genres }));

        await Run(context);

        var result = Assert.IsType<QueryResult<BaseItemDto>>(Assert.IsType<ObjectResult>(context.Result).Value);
        Assert.Equal([Make.Id(2), (Guid?)Make.Id(3)], result.Items.Select(item => item?.Id));
        Assert.Equal((0, 2), (result.StartIndex, result.TotalRecordCount));
        Assert.Equal(0, _passedOn);
        var wish = Assert.Single(_wishes);
        Assert.Equal((_ann, 7), (wish.User, wish.Limit));
        Assert.Equal([Make.Id(9)], wish.ExcludeArtists);
        _descriptions.Received(1).GetBaseItemDtos(Arg.Any<IReadOnlyList<BaseItem>>(), Arg.Is<DtoOptions>(options => options.Fields.SequenceEqual(new[] { ItemFields.Genres })), _ann);
    }

    [Fact]
    public async Task Without_a_limit_it_is_the_usual_one()
    {
        await Run(Context());

        Assert.Equal(50, Assert.Single(_wishes).Limit);
    }

    [Theory]
    [InlineData("GetItem", "UserLibrary")]
    [InlineData("GetSimilarItems", "Other")]
    [InlineData("AuthenticateUserByName", "User")]
    public async Task Other_routes_are_passed_on_unseen(string action, string controller)
    {
        var context = Context();
        context.ActionDescriptor = new ControllerActionDescriptor { ActionName = action, ControllerName = controller };
        context.HttpContext = Substitute.For<HttpContext>();
        await Run(context);

        context.ActionDescriptor = new ActionDescriptor();
        await Run(context);

        Assert.Equal(2, _passedOn);
        Assert.Null(context.Result);
        Assert.Empty(context.HttpContext.ReceivedCalls());
        Assert.Empty(_wishes);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Switched_off_the_server_answers(bool similar, bool filter)
    {
        await Run(Context(settings => (settings.ReplaceSimilar, settings.SimilarFilter) = (similar, filter)));

        Assert.Equal(1, _passedOn);
        Assert.Empty(_wishes);
        Assert.False(new PluginConfiguration().SimilarFilter);
    }

    [Fact]
    public async Task Where_Segue_has_nothing_and_where_there_is_no_such_item_the_server_answers()
    {
        _similar.Find(default!, default!).ReturnsForAnyArgs([]);
        await Run(Context());
        await Run(Context(("itemId", Make.Id(404))));
        await Run(Context(("itemId", Guid.Empty)));
        await Run(Context(("itemId", "nonsense")));

        Assert.Equal(4, _passedOn);
    }

    [Fact]
    public async Task Nobody_is_answered_in_the_name_of_another_but_by_an_administrator()
    {
        var bob = Make.User("bob");
        _users.GetUserById(bob.Id).Returns(bob);

        // What is forbidden the server forbids itself.
        await Run(Context(("userId", bob.Id)));
        Assert.Equal(1, _passedOn);
        Assert.Empty(_wishes);

        await Run(Context(Enabled, Caller(_ann.Id, "Administrator"), ("userId", bob.Id)));
        Assert.Same(bob, Assert.Single(_wishes).User);

        await Run(Context(Enabled, new ClaimsPrincipal(new ClaimsIdentity())));
        await Run(Context(Enabled, Caller(Guid.NewGuid())));
        Assert.Equal(3, _passedOn);
    }

    [Fact]
    public async Task An_API_key_has_no_user()
    {
        await Run(Context(Enabled, Caller(Guid.Empty, "Administrator")));

        Assert.Null(Assert.Single(_wishes).User);
    }

    public static TheoryData<string> Failures => ["similar", "library", "users", "descriptions", "missing member", "settings", "services", "log"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task No_exception_gets_out(string where)
    {
        var context = Context();
        switch (where)
        {
            case "similar":
                _similar.Configure().Find(default!, default!).ThrowsForAnyArgs(new InvalidOperationException("broken"));
                break;
            case "library":
                _library.GetItemById<BaseItem>(default, default(User)).ThrowsForAnyArgs(new InvalidOperationException("broken"));
                break;
            case "users":
                _users.GetUserById(default).ThrowsForAnyArgs(new InvalidOperationException("broken"));
                break;
            case "descriptions":
                _descriptions.Configure().GetBaseItemDtos(default!, default!).ThrowsForAnyArgs(new InvalidOperationException("broken"));
                break;
            case "missing member":
                _descriptions.Configure().GetBaseItemDtos(default!, default!).ThrowsForAnyArgs(new MissingMethodException("another server"));
                break;
            case "settings":
                context = Context(_ => throw new InvalidOperationException("broken"));
                break;
            case "services":
                context.HttpContext.RequestServices = new ServiceCollection().BuildServiceProvider();
                break;
            default:
                context.HttpContext.RequestServices = Substitute.For<IServiceProvider>();
                context.HttpContext.RequestServices.GetService(default!).ThrowsForAnyArgs(new ObjectDisposedException("services"));
                break;
        }

        await Run(context);

        Assert.Equal(1, _passedOn);
        Assert.Null(context.Result);
    }

    [Fact]
    public async Task An_exception_of_the_server_stays_its_own()
    {
        var context = Context(settings => settings.SimilarFilter = false);

        await Assert.ThrowsAsync<NotSupportedException>(() => new SimilarItemsFilter().OnActionExecutionAsync(context, () => throw new NotSupportedException("server")));
    }

    [Fact]
    public void It_is_registered_as_an_object_which_depends_on_nothing()
    {
        var services = new ServiceCollection();
        var register = typeof(PluginServiceRegistrator).GetMethod("RegisterForLine", BindingFlags.NonPublic | BindingFlags.Static);
        register!.Invoke(null, [services]);
        using var provider = services.BuildServiceProvider();

        Assert.IsType<SimilarItemsFilter>(Assert.Single(provider.GetRequiredService<IOptions<MvcOptions>>().Value.Filters));
        Assert.NotNull(typeof(SimilarItemsFilter).GetConstructor(Type.EmptyTypes));
    }

    private static void Enabled(PluginConfiguration settings) => settings.SimilarFilter = true;

    private static ClaimsPrincipal Caller(Guid user, params string[] roles) =>
        new(new ClaimsIdentity([new Claim("Jellyfin-UserId", Make.Name(user)), .. roles.Select(role => new Claim(ClaimTypes.Role, role))], "test"));

    private async Task Run(ActionExecutingContext context) => await new SimilarItemsFilter().OnActionExecutionAsync(context, () =>
    {
        _passedOn++;
        return Task.FromResult(new ActionExecutedContext(context, [], new object()));
    });

    private ActionExecutingContext Context(params (string Name, object Value)[] arguments) => Context(Enabled, Caller(_ann.Id), arguments);

    private ActionExecutingContext Context(Action<PluginConfiguration> change) => Context(change, Caller(_ann.Id));

    private ActionExecutingContext Context(Action<PluginConfiguration> change, ClaimsPrincipal caller, params (string Name, object Value)[] arguments)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(_ => Make.Settings(change));
        services.AddSingleton(_similar).AddSingleton(_library).AddSingleton(_users).AddSingleton(_descriptions);
        var http = new DefaultHttpContext { RequestServices = services.BuildServiceProvider(), User = caller };
        var descriptor = new ControllerActionDescriptor { ActionName = "GetSimilarItems", ControllerName = "Library" };
        var context = new ActionExecutingContext(new ActionContext(http, new RouteData(), descriptor), [], new Dictionary<string, object?>(StringComparer.Ordinal), new object());
        context.ActionArguments["itemId"] = Make.Id(1);
        foreach (var (name, value) in arguments)
        {
            context.ActionArguments[name] = value;
        }

        return context;
    }
}
