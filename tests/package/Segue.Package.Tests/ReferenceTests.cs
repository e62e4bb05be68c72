using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Xunit;

namespace Segue.Package.Tests;

public sealed class ReferenceTests
{
    public static TheoryData<Line> Lines => LayoutTests.Lines;

    [Theory]
    [MemberData(nameof(Lines))]
    public void Every_reference_resolves_in_the_declared_api(Line line)
    {
        using var package = PluginPackage.Of(line);
        using var api = ApiWith(line, package);

        Assert.All(package.Assemblies, file => Assert.Empty(api.Unresolved(api[Path.GetFileNameWithoutExtension(file)])));
    }

    /// <summary>
    /// The counter-test: what the resolver is there to find, it finds.
    /// </summary>
    [Fact]
    public void The_build_for_12_does_not_resolve_in_10_11()
    {
        using var package = PluginPackage.Of(Line.Jellyfin12);
        using var api = ApiWith(Line.Jellyfin1011, package);

        var unresolved = api.Unresolved(api["Jellyfin.Plugin.Segue"]);

        Assert.Contains(unresolved, reference => reference.StartsWith("assembly MediaBrowser.Controller 12.", StringComparison.Ordinal));
    }

    /// <summary>
    /// Members too, not only assemblies: this very method calls one that .NET 10 added to a type of .NET 9.
    /// </summary>
    [Fact]
    public void A_missing_member_of_a_type_that_is_there_is_named()
    {
        using var own = new DeclaredApi([File.ReadAllBytes(typeof(ReferenceTests).Assembly.Location)]);
        using var nine = new DeclaredApi(Line.Jellyfin1011.DeclaredAssemblies().Select(File.ReadAllBytes));
        using var ten = new DeclaredApi(Line.Jellyfin12.DeclaredAssemblies().Select(File.ReadAllBytes));
        var needle = new[] { "System.Linq.Enumerable::Shuffle " }.Shuffle().Single();

        Assert.Contains(nine.Unresolved(own["Segue.Package.Tests"]), reference => reference.StartsWith(needle, StringComparison.Ordinal));
        Assert.DoesNotContain(ten.Unresolved(own["Segue.Package.Tests"]), reference => reference.StartsWith("System.", StringComparison.Ordinal));
    }

    /// <summary>
    /// Entry points are bound at the first call, so a missing one would show on a server only.
    /// </summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public void Every_entry_point_of_the_bindings_is_in_the_native_library(Line line)
    {
        using var package = PluginPackage.Of(line);
        using var api = new DeclaredApi(package.Assemblies.Select(package.Read));
        var bindings = api["Segue.Native"];
        var entryPoints = bindings.MethodDefinitions
            .Select(bindings.GetMethodDefinition)
            .Where(method => method.Attributes.HasFlag(System.Reflection.MethodAttributes.PinvokeImpl))
            .Select(method => bindings.GetString(method.GetImport().Name))
            .ToList();
        var file = package.Files.Single(name => name.StartsWith("runtimes/", StringComparison.Ordinal) && name.Contains("segue_native", StringComparison.Ordinal));
        var copy = Path.Combine(Directory.CreateTempSubdirectory("segue-package").FullName, Path.GetFileName(file));
        File.WriteAllBytes(copy, package.Read(file));
        var library = NativeLibrary.Load(copy);
        try
        {
            Assert.NotEmpty(entryPoints);
            Assert.All(entryPoints, name => Assert.True(NativeLibrary.TryGetExport(library, name, out _), name));
        }
        finally
        {
            NativeLibrary.Free(library);
            Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
        }
    }

    /// <summary>
    /// The whole way as the server goes it: an assembly in a collectible context of its own, whose import resolver has to find
    /// the library under runtimes/, and a call into it. Only here are bindings and library those of the package.
    /// </summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public void The_packaged_bindings_find_the_packaged_library(Line line)
    {
        using var package = PluginPackage.Of(line);
        var folder = Directory.CreateTempSubdirectory("segue-package").FullName;
        ZipFile.ExtractToDirectory(package.Path, folder);
        var context = new AssemblyLoadContext(folder, isCollectible: true);
        try
        {
            var engine = context.LoadFromAssemblyPath(Path.Combine(folder, "Segue.Native.dll")).GetType("Segue.Native.SegueEngine", throwOnError: true)!;

            Assert.Null(Record.Exception(() => engine.GetMethod("CheckGuard")!.Invoke(null, null)));
        }
        finally
        {
            context.Unload();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DeclaredApi ApiWith(Line line, PluginPackage package) =>
        new(line.DeclaredAssemblies().Select(File.ReadAllBytes).Concat(package.Assemblies.Select(package.Read)));
}
