"""Golden values of CLAP's front ends and tokens: tests/golden/models_clap.json.

Made with librosa 0.11.0, transformers (its version is in the file), tokenizers and NumPy:

    pip install numpy librosa==0.11.0 transformers tokenizers
    python tests/golden/make_clap.py
"""

import json
import os
import tempfile
from pathlib import Path

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
import librosa
import numpy as np
import transformers
from tokenizers import ByteLevelBPETokenizer
from transformers.models.clap.feature_extraction_clap import ClapFeatureExtractor

RATE = 48_000
BANDS = {"dclap": 128, "clap": 64}
# Frames of which all bands are kept: both ends, where the signal is mirrored, and some between.
FRAMES = [0, 1, 2, 3, 250, 500, 777, 998, 999, 1000]


def signal(name, seconds):
    """Signals that Rust makes again: only sums, products and sines in double precision."""
    t = np.arange(int(seconds * RATE), dtype=np.float64) / RATE
    if name == "chirp":
        return (0.5 * np.sin(2 * np.pi * (100.0 + 600.0 * t) * t)).astype(np.float32)
    if name == "chord":
        tone = sum(np.sin(2 * np.pi * f * t) for f in (220.0, 277.2, 329.6, 4400.0)) / 4
        return (tone * np.exp(-3.0 * (t % 0.5)) * 1.3).astype(np.float32)
    raise ValueError(name)


def dclap(window):
    window = np.clip(window, -1.0, 1.0)
    window = (window * 32767.0).astype(np.int16)
    window = (window / 32767.0).astype(np.float32)
    window = np.pad(window, (0, 480_000 - len(window)))
    mel = librosa.feature.melspectrogram(
        y=window, sr=RATE, n_fft=2048, hop_length=480, win_length=2048, window="hann", center=True, pad_mode="reflect",
        power=2.0, n_mels=128, fmin=0, fmax=14_000,
    )
    return librosa.power_to_db(mel, ref=1.0, amin=1e-10, top_db=None).T


def clap(window):
    extractor = ClapFeatureExtractor(frequency_min=50, frequency_max=14_000, truncation="rand_trunc", padding="repeatpad")
    return extractor(window, sampling_rate=RATE, return_tensors="np")["input_features"][0, 0]


TEXTS = [
    "calm piano for reading, no vocals", " two  spaces ", "don't they're we've I'll", "Björk – Jóga", "café", "雨の音とギター",
    "🎹🎸 lo-fi 👩‍👩‍👧", "tab\tnewline\nend", "", "1999 remix!!!", "naïve\u0301 coöperate", "<mask> </s> music", "ÀÉÎ õü ß ñ",
    "a" * 400, "word " * 200,
]
CORPUS = ["calm piano music", "loud guitar don't stop", "a quiet rain and the sea", "café Björk", "雨の音", "piano piano guitar guitar 1999", "reading music no vocals they're we've"] * 4


def tokens():
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(CORPUS, vocab_size=420, min_frequency=2, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    with tempfile.TemporaryDirectory() as folder:
        trained.save_model(folder)
        vocab = json.loads((Path(folder) / "vocab.json").read_text())
        merges = [line for line in (Path(folder) / "merges.txt").read_text().splitlines() if not line.startswith("#version")]
        try:
            tokenizer = transformers.RobertaTokenizer(f"{folder}/vocab.json", f"{folder}/merges.txt")
        except Exception:
            tokenizer = transformers.RobertaTokenizer(vocab=vocab, merges=[tuple(m.split(" ")) for m in merges])
        ids = [tokenizer(text, truncation=True, max_length=77, split_special_tokens=True)["input_ids"] for text in TEXTS]
    return {"vocab": vocab, "merges": merges, "texts": TEXTS, "ids": ids}


spectra = []
for name, seconds in (("chirp", 10.0), ("chord", 3.7)):
    for kind, front in (("dclap", dclap), ("clap", clap)):
        mel = front(signal(name, seconds))
        assert mel.shape == (1001, BANDS[kind]), mel.shape
        spectra.append({"signal": name, "seconds": seconds, "clap": kind, "frames": FRAMES,
                        "decibels_e3": [[round(float(x) * 1000) for x in mel[f]] for f in FRAMES],
                        "mean_e3": round(float(mel.mean()) * 1000)})
out = Path(__file__).with_name("models_clap.json")
versions = {"librosa": librosa.__version__, "transformers": transformers.__version__, "numpy": np.__version__}
out.write_text(json.dumps({"versions": versions, "spectra": spectra, "tokens": tokens()}, ensure_ascii=False) + "\n")
