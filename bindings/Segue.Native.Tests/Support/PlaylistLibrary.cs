namespace Segue.Native.Tests.Support;

/// <summary>A small analysed library in two styles, for tests that make playlists of it and change them.</summary>
public sealed class PlaylistLibrary : IAsyncLifetime
{
    /// <summary>Tracks in it.</summary>
    public const int Pieces = 12;

    private readonly TemporaryFolder _folder = new();
    private SegueEngine? _engine;

    /// <summary>The open engine.</summary>
    public SegueEngine Engine => _engine ?? throw new InvalidOperationException("The library is not analysed yet.");

    /// <summary>The tracks: those with an even number are by one artist, those with an odd one by another.</summary>
    public IReadOnlyList<LibraryTrack> Tracks { get; private set; } = [];

    /// <summary>The folder with the store.</summary>
    public string Folder => _folder["data"];

    /// <summary>A wish that is soon fulfilled.</summary>
    public static PlaylistRequest Request { get; } = new() { Cluster = new ClusterRequest { Runs = 8 }, MinSongs = 2, MaxSongsPerArtist = Pieces };

    public async ValueTask InitializeAsync()
    {
        var paths = TestMusic.WriteMany(_folder["music"], Pieces, seconds: 5);
        Tracks = [.. paths.Select((path, index) => new LibraryTrack(Guid.NewGuid(), path, new TrackTags
        {
            Title = $"Étude {index}",
            Artist = index % 2 == 0 ? "Even" : "Odd",
            Album = "Studies",
            Genres = [index % 2 == 0 ? "Ambient" : "Rock"],
            Year = 2000 + index,
        }))];
        _engine = SegueEngine.Open(new SegueOptions { StorePath = Path.Combine(Folder, "segue.db"), Threads = 2, Patches = 1 });
        var generation = _engine.BeginSync();
        _engine.Sync(generation, Tracks);
        _engine.FinishSync(generation);
        await _engine.AnalyseAsync(null, CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        _engine?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
