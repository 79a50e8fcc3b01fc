"""The networks that ship, and the vocabulary that they share."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import onnxruntime  # type: ignore[import-untyped]

from newsbot.entities.neural.wordpiece import WordPiece

FOLDER = files("newsbot.entities.neural").joinpath("model_data")


def network_version(network: onnxruntime.InferenceSession) -> str:
    """Return the version that the network was exported as."""
    return str(network.get_modelmeta().version)


def load_vocabulary() -> list[str]:
    """Return the pieces of words that the networks know, by their number."""
    return FOLDER.joinpath("vocabulary.txt").read_text(encoding="utf-8").splitlines()


@cache
def load_wordpiece() -> WordPiece:
    """Return what cuts words into the networks' pieces: one for all of them, so that each word is cut once."""
    return WordPiece(load_vocabulary())
