"""Converts the MusiCNN checkpoints of the `musicnn` 0.1.0 package (ISC licence) to ONNX.

    python musicnn.py [--wheel FILE] [--out FOLDER]

Writes musicnn_{msd,mtt}.onnx (float32) and musicnn_{msd,mtt}_int8.onnx to the folder (default: the one above this
script), and their sizes and digests into its models.toml. The same inputs give the same bytes. Without --wheel the
package is fetched by pip. Needs numpy and onnx (requirements.txt).

The network (J. Pons, X. Serra: musicnn, 2019) as it stands in the checkpoints:

    patch [1, 187, 96] -> batch norm -> five convolutions (two timbral, three temporal), each ReLU -> batch norm ->
    max over all frequencies -> 561 channels over time -> three convolutions over time with residual sums ->
    753 channels -> max and mean over time -> batch norm -> dense 200 (`dense`) -> ReLU -> batch norm -> dense 50 ->
    sigmoid (`tags`)

What is changed, and why it changes no value beyond rounding:

- Max over frequency comes before ReLU and batch norm. Both are monotone, so they commute with it: rising where the
  batch norm's slope is positive; where it is negative the convolution is negated and the other side is clipped.
  The two then work on 1 value in 59 (or 30, or 96).
- Batch norms before a dense layer go into its weights; the pairs (max, mean) of a channel are split into all maxima,
  then all means, by reordering the weights.
- The input of the first convolution over time is filled up from 561 to 576 channels of zeros: ONNX Runtime runs it
  1.8 times as fast where the channels are a multiple of 16.

The int8 variant computes the two timbral convolutions (four fifths of the work) in 8 bits:

- Weights: one scale per channel. Each weight's rounding error is handed on to the next tap. Neighbouring bins and
  frames of a spectrogram are alike, so the errors cancel where rounding one by one would leave them.
- Input: 7 of the 8 bits. Processors without VNNI add two products of 8 bits in a saturating 16-bit register; with
  127 * 127 * 2 it never saturates, so every processor computes the same.
- Output: each channel is scaled to its own range (ranges.json, from real music by calibrate.py) and placed so that
  the clipping at 0 or 1 of the quantiser is the network's ReLU.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import checkpoint

WHEEL = "musicnn==0.1.0"
WHEEL_SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
FRAMES, BANDS = 187, 96
# Frames and bands of each front-end convolution's kernel, in the order of the checkpoint.
FRONT = [(7, 38), (7, 67), (128, 1), (64, 1), (32, 1)]
CHANNEL_BLOCK = 16
EPSILON = 1e-3
# The log-mel value that the int8 input can still tell from larger ones. The loudest of the 36 calibration tracks
# reaches 6.8, for single bins.
LOUDEST = 6.5
INPUT_LEVELS = 127
OUTPUT_LEVELS = 255
WEIGHT_LEVELS = 127
# Room above the largest value met in calibration.
HEADROOM = 1.15
UNBOUNDED = 3e38


class Graph:
    """Collects nodes and constants. A node is named after its output."""

    def __init__(self):
        self.nodes, self.constants = [], {}

    def constant(self, name, value, kind=numpy.float32):
        value = numpy.ascontiguousarray(value, dtype=kind)
        self.constants.setdefault(name, numpy_helper.from_array(value, name))
        return name

    def add(self, operator, inputs, output, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def convolution(self, name, inputs, kernel, before):
        """A convolution that keeps the number of frames: `before` zero frames ahead, the rest behind."""
        # All attributes are written out: some runtimes do not know their defaults.
        pads = [before, 0, kernel[0] - 1 - before, 0]
        return self.add(
            "Conv", inputs, name, kernel_shape=list(kernel), strides=[1, 1], dilations=[1, 1], pads=pads, group=1
        )

    def quantise(self, name, x, scale, zero):
        quantised = self.add("QuantizeLinear", [x, scale, zero], f"{name}_quantised")
        return self.add("DequantizeLinear", [quantised, scale, zero], f"{name}_rounded")


def batch_norm(variables, index):
    """The slope and offset that a batch norm is at inference."""
    name = f"batch_normalization_{index}" if index else "batch_normalization"
    value = {key: variables[f"{name}/{key}"].astype(float) for key in ("gamma", "beta", "moving_mean", "moving_variance")}
    slope = value["gamma"] / numpy.sqrt(value["moving_variance"] + EPSILON)
    return slope, value["beta"] - value["moving_mean"] * slope


def convolution(variables, index):
    """Weights [out, in, frames, bands] and biases."""
    name = f"conv2d_{index}" if index else "conv2d"
    return variables[f"{name}/kernel"].astype(float).transpose(3, 2, 0, 1), variables[f"{name}/bias"].astype(float)


def per_channel(values):
    return numpy.asarray(values)[None, :, None, None]


def build(variables, ranges=None, also=()):
    """The network as an ONNX model; in int8 where `ranges` gives, for each timbral convolution, the largest useful
    value of every channel before its batch norm. `also`: further outputs, for calibration."""
    graph = Graph()
    slope, offset = batch_norm(variables, 0)
    x = graph.add("Mul", ["patch", graph.constant("input_slope", slope)], "input_scaled")
    x = graph.add("Add", [x, graph.constant("input_offset", offset)], "input_normal")
    x = graph.add("Reshape", [x, graph.constant("image_shape", [1, 1, FRAMES, BANDS], numpy.int64)], "image")
    timbral_input, input_scale = x, None
    if ranges:
        timbral_input, input_scale = round_input(graph, x, slope.item(), offset.item())

    maxima, post = [], []
    for index, (frames, bands) in enumerate(FRONT):
        name = f"front_{index}"
        weights, bias = convolution(variables, index)
        slope, offset = batch_norm(variables, index + 1)
        if ranges and bands > 1:
            y, after = timbral_int8(graph, name, timbral_input, input_scale, weights, bias, slope, offset, ranges[index])
        else:
            inputs = [
                x,
                graph.constant(f"{name}_weights", weights * slope[:, None, None, None]),
                graph.constant(f"{name}_bias", bias * slope),
            ]
            y = graph.convolution(name, inputs, (frames, bands), (frames - 1) // 2)
            rising = slope >= 0
            after = (
                numpy.where(rising, 0, -UNBOUNDED),
                numpy.where(rising, UNBOUNDED, 0),
                numpy.ones_like(slope),
                offset,
            )
        maxima.append(graph.add("ReduceMax", [y], f"{name}_max", axes=[3], keepdims=1))
        post.append(after)
    low, high, scale, offset = (numpy.concatenate(part) for part in zip(*post))
    y = graph.add("Concat", maxima, "front_maxima", axis=1)
    y = graph.add("Max", [y, graph.constant("front_low", per_channel(low))], "front_above")
    y = graph.add("Min", [y, graph.constant("front_high", per_channel(high))], "front_clipped")
    if ranges:
        y = graph.add("Mul", [y, graph.constant("front_scale", per_channel(scale))], "front_scaled")
    front = graph.add("Add", [y, graph.constant("front_offset", per_channel(offset))], "front")

    middle(graph, variables, front, len(low))
    back(graph, variables)

    def tensor(name, shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    outputs = [tensor("dense", [1, 200]), tensor("tags", [1, 50])] + [tensor(name, [1, "channels", FRAMES, 1]) for name in also]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes, "musicnn", [tensor("patch", [1, FRAMES, BANDS])], outputs, list(graph.constants.values())
        ),
        # The oldest that has everything used here: more runtimes know it.
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
        producer_name="segue models/convert/musicnn.py",
        doc_string="MusiCNN (Pons & Serra, 2019), from the musicnn 0.1.0 package, ISC licence",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def round_input(graph, x, slope, offset):
    """The normalised image rounded to 7 bits, and the size of a step. The zeros around it are a step exactly."""
    scale = slope * LOUDEST / INPUT_LEVELS
    zero = round(-offset / scale)
    cap = graph.constant("image_cap", (INPUT_LEVELS - zero) * scale)
    x = graph.add("Min", [x, cap], "image_capped")
    rounded = graph.quantise(
        "image", x, graph.constant("image_scale", scale), graph.constant("image_zero", zero, numpy.uint8)
    )
    return rounded, float(numpy.float32(scale))


def timbral_int8(graph, name, x, input_scale, weights, bias, slope, offset, largest):
    """A timbral convolution in int8, and the clip, scale and offset that follow its maximum."""
    channels, _, frames, bands = weights.shape
    rising = slope >= 0
    # The useful values of a channel are 0 to `largest`; they become 0 to 1, or 1 to 0 where the maximum that follows
    # has to find the smallest.
    largest = numpy.maximum(numpy.asarray(largest) * HEADROOM, 1e-3)
    weights = weights / largest[:, None, None, None] * numpy.where(rising, 1, -1)[:, None, None, None]
    bias = numpy.where(rising, bias / largest, 1 - bias / largest)
    after = (
        numpy.zeros(channels),
        numpy.ones(channels),
        numpy.where(rising, slope, -slope) * largest,
        numpy.where(rising, offset, offset + slope * largest),
    )

    scale = numpy.maximum(numpy.abs(weights).max((1, 2, 3)) / WEIGHT_LEVELS, 1e-9).astype(numpy.float32)
    levels = diffuse(weights / scale.astype(float)[:, None, None, None])
    zeros = graph.constant(f"{name}_weight_zero", numpy.zeros(channels), numpy.int8)
    weights = graph.add(
        "DequantizeLinear",
        [
            graph.constant(f"{name}_weights", levels, numpy.int8),
            graph.constant(f"{name}_weight_scale", scale),
            zeros,
        ],
        f"{name}_weights_f32",
        axis=0,
    )
    bias_scale = (scale * numpy.float32(input_scale)).astype(numpy.float32)
    bias_levels = numpy.clip(numpy.rint(bias / bias_scale.astype(float)), -(2**31 - 1), 2**31 - 1)
    bias = graph.add(
        "DequantizeLinear",
        [
            graph.constant(f"{name}_bias", bias_levels, numpy.int32),
            graph.constant(f"{name}_bias_scale", bias_scale),
            graph.constant(f"{name}_bias_zero", numpy.zeros(channels), numpy.int32),
        ],
        f"{name}_bias_f32",
        axis=0,
    )
    y = graph.convolution(name, [x, weights, bias], (frames, bands), (frames - 1) // 2)
    y = graph.quantise(
        name, y, graph.constant("unit_scale", 1 / OUTPUT_LEVELS), graph.constant("unit_zero", 0, numpy.uint8)
    )
    return y, after


def diffuse(weights):
    """Rounds the weights of each channel to whole levels, forward and backward over the bands, each rounding error
    added to the next weight."""
    levels = numpy.zeros_like(weights)
    carry = numpy.zeros(len(weights))
    bands = range(weights.shape[3])
    for frame in range(weights.shape[2]):
        for band in bands if frame % 2 == 0 else reversed(bands):
            wanted = weights[:, 0, frame, band] + carry
            levels[:, 0, frame, band] = numpy.clip(numpy.rint(wanted), -WEIGHT_LEVELS, WEIGHT_LEVELS)
            carry = numpy.clip(wanted - levels[:, 0, frame, band], -1, 1)
    return levels


def middle(graph, variables, front, channels):
    """Three convolutions over time; leaves `features`: all channels of all stages over time."""
    stages, x = [front], front
    for index in (5, 6, 7):
        name = f"middle_{index - 5}"
        # The checkpoint holds the channels as the width of an image of one channel.
        weights, bias = convolution(variables, index)
        weights = weights.transpose(0, 3, 2, 1)
        slope, offset = batch_norm(variables, index + 1)
        source, spare = x, -weights.shape[1] % CHANNEL_BLOCK
        if spare:
            filler = graph.constant("filler", numpy.zeros((1, spare, FRAMES, 1)))
            source = graph.add("Concat", [x, filler], "front_filled", axis=1)
            weights = numpy.pad(weights, ((0, 0), (0, spare), (0, 0), (0, 0)))
        inputs = [source, graph.constant(f"{name}_weights", weights), graph.constant(f"{name}_bias", bias)]
        y = graph.convolution(name, inputs, (weights.shape[2], 1), 3)
        y = graph.add("Relu", [y], f"{name}_relu")
        y = graph.add("Mul", [y, graph.constant(f"{name}_slope", per_channel(slope))], f"{name}_scaled")
        y = graph.add("Add", [y, graph.constant(f"{name}_offset", per_channel(offset))], f"{name}_normal")
        x = y if x == front else graph.add("Add", [y, x], f"{name}_sum")
        stages.append(x)
        channels += len(slope)
    y = graph.add("Concat", stages, "stages", axis=1)
    graph.add("Reshape", [y, graph.constant("features_shape", [1, channels, FRAMES], numpy.int64)], "features")


def back(graph, variables):
    """Pooling over time and the dense layers."""
    maxima = graph.add("ReduceMax", ["features"], "maxima", axes=[2], keepdims=0)
    means = graph.add("ReduceMean", ["features"], "means", axes=[2], keepdims=0)
    pooled = graph.add("Concat", [maxima, means], "pooled", axis=1)
    weights, bias = dense(variables, "dense", 9)
    weights = numpy.concatenate([weights[0::2], weights[1::2]])
    inputs = [pooled, graph.constant("dense_weights", weights), graph.constant("dense_bias", bias)]
    y = graph.add("Gemm", inputs, "dense")
    y = graph.add("Relu", [y], "dense_relu")
    weights, bias = dense(variables, "dense_1", 10)
    y = graph.add("Gemm", [y, graph.constant("tags_weights", weights), graph.constant("tags_bias", bias)], "logits")
    graph.add("Sigmoid", [y], "tags")


def dense(variables, name, norm):
    """Weights and bias of a dense layer with the batch norm before it folded in."""
    weights, bias = variables[f"{name}/kernel"].astype(float), variables[f"{name}/bias"].astype(float)
    slope, offset = batch_norm(variables, norm)
    # Not `offset @ weights`: the order in which a BLAS adds is the processor's.
    return weights * slope[:, None], bias + (offset[:, None] * weights).sum(axis=0)


def checkpoints(wheel):
    """The variables of both networks."""
    with tempfile.TemporaryDirectory() as folder:
        if wheel is None:
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", folder, WHEEL]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            wheel = next(Path(folder).glob("musicnn-*.whl"))
        digest = hashlib.sha256(Path(wheel).read_bytes()).hexdigest()
        if digest != WHEEL_SHA256:
            sys.exit(f"{wheel} is not the wheel of {WHEEL}: its SHA-256 is {digest}, not {WHEEL_SHA256}")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
        return {
            network: checkpoint.read(Path(folder) / "musicnn" / f"{network.upper()}_musicnn")
            for network in ("msd", "mtt")
        }


def main():
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--wheel", type=Path, help=f"the wheel of {WHEEL}; fetched by pip when not given")
    parser.add_argument("--out", type=Path, default=here.parent, help="the folder to write to")
    options = parser.parse_args()
    ranges = json.loads((here / "ranges.json").read_text())
    listing = options.out / "models.toml"
    listed = listing.read_text() if listing.exists() else ""
    for network, variables in checkpoints(options.wheel).items():
        for suffix, model in (("", build(variables)), ("_int8", build(variables, ranges[network]))):
            name = f"musicnn_{network}{suffix}.onnx"
            raw = model.SerializeToString(deterministic=True)
            (options.out / name).write_bytes(raw)
            digest = hashlib.sha256(raw).hexdigest()
            print(f"{name}  {len(raw)} bytes  {digest}")
            entry = rf'(file = "{re.escape(name)}"\nsha256 = ")[0-9a-f]*("\nbytes = )\d+'
            listed = re.sub(entry, rf"\g<1>{digest}\g<2>{len(raw)}", listed)
    if listed:
        listing.write_text(listed)


if __name__ == "__main__":
    main()
