namespace Segue.Native.Tests.Support;

/// <summary>Enough music to be stopped in the middle of. Nobody changes it.</summary>
public sealed class MusicFolder : IDisposable
{
    /// <summary>How many files.</summary>
    public const int Pieces = 8;

    private readonly TemporaryFolder _folder = new();

    public MusicFolder() => Paths = TestMusic.WriteMany(Folder, Pieces, seconds: 30);

    public string Folder => _folder["music"];

    public IReadOnlyList<string> Paths { get; }

    public void Dispose() => _folder.Dispose();
}
