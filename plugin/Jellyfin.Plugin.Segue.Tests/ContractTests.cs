using System.Reflection;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Jellyfin.Plugin.Segue.Api;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Film;
using Jellyfin.Plugin.Segue.Library;
using Jellyfin.Plugin.Segue.Playback;
using Jellyfin.Plugin.Segue.Playlists;
using Jellyfin.Plugin.Segue.Tasks;
using MediaBrowser.Common.Configuration;
using MediaBrowser.Controller.Library;
using MediaBrowser.Controller.Plugins;
using MediaBrowser.Model.Serialization;
using MediaBrowser.Model.Tasks;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests;

/// <summary>
/// What servers and people's settings rely on: names that must not change, and rules of loading.
/// </summary>
public sealed partial class ContractTests
{
    private static readonly Assembly Plugin = typeof(Segue.Plugin).Assembly;

    [Fact]
    public void The_plugins_identity_is_fixed()
    {
        var plugin = new Segue.Plugin(Substitute.For<IApplicationPaths>(), Substitute.For<IXmlSerializer>());

        Assert.Equal(new Guid("8f6c1d5e-4f0b-4c55-9a0e-5e9c2a7d3b11"), plugin.Id);
        Assert.Equal("Segue", plugin.Name);
        Assert.Equal("Jellyfin.Plugin.Segue", Plugin.GetName().Name);
        Assert.Same(plugin, Segue.Plugin.Instance);
    }

    [Fact]
    public void Task_names_are_fixed_because_triggers_hang_on_them()
    {
        var analyse = new AnalyseMusicTask(
            Substitute.For<ISegueEngineProvider>(),
            Substitute.For<IMusicLibrary>(),
            Substitute.For<IAnalysisPause>(),
            TimeProvider.System,
            NullLogger<AnalyseMusicTask>.Instance);
        var scheduled = new BuildPlaylistsTask(Substitute.For<IPlaylistMaker>(), TimeProvider.System);
        var asked = new MakePlaylistsTask(Substitute.For<IPlaylistMaker>(), TimeProvider.System);
        var personal = new RefreshPersonalMixesTask(Substitute.For<IPersonalMixes>(), TimeProvider.System);
        var soundtracks = new MakeSoundtracksTask(Substitute.For<ICollectionSoundtracks>(), TimeProvider.System);

        Assert.Equal("Jellyfin.Plugin.Segue.Tasks.AnalyseMusicTask", analyse.GetType().FullName);
        Assert.Equal("SegueAnalyseMusic", analyse.Key);
        Assert.Equal("Analyse music", analyse.Name);
        Assert.Equal("Jellyfin.Plugin.Segue.Tasks.BuildPlaylistsTask", scheduled.GetType().FullName);
        Assert.Equal("SegueBuildPlaylists", scheduled.Key);
        Assert.Equal("Make playlists on schedule", scheduled.Name);
        Assert.Equal("Jellyfin.Plugin.Segue.Tasks.MakePlaylistsTask", asked.GetType().FullName);
        Assert.Equal("SegueMakePlaylists", asked.Key);
        Assert.Equal("Make playlists", asked.Name);
        Assert.Equal("Jellyfin.Plugin.Segue.Tasks.RefreshPersonalMixesTask", personal.GetType().FullName);
        Assert.Equal("SegueRefreshPersonalMixes", personal.Key);
        Assert.Equal("Refresh personal mixes", personal.Name);
        Assert.Equal("Jellyfin.Plugin.Segue.Tasks.MakeSoundtracksTask", soundtracks.GetType().FullName);
        Assert.Equal("SegueMakeSoundtracks", soundtracks.Key);
        Assert.Equal("Make music for films", soundtracks.Name);
        Assert.All<IScheduledTask>([analyse, scheduled, asked, personal, soundtracks], task =>
        {
            Assert.Equal("Segue", task.Category);
            Assert.NotEmpty(task.Description);
        });
    }

    [Fact]
    public void What_the_server_finds_by_itself_is_public_and_nothing_else_of_its_kind_is()
    {
        Assert.Equal(
            [typeof(AnalyseMusicTask), typeof(BuildPlaylistsTask), typeof(MakePlaylistsTask), typeof(MakeSoundtracksTask), typeof(RefreshPersonalMixesTask)],
            Exported<IScheduledTask>());
        Assert.Equal([typeof(PluginServiceRegistrator)], Exported<IPluginServiceRegistrator>());
        Assert.NotNull(typeof(PluginServiceRegistrator).GetConstructor(Type.EmptyTypes));
        Assert.Equal([typeof(Segue.Plugin)], Exported<MediaBrowser.Common.Plugins.IPlugin>());
        Assert.Empty(Exported<IMusicManager>());

        // By name: Jellyfin 10.11 has no such thing, and there a filter, which nobody but Segue itself may find, does its work.
        Assert.Equal(
            IsForJellyfin12 ? ["SegueSimilarItemsProvider"] : [],
            Plugin.GetExportedTypes().Where(type => type.GetInterfaces().Any(other => other.Name == "ISimilarItemsProvider")).Select(type => type.Name));
        Assert.Equal(
            IsForJellyfin12 ? ["SegueSearchProvider"] : [],
            Plugin.GetExportedTypes().Where(type => type.GetInterfaces().Any(other => other.Name == "ISearchProvider")).Select(type => type.Name));
        Assert.Equal(!IsForJellyfin12, Plugin.GetType("Jellyfin.Plugin.Segue.Similar.SimilarItemsFilter") is { IsNotPublic: true });
    }

