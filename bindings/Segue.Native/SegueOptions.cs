namespace Segue.Native;

/// <summary>How an engine is opened. Everything but <see cref="StorePath"/> has a default.</summary>
public sealed record SegueOptions
{
    /// <summary>The database file. It and its folder are made when missing.</summary>
    public required string StorePath { get; init; }

    /// <summary>The folder with <c>models.toml</c>. Null: <c>models</c> beside the native library, then in the folders above it.</summary>
    public string? ModelsFolder { get; init; }

    /// <summary>The ONNX Runtime library, or the folder that holds it. Null: <c>ORT_DYLIB_PATH</c>, then beside the native library.</summary>
    public string? OnnxRuntimePath { get; init; }

    /// <summary>The ffmpeg to call for what Segue cannot decode itself. Null: such files are recorded as failures that say so.</summary>
    public string? FfmpegPath { get; init; }

    /// <summary>Tracks analysed at the same time. 0: half the cores, at least one.</summary>
    public int Threads { get; init; }

    /// <summary>For a small box that has other things to do: one thread at the lowest priority and few patches, whatever the others say.</summary>
    public bool Gentle { get; init; }

    /// <summary>What runs the networks.</summary>
    public SegueBackend Backend { get; init; }

    /// <summary>Which variant of the networks runs.</summary>
    public SeguePrecision Precision { get; init; }

    /// <summary>Patches of 3 s that each network hears of a track, at most; which ones, the track decides. Null: 32. 0: all of them.</summary>
    public int? Patches { get; init; }

    /// <summary>
    /// Albums that one run of the analysis hears at most, those first whose files were modified last; what is left waits for the next run.
    /// 0: all.
    /// </summary>
    public int RecentAlbums { get; init; }

    /// <summary>Limit for reading and decoding one track. Null: ten minutes.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>
    /// Further folders in which the models and the ONNX Runtime library are looked for. The folder of the native library is always among them.
    /// </summary>
    public IReadOnlyList<string> SearchFolders { get; init; } = [];
}

/// <summary>What runs the networks.</summary>
public enum SegueBackend
{
    /// <summary>ONNX Runtime where its library can be loaded, else rten.</summary>
    Auto,

    /// <summary>ONNX Runtime or nothing.</summary>
    OnnxRuntime,

    /// <summary>The pure Rust runtime.</summary>
    Rten,
}

/// <summary>Which variant of the networks runs.</summary>
public enum SeguePrecision
{
    /// <summary>int8 weights on the two wide front-end convolutions: the shipped default.</summary>
    Int8,

    /// <summary>All weights in 32-bit floating point: the reference.</summary>
    F32,
}
