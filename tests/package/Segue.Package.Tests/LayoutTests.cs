using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Segue.Package.Tests;

public sealed partial class LayoutTests
{
    private const string PluginGuid = "8f6c1d5e-4f0b-4c55-9a0e-5e9c2a7d3b11";

    public static TheoryData<Line> Lines => [Line.Jellyfin12, Line.Jellyfin1011];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Meta_says_what_the_server_reads(Line line)
    {
        using var package = PluginPackage.Of(line);

        Assert.Equal(PluginGuid, Text(package.Meta, "guid"));
        Assert.Equal("Segue", Text(package.Meta, "name"));
        Assert.Equal("Music", Text(package.Meta, "category"));
        Assert.Equal(line.TargetAbi, Version.Parse(Text(package.Meta, "targetAbi")));
        Assert.Equal($"segue_{Text(package.Meta, "version")}.zip", Path.GetFileName(package.Path));
        Assert.Equal("Active", Text(package.Meta, "status"));
        Assert.True(package.Meta.GetProperty("autoUpdate").GetBoolean());
        Assert.Contains(Text(package.Meta, "imagePath"), package.Files);
        Assert.All(["overview", "description", "owner"], key => Assert.NotEmpty(Text(package.Meta, key)));
        Assert.True(DateTime.TryParse(Text(package.Meta, "timestamp"), CultureInfo.InvariantCulture, out _));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void The_whitelist_names_every_dll_there_is_and_all_are_ours(Line line)
    {
        using var package = PluginPackage.Of(line);

        Assert.Equal(["Jellyfin.Plugin.Segue.dll", "Segue.Native.dll"], package.Assemblies);
        Assert.Equal(package.Assemblies, package.Files.Where(file => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Assemblies_carry_the_version_of_the_catalogue(Line line)
    {
        using var package = PluginPackage.Of(line);
        using var api = new DeclaredApi(package.Assemblies.Select(package.Read));

        var version = Version.Parse(Text(package.Meta, "version"));
        Assert.All(package.Assemblies, file => Assert.Equal(version, api[Path.GetFileNameWithoutExtension(file)].GetAssemblyDefinition().Version));
        Assert.Equal(line.Number, version.Revision);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Native_libraries_models_and_licences_are_there(Line line)
    {
        using var package = PluginPackage.Of(line);
        var native = package.Files.Where(file => file.StartsWith("runtimes/", StringComparison.Ordinal)).ToList();

        Assert.All(native, file => Assert.StartsWith($"runtimes/{PluginPackage.Rid}/native/", file, StringComparison.Ordinal));
        Assert.Contains(native, file => file.Contains("segue_native", StringComparison.Ordinal));
        Assert.Contains("LICENSE", package.Files);
        Assert.Contains("licences/rust-crates.txt", package.Files);
        Assert.Contains("models/models.toml", package.Files);
        Assert.Contains("models/ATTRIBUTION.md", package.Files);

        // Without it where there is none to be had: build.sh names the one that it packages.
        var shipped = native.Exists(file => file.Contains("onnxruntime", StringComparison.Ordinal));
        Assert.True(shipped || string.IsNullOrEmpty(Environment.GetEnvironmentVariable("ORT_DYLIB_PATH")));
        if (shipped)
        {
            Assert.Contains("licences/onnxruntime-LICENSE", package.Files);
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Every_model_that_models_toml_names_is_there_to_the_byte(Line line)
    {
        using var package = PluginPackage.Of(line);
        var models = ModelEntry().Matches(Encoding.UTF8.GetString(package.Read("models/models.toml")));

        Assert.NotEmpty(models);
        Assert.All(models, model => Assert.Equal(
            model.Groups["sha256"].Value,
            Convert.ToHexString(SHA256.HashData(package.Read($"models/{model.Groups["file"].Value}"))),
            ignoreCase: true));
    }

    [Fact]
    public void The_catalogue_lists_both_with_their_checksums_newest_first()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(PluginPackage.Folder, "manifest.json")));
        var plugin = Assert.Single(document.RootElement.EnumerateArray());
        var versions = plugin.GetProperty("versions").EnumerateArray().ToList();

        Assert.Equal(PluginGuid, Text(plugin, "guid"));
        Assert.Equal("Segue", Text(plugin, "name"));
        Assert.Equal(versions.OrderByDescending(entry => Version.Parse(Text(entry, "version"))), versions);
        foreach (var line in new[] { Line.Jellyfin12, Line.Jellyfin1011 })
        {
            using var package = PluginPackage.Of(line);
            var entry = versions.Single(candidate => Text(candidate, "version") == Text(package.Meta, "version"));
            Assert.Equal(Text(package.Meta, "targetAbi"), Text(entry, "targetAbi"));
            Assert.EndsWith("/" + Path.GetFileName(package.Path), Text(entry, "sourceUrl"), StringComparison.Ordinal);
            Assert.Equal(Checksum(package.Path), Text(entry, "checksum"), ignoreCase: true);
        }
    }

    [GeneratedRegex("""^file = "(?<file>[^"]+)"\nsha256 = "(?<sha256>[0-9a-f]{64})"$""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ModelEntry();

    // MD5 is what Jellyfin compares a download with.
#pragma warning disable CA5351
    private static string Checksum(string path) => Convert.ToHexString(MD5.HashData(File.ReadAllBytes(path)));
#pragma warning restore CA5351

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;
}
