"""Read what the ONNX files of decision trees hold: attributes of their nodes, and metadata.

An ONNX file is a message of Protocol Buffers (onnx.proto); only the fields that such files have are read. They are files
of this package: a file that is none is a mistake of the package, not bad input."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

Value = int | bytes

# Numbers of fields in onnx.proto.
_GRAPH, _METADATA = 7, 14
_NODE = 1
_OPERATOR, _ATTRIBUTE = 4, 5
_NAME, _INTEGER, _FLOATS, _INTEGERS = 1, 3, 7, 8
_KEY, _TEXT = 1, 2


@dataclass(frozen=True, slots=True)
class TreeFile:
    """The content of an ONNX file with decision trees."""

    operators: list[str] = field(default_factory=list)
    """The operators in their order: the trees, then what makes probabilities of their sums."""
    integers: dict[str, list[int]] = field(default_factory=dict)
    """Name of an attribute -> its values."""
    floats: dict[str, list[float]] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)


def read_tree_file(content: bytes) -> TreeFile:
    """Return what a file holds."""
    found = TreeFile()
    for number, value in _fields(content):
        if number == _GRAPH:
            for part, node in _fields(_bytes(value)):
                if part == _NODE:
                    _read_node(_bytes(node), found)
        elif number == _METADATA:
            entry = dict(_fields(_bytes(value)))
            found.metadata[_bytes(entry[_KEY]).decode()] = _bytes(entry[_TEXT]).decode()
    return found


def _read_node(node: bytes, found: TreeFile) -> None:
    for number, value in _fields(node):
        if number == _OPERATOR:
            found.operators.append(_bytes(value).decode())
        elif number == _ATTRIBUTE:
            _read_attribute(_bytes(value), found)


def _read_attribute(attribute: bytes, found: TreeFile) -> None:
    name, integers, floats = "", list[int](), list[float]()
    for number, value in _fields(attribute):
        if number == _NAME:
            name = _bytes(value).decode()
        elif number in {_INTEGER, _INTEGERS} and isinstance(value, int):
            integers.append(value)
        elif number == _FLOATS:
            floats += struct.unpack("<f", _bytes(value))
    if integers:
        found.integers[name] = integers
    if floats:
        found.floats[name] = floats


def _fields(message: bytes) -> Iterator[tuple[int, Value]]:
    """Yield the number and the value of every field of a message."""
    place = 0
    while place < len(message):
        key, place = _number(message, place)
        match key & 7:
            case 0:
                number, place = _number(message, place)
                yield key >> 3, number
                continue
            case 1:
                size = 8
            case 5:
                size = 4
            case _:
                size, place = _number(message, place)
        yield key >> 3, message[place : place + size]
        place += size


def _number(message: bytes, place: int) -> tuple[int, int]:
    """Return the number at a place, seven bits a byte, and the place after it."""
    value = shift = 0
    while True:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, place


def _bytes(value: Value) -> bytes:
    assert isinstance(value, bytes)
    return value
