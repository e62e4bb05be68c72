"""Writes features_classical.json: what librosa says of the 95 classical features, segment by segment put together as
rust/features/src/classical/mod.rs documents.

Needs numpy 2.x and librosa 0.11.0 (any other version is refused), and for the excerpts of real music a folder laid out
as shared/reference/library.sh lays it out, and cargo:

    python make.py MUSIC

The samples of real music come from `cargo run -p segue-features --example mono`, so that librosa and the test hear the
same; the signals without a file are made here and in the test alike.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import librosa
import numpy as np

assert librosa.__version__ == "0.11.0", librosa.__version__

RATE = 22050
SEGMENT = 10 * RATE
FLOOR_RMS = 0.01

# File, start and length in seconds; a length of 0 is the whole file.
EXCERPTS = [
    ("lincity-ng-data/01 - pronobozo - lincity.ogg", 40, 35),
    ("lincity-ng-data/02 - Robert van Herk - City Blues.ogg", 0, 30),
    ("planetblupi-music-ogg/music003.ogg", 10, 25),
    ("planetblupi-music-ogg/music008.ogg", 5, 32.5),
    ("singularity-music/Nebula.ogg", 60, 35),
    ("singularity-music/March Thee to Dis.ogg", 30, 30.5),
    ("singularity-music/Awakening.ogg", 0, 34),
    ("xmoto-data/speeditup.ogg", 0, 0),
    ("xmoto-data/menu.ogg", 0, 0),
    ("xmoto-data/batcave.ogg", 20, 28),
]


def noise(samples):
    state, out = 1, np.empty(samples)
    for i in range(samples):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = (state >> 8) / 2**23 - 1.0
    return out


def drums(seconds, bpm, loudness):
    """Bursts of noise, `bpm` a minute."""
    t = np.arange(int(seconds * RATE)) / RATE
    since = np.mod(t * bpm / 60.0, 1.0) * 60.0 / bpm
    return loudness * np.exp(-60.0 * since) * noise(len(t))


def chords(seconds, concert):
    """A chord a second, each note with four harmonics, dying away."""
    t = np.arange(int(seconds * RATE)) / RATE
    second = t.astype(int)
    root = np.array([-12, -7, -5, -12])[second % 4]
    out = np.zeros(len(t))
    for above in (0, 4, 7):
        for k in range(1, 5):
            hz = concert * np.exp2((root + above) / 12.0) * k
            out += np.sin(2 * np.pi * hz * t) * 0.5**k
    return 0.2 * out * np.exp(-2.0 * (t - second))


def synthetic():
    mixed = chords(33.7, 446.0) + drums(33.7, 127.0, 0.3)
    gap = mixed.copy()
    gap[9 * RATE : 21 * RATE] = 0.0
    return {
        "mixed": mixed,
        "gap": gap,
        "noise": 0.3 * noise(12 * RATE),
        "tone": 0.5 * np.sin(2 * np.pi * 440.0 * np.arange(11 * RATE) / RATE),
        "short": mixed[: RATE // 2],
        "quiet": 0.003 * mixed[: 15 * RATE],
        "silence": np.zeros(12 * RATE),
    }


def segment_features(y):
    S = np.abs(librosa.stft(y))
    mfcc = librosa.feature.mfcc(y=y, sr=RATE, n_mfcc=13)
    onset = librosa.onset.onset_strength(y=y, sr=RATE)
    level = float(np.sqrt(np.mean(y.astype(np.float64) ** 2)))
    bpm = float(np.squeeze(librosa.beat.beat_track(y=y, sr=RATE)[0])) if level >= FLOOR_RMS else None
    return {
        "bpm": bpm,
        "plain": [
            librosa.feature.chroma_stft(y=y, sr=RATE).mean(),
            librosa.feature.spectral_centroid(S=S, sr=RATE).mean(),
            librosa.feature.spectral_bandwidth(S=S, sr=RATE).mean(),
            librosa.feature.spectral_rolloff(S=S, sr=RATE).mean(),
            librosa.feature.zero_crossing_rate(y).mean(),
            librosa.feature.rms(y=y).mean(),
        ],
        "mfcc": np.stack([mfcc.mean(axis=1), mfcc.std(axis=1)]).tolist(),
        "last": [
            onset.mean(),
            len(librosa.onset.onset_detect(y=y, sr=RATE)),
            max(20 * np.log10(level), -100.0) if level > 0 else -100.0,
        ],
    }


def summary(values):
    values = np.asarray(values, dtype=np.float64)
    return [values.mean(), values.std(), values.min(), values.max()] if len(values) else [0.0] * 4


def features(y):
    y = np.asarray(y, dtype=np.float32)
    cuts = [y[start : start + SEGMENT] for start in range(0, len(y), SEGMENT)]
    cuts = [cut for cut in cuts if len(cut) >= RATE] or cuts[:1]
    parts = [segment_features(cut) for cut in cuts]
    out = [len(y) / RATE, len(parts), float(np.squeeze(librosa.beat.beat_track(y=y, sr=RATE)[0]))]
    out += summary([part["bpm"] for part in parts if part["bpm"] is not None])
    for i in range(6):
        out += summary([part["plain"][i] for part in parts])
    for kind in range(2):
        for k in range(13):
            out += summary([part["mfcc"][kind][k] for part in parts])[:2]
    for i in range(3):
        out += summary([part["last"][i] for part in parts])
    assert len(out) == 95
    return [float(f"{x:.8g}") for x in out]


def music(folder):
    root = pathlib.Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as scratch:
        outputs = [pathlib.Path(scratch) / f"{i}.f32" for i in range(len(EXCERPTS))]
        lines = [
            f"{folder / file}\t{start}\t{length or 1e6}\t{output}"
            for (file, start, length), output in zip(EXCERPTS, outputs)
        ]
        command = ["cargo", "run", "-q", "-p", "segue-features", "--example", "mono"]
        subprocess.run(command, cwd=root, input="\n".join(lines).encode(), check=True)
        for (file, start, length), output in zip(EXCERPTS, outputs):
            y = np.fromfile(output, dtype="<f4")
            yield {"file": file, "start": start, "length": length, "values": features(y)}


if __name__ == "__main__":
    golden = {
        "made_with": f"librosa {librosa.__version__}, numpy {np.__version__}, by make.py",
        "synthetic": [{"name": name, "values": features(y)} for name, y in synthetic().items()],
        "music": list(music(pathlib.Path(sys.argv[1]).resolve())),
    }
    path = pathlib.Path(__file__).with_name("features_classical.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
