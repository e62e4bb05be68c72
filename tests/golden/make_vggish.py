"""Makes models_vggish.json: the log-mel patches that VGGish hears, of a signal that the test makes by the same formula.

    python make_vggish.py          (packages: models/convert/requirements.txt)

numpy after the published parameters (S. Hershey et al., 2017; tensorflow/models, research/audioset/vggish): 16 kHz, frames
of 400 samples every 160 under a periodic Hann window, magnitudes of a transform of 512, 64 triangles on HTK's mel scale
from 125 to 7500 Hz (straight in mels, 1 high, without the bin at 0 Hz), ln(x + 0.01), 96 frames to a patch.
"""

import json
from pathlib import Path

import numpy

RATE, LENGTH = 16_000, 16_500
WINDOW, HOP, FFT, BANDS, FRAMES = 400, 160, 512, 64, 96


def signal():
    """A chirp from 50 to 7800 Hz and noise, with a stretch of quiet and one of silence; 16 bits."""
    state, noise = 1, []
    for _ in range(LENGTH):
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        noise.append(state / 2**31 - 1)
    n = numpy.arange(LENGTH)
    t = n / RATE
    chirp = numpy.sin(2 * numpy.pi * (50 * t + 3_758 * t * t))
    level = numpy.where((n >= 9_000) & (n < 11_000), 0.0, numpy.where((n >= 6_000) & (n < 9_000), 0.001, 1.0))
    return numpy.floor(32_767 * level * (0.6 * chirp + 0.1 * numpy.array(noise)) + 0.5) / 32_768


def mel(hz):
    return 1127 * numpy.log(1 + hz / 700)


samples = signal()
starts = numpy.arange(0, LENGTH - WINDOW + 1, HOP)
window = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(WINDOW) / WINDOW)
magnitudes = numpy.abs(numpy.fft.rfft(numpy.stack([samples[i : i + WINDOW] * window for i in starts]), FFT))
edges = numpy.linspace(mel(125.0), mel(7_500.0), BANDS + 2)
places = mel(numpy.arange(FFT // 2 + 1) * RATE / FFT)[:, None]
rising = (places - edges[:-2]) / (edges[1:-1] - edges[:-2])
falling = (edges[2:] - places) / (edges[2:] - edges[1:-1])
weights = numpy.maximum(0, numpy.minimum(rising, falling))
weights[0] = 0
frames = numpy.log(magnitudes @ weights + 0.01)[: len(starts) // FRAMES * FRAMES]
golden = {
    "made_with": f"tests/golden/make_vggish.py with numpy {numpy.__version__}: frame after frame, times 100000",
    "frames": len(frames),
    "logmel_e5": [round(float(x) * 1e5) for x in frames.ravel()],
}
Path(__file__).with_name("models_vggish.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
