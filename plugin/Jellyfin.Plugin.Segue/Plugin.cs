using System.Diagnostics.CodeAnalysis;
using Jellyfin.Plugin.Segue.Configuration;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Common.Plugins;
using MediaBrowser.Model.Plugins;
using MediaBrowser.Model.Serialization;

namespace Jellyfin.Plugin.Segue;

/// <summary>
/// What Jellyfin loads: a name, an id and the settings page. Everything else is a service.
/// </summary>
[SuppressMessage("Naming", "CA1724:Type names should not match namespaces", Justification = "The name that people who read Jellyfin plugins look for.")]
public sealed class Plugin : BasePlugin<PluginConfiguration>, IHasWebPages
{
    /// <summary>The name of the settings page.</summary>
    public const string PageName = "Segue";

    /// <summary>The name under which the page's script is served.</summary>
    public const string ScriptName = "Segue.js";

    /// <summary>The name under which the script's part for playlists is served.</summary>
    public const string PlaylistsScriptName = "SeguePlaylists.js";

    /// <summary>The name under which the script's part for models is served.</summary>
    public const string ModelsScriptName = "SegueModels.js";

    /// <summary>
    /// Initializes a new instance of the <see cref="Plugin"/> class.
    /// </summary>
    /// <param name="applicationPaths">Where the server keeps things.</param>
    /// <param name="xmlSerializer">Reads and writes the settings.</param>
    public Plugin(IApplicationPaths applicationPaths, IXmlSerializer xmlSerializer)
        : base(applicationPaths, xmlSerializer)
    {
        Instance = this;
    }

    /// <summary>
    /// Gets the running plugin: Jellyfin creates it and hands it to nobody, so <see cref="PluginSettings"/> finds it here.
    /// </summary>
    public static Plugin? Instance { get; private set; }

    /// <inheritdoc />
    public override string Name => "Segue";

    /// <inheritdoc />
    public override Guid Id => new("8f6c1d5e-4f0b-4c55-9a0e-5e9c2a7d3b11");

    /// <inheritdoc />
    public override string Description =>
        "Listens to the music library and answers with instant mixes and playlists that sound alike.";

    /// <inheritdoc />
    public IEnumerable<PluginPageInfo> GetPages()
    {
        const string Web = "Jellyfin.Plugin.Segue.Web.";
        return
        [
            new PluginPageInfo
            {
                Name = PageName,
                DisplayName = "Segue",
                EmbeddedResourcePath = Web + "segue.html",
                EnableInMainMenu = true,
                MenuSection = "server",
                MenuIcon = "graphic_eq",
            },
            new PluginPageInfo { Name = ScriptName, EmbeddedResourcePath = Web + "segue.js" },
            new PluginPageInfo { Name = PlaylistsScriptName, EmbeddedResourcePath = Web + "segue-playlists.js" },
            new PluginPageInfo { Name = ModelsScriptName, EmbeddedResourcePath = Web + "segue-models.js" },
        ];
    }
}
