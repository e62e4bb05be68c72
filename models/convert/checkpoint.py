"""Reads the variables of a TensorFlow 1 checkpoint (a "tensor bundle") without TensorFlow.

A bundle is an index and a data file. The index is a table in the format of LevelDB, here without compression: blocks of
prefix-compressed keys, found through a block of block addresses, found through a footer of 48 bytes. Each value is a
`BundleEntryProto`: type, shape, offset, size and masked CRC-32C of the raw little-endian tensor in the data file.
Sixty lines here spare a download of half a gigabyte.
"""

import struct
from pathlib import Path

import numpy

MAGIC = 0xDB4775248B80FB57
FLOAT = 1


def read(folder: Path) -> dict[str, numpy.ndarray]:
    """Every float32 variable of the checkpoint in `folder`, by name, except those of the Adam optimiser."""
    index = (folder / ".index").read_bytes()
    data = (folder / ".data-00000-of-00001").read_bytes()
    footer = index[-48:]
    if struct.unpack("<Q", footer[-8:])[0] != MAGIC:
        raise ValueError(f"{folder} holds no TensorFlow checkpoint index")
    # The footer starts with the handle of the meta-index (unused), then that of the index of blocks.
    at = 0
    for _ in range(2):
        _, at = _varint(footer, at)
    directory = _handle(footer[at:])
    variables = {}
    for _, address in _block(index, *directory):
        for key, value in _block(index, *_handle(address)):
            name = key.decode()
            if name and "Adam" not in name:
                entry = _entry(value)
                if entry["type"] == FLOAT:
                    variables[name] = _tensor(data, name, entry)
    return variables


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _handle(raw: bytes) -> tuple[int, int]:
    offset, at = _varint(raw, 0)
    size, _ = _varint(raw, at)
    return offset, size


def _block(raw: bytes, offset: int, size: int):
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
        key = key[:shared] + block[at : at + fresh]
        at += fresh
        yield key, block[at : at + length]
        at += length


def _fields(raw: bytes):
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


def _entry(raw: bytes) -> dict:
    entry = {"type": 0, "shape": (), "offset": 0, "size": 0, "crc": 0}
    names = {1: "type", 4: "offset", 5: "size", 6: "crc"}
    for number, value in _fields(raw):
        if number == 2:
            dimensions = [dict(_fields(dimension)) for _, dimension in _fields(value)]
            entry["shape"] = tuple(dimension.get(1, 0) for dimension in dimensions)
        elif number in names:
            entry[names[number]] = value
    return entry


def _tensor(data: bytes, name: str, entry: dict) -> numpy.ndarray:
    raw = data[entry["offset"] : entry["offset"] + entry["size"]]
    tensor = numpy.frombuffer(raw, dtype="<f4")
    if tensor.size != numpy.prod(entry["shape"], dtype=int) or _masked_crc(raw) != entry["crc"]:
        raise ValueError(f"the checkpoint's variable {name} is damaged")
    return tensor.reshape(entry["shape"])


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


CRC_TABLE = _crc_table()


def _masked_crc(raw: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in raw:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF
