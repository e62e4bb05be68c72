using Jellyfin.Plugin.Segue.Similar;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Jellyfin.Plugin.Segue;

/// <content>
/// What is registered on Jellyfin 10.11 only.
/// </content>
public sealed partial class PluginServiceRegistrator
{
    // An object and not a type: making it for each request could fail, and with it every request of the server.
    static partial void RegisterForLine(IServiceCollection services) =>
        services.Configure<MvcOptions>(options => options.Filters.Add(new SimilarItemsFilter()));
}
