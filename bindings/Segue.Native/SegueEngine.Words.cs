using System.Text;
using Segue.Native.Generated;

namespace Segue.Native;

/// <content>Words, models to add, and music for films.</content>
public sealed partial class SegueEngine
{
    /// <inheritdoc/>
    public SearchAnswer Search(SearchRequest request)
    {
        var wanted = Translate.Search(request);
        using var items = Translate.Items(request.Allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfSearchRequest.From(wanted);
            return Interop.segue_search(engine, wire, request.Allowed is not null, items);
        });
        return Translate.Search(answer.Unwire());
    }

    /// <inheritdoc/>
    public IReadOnlyList<Pack> GetPacks()
    {
        using var answer = Call(engine => Interop.segue_packs(engine));
        return [.. answer.Unwire().Select(Translate.Pack)];
    }

    /// <inheritdoc/>
    public Task<Pack> InstallPackAsync(string name, string accept, IProgress<PackProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(accept);
        return WatchAsync("Segue models", listener =>
        {
            using var answer = Call(engine =>
            {
                using var wire = WireOfString.From(name);
                using var licence = WireOfString.From(accept);
                return Interop.segue_install_pack(engine, wire, licence, (now, file) => listener.Tell(() => Report(now, file)));
            });
            return Translate.Pack(answer.Unwire());
        }, cancellationToken);

        void Report(Generated.PackProgress now, SliceByte file) =>
            progress?.Report(Translate.Progress(now, Encoding.UTF8.GetString(file.ReadOnlySpan)));
    }

    /// <inheritdoc/>
    public Pack RemovePack(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var answer = Call(engine =>
        {
            using var wire = WireOfString.From(name);
            return Interop.segue_remove_pack(engine, wire);
        });
        return Translate.Pack(answer.Unwire());
    }

    /// <inheritdoc/>
    public Task<Soundtrack> SoundtrackAsync(
        SoundtrackRequest request, IProgress<FilmProgress>? progress, CancellationToken cancellationToken)
    {
        var wanted = Translate.Soundtrack(request);
        return WatchAsync("Segue soundtrack", listener =>
        {
            using var items = Translate.Items(request.Allowed).Slice();
            using var answer = Call(engine =>
            {
                using var wire = WireOfSoundtrackRequest.From(wanted);
                return Interop.segue_soundtrack(
                    engine, wire, request.Allowed is not null, items, now => listener.Tell(() => progress?.Report(Translate.Progress(now))));
            });
            return Translate.Soundtrack(answer.Unwire());
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public CollectionStatistics GetCollection()
    {
        using var answer = Call(engine => Interop.segue_collection(engine));
        return Translate.Collection(answer.Unwire());
    }
}
