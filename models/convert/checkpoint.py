"""Reads the variables of a TensorFlow 1 checkpoint without TensorFlow.

There are two formats. A "tensor bundle" is an index and a data file. The index is a table in the format of LevelDB, here
without compression: blocks of prefix-compressed keys, found through a block of block addresses, found through a footer of
48 bytes. Each value is a `BundleEntryProto`: type, shape, offset, size and masked CRC-32C of the raw little-endian tensor
in the data file. The older format ("V1") is one such table with the tensors in it: the value of the empty key, a
`SavedTensorSlices`, says what tensors there are, and each further value is one with the tensor's numbers.
A hundred lines here spare a download of half a gigabyte.
"""

import struct
from pathlib import Path

import google_crc32c
import numpy

MAGIC = 0xDB4775248B80FB57
FLOAT = 1


def read(folder: Path) -> dict[str, numpy.ndarray]:
    """Every float32 variable of the checkpoint in `folder`, by name, except those of the Adam optimiser."""
    data = (folder / ".data-00000-of-00001").read_bytes()
    variables = {}
    for key, value in _table((folder / ".index").read_bytes()):
        name = key.decode()
        if name and "Adam" not in name:
            entry = _entry(value)
            if entry["type"] == FLOAT:
                variables[name] = _tensor(data, name, entry)
    return variables


def read_v1(file: Path) -> dict[str, numpy.ndarray]:
    """Every float32 variable of a checkpoint in the older format, by name. Variables in several slices are refused."""
    shapes, variables = {}, {}
    for key, value in _table(memoryview(file.read_bytes()), whole=True):
        message = dict(_fields(value))
        if not key:
            shapes = dict(_slices(message[1]))
            continue
        # SavedTensorSlices.data: name = 1, data = 3; in a TensorProto the floats are field 5, packed.
        saved = dict(_fields(message[2]))
        name, floats = bytes(saved[1]).decode(), dict(_fields(saved[3])).get(5)
        if name not in shapes or floats is None:
            continue
        tensor = numpy.frombuffer(floats, dtype="<f4")
        if tensor.size != numpy.prod(shapes[name], dtype=int):
            raise ValueError(f"the checkpoint's variable {name} has {tensor.size} values of {shapes[name]}")
        variables[name] = tensor.reshape(shapes[name])
    return variables


def _slices(raw):
    """Names and shapes of the float32 tensors that a SavedTensorSliceMeta describes."""
    for number, value in _fields(raw):
        if number == 1:
            fields = dict(_fields(value))
            if fields.get(3) == FLOAT:
                yield bytes(fields[1]).decode(), _shape(fields.get(2, b""))


def _shape(raw) -> tuple[int, ...]:
    """The sizes in a TensorShapeProto."""
    return tuple(dict(_fields(value)).get(1, 0) for number, value in _fields(raw) if number == 2)


def _table(raw, whole=False):
    """The (key, value) pairs of a table; checked against the blocks' CRCs if it is to be `whole`."""
    footer = raw[-48:]
    if len(footer) < 48 or struct.unpack("<Q", footer[-8:])[0] != MAGIC:
        raise ValueError("it is no table of TensorFlow's")
    # The footer starts with the handle of the meta-index (unused), then that of the index of blocks.
    at = 0
    for _ in range(2):
        _, at = _varint(footer, at)
    for _, address in _block(raw, *_handle(footer[at:])):
        offset, size = _handle(address)
        if whole:
            # The CRC covers the block and the byte after it, which says how it is compressed.
            stored = struct.unpack("<I", raw[offset + size + 1 : offset + size + 5])[0]
            if _masked(google_crc32c.value(bytes(raw[offset : offset + size + 1]))) != stored:
                raise ValueError("it is damaged")
        yield from _block(raw, offset, size)


def _varint(raw, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _handle(raw) -> tuple[int, int]:
    offset, at = _varint(raw, 0)
    size, _ = _varint(raw, at)
    return offset, size


def _block(raw, offset: int, size: int):
    if raw[offset + size] != 0:
        raise ValueError("the checkpoint's index is compressed")
    block = raw[offset : offset + size]
    restarts = struct.unpack("<I", block[-4:])[0]
    end = size - 4 - 4 * restarts
    at, key = 0, b""
    while at < end:
        shared, at = _varint(block, at)
        fresh, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + bytes(block[at : at + fresh])
        at += fresh
        yield key, block[at : at + length]
        at += length


def _fields(raw):
    """The (number, value) pairs of a protocol-buffer message."""
    at = 0
    while at < len(raw):
        tag, at = _varint(raw, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(raw, at)
        elif kind == 2:
            length, at = _varint(raw, at)
            value = raw[at : at + length]
            at += length
        elif kind == 5:
            value = struct.unpack("<I", raw[at : at + 4])[0]
            at += 4
        else:
            raise ValueError(f"unexpected wire type {kind} in the checkpoint's index")
        yield tag >> 3, value


def _entry(raw) -> dict:
    entry = {"type": 0, "shape": (), "offset": 0, "size": 0, "crc": 0}
    names = {1: "type", 4: "offset", 5: "size", 6: "crc"}
    for number, value in _fields(raw):
        if number == 2:
            entry["shape"] = _shape(value)
        elif number in names:
            entry[names[number]] = value
    return entry


def _tensor(data: bytes, name: str, entry: dict) -> numpy.ndarray:
    raw = data[entry["offset"] : entry["offset"] + entry["size"]]
    tensor = numpy.frombuffer(raw, dtype="<f4")
    if tensor.size != numpy.prod(entry["shape"], dtype=int) or _masked(google_crc32c.value(raw)) != entry["crc"]:
        raise ValueError(f"the checkpoint's variable {name} is damaged")
    return tensor.reshape(entry["shape"])


def _masked(crc: int) -> int:
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF
