using System.Reflection;
using Microsoft.AspNetCore.Mvc;

namespace Segue.Package.Tests;

/// <summary>
/// A line of Jellyfin releases: the lowest server of it, and everything that a plugin may refer to there.
/// </summary>
/// <param name="Number">The fourth part of the plugin's version.</param>
/// <param name="TargetAbi">The lowest server.</param>
/// <param name="Framework">What that server runs on.</param>
public sealed record Line(int Number, Version TargetAbi, string Framework)
{
    public static readonly Line Jellyfin12 = new(12, new Version(12, 0, 0, 0), "net10.0");

    public static readonly Line Jellyfin1011 = new(11, new Version(10, 11, 0, 0), "net9.0");

    private static readonly string[] Packages = ["Common", "Controller", "Data", "Database.Implementations", "Extensions", "Model"];

    private static readonly string[] SharedFrameworks = ["microsoft.netcore.app.ref", "microsoft.aspnetcore.app.ref"];

    /// <summary>
    /// Where a file of the repository lies.
    /// </summary>
    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    public override string ToString() => $"Jellyfin {TargetAbi.ToString(2)}";

    /// <summary>
    /// The assemblies that make up the declared API: Jellyfin's own and the shared framework's.
    /// </summary>
    public IEnumerable<string> DeclaredAssemblies()
    {
        var root = Metadata("NuGetPackageRoot");
        var jellyfin = Packages.Select(name => Path.Combine(root, $"jellyfin.{name}".ToLowerInvariant(), TargetAbi.ToString(3), "lib", Framework));
        var shared = Framework == "net10.0"
            ? [FolderOf(typeof(object)), FolderOf(typeof(ControllerBase))]
            : SharedFrameworks.Select(name => Directory.GetDirectories(Path.Combine(root, name), "9.*").Single()).Select(pack => Path.Combine(pack, "ref", Framework));
        return jellyfin.Concat(shared).SelectMany(folder => Directory.GetFiles(folder, "*.dll"));
    }

    private static string FolderOf(Type type) => Path.GetDirectoryName(type.Assembly.Location)!;

    private static string Metadata(string key) =>
        typeof(Line).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
