using System.Runtime.InteropServices;
using Segue.Native.Generated;

namespace Segue.Native;

/// <content>Groups of the library, and playlists.</content>
public sealed partial class SegueEngine
{
    /// <inheritdoc/>
    public Task<PlaylistRun> MakePlaylistsAsync(PlaylistRequest request, IProgress<MakeProgress>? progress, CancellationToken cancellationToken)
    {
        var wanted = Translate.Playlists(request);
        return MakeAsync("Segue playlists", progress, watch =>
        {
            using var answer = Call(engine =>
            {
                using var wire = WireOfPlaylistRequest.From(wanted);
                return Interop.segue_make_playlists(engine, wire, watch);
            });
            return Translate.Run(answer.Unwire());
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ClusterReport> ClusterAsync(ClusterRequest request, IProgress<MakeProgress>? progress, CancellationToken cancellationToken)
    {
        var wanted = Translate.Cluster(request);
        return MakeAsync("Segue groups", progress, watch =>
        {
            using var answer = Call(engine =>
            {
                using var wire = WireOfClusterRequest.From(wanted);
                return Interop.segue_cluster(engine, wire, watch);
            });
            return Translate.Report(answer.Unwire());
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Elbow> ElbowAsync(
        ClusterRequest request, int least, int most, IProgress<MakeProgress>? progress, CancellationToken cancellationToken)
    {
        var wanted = Translate.Cluster(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(least, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, least);
        return MakeAsync("Segue elbow", progress, watch =>
        {
            using var answer = Call(engine =>
            {
                using var wire = WireOfClusterRequest.From(wanted);
                return Interop.segue_elbow(engine, wire, (uint)least, (uint)most, watch);
            });
            return Translate.Elbow(answer.Unwire());
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public DataQuality GetDataQuality(ClusterRequest request)
    {
        var wanted = Translate.Cluster(request);
        return Translate.Quality(Call(engine =>
        {
            using var wire = WireOfClusterRequest.From(wanted);
            return Interop.segue_data_quality(engine, wire);
        }));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Playlist> GetPlaylists()
    {
        using var answer = Call(engine => Interop.segue_kept_playlists(engine));
        return Translate.Playlists(answer.Unwire());
    }

    /// <inheritdoc/>
    public Playlist EditPlaylist(string key, PlaylistEdit edit)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(edit);
        using var answer = Call(engine =>
        {
            using var wire = WireOfString.From(key);
            using var wanted = WireOfPlaylistEdit.From(Translate.Edit(edit));
            return Interop.segue_edit_playlist(engine, wire, wanted);
        });
        return Translate.Playlist(answer.Unwire());
    }

    /// <inheritdoc/>
    public Playlist Preview(DefinitionRequest request)
    {
        var wanted = Translate.Definition(request);
        using var items = Translate.Items(request.Allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfDefinitionRequest.From(wanted);
            return Interop.segue_preview(engine, wire, request.Allowed is not null, items);
        });
        return Translate.Playlist(answer.Unwire());
    }

    /// <inheritdoc/>
    public Playlist KeepDefinition(DefinitionRequest request)
    {
        var wanted = Translate.Definition(request);
        using var items = Translate.Items(request.Allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfDefinitionRequest.From(wanted);
            return Interop.segue_keep_definition(engine, wire, request.Allowed is not null, items);
        });
        return Translate.Playlist(answer.Unwire());
    }

    /// <inheritdoc/>
    public void ForgetDefinition(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Call(engine =>
        {
            using var wire = WireOfString.From(key);
            return Interop.segue_forget_definition(engine, wire);
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunReport> GetReports(int count)
    {
        var wanted = Translate.Count(count, nameof(count));
        using var answer = Call(engine => Interop.segue_reports(engine, wanted));
        return [.. answer.Unwire().Select(Translate.Report)];
    }

    /// <inheritdoc/>
    public Import Import(ImportRequest request)
    {
        var wanted = Translate.Import(request);
        using var items = Translate.Items(request.Allowed).Slice();
        using var file = BytesOf(request.Bytes).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfImportRequest.From(wanted);
            return Interop.segue_import(engine, file, wire, request.Allowed is not null, items);
        });
        return Translate.Import(answer.Unwire());
    }

    /// <inheritdoc/>
    public byte[] Export(string title, IReadOnlyList<string> songs, ListFormat format, string? folder)
    {
        var wanted = Translate.Export(title, songs, format, folder);
        using var answer = Call(engine =>
        {
            using var wire = WireOfExportRequest.From(wanted);
            return Interop.segue_export(engine, wire);
        });
        return [.. answer.Unwire()];
    }

    /// <inheritdoc/>
    public byte[] GetCover(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        using var answer = Call(engine =>
        {
            using var wire = WireOfString.From(key);
            return Interop.segue_cover(engine, wire);
        });
        return [.. answer.Unwire()];
    }

    /// <inheritdoc/>
    public IReadOnlyList<ArtistProfile> GetArtists(int similar)
    {
        var wanted = Translate.Count(similar, nameof(similar));
        using var answer = Call(engine => Interop.segue_artists(engine, wanted));
        return [.. answer.Unwire().Select(Translate.Artist)];
    }

    /// <inheritdoc/>
    public void SetKey(NamingProvider provider, string? key)
    {
        var wanted = new NamingKey { provider = Translate.Provider(provider), key = key };
        Call(engine =>
        {
            using var wire = WireOfNamingKey.From(wanted);
            return Interop.segue_set_key(engine, wire);
        });
    }

    /// <inheritdoc/>
    public bool HasKey(NamingProvider provider)
    {
        var wanted = Translate.Provider(provider);
        return Call(engine =>
        {
            using var wire = WireOfNamingProvider.From(wanted);
            return Interop.segue_has_key(engine, wire);
        });
    }

    /// <summary>The bytes as an array, which alone can be pinned for the native side; not copied where they are one.</summary>
    private static byte[] BytesOf(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment is { Offset: 0, Array: { } array } && array.Length == segment.Count
            ? array
            : bytes.ToArray();

    /// <summary>Makes a long call that tells of playlists, on a thread of its own.</summary>
    private Task<T> MakeAsync<T>(
        string name, IProgress<MakeProgress>? progress, Func<MakeCallbackDelegate, T> call, CancellationToken cancellationToken) =>
        WatchAsync(name, listener => call(now => listener.Tell(() => progress?.Report(Translate.Progress(now)))), cancellationToken);

    /// <summary>Makes a long call that is watched, on a thread of its own.</summary>
    private Task<T> WatchAsync<T>(string name, Func<Listener, T> call, CancellationToken cancellationToken) =>
        RunAsync(
            name,
            () =>
            {
                var listener = new Listener(this, cancellationToken);
                T answer;
                try
                {
                    answer = call(listener);
                }
                catch (OperationCanceledException)
                {
                    listener.Rethrow();
                    throw;
                }

                listener.Rethrow();
                return answer;
            },
            cancellationToken);
}
