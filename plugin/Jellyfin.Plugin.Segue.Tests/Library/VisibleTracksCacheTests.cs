using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Library;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Library;

public sealed class VisibleTracksCacheTests
{
    private readonly FakeTime _time = new();
    private readonly User _ann = Make.User("ann");
    private readonly VisibleTracksCache _cache;
    private int _reads;
    private Func<IReadOnlyList<Guid>>? _read;

    public VisibleTracksCacheTests() => _cache = new VisibleTracksCache(
        _ =>
        {
            var number = Interlocked.Increment(ref _reads);
            return _read?.Invoke() ?? [Make.Id(number)];
        },
        _time,
        NullLogger.Instance);

    [Fact]
    public void Who_wants_the_present_waits_for_it()
    {
        Assert.Equal([Make.Id(1)], _cache.Get(_ann));
        Assert.Equal([Make.Id(1)], _cache.Get(_ann));
        _time.Advance(VisibleTracksCache.Fresh);
        Assert.Equal([Make.Id(2)], _cache.Get(_ann));
    }

    [Fact]
    public async Task Who_checks_what_they_choose_need_not_wait()
    {
        Assert.Equal([Make.Id(1)], _cache.GetSoon(_ann));
        _time.Advance(VisibleTracksCache.Fresh);
        using var hold = new ManualResetEventSlim();
        _read = () =>
        {
            hold.Wait(TimeSpan.FromSeconds(10));
            return [Make.Id(99)];
        };

        // The old answer, while the new one is on its way; and nobody asks for it twice.
        Assert.Equal([Make.Id(1)], _cache.GetSoon(_ann));
        Assert.Equal([Make.Id(1)], _cache.GetSoon(_ann));
        hold.Set();

        await Until(() => _cache.GetSoon(_ann).Contains(Make.Id(99)));
        Assert.Equal(2, _reads);
    }

    [Fact]
    public void What_is_too_old_is_not_given_to_anybody()
    {
        _cache.GetSoon(_ann);
        _time.Advance(VisibleTracksCache.Kept);

        Assert.Equal([Make.Id(2)], _cache.GetSoon(_ann));
    }

    [Fact]
    public async Task A_reading_that_fails_behind_ones_back_is_tried_again()
    {
        _cache.GetSoon(_ann);
        _time.Advance(VisibleTracksCache.Fresh);
        _read = () => throw new InvalidOperationException("database");
        _cache.GetSoon(_ann);
        await Until(() => Volatile.Read(ref _reads) == 2);
        _read = null;

        await Until(() => !_cache.GetSoon(_ann).Contains(Make.Id(1)));
    }

    [Fact]
    public void Only_the_last_users_are_remembered()
    {
        var users = Enumerable.Range(0, VisibleTracksCache.MaxUsers).Select(number => Make.User($"user {number}")).ToList();
        foreach (var user in users)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _cache.GetSoon(user);
        }

        // The first one asks again, so the second one is the one who goes.
        _time.Advance(TimeSpan.FromSeconds(1));
        _cache.GetSoon(users[0]);
        _time.Advance(TimeSpan.FromSeconds(1));
        _cache.GetSoon(_ann);

        Assert.Equal([Make.Id(1)], _cache.GetSoon(users[0]));
        Assert.Equal([Make.Id(VisibleTracksCache.MaxUsers + 1)], _cache.GetSoon(_ann));
        Assert.Equal([Make.Id(VisibleTracksCache.MaxUsers + 2)], _cache.GetSoon(users[1]));
    }

    [Fact]
    public void Renewing_takes_effect_at_once_and_users_are_kept_apart()
    {
        var bob = Make.User("bob");
        _cache.GetSoon(_ann);
        _cache.GetSoon(bob);

        Assert.Equal([Make.Id(3)], _cache.Renew(_ann));
        Assert.Equal([Make.Id(3)], _cache.Get(_ann));
        Assert.Equal([Make.Id(2)], _cache.Get(bob));
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(condition());
    }
}
