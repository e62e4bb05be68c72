using Jellyfin.Database.Implementations.Entities;
using Jellyfin.Plugin.Segue.Engine;
using Jellyfin.Plugin.Segue.Search;
using MediaBrowser.Controller.Entities;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Search;

public sealed class TextSearchTests
{
    private readonly FakeServer _server = new();
    private readonly ISegueEngine _engine = Substitute.For<ISegueEngine>();
    private readonly List<SearchRequest> _requests = [];
    private readonly User _ann = Make.User("ann");
    private bool _described = true;

    public TextSearchTests()
    {
        for (var number = 1; number <= 20; number++)
        {
            _server.Add(number, number <= 10 ? 1 : 2, "Artist", "Album", "Jazz");
        }

        _server.See(_ann, 1);
        _engine.Search(default!).ReturnsForAnyArgs(call =>
        {
            _requests.Add(call.Arg<SearchRequest>());

            // Whatever is allowed.
            return new SearchAnswer { Described = _described, Hits = [.. Enumerable.Range(1, 20).Select(number => new SearchHit(Make.Near(21 - number), 0.5F, Named: false))] };
        });
    }

    [Theory]
    [InlineData("calm piano", "calm piano", false)]
    [InlineData("  calm   piano for reading, no vocals ", "calm   piano for reading, no vocals", false)]
    [InlineData("~calm", "calm", true)]
    [InlineData(" ~ calm piano", "calm piano", true)]
    [InlineData("~~calm", "~calm", true)]
    public void What_may_be_a_description_is_asked(string term, string words, bool marked) => Assert.Equal(new TextQuestion(words, marked), Text().Read(term));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("Beethoven")]
    [InlineData("calm -")]
    [InlineData("... !!")]
    [InlineData("~")]
    [InlineData("~ !")]
    public void One_word_is_a_name_and_signs_are_nothing(string? term) => Assert.Null(Text().Read(term));

    [Fact]
    public void A_term_that_no_person_types_is_not_read() => Assert.Null(Text().Read("calm " + new string('x', TextSearch.MaxTerm)));

    [Fact]
    public void It_can_be_switched_off_and_the_mark_be_another_or_none()
    {
        Assert.Null(Text(settings => settings.TextSearch = false).Read("~calm piano"));
        Assert.True(Text(settings => settings.SearchMark = "?!").Read("?!calm")!.IsMarked);
        Assert.Null(Text(settings => settings.SearchMark = "?!").Read("~calm"));
        Assert.Null(Text(settings => settings.SearchMark = string.Empty).Read("calm"));
    }

    [Fact]
    public async Task The_answer_holds_what_the_user_may_see_in_the_engines_order()
    {
        var hidden = _server.Tracks.First(track => track.Id.Equals(Make.Id(9)));
        _server.Tag(hidden, "secret", scanned: false);
        _server.Block(_ann, "secret");

        var found = await Find("calm piano", _ann, 5);

        Assert.Equal(new[] { 10, 8, 7, 6, 5 }.Select(Make.Id), found);
        var request = Assert.Single(_requests);
        Assert.Equal(("calm piano", Make.Name(_ann.Id), 5 + TextSearch.Spare), (request.Query, request.Listener, request.Length));
        Assert.Equal(Enumerable.Range(1, 10).Select(Make.Id).Order(), request.Allowed!.Order());
    }

    [Fact]
    public async Task An_API_key_sees_everything_and_has_no_taste()
    {
        Assert.Equal(20, (await Find("calm piano", null, 100))!.Count);
        Assert.Null(_requests[0].Allowed);
        Assert.Empty(_requests[0].Listener);
    }

    [Fact]
    public async Task What_reads_like_a_name_is_the_servers_unless_it_is_marked()
    {
        _described = false;

        Assert.Null(await Find("blue train", _ann, 5));
        Assert.Equal(5, (await Find("~blue train", _ann, 5))!.Count);
        Assert.Equal(["blue train", "blue train"], _requests.Select(request => request.Query));
    }

    [Fact]
    public async Task A_search_within_a_library_answers_with_what_lies_there()
    {
        _server.Manager.GetItemList(Arg.Is<InternalItemsQuery>(query => query != null && query.ParentId.Equals(Make.Id(77)) && query.Recursive)).Returns(_ =>
            [Make.Track(3), Make.Track(4), Make.Track(99), Make.Track(15)]);

        // A query by ids leaks: number 15 lies in a library that is closed to her.
        Assert.Equal([Make.Id(4), Make.Id(3)], await Find("calm piano", _ann, 5, Make.Id(77)));
        Assert.Equal(5, (await Find("calm piano", _ann, 5, Guid.Empty))!.Count);
    }

    [Fact]
    public async Task A_wish_for_nothing_or_for_everything_is_brought_into_range()
    {
        Assert.Null(await Find("calm piano", _ann, 0));
        Assert.Null(await Find("calm piano", _ann, -1));
        await Find("calm piano", _ann, int.MaxValue);

        Assert.Equal(TextSearch.MaxLimit + TextSearch.Spare, Assert.Single(_requests).Length);
    }

    [Fact]
    public async Task No_engine_and_a_failing_one_give_no_answer()
    {
        var closed = Substitute.For<ISegueEngineProvider>();
        using var search = new TextSearch(closed, _server.Library, _server.Manager, Make.Settings(), _server.Time, NullLogger<TextSearch>.Instance);
        Assert.Null(await search.FindAsync(new TextQuestion("calm piano", false), new TextWish(_ann, 5), TestContext.Current.CancellationToken));

        _engine.Search(default!).ThrowsForAnyArgs(new SegueException(SegueStatus.Internal, "broken"));
        Assert.Null(await Find("calm piano", _ann, 5));
    }

    [Fact]
    public async Task A_slow_engine_keeps_nobody_waiting_and_is_not_asked_by_ever_more()
    {
        using var hold = new ManualResetEventSlim();
        using var asked = new SemaphoreSlim(0);
        _engine.Search(default!).ReturnsForAnyArgs(_ =>
        {
            asked.Release();
            hold.Wait(TimeSpan.FromSeconds(10));
            return new SearchAnswer { Described = true };
        });
        using var search = Text();
        var waiting = new List<Task<IReadOnlyList<Guid>?>>();
        for (var number = 0; number < TextSearch.MaxAtOnce; number++)
        {
            waiting.Add(search.FindAsync(new TextQuestion("calm piano", false), new TextWish(_ann, 5), TestContext.Current.CancellationToken));
            await asked.WaitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Null(await search.FindAsync(new TextQuestion("one more", false), new TextWish(_ann, 5), TestContext.Current.CancellationToken));
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        _server.Time.Advance(TextSearch.Patience);
        Assert.All(await Task.WhenAll(waiting), Assert.Null);

        // When it is itself again, it is asked again.
        hold.Set();
        for (var look = 0; look < 500 && await search.FindAsync(new TextQuestion("calm piano", false), new TextWish(_ann, 5), TestContext.Current.CancellationToken) is null; look++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.NotNull(await search.FindAsync(new TextQuestion("calm piano", false), new TextWish(_ann, 5), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_client_that_is_gone_is_not_answered()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        using var search = Text();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search.FindAsync(new TextQuestion("calm piano", false), new TextWish(_ann, 5), gone.Token));
        Assert.Empty(_requests);
    }

    private async Task<IReadOnlyList<Guid>?> Find(string term, User? user, int limit, Guid? parent = null)
    {
        using var search = Text();
        var question = search.Read(term);
        Assert.NotNull(question);
        return await search.FindAsync(question, new TextWish(user, limit, parent), TestContext.Current.CancellationToken);
    }

    private TextSearch Text(Action<Segue.Configuration.PluginConfiguration>? change = null) =>
        new(Make.Provider(_engine), _server.Library, _server.Manager, Make.Settings(change), _server.Time, NullLogger<TextSearch>.Instance);
}
