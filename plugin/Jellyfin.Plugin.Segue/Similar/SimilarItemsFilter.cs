using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Api;
using Jellyfin.Plugin.Segue.Configuration;
using MediaBrowser.Controller.Dto;
using MediaBrowser.Controller.Entities;
using MediaBrowser.Controller.Library;
using MediaBrowser.Model.Dto;
using MediaBrowser.Model.Querying;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jellyfin.Plugin.Segue.Similar;

/// <summary>
/// "More like this" of songs, albums and artists on Jellyfin 10.11, which asks no plugin: answers in the place of the server's own
/// action. It stands before every action of the server, so it does nothing but look at the route for all others, depends on nothing
/// that could fail to be made, and lets no exception of its own out. Only in the build for that line.
/// </summary>
internal sealed class SimilarItemsFilter : IAsyncActionFilter
{
    /// <summary>Items when the client does not say.</summary>
    private const int UsualLimit = 50;

    /// <inheritdoc />
    public Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next) =>
        context.ActionDescriptor is ControllerActionDescriptor { ActionName: "GetSimilarItems", ControllerName: "Library" } && Answer(context) is { } answer
            ? Give(context, answer)
            : next();

    private static Task Give(ActionExecutingContext context, IActionResult answer)
    {
        context.Result = answer;
        return Task.CompletedTask;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "No failure of ours may take the server's own answer away.")]
    private static ObjectResult? Answer(ActionExecutingContext context)
    {
        try
        {
            var services = context.HttpContext.RequestServices;
            if (services.GetService<ISegueSettings>()?.Current is not { ReplaceSimilar: true, SimilarFilter: true })
            {
                return null;
            }

            return Find(context, services);
        }
        catch (Exception e)
        {
            Tell(context, e);
            return null;
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The log may be what fails.")]
    private static void Tell(ActionExecutingContext context, Exception failure)
    {
        try
        {
            context.HttpContext.RequestServices.GetService<ILogger<SimilarItemsFilter>>()
                ?.LogWarning(failure, "Segue could not find what is similar; Jellyfin's own choice is used");
        }
        catch (Exception)
        {
            // Then nobody is told.
        }
    }

    private static ObjectResult? Find(ActionExecutingContext context, IServiceProvider services)
    {
        var library = services.GetRequiredService<ILibraryManager>();
        var id = Argument<Guid>(context, "itemId");
        if (id.Equals(Guid.Empty)
            || !TryGetUser(context, services.GetRequiredService<IUserManager>(), out var user)
            || library.GetItemById<BaseItem>(id, user) is not { } item)
        {
            // What is wrong with the request, the server says itself.
            return null;
        }

        var options = new DtoOptions { Fields = Argument<ItemFields[]>(context, "fields") ?? [] };
        var found = services.GetRequiredService<ISimilarMusic>().Find(
            item,
            new SimilarWish(user, Argument<int?>(context, "limit") ?? UsualLimit)
            {
                ExcludeArtists = Argument<Guid[]>(context, "excludeArtistIds") ?? [],
                Options = options,
            });
        return found.Count == 0
            ? null
            : new ObjectResult(new QueryResult<BaseItemDto>
            {
                Items = Describe(services.GetRequiredService<IDtoService>(), found, options, user),
                TotalRecordCount = found.Count,
            });
    }

    private static T? Argument<T>(ActionExecutingContext context, string name) =>
        context.ActionArguments.TryGetValue(name, out var value) && value is T argument ? argument : default;

    /// <summary>Finds on whose behalf is asked, by the server's own rule.</summary>
    /// <returns>Whether it may be answered; whether not, and how, the server says itself.</returns>
    private static bool TryGetUser(ActionExecutingContext context, IUserManager users, out User? user)
    {
        user = null;
        var caller = context.HttpContext.User;
        if (!Guid.TryParse(caller.FindFirst(SegueControllerBase.UserIdClaim)?.Value, out var own))
        {
            return false;
        }

        var asked = Argument<Guid>(context, "userId");
        if (asked.Equals(Guid.Empty))
        {
            asked = own;
        }

        if (!asked.Equals(own) && !caller.IsInRole("Administrator"))
        {
            return false;
        }

        // No user is an API key, which may see everything.
        user = asked.Equals(Guid.Empty) ? null : users.GetUserById(asked);
        return user is not null || asked.Equals(Guid.Empty);
    }

    // A method of its own: where the server has another form of this member, it is this method that cannot be compiled.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IReadOnlyList<BaseItemDto> Describe(IDtoService descriptions, IReadOnlyList<BaseItem> items, DtoOptions options, User? user) =>
        descriptions.GetBaseItemDtos(items, options, user);
}
