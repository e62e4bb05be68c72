using System.Net;
using Jellyfin.Data.Enums;
using Jellyfin.Plugin.Segue.Api;
using MediaBrowser.Model.Playlists;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Segue.Native;
using Xunit;

namespace Jellyfin.Plugin.Segue.Tests.Api;

public sealed class SegueImportControllerTests : SegueServer
{
    public SegueImportControllerTests()
    {
        Engine.Import(default!).ReturnsForAnyArgs(new Import
        {
            Title = "Road trip",
            Unreadable = 2,
            Entries =
            [
                new ImportEntry { Title = "One", Artist = "A", Album = "X", Found = Make.Near(1), Score = 0.9F, How = "names" },
                new ImportEntry { Title = "Nowhere", Artist = "B" },
                new ImportEntry { Title = "Hidden", Found = Make.Near(7), Score = 1, How = "path" },
                new ImportEntry { Title = "One again", Found = Make.Near(1), Score = 1, How = "path" },
            ],
            Filled = [Make.Near(2), Make.Near(8)],
        });
        Manager.CreatePlaylist(default!).ReturnsForAnyArgs(new PlaylistCreationResult(Make.Name(Make.Id(100))));
    }

    [Fact]
    public async Task What_is_found_is_what_the_caller_may_see()
    {
        var import = await Read<SegueImportDto>(AsBob(HttpMethod.Post, "Segue/Import?name=road.csv&fill=true", Bytes(1, 2, 3)));

        Assert.Equal(("Road trip", 2, 2, 2L, null), (import.Title, import.Found, import.Missing, import.Unreadable, import.PlaylistId));
        Assert.Equal(new SegueImportEntryDto { Title = "One", Artist = "A", Album = "X", Found = new SegueTrackDto { Id = Make.Id(1), Title = "Track 1", Artist = "Ann" }, Score = 0.9F, How = "names" }, import.Entries[0]);
        Assert.Equal(new SegueImportEntryDto { Title = "Hidden", Artist = string.Empty, Album = string.Empty, How = string.Empty }, import.Entries[2]);
        Assert.Equal([Make.Id(2)], import.Filled.Select(track => track.Id));
        Engine.Received(1).Import(Arg.Is<ImportRequest>(request =>
            request.Bytes.ToArray().SequenceEqual(new byte[] { 1, 2, 3 }) && request.Name == "road.csv" && request.Fill && request.Allowed!.Count == 3));
        await Manager.DidNotReceiveWithAnyArgs().CreatePlaylist(default!);
    }

    [Fact]
    public async Task The_answer_names_no_path()
    {
        using var response = await AsBob(HttpMethod.Post, "Segue/Import?name=road.csv", Bytes(1));

        Assert.DoesNotContain("/music", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_playlist_of_what_was_found_is_the_callers_own()
    {
        var import = await Read<SegueImportDto>(AsBob(HttpMethod.Post, "Segue/Import?name=road.csv&create=true&title=%20Mine%20", Bytes(1)));

        Assert.Equal(("Mine", Make.Id(100)), (import.Title, import.PlaylistId));
        await Manager.Received(1).CreatePlaylist(Arg.Is<PlaylistCreationRequest>(request =>
            request.Name == "Mine"
            && request.UserId.Equals(Bob.Id)
            && request.MediaType == MediaType.Audio
            && request.Public == false
            && request.ItemIdList.SequenceEqual(new[] { Make.Id(1), Make.Id(2) })));
    }

    [Fact]
    public async Task Of_nothing_no_playlist_is_made()
    {
        Engine.Import(default!).ReturnsForAnyArgs(new Import { Entries = [new ImportEntry { Title = "Nowhere" }] });

        var import = await Read<SegueImportDto>(AsBob(HttpMethod.Post, "Segue/Import?name=road.csv&create=true", Bytes(1)));

        Assert.Equal(("road", null), (import.Title, import.PlaylistId));
        await Manager.DidNotReceiveWithAnyArgs().CreatePlaylist(default!);
    }

    [Theory]
    [InlineData("..%2F..%2Fetc%2Fpasswd.m3u", "passwd.m3u")]
    [InlineData("C%3A%5Cmusic%5Clist.m3u", "list.m3u")]
    [InlineData("", "")]
    public async Task A_name_is_never_a_path(string name, string expected)
    {
        await Read<SegueImportDto>(AsBob(HttpMethod.Post, "Segue/Import?name=" + name, Bytes(1)));

        Engine.Received(1).Import(Arg.Is<ImportRequest>(request => request.Name == expected));
    }

    [Fact]
    public async Task A_key_may_look_but_own_nothing()
    {
        var import = await Read<SegueImportDto>(AsKey(HttpMethod.Post, "Segue/Import?name=road.csv", Bytes(1)));
        Assert.Equal(3, import.Found);
        Engine.Received(1).Import(Arg.Is<ImportRequest>(request => request.Allowed == null));

        await ReadProblem(AsKey(HttpMethod.Post, "Segue/Import?name=road.csv&create=true", Bytes(1)), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        await ReadProblem(AsBob(HttpMethod.Post, "Segue/Import?name=road.csv", Bytes()), HttpStatusCode.BadRequest);
        await ReadProblem(AsBob(HttpMethod.Post, "Segue/Import?name=" + new string('x', 256), Bytes(1)), HttpStatusCode.BadRequest);
        await ReadProblem(AsBob(HttpMethod.Post, "Segue/Import?name=road.csv&title=" + new string('x', 201), Bytes(1)), HttpStatusCode.BadRequest);
        await ReadProblem(AsBob(HttpMethod.Post, "Segue/Import?name=road.csv&title=a%07", Bytes(1)), HttpStatusCode.BadRequest);
        await ReadProblem(AsBob(HttpMethod.Post, "Segue/Import?name=road.csv", new ByteArrayContent(new byte[SegueImportController.MaxBytes + 1])), HttpStatusCode.RequestEntityTooLarge);
        using var endless = new StreamContent(new Endless());
        await ReadProblem(AsBob(HttpMethod.Post, "Segue/Import?name=road.csv", endless), HttpStatusCode.RequestEntityTooLarge);
        Engine.DidNotReceiveWithAnyArgs().Import(default!);

        Engine.Import(default!).ThrowsForAnyArgs(new SegueException(SegueStatus.InvalidArgument, "That is no playlist file."));
        Assert.Equal("That is no playlist file.", await ReadProblem(AsBob(HttpMethod.Post, "Segue/Import?name=road.csv", Bytes(1)), HttpStatusCode.BadRequest));
    }

    private static ByteArrayContent Bytes(params byte[] bytes) => new(bytes);

    /// <summary>A body that does not say how long it is, and does not end.</summary>
    private sealed class Endless : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
