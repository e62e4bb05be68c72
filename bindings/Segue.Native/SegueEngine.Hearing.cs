using Segue.Native.Generated;

namespace Segue.Native;

/// <content>Music that sounds right.</content>
public sealed partial class SegueEngine
{
    /// <inheritdoc/>
    public IReadOnlyList<Neighbour> Mix(MixRequest request)
    {
        var wanted = Translate.Mix(request);
        using var items = Translate.Items(request.Allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfMixRequest.From(wanted);
            return Interop.segue_mix(engine, wire, request.Allowed is not null, items);
        });
        return Translate.Neighbours(answer.Unwire());
    }

    /// <inheritdoc/>
    public SongPath FindPath(PathRequest request)
    {
        var wanted = Translate.Path(request);
        using var items = Translate.Items(request.Allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfPathRequest.From(wanted);
            return Interop.segue_path(engine, wire, request.Allowed is not null, items);
        });
        return Translate.Path(answer.Unwire());
    }

    /// <inheritdoc/>
    public IReadOnlyList<Neighbour> Blend(BlendRequest request)
    {
        var wanted = Translate.Blend(request);
        using var items = Translate.Items(request.Allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfBlendRequest.From(wanted);
            return Interop.segue_blend(engine, wire, request.Allowed is not null, items);
        });
        return Translate.Neighbours(answer.Unwire());
    }

    /// <inheritdoc/>
    public IReadOnlyList<SimilarSet> SimilarSets(SetKind kind, Seed seed, int count, ItemSet? allowed)
    {
        var wanted = Translate.SimilarSets(kind, seed, count);
        using var items = Translate.Items(allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfSimilarSetsRequest.From(wanted);
            return Interop.segue_similar_sets(engine, wire, allowed is not null, items);
        });
        return [.. answer.Unwire().Select(Translate.SimilarSet)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Neighbour> Extend(ExtendRequest request)
    {
        var wanted = Translate.Extend(request);
        using var items = Translate.Items(request.Allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfExtendRequest.From(wanted);
            return Interop.segue_extend(engine, wire, request.Allowed is not null, items);
        });
        return Translate.Neighbours(answer.Unwire());
    }

    /// <inheritdoc/>
    public IReadOnlyList<Misfit> FindMisfits(TracksRequest request)
    {
        var wanted = Translate.TrackSet(request);
        using var items = Translate.Items(request.Allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfTracksRequest.From(wanted);
            return Interop.segue_misfits(engine, wire, request.Allowed is not null, items);
        });
        return [.. answer.Unwire().Select(Translate.Misfit)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Neighbour> Flow(TracksRequest request)
    {
        var wanted = Translate.TrackSet(request);
        using var items = Translate.Items(request.Allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfTracksRequest.From(wanted);
            return Interop.segue_flow(engine, wire, request.Allowed is not null, items);
        });
        return Translate.Neighbours(answer.Unwire());
    }

    /// <inheritdoc/>
    public long SetOpinions(string listener, IReadOnlyCollection<Opinion> opinions, bool whole)
    {
        ArgumentNullException.ThrowIfNull(listener);
        var wanted = Translate.Opinions(opinions);
        return (long)Call(engine =>
        {
            using var name = WireOfString.From(listener);
            using var wire = WireOfVecOpinion.From(wanted);
            return Interop.segue_set_opinions(engine, name, wire, whole);
        });
    }

    /// <inheritdoc/>
    public long LogPlays(string listener, IReadOnlyList<Play> plays)
    {
        ArgumentNullException.ThrowIfNull(listener);
        var wanted = Translate.Plays(plays);
        return (long)Call(engine =>
        {
            using var name = WireOfString.From(listener);
            using var wire = WireOfVecPlay.From(wanted);
            return Interop.segue_log_plays(engine, name, wire);
        });
    }

    /// <inheritdoc/>
    public long ForgetPlays(DateTimeOffset before) => (long)Call(engine => Interop.segue_forget_plays(engine, before.ToUnixTimeSeconds()));

    /// <inheritdoc/>
    public void ForgetListener(string listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        Call(engine =>
        {
            using var name = WireOfString.From(listener);
            return Interop.segue_forget_listener(engine, name);
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<PersonalList> MakePersonalLists(TasteRequest request)
    {
        var wanted = Translate.Taste(request);
        using var items = Translate.Items(request.Allowed).Slice();
        using var answer = Call(engine =>
        {
            using var wire = WireOfTasteRequest.From(wanted);
            return Interop.segue_make_personal_lists(engine, wire, request.Allowed is not null, items);
        });
        return [.. answer.Unwire().Select(Translate.PersonalList)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<PersonalList> GetPersonalLists(string listener, ItemSet? allowed)
    {
        ArgumentNullException.ThrowIfNull(listener);
        using var items = Translate.Items(allowed).Slice();
        using var answer = Call(engine =>
        {
            using var name = WireOfString.From(listener);
            return Interop.segue_personal_lists(engine, name, allowed is not null, items);
        });
        return [.. answer.Unwire().Select(Translate.PersonalList)];
    }

    /// <inheritdoc/>
    public Task MakeMapAsync(IProgress<MakeProgress>? progress, CancellationToken cancellationToken) =>
        MakeAsync("Segue map", progress, watch => Call(engine => Interop.segue_make_map(engine, watch)), cancellationToken);

    /// <inheritdoc/>
    public SongMap GetMap(ItemSet? allowed)
    {
        using var items = Translate.Items(allowed).Slice();
        using var answer = Call(engine => Interop.segue_map(engine, allowed is not null, items));
        return Translate.Map(answer.Unwire());
    }
}