    [Fact]
    public void Every_action_needs_a_login_names_its_verb_and_has_a_DTO_that_clashes_with_none_of_the_servers()
    {
        var controllers = Plugin.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(Microsoft.AspNetCore.Mvc.ControllerBase)) && !type.IsAbstract).ToList();
        Assert.Equal(
            [
                "SegueClustersController", "SegueCollectionController", "SegueController", "SegueDefinitionsController", "SegueImportController",
                "SegueJobsController", "SegueListeningController", "SegueMixController", "SegueModelsController", "SegueNamingController",
                "SeguePersonalMixesController", "SeguePlaylistsController", "SegueRadioController", "SegueSearchController", "SegueSetsController",
                "SegueSimilarController", "SegueSoundtrackController",
            ],
            controllers.Select(type => type.Name).Order(StringComparer.Ordinal));
        Assert.All(controllers, controller =>
        {
            Assert.NotNull(controller.GetCustomAttribute<AuthorizeAttribute>());
            Assert.All(
                controller.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly),
                action => Assert.NotNull(action.GetCustomAttribute<HttpMethodAttribute>()));
        });
        Assert.All(
            Plugin.GetExportedTypes().Where(type => type.Namespace == typeof(SegueController).Namespace),
            type => Assert.StartsWith("Segue", type.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void Pages_exist_under_the_names_that_are_given_and_refer_to_nothing_outside()
    {
        var pages = new Segue.Plugin(Substitute.For<IApplicationPaths>(), Substitute.For<IXmlSerializer>()).GetPages().ToList();

        Assert.Equal(["Segue", "Segue.js", "SeguePlaylists.js", "SegueModels.js"], pages.Select(page => page.Name));
        Assert.All(pages, page =>
        {
            Assert.StartsWith("Segue", page.Name, StringComparison.Ordinal);
            Assert.Contains(page.EmbeddedResourcePath, Plugin.GetManifestResourceNames());
            Assert.DoesNotMatch(ExternalUrl(), Resource(page.EmbeddedResourcePath));
        });
        Assert.Contains("data-controller=\"__plugin/" + pages[1].Name + "\"", Resource(pages[0].EmbeddedResourcePath), StringComparison.Ordinal);
        Assert.All(pages.Skip(1), page => Assert.Contains("export default function", Resource(page.EmbeddedResourcePath), StringComparison.Ordinal));
        Assert.All(pages.Skip(2), page => Assert.Contains("'" + page.Name + "'", Resource(pages[1].EmbeddedResourcePath), StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_shows_every_setting_and_finds_every_element()
    {
        var html = Resource("Jellyfin.Plugin.Segue.Web.segue.html");
        var script = string.Concat(new[] { "segue.js", "segue-playlists.js", "segue-models.js" }.Select(name => Resource("Jellyfin.Plugin.Segue.Web." + name)));

        Assert.Equal(
            typeof(PluginConfiguration).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal),
            Setting().Matches(html).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        var ids = Element().Matches(script).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(ids.Count > 30);
        Assert.All(ids, id => Assert.Contains($"id=\"{id}\"", html, StringComparison.Ordinal));
        Assert.DoesNotContain("innerHTML", script, StringComparison.Ordinal);
        Assert.Contains("8f6c1d5e-4f0b-4c55-9a0e-5e9c2a7d3b11", script, StringComparison.Ordinal);
    }

    [Fact]
    public void The_build_is_against_the_lowest_version_of_its_line()
    {
        var expected = IsForJellyfin12 ? new Version(12, 0, 0, 0) : new Version(10, 11, 0, 0);

        var references = Plugin.GetReferencedAssemblies()
            .Where(name => name.Name!.StartsWith("MediaBrowser.", StringComparison.Ordinal) || name.Name!.StartsWith("Jellyfin.D", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.Equal(expected, reference.Version));
    }

    [Fact]
    public void Only_one_file_knows_the_version_of_Jellyfin()
    {
        var files = Directory.GetFiles(SourceFolder(), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .ToList();

        Assert.True(files.Count > 20);
        Assert.Equal(["JellyfinCompat.cs"], files.Where(file => File.ReadAllText(file).Contains("#if NET", StringComparison.Ordinal)).Select(Path.GetFileName));
    }

    private static bool IsForJellyfin12 =>
        Plugin.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName.Contains("v10.0", StringComparison.Ordinal);

    private static Type[] Exported<T>() => [.. Plugin.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(T)) && type.IsClass).OrderBy(type => type.FullName, StringComparer.Ordinal)];

    private static string Resource(string name)
    {
        using var stream = Plugin.GetManifestResourceStream(name);
        Assert.NotNull(stream);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(here)!)!, "Jellyfin.Plugin.Segue");

    [GeneratedRegex("(https?:)?//[a-z0-9.-]+\\.[a-z]|\\burl\\(|@import|import\\s", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ExternalUrl();

    [GeneratedRegex("data-setting=\"(\\w+)\"", RegexOptions.None, 1000)]
    private static partial Regex Setting();

    [GeneratedRegex("(?:find|setText|setMessage|attempt)\\('(\\w+)'", RegexOptions.None, 1000)]
    private static partial Regex Element();
}
