using Jellyfin.Plugin.Segue.Playlists;
using MediaBrowser.Common.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Playlists;

public sealed class PublishedLedgerTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("segue-ledger");

    private string FilePath => Path.Combine(_data.FullName, "segue", "playlists.json");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public void What_is_written_is_read()
    {
        var state = new PublishedState
        {
            Lists = [new PublishedList("calm", Make.Id(1)), new PublishedList("loud", Make.Id(2))],
            Dismissed = [new PublishedList("slow", Make.Id(1))],
            Last = new PublishSummary { At = DateTimeOffset.UnixEpoch, Created = 2, Closed = 1 },
        };

        Ledger().Change(_ => state);
        Ledger().Change(_ => state);
        var read = Ledger().Read();

        Assert.Equal(state.Lists, read.Lists);
        Assert.Equal(state.Dismissed, read.Dismissed);
        Assert.Equal(state.Last, read.Last);
        Assert.Equal([FilePath], Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public void The_parts_of_personal_and_other_lists_make_the_whole()
    {
        var state = new PublishedState
        {
            Lists = [new PublishedList("calm", Make.Id(1)), new PublishedList("personal.a", Make.Id(1)), new PublishedList("personal.b", Make.Id(2))],
            Dismissed = [new PublishedList("personal.c", Make.Id(2)), new PublishedList("slow", Make.Id(1))],
        };

        var (personal, others) = (state.Part(ListKind.Personal), state.Without(ListKind.Personal));
        var both = others.Beside(personal);

        Assert.Equal(["personal.a", "personal.b"], personal.Lists.Select(list => list.Key));
        Assert.Equal(["slow"], others.Dismissed.Select(list => list.Key));
        Assert.Equal(state.Lists, both.Lists);
        Assert.Equal(state.Dismissed, both.Dismissed);
    }

    [Fact]
    public void Without_a_file_nothing_is_known()
    {
        var read = Ledger().Read();

        Assert.Empty(read.Lists);
        Assert.Empty(read.Dismissed);
        Assert.Null(read.Last);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"Lists\":")]
    [InlineData("{\"Lists\":null,\"Dismissed\":[null,{\"Key\":\"\"}]}")]
    [InlineData("[1,2]")]
    public void A_damaged_file_is_as_none(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, text);

        var read = Ledger().Read();

        Assert.Empty(read.Lists);
        Assert.Empty(read.Dismissed);
    }

    [Fact]
    public void A_place_that_cannot_be_written_stops_nobody()
    {
        File.WriteAllText(Path.Combine(_data.FullName, "segue"), "a file where the folder should be");

        Assert.Null(Record.Exception(() => Ledger().Change(state => state)));
        Assert.Empty(Ledger().Read().Lists);
    }

    private PublishedLedger Ledger()
    {
        var paths = Substitute.For<IApplicationPaths>();
        paths.DataPath.Returns(_data.FullName);
        return new PublishedLedger(paths, NullLogger<PublishedLedger>.Instance);
    }
}
