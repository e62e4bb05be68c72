using System.Diagnostics;
using System.Globalization;
using Jellyfin.Plugin.Segue.Mixing;
using MediaBrowser.Controller.Entities;
using NSubstitute;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Mixing;

/// <summary>
/// How long the plugin's own part of a mix takes in a large library: all but the engine's and the server's database. Run by hand; nothing
/// is asserted of the time, which would say more of the machine.
/// </summary>
public sealed class MixTimes
{
    [Fact(Explicit = true)]
    public void Of_100000_tracks()
    {
        var server = new FakeServer();
        for (var number = 1; number <= 100_000; number++)
        {
            server.Add(number, number % 3, $"Artist {number % 5000}", $"Album {number % 8000}", number % 2 == 0 ? "Jazz" : "Folk");
        }

        var user = Make.User("ann");
        server.See(user, 0, 1, 2);
        var engine = Substitute.For<ISegueEngine>();
        engine.Mix(default!).ReturnsForAnyArgs([.. Enumerable.Range(2, 200).Select(number => Make.Near(number * 450, number))]);
        var mixer = new InstantMixer(Make.Provider(engine), server.Library, Make.Settings(), server.Time);
        var song = server.Tracks.First();
        Time(server, "first mix of a user", 1, () => mixer.MixFromItem(song, user, null));
        Time(server, "from a song", 50, () => mixer.MixFromItem(song, user, null));
        Time(server, "from an artist", 50, () => mixer.MixFromItem(server.Artists.First(), user, null));
        Time(server, "from a genre of 50,000", 20, () => mixer.MixFromGenres(["Jazz"], user, null));
        Time(server, "with an API key", 50, () => mixer.MixFromItem(song, null, null));
    }

    private static void Time(FakeServer server, string what, int times, Func<IReadOnlyList<BaseItem>?> mix)
    {
        var answering = server.Spent;
        var began = Stopwatch.GetTimestamp();
        for (var time = 0; time < times; time++)
        {
            Assert.True(mix() is { Count: >= 200 });
        }

        var each = (Stopwatch.GetElapsedTime(began) - (server.Spent - answering)).TotalMilliseconds / times;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {each:F2} ms"));
    }
}
