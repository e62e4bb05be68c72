using Segue.Native.Tests.Support;

[assembly: AssemblyFixture(typeof(AnalysedLibrary))]

namespace Segue.Native.Tests.Support;

/// <summary>A small library, synced and analysed once for all tests that only ask.</summary>
public sealed class AnalysedLibrary : IAsyncLifetime
{
    /// <summary>Tracks in it that are music.</summary>
    public const int Pieces = 6;

    private readonly TemporaryFolder _folder = new();
    private SegueEngine? _engine;

    /// <summary>The open engine.</summary>
    public SegueEngine Engine => _engine ?? throw new InvalidOperationException("The library is not analysed yet.");

    /// <summary>The tracks; the last one is no music and cannot be analysed.</summary>
    public IReadOnlyList<LibraryTrack> Tracks { get; private set; } = [];

    /// <summary>What the analysis reported while it ran.</summary>
    public IReadOnlyList<AnalysisProgress> Reported { get; private set; } = [];

    /// <summary>How the analysis ended.</summary>
    public AnalysisSummary Summary { get; private set; } = new();

    /// <summary>What the sync reported.</summary>
    public SyncSummary Synced { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        List<string> paths = [.. TestMusic.WriteMany(_folder["Müsik ♫"], Pieces, seconds: 8)];
        paths.Add(_folder["no music.mp3"]);
        await File.WriteAllTextAsync(paths[^1], "Nothing to hear here.");
        Tracks = [.. paths.Select((path, index) => new LibraryTrack(Guid.NewGuid(), path, new TrackTags
        {
            Title = $"Piece {index}",
            Artist = $"Artist {index % 3}",
            Album = "Trials",
            Genres = ["Trial", "Sine & Söhne"],
            Track = index + 1,
            Year = 2026,
        }))];

        _engine = SegueEngine.Open(new SegueOptions { StorePath = _folder["segue.db"], Threads = 1, Patches = 2 });
        var generation = _engine.BeginSync();
        _engine.Sync(generation, [.. Tracks.Take(3)]);
        _engine.Sync(generation, [.. Tracks.Skip(3)]);
        Synced = _engine.FinishSync(generation);
        var reports = new Reports<AnalysisProgress>();
        Summary = await _engine.AnalyseAsync(reports, CancellationToken.None);
        Reported = [.. reports.All];
    }

    public ValueTask DisposeAsync()
    {
        _engine?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
