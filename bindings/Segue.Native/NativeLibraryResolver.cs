using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Segue.Native.Generated;

// Only the file that the resolver names is ever loaded; the loader's own search must not find another one.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace Segue.Native;

/// <summary>
/// Finds the native library for the platform at hand: in <c>runtimes/&lt;rid&gt;/native</c> beside this assembly, then beside it.
/// </summary>
/// <remarks>
/// A plugin host probes neither the runtime's own folders nor those of the plugin, so that this has to be said. On Windows the file may be
/// called <c>segue_native.bin</c>: Jellyfin takes every <c>.dll</c> below a plugin's folder for a managed one unless told otherwise.
/// </remarks>
public static class NativeLibraryResolver
{
    private static readonly Lock Gate = new();
    private static nint _library;
    private static string? _path;

    /// <summary>The folder of the native library; null when there is none for this platform.</summary>
    public static string? NativeFolder => Path.GetDirectoryName(_path ?? Candidates().FirstOrDefault(File.Exists));

    /// <summary>The platform at hand, such as <c>linux-musl-x64</c>.</summary>
    public static string Platform { get; } = $"{OperatingSystemName()}-{ArchitectureName()}";

    /// <summary>The files that may be the native library, in the order in which they are tried.</summary>
    /// <returns>Absolute paths; none when this assembly was not loaded from a file.</returns>
    internal static IEnumerable<string> Candidates()
    {
        // Not AppContext.BaseDirectory: that is the folder of the host.
        var folder = Path.GetDirectoryName(typeof(NativeLibraryResolver).Assembly.Location);
        if (string.IsNullOrEmpty(folder))
        {
            return [];
        }

        string[] names = OperatingSystem.IsWindows() ? ["segue_native.dll", "segue_native.bin"]
            : OperatingSystem.IsMacOS() ? ["libsegue_native.dylib"]
            : ["libsegue_native.so"];
        string[] folders = [Path.Combine(folder, "runtimes", Platform, "native"), folder];
        return folders.SelectMany(place => names, Path.Combine);
    }

    /// <summary>Loads the native library, once.</summary>
    /// <returns>The handle of the library.</returns>
    /// <exception cref="SegueNativeUnavailableException">There is none for this platform, or it cannot be loaded.</exception>
    internal static nint Load()
    {
        lock (Gate)
        {
            if (_library == 0)
            {
                (_library, _path) = Load(Candidates());
            }

            return _library;
        }
    }

    /// <summary>Loads the first of some files that can be loaded.</summary>
    /// <param name="candidates">Absolute paths.</param>
    /// <returns>The handle, and which file it was.</returns>
    /// <exception cref="SegueNativeUnavailableException">None could be loaded; the message says why, file by file.</exception>
    internal static (nint Library, string Path) Load(IEnumerable<string> candidates)
    {
        var reasons = new StringBuilder();
        Exception? cause = null;
        foreach (var path in candidates)
        {
            if (!File.Exists(path))
            {
                reasons.Append("\n  ").Append(path).Append(": there is no such file");
                continue;
            }

            try
            {
                return (NativeLibrary.Load(path), path);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                cause ??= error;
                reasons.Append("\n  ").Append(path).Append(": ").Append(error.Message.Trim()).Append(Advice(error.Message));
            }
        }

        var message = $"Segue's native library for {Platform} cannot be used.{reasons}";
        throw cause is null ? new SegueNativeUnavailableException(message) : new SegueNativeUnavailableException(message, cause);
    }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "A resolver must be set before the first call, whoever makes it.")]
    internal static void Register() => NativeLibrary.SetDllImportResolver(
        typeof(NativeLibraryResolver).Assembly,
        static (name, _, _) => string.Equals(name, Interop.NativeLib, StringComparison.Ordinal) ? Load() : 0);

    /// <summary>What a person can do about the loader's commoner complaints.</summary>
    private static string Advice(string complaint) => complaint switch
    {
        _ when complaint.Contains("failed to map segment", StringComparison.Ordinal)
            => "\n    The folder seems to lie on a file system that is mounted noexec: mount it with exec.",
        _ when complaint.Contains("GLIBC_", StringComparison.Ordinal)
            => "\n    The system's C library is older than the native library needs: update the system.",
        _ => string.Empty,
    };

    private static string OperatingSystemName() =>
        OperatingSystem.IsWindows() ? "win"
        : OperatingSystem.IsMacOS() ? "osx"
        : IsMusl() ? "linux-musl"
        : "linux";

    private static string ArchitectureName() => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => "x64",
        Architecture.Arm64 => "arm64",
        var other => other.ToString(),
    };

    /// <summary>Whether this process runs on musl. A glibc system may have musl installed as well, so its file alone proves nothing.</summary>
    private static bool IsMusl()
    {
        try
        {
            return File.ReadLines("/proc/self/maps").Any(static line => line.Contains("/ld-musl-", StringComparison.Ordinal));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Directory.Exists("/lib") && Directory.EnumerateFiles("/lib", "ld-musl-*.so.1").Any();
        }
    }
}
