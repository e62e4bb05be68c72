"""Writes dsp_resample.json: what soxr's HQ recipe makes of noise.

Needs numpy and soxr (python-soxr 1.1.0): python make_resample.py
"""

import json
import pathlib

import numpy as np
import soxr

CASES = [(44100, 16000, 4410), (48000, 16000, 2400), (44100, 22050, 2205), (48000, 22050, 2400), (96000, 16000, 4800), (8000, 16000, 400)]


def noise(samples):
    state, out = 1, []
    for _ in range(samples):
        state = (1664525 * state + 1013904223) % 2**32
        out.append(0.5 * ((state >> 8) / 2**23 - 1.0))
    return np.array(out)


def case(rate_in, rate_out, samples):
    output = soxr.resample(noise(samples), rate_in, rate_out, quality="HQ")
    return {"from": rate_in, "to": rate_out, "samples": samples, "output": [round(float(x), 6) for x in output]}


golden = {
    "made_with": "python-soxr 1.1.0, quality HQ, float64, rounded to 6 places; of 0.5 * noise by make_resample.py",
    "cases": [case(*arguments) for arguments in CASES],
}
path = pathlib.Path(__file__).with_name("dsp_resample.json")
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
