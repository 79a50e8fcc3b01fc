"""The networks of the package, and the vocabulary that they share."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from newsbot.entities.neural.wordpiece import WordPiece

if TYPE_CHECKING:  # loaded by newsbot.onnx
    import onnxruntime  # type: ignore[import-untyped]

FOLDER = files("newsbot.entities.neural").joinpath("model_data")


def network_version(network: onnxruntime.InferenceSession) -> str:
    """Return the version in the metadata of a network."""
    return str(network.get_modelmeta().version)


def load_vocabulary() -> list[str]:
    """Return the word pieces of the networks' vocabulary, in the order of their numbers."""
    return FOLDER.joinpath("vocabulary.txt").read_text(encoding="utf-8").splitlines()


@cache
def load_wordpiece() -> WordPiece:
    """Return the word piece tokenizer; the networks share it, so that every word is split once."""
    return WordPiece(load_vocabulary())
