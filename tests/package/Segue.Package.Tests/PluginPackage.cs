using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Segue.Package.Tests;

/// <summary>
/// One line's zip file in the folder that `build.sh package` fills.
/// </summary>
public sealed class PluginPackage : IDisposable
{
    private readonly ZipArchive _archive;

    private PluginPackage(string path)
    {
        Path = path;
        _archive = ZipFile.OpenRead(path);
        Files = [.. _archive.Entries.Select(entry => entry.FullName)];
        Meta = JsonDocument.Parse(Read("meta.json")).RootElement;
    }

    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("SEGUE_DIST") ?? System.IO.Path.Combine(Line.RepositoryRoot, "dist");

    /// <summary>
    /// The platform that the package was made for: the one at hand.
    /// </summary>
    public static string Rid { get; } = OperatingSystemName() + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    public string Path { get; }

    public IReadOnlyList<string> Files { get; }

    public JsonElement Meta { get; }

    public IReadOnlyList<string> Assemblies => [.. Meta.GetProperty("assemblies").EnumerateArray().Select(name => name.GetString()!)];

    public static PluginPackage Of(Line line) => new(Directory.GetFiles(Folder, $"segue_*.{line.Number}.zip").Single());

    public byte[] Read(string file)
    {
        using var entry = (_archive.GetEntry(file) ?? throw new FileNotFoundException($"{file} is not in {Path}")).Open();
        using var content = new MemoryStream();
        entry.CopyTo(content);
        return content.ToArray();
    }

    public void Dispose() => _archive.Dispose();

    private static string OperatingSystemName()
    {
        if (OperatingSystem.IsWindows())
        {
            return "win";
        }

        if (OperatingSystem.IsMacOS())
        {
            return "osx";
        }

        return Directory.GetFiles("/lib", "ld-musl-*.so.1").Length > 0 ? "linux-musl" : "linux";
    }
}
