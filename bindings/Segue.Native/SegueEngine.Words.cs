namespace Segue.Native;

/// <content>Words and pictures.</content>
public sealed partial class SegueEngine
{
    /// <inheritdoc/>
    public SearchAnswer Search(SearchRequest request) => throw Missing();

    /// <inheritdoc/>
    public IReadOnlyList<Pack> GetPacks() => throw Missing();

    /// <inheritdoc/>
    public Task<Pack> InstallPackAsync(string name, string accept, IProgress<PackProgress>? progress, CancellationToken cancellationToken) =>
        Task.FromException<Pack>(Missing());

    /// <inheritdoc/>
    public Pack RemovePack(string name) => throw Missing();

    /// <inheritdoc/>
    public Task<Soundtrack> SoundtrackAsync(
        SoundtrackRequest request, IProgress<FilmProgress>? progress, CancellationToken cancellationToken) =>
        Task.FromException<Soundtrack>(Missing());

    /// <inheritdoc/>
    public CollectionStatistics GetCollection() => throw Missing();

    private static SegueException Missing() => new(SegueStatus.Internal, "The native library has no such call yet.");
}
