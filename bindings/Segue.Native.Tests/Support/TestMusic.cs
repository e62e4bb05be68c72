using System.Buffers.Binary;

namespace Segue.Native.Tests.Support;

/// <summary>Music made up on the spot: a triad on a beat, in a wave file. The same arguments give the same bytes.</summary>
public static class TestMusic
{
    private const int SampleRate = 16_000;

    /// <summary>Writes one piece.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="seconds">How long it lasts.</param>
    /// <param name="root">Frequency of the lowest note in Hz.</param>
    /// <param name="beatsPerMinute">The beat.</param>
    public static void Write(string path, int seconds, double root, double beatsPerMinute)
    {
        var samples = seconds * SampleRate;
        var bytes = new byte[44 + (2 * samples)];
        WriteHeader(bytes, 2 * samples);
        var beat = 60.0 / beatsPerMinute * SampleRate;
        for (var i = 0; i < samples; i++)
        {
            var fade = Math.Exp(-4.0 * (i % beat) / beat);
            var chord = 0.0;
            foreach (var interval in (ReadOnlySpan<double>)[1.0, 1.25, 1.5, 2.0])
            {
                chord += Math.Sin(2.0 * Math.PI * root * interval * i / SampleRate);
            }

            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(44 + (2 * i)), (short)(chord * fade * 6000.0));
        }

        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Writes several different pieces into a folder.</summary>
    /// <param name="folder">Made when missing.</param>
    /// <param name="pieces">How many.</param>
    /// <param name="seconds">How long each lasts.</param>
    /// <returns>Their paths.</returns>
    public static IReadOnlyList<string> WriteMany(string folder, int pieces, int seconds)
    {
        Directory.CreateDirectory(folder);
        var paths = Enumerable.Range(0, pieces).Select(piece => Path.Combine(folder, $"piece {piece:00}.wav")).ToList();
        for (var piece = 0; piece < pieces; piece++)
        {
            Write(paths[piece], seconds, 110.0 * Math.Pow(2.0, piece / 7.0), 80 + (9 * piece));
        }

        return paths;
    }

    private static void WriteHeader(Span<byte> bytes, int dataSize)
    {
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], 36 + dataSize);
        "WAVEfmt "u8.CopyTo(bytes[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[24..], SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[28..], 2 * SampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[32..], 2);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[34..], 16);
        "data"u8.CopyTo(bytes[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[40..], dataSize);
    }
}
