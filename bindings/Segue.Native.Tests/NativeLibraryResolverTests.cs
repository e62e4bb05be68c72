using Segue.Native.Tests.Support;

namespace Segue.Native.Tests;

public sealed class NativeLibraryResolverTests
{
    [Fact]
    public void The_library_is_found_under_the_platforms_name()
    {
        NativeCall.EnsureAvailable();
        Assert.EndsWith(Path.Combine("runtimes", NativeLibraryResolver.Platform, "native"), NativeLibraryResolver.NativeFolder, StringComparison.Ordinal);
        Assert.Matches("^(linux|linux-musl|win|osx)-(x64|arm64)$", NativeLibraryResolver.Platform);
    }

    [Fact]
    public void The_folder_of_the_platform_comes_before_that_of_the_assembly()
    {
        var own = Path.GetDirectoryName(typeof(SegueEngine).Assembly.Location);
        var folders = NativeLibraryResolver.Candidates().Select(Path.GetDirectoryName).Distinct(StringComparer.Ordinal).ToList();
        Assert.Equal(2, folders.Count);
        Assert.StartsWith(Path.Combine(own!, "runtimes"), folders[0], StringComparison.Ordinal);
        Assert.Equal(own, folders[1]);
    }

    [Fact]
    public void A_missing_library_is_reported_with_every_place_that_was_tried()
    {
        using var folder = new TemporaryFolder();
        string[] candidates = [folder["one.so"], folder["two.so"]];
        var error = Assert.Throws<SegueNativeUnavailableException>(() => NativeLibraryResolver.Load(candidates));
        Assert.All(candidates, path => Assert.Contains(path, error.Message, StringComparison.Ordinal));
        Assert.Contains(NativeLibraryResolver.Platform, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_library_is_reported_with_what_the_loader_said()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["garbage.so"], "This is no library.");
        var error = Assert.Throws<SegueNativeUnavailableException>(() => NativeLibraryResolver.Load([folder["garbage.so"]]));
        Assert.Contains(folder["garbage.so"], error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.InnerException);
        Assert.Contains(error.InnerException.Message.Trim(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_cannot_be_loaded_does_not_hide_the_next_one()
    {
        NativeCall.EnsureAvailable();
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["garbage.so"], "This is no library.");
        var real = NativeLibraryResolver.Candidates().First(File.Exists);
        Assert.Equal(real, NativeLibraryResolver.Load([folder["missing.so"], folder["garbage.so"], real]).Path);
    }
}
