"""Converts the published checkpoint of VGGish (Apache-2.0) to ONNX.

    python vggish.py [--checkpoint FILE] [--pre-activation] [--out FOLDER]

Writes vggish.onnx (float32, 289 MB) to the folder (default: `extra` beside models.toml, where Segue looks for what a person
has added) and enters it, with size and digest, into the models.toml of that folder. Without --checkpoint the published
file is fetched. Needs numpy, onnx and google-crc32c (requirements.txt); TensorFlow is not needed.

The network (S. Hershey et al., CNN Architectures for Large-Scale Audio Classification, 2017; tensorflow/models,
research/audioset/vggish) as it stands in the checkpoint:

    patch [N, 1, 96, 64] -> convolutions 3x3 of 64 | 128 | 256, 256 | 512, 512 channels, each with ReLU, and a maximum of
    2x2 after each group -> [6, 4, 512] in this order of dimensions -> dense 4096, 4096, each with ReLU -> dense 128

The last layer has a ReLU in the first release and in the package torchvggish, whose numbers the 223-number vector is
made of; the later code of the authors leaves it off, and so does --pre-activation. What follows in the release (a PCA and
a quantisation to 8 bits) is no part of the network.
"""

import argparse
import hashlib
import re
import sys
import urllib.request
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import checkpoint

URL = "https://storage.googleapis.com/audioset/vggish_model.ckpt"
FILE = "vggish.onnx"
FRAMES, BANDS, EMBEDDING = 96, 64, 128
# The convolutions between two maxima.
GROUPS = [["conv1"], ["conv2"], ["conv3/conv3_1", "conv3/conv3_2"], ["conv4/conv4_1", "conv4/conv4_2"]]
DENSE = ["fc1/fc1_1", "fc1/fc1_2", "fc2"]


def build(variables, pre_activation=False):
    """The network as an ONNX model."""
    nodes, constants = [], []

    def constant(name, value, kind=numpy.float32):
        constants.append(numpy_helper.from_array(numpy.ascontiguousarray(value, dtype=kind), name))
        return name

    def add(operator, inputs, output, **attributes):
        nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def layer(name):
        return variables[f"vggish/{name}/weights"], variables[f"vggish/{name}/biases"]

    x = "patch"
    for group, names in enumerate(GROUPS, 1):
        for name in names:
            (weights, bias), short = layer(name), name.split("/")[-1]
            inputs = [x, constant(f"{short}_weights", weights.transpose(3, 2, 0, 1)), constant(f"{short}_bias", bias)]
            # All attributes are written out: some runtimes do not know their defaults.
            x = add(
                "Conv", inputs, short, kernel_shape=[3, 3], strides=[1, 1], dilations=[1, 1], pads=[1, 1, 1, 1], group=1
            )
            x = add("Relu", [x], f"{short}_relu")
        x = add("MaxPool", [x], f"pool{group}", kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0])
    # The dense layers count frames, then bands, then channels.
    x = add("Transpose", [x], "ordered", perm=[0, 2, 3, 1])
    weights, _ = layer(DENSE[0])
    x = add("Reshape", [x, constant("flat", [-1, len(weights)], numpy.int64)], "flattened")
    for name in DENSE:
        (weights, bias), short = layer(name), name.split("/")[-1]
        last = name == DENSE[-1]
        output = "embedding" if last and pre_activation else short
        x = add("Gemm", [x, constant(f"{short}_weights", weights), constant(f"{short}_bias", bias)], output)
        if not (last and pre_activation):
            x = add("Relu", [x], "embedding" if last else f"{short}_relu")

    def tensor(name, *row):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["patches", *row])

    graph = helper.make_graph(
        nodes, "vggish", [tensor("patch", 1, FRAMES, BANDS)], [tensor("embedding", EMBEDDING)], constants
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
        producer_name="segue models/convert/vggish.py",
        doc_string="VGGish (Hershey et al., 2017), Apache-2.0",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def entry(raw, digest):
    """What models.toml has to say of the file."""
    return f"""[[model]]
file = "{FILE}"
sha256 = "{digest}"
bytes = {len(raw)}
network = "vggish"
about = "VGGish, trained on YouTube-8M: a 128-d embedding of 0.96 s of sound, before PCA and quantisation."
licence = "Apache-2.0"
source = "{URL}"
url = "{URL}"
made = "convert/vggish.py"
inputs = [{{ name = "patch", type = "f32", shape = ["patches", 1, {FRAMES}, {BANDS}] }}]
outputs = [{{ name = "embedding", type = "f32", shape = ["patches", {EMBEDDING}] }}]
"""


def enter(listing, text):
    """Puts the entry into the list, in the place of an older one of the same file."""
    listed = listing.read_text() if listing.exists() else ""
    kept = [part for part in re.split(r"(?m)^(?=\[\[model\]\])", listed) if f'file = "{FILE}"' not in part]
    listing.write_text("\n".join([part.strip() + "\n" for part in kept if part.strip()] + [text]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--checkpoint", type=Path, help=f"a copy of {URL}; fetched when not given")
    parser.add_argument("--pre-activation", action="store_true", help="leave off the ReLU of the last layer")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "extra")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    source = options.checkpoint
    if source is None:
        source, _ = urllib.request.urlretrieve(URL, options.out / "vggish_model.ckpt.part")
    print(f"{source}: SHA-256 {hashlib.sha256(Path(source).read_bytes()).hexdigest()}")
    try:
        model = build(checkpoint.read_v1(Path(source)), options.pre_activation)
    except (KeyError, ValueError) as error:
        sys.exit(f"{source} is not the checkpoint of VGGish: {error}")
    finally:
        if options.checkpoint is None:
            Path(source).unlink()
    raw = model.SerializeToString(deterministic=True)
    digest = hashlib.sha256(raw).hexdigest()
    (options.out / FILE).write_bytes(raw)
    enter(options.out / "models.toml", entry(raw, digest))
    print(f"{options.out / FILE}: {len(raw)} bytes, SHA-256 {digest}, entered into {options.out / 'models.toml'}")


if __name__ == "__main__":
    main()
