"""Makes models_logmel.json: librosa's view of a signal that the test makes by the same formula.

    python make_logmel.py          (packages: models/convert/requirements.txt)
"""

import json
import math
from pathlib import Path

import librosa
import numpy

RATE, LENGTH = 16_000, 24_123


def signal():
    """A chirp from 50 to 7800 Hz and noise, with a stretch of quiet and one of silence; 16 bits."""
    state, samples = 1, []
    for n in range(LENGTH):
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        noise = state / 2**31 - 1
        t = n / RATE
        chirp = math.sin(2 * math.pi * (50 * t + 2_570 * t * t))
        level = 0.0 if 12_000 <= n < 14_000 else 0.001 if 8_000 <= n < 12_000 else 1.0
        samples.append(math.floor(32_767 * level * (0.6 * chirp + 0.1 * noise) + 0.5) / 32_768)
    return numpy.array(samples, dtype=numpy.float32)


mel = librosa.feature.melspectrogram(
    y=signal(), sr=RATE, n_fft=512, hop_length=256, window="hann", center=True, pad_mode="constant", power=2.0,
    n_mels=96, fmin=0.0, fmax=8_000.0, htk=False, norm="slaney",
)
frames = numpy.log10(1 + 10_000 * mel.T)
note = (
    f"tests/golden/make_logmel.py with librosa {librosa.__version__}: log10(1 + 10000 * melspectrogram), 16 kHz, n_fft 512, "
    "hop 256, 96 bands; frame after frame, times 100000"
)
golden = {"made_with": note, "frames": len(frames), "logmel_e5": [round(float(x) * 1e5) for x in frames.ravel()]}
Path(__file__).with_name("models_logmel.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
