using System.Globalization;
using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Database.Implementations.Enums;
using Jellyfin.Plugin.Segue.Configuration;
using Jellyfin.Plugin.Segue.Engine;
using MediaBrowser.Controller.Entities.Audio;
using NSubstitute;
using Segue.Native;

namespace Jellyfin.Plugin.Segue.Tests;

/// <summary>
/// Small things that tests need many of.
/// </summary>
internal static class Make
{
    /// <summary>An id that is easy to read in a failure.</summary>
    public static Guid Id(int number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public static string Name(Guid id) => id.ToString("N", CultureInfo.InvariantCulture);

    public static Audio Track(int number) => new()
    {
        Id = Id(number),
        Name = $"Track {number}",
        Path = $"/music/{number}.flac",
        RunTimeTicks = TimeSpan.TicksPerMinute * number,
    };

    public static Neighbour Near(int number, float distance = 1) => new(Id(number), $"song{number}", $"/music/{number}.flac", distance);

    public static User User(string name, params PermissionKind[] permissions)
    {
        var user = new User(name, "auth", "reset") { Id = Guid.NewGuid() };
        foreach (var kind in permissions)
        {
            user.Permissions.Add(new Permission(kind, true));
        }

        return user;
    }

    public static ISegueSettings Settings(Action<PluginConfiguration>? change = null)
    {
        var configuration = new PluginConfiguration();
        change?.Invoke(configuration);
        return new PluginSettings(() => configuration, () => null);
    }

    public static ISegueEngineProvider Provider(ISegueEngine engine)
    {
        var provider = Substitute.For<ISegueEngineProvider>();
        provider.TryGet(out Arg.Any<ISegueEngine?>()).Returns(call =>
        {
            call[0] = engine;
            return true;
        });
        provider.Open().Returns(engine);
        provider.OpenWithCurrentSettings().Returns(engine);
        provider.State.Returns(new EngineState(true, "0.1.0", null));
        return provider;
    }
}
