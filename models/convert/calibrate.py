"""Finds the range of every channel of MusiCNN's timbral convolutions on real music, for the int8 conversion.

    python calibrate.py MUSIC [--wheel FILE]

MUSIC is a folder of Ogg files, <package>/<file>.ogg, as the demo's music script lays it out: every third file, sixteen
patches of each, spread evenly. Writes ranges.json: per network and convolution the largest value of each channel that
the network makes use of (after ReLU and the maximum over frequency, before the batch norm). Needs librosa and
onnxruntime besides what musicnn.py needs.
"""

import argparse
import json
from pathlib import Path

import librosa
import numpy
import onnxruntime

import musicnn

PATCHES = 16


def patches(path):
    samples, rate = librosa.load(path, sr=None, mono=False)
    samples = numpy.atleast_2d(samples).mean(axis=0)
    samples = librosa.resample(samples, orig_sr=rate, target_sr=16_000)
    mel = librosa.feature.melspectrogram(y=samples, sr=16_000, n_fft=512, hop_length=256, n_mels=musicnn.BANDS)
    frames = numpy.log10(1 + 10_000 * mel.T).astype(numpy.float32)
    whole = len(frames) // musicnn.FRAMES
    places = numpy.rint(numpy.linspace(0, whole - 1, min(PATCHES, whole))).astype(int)
    return [frames[place * musicnn.FRAMES : (place + 1) * musicnn.FRAMES] for place in places]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("music", type=Path)
    parser.add_argument("--wheel", type=Path)
    options = parser.parse_args()
    files = sorted(options.music.glob("*/*.ogg"))[::3]
    music = [patch for path in files for patch in patches(path)]
    print(f"{len(music)} patches of {len(files)} files")

    timbral = [index for index, (_, bands) in enumerate(musicnn.FRONT) if bands > 1]
    maxima = [f"front_{index}_max" for index in timbral]
    ranges = {}
    for network, variables in musicnn.checkpoints(options.wheel).items():
        model = musicnn.build(variables, also=maxima).SerializeToString()
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        largest = [numpy.zeros(1)] * len(timbral)
        for patch in music:
            for place, (index, y) in enumerate(zip(timbral, session.run(maxima, {"patch": patch[None]}))):
                slope, _ = musicnn.batch_norm(variables, index + 1)
                useful = numpy.maximum(y[0, :, :, 0] / slope[:, None], 0).max(axis=1)
                largest[place] = numpy.maximum(largest[place], useful)
        # Four digits: more would differ from one processor to the next.
        ranges[network] = [[float(f"{value:.4g}") for value in channel] for channel in largest]
    Path(__file__).with_name("ranges.json").write_text(json.dumps(ranges) + "\n")


if __name__ == "__main__":
    main()
