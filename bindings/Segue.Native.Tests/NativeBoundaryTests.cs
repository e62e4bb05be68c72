using Segue.Native.Generated;
using Segue.Native.Tests.Support;

namespace Segue.Native.Tests;

/// <summary>What the native side does with calls that should never be made, and how its answers arrive.</summary>
public sealed class NativeBoundaryTests
{
    public NativeBoundaryTests() => NativeCall.EnsureAvailable();

    [Fact]
    public void The_library_tells_its_version() => Assert.Matches(@"^\d+\.\d+\.\d+", SegueEngine.LibraryVersion);

    [Fact]
    public void A_forced_panic_is_stopped_again_and_again()
    {
        for (var i = 0; i < 3; i++)
        {
            SegueEngine.CheckGuard();
            var error = Assert.Throws<SegueException>(() => NativeCall.Unwrap(Interop.segue_check_guard()));
            Assert.Equal(SegueStatus.Panic, error.Status);
            Assert.Contains("on request", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_null_handle_becomes_an_exception_in_every_call()
    {
        Action[] calls =
        [
            () => NativeCall.Unwrap(Interop.segue_close(0)),
            () => NativeCall.Unwrap(Interop.segue_free(0)),
            () => NativeCall.Unwrap(Interop.segue_begin_sync(0)),
            () => NativeCall.Unwrap(Interop.segue_sync(0, 1, WireOfVecLibraryTrack.From([]))),
            () => NativeCall.Unwrap(Interop.segue_finish_sync(0, 1)),
            () => NativeCall.Unwrap(Interop.segue_scan_folders(0, WireOfVecString.From([]), () => true)),
            () => NativeCall.Unwrap(Interop.segue_analyse(0, (_, _) => true)),
            () => NativeCall.Unwrap(Interop.segue_set_paused(0, true)),
            () => NativeCall.Unwrap(Interop.segue_retry_failed(0)),
            () => NativeCall.Unwrap(Interop.segue_track(0, WireOfString.From("x"))),
            () => NativeCall.Unwrap(Interop.segue_similar(0, WireOfString.From("x"), 1, false, NoItems())),
            () => NativeCall.Unwrap(Interop.segue_mix(0, WireOfMixRequest.From(Translate.Mix(new MixRequest())), false, NoItems())),
            () => NativeCall.Unwrap(Interop.segue_make_playlists(0, WireOfPlaylistRequest.From(Translate.Playlists(new PlaylistRequest())), _ => true)),
            () => NativeCall.Unwrap(Interop.segue_cluster(0, Groups(), _ => true)),
            () => NativeCall.Unwrap(Interop.segue_elbow(0, Groups(), 2, 3, _ => true)),
            () => NativeCall.Unwrap(Interop.segue_data_quality(0, Groups())),
            () => NativeCall.Unwrap(Interop.segue_kept_playlists(0)),
            () => NativeCall.Unwrap(Interop.segue_edit_playlist(0, WireOfString.From("x"), WireOfPlaylistEdit.From(Translate.Edit(new PlaylistEdit())))),
            () => NativeCall.Unwrap(Interop.segue_preview(0, Definition(), false, NoItems())),
            () => NativeCall.Unwrap(Interop.segue_keep_definition(0, Definition(), false, NoItems())),
            () => NativeCall.Unwrap(Interop.segue_forget_definition(0, WireOfString.From("x"))),
            () => NativeCall.Unwrap(Interop.segue_reports(0, 1)),
            () => NativeCall.Unwrap(Interop.segue_import(0, NoItems(), WireOfImportRequest.From(Translate.Import(new ImportRequest())), false, NoItems())),
            () => NativeCall.Unwrap(Interop.segue_export(0, WireOfExportRequest.From(Translate.Export("x", [], ListFormat.M3u8, null)))),
            () => NativeCall.Unwrap(Interop.segue_cover(0, WireOfString.From("x"))),
            () => NativeCall.Unwrap(Interop.segue_artists(0, 1)),
            () => NativeCall.Unwrap(Interop.segue_set_key(0, WireOfNamingKey.From(new NamingKey { provider = Generated.NamingProvider.Gemini, key = "x" }))),
            () => NativeCall.Unwrap(Interop.segue_has_key(0, WireOfNamingProvider.From(Generated.NamingProvider.Gemini))),
            () => NativeCall.Unwrap(Interop.segue_search(0, WireOfSearchRequest.From(Translate.Search(new SearchRequest())), false, NoItems())),
            () => NativeCall.Unwrap(Interop.segue_packs(0)),
            () => NativeCall.Unwrap(Interop.segue_install_pack(0, WireOfString.From("x"), WireOfString.From("x"), (_, _) => true)),
            () => NativeCall.Unwrap(Interop.segue_remove_pack(0, WireOfString.From("x"))),
            () => NativeCall.Unwrap(Interop.segue_soundtrack(0, WireOfSoundtrackRequest.From(Translate.Soundtrack(new SoundtrackRequest())), false, NoItems(), _ => true)),
            () => NativeCall.Unwrap(Interop.segue_collection(0)),
            () => NativeCall.Unwrap(Interop.segue_statistics(0)),
            () => NativeCall.Unwrap(Interop.segue_failures(0)),
        ];
        Assert.All(calls, call =>
        {
            var error = Assert.Throws<SegueException>(call);
            Assert.Equal(SegueStatus.NullHandle, error.Status);
            Assert.Contains("open one first", error.Message, StringComparison.Ordinal);
        });

        static SliceByte NoItems() => SliceByte.From(0, 0);
        static WireOfClusterRequest Groups() => WireOfClusterRequest.From(Translate.Cluster(new ClusterRequest()));
        static WireOfDefinitionRequest Definition() => WireOfDefinitionRequest.From(Translate.Definition(new DefinitionRequest()));
    }

    [Fact]
    public void A_handle_that_was_never_given_out_or_was_freed_is_closed()
    {
        using var folder = new TemporaryFolder();
        var options = Translate.Options(new SegueOptions { StorePath = folder["segue.db"] });
        var engine = NativeCall.Unwrap(Interop.segue_open(WireOfOptions.From(options)));
        NativeCall.Unwrap(Interop.segue_free(engine));
        foreach (var handle in new[] { engine, ulong.MaxValue })
        {
            Assert.Equal(SegueStatus.Closed, NativeCall.StatusOf(Interop.segue_statistics(handle)));
            Assert.Equal(SegueStatus.Closed, NativeCall.StatusOf(Interop.segue_free(handle)));
        }
    }

    [Fact]
    public void A_caller_that_does_not_want_to_go_on_is_obeyed()
    {
        using var folder = new TemporaryFolder();
        TestMusic.WriteMany(folder["music"], 3, seconds: 1);
        var options = Translate.Options(new SegueOptions { StorePath = folder["segue.db"] });
        var engine = NativeCall.Unwrap(Interop.segue_open(WireOfOptions.From(options)));
        var asked = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => NativeCall.Unwrap(
            Interop.segue_scan_folders(engine, WireOfVecString.From([folder["music"]]), () => ++asked < 2)));
        Assert.Equal(2, asked);
        NativeCall.Unwrap(Interop.segue_free(engine));
    }

    [Fact]
    public void Allowed_items_that_are_no_whole_number_of_ids_are_refused()
    {
        using var folder = new TemporaryFolder();
        var options = Translate.Options(new SegueOptions { StorePath = folder["segue.db"] });
        var engine = NativeCall.Unwrap(Interop.segue_open(WireOfOptions.From(options)));
        using var items = new byte[17].Slice();
        Assert.Equal(
            SegueStatus.InvalidArgument,
            NativeCall.StatusOf(Interop.segue_similar(engine, WireOfString.From("x"), 1, true, items)));
        NativeCall.Unwrap(Interop.segue_free(engine));
    }

    [Fact]
    public async Task Every_thread_reads_the_text_of_its_own_failure()
    {
        using var folder = new TemporaryFolder();
        using var engine = SegueEngine.Open(new SegueOptions { StorePath = folder["segue.db"] });
        await Parallel.ForAsync(0, 200, TestContext.Current.CancellationToken, (i, _) =>
        {
            var reference = $"track {i}";
            var error = Assert.Throws<SegueException>(() => engine.Similar(reference, 5, null));
            Assert.Equal(SegueStatus.UnknownTrack, error.Status);
            Assert.Contains($"\"{reference}\"", error.Message, StringComparison.Ordinal);
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public void Every_status_has_its_twin()
    {
        var generated = typeof(Status).GetProperties().Where(property => property.PropertyType == typeof(Status))
            .ToDictionary(property => property.Name, property => (Status)property.GetValue(null)!);
        Assert.Equal(Enum.GetNames<SegueStatus>().Order(), generated.Keys.Order());
        Assert.All(generated, status => Assert.Equal(status.Key, NativeCall.Translate(status.Value).ToString()));
    }
}
