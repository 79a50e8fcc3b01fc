"""The network that turns the beginning of an article into a vector: multilingual-e5-small, with weights of 4 bits."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from newsbot.embeddings.vectors import VERSION
from newsbot.entities.engines.multi_engine import model_folder
from newsbot.entities.multilingual.piece_vocabulary import END, START, PieceVocabulary
from newsbot.errors import UsageError
from newsbot.onnx import load_network
from newsbot.text import one_line

MAX_PIECES = 96
"""Number of pieces of words that are read: the title and two or three sentences."""
MAX_LEAD_CHARS = 500
_PREFIX = "query: "
"""What the network was trained to find before texts that are compared with each other."""
NETWORK = files("newsbot.embeddings").joinpath("embedder.onnx")


class Embedder:
    """Computes vectors; thread-safe. `folder` holds the vocabulary, which is that of the engine `multi`."""

    version = VERSION

    def __init__(self, folder: Path, network: Traversable = NETWORK) -> None:
        self._vocabulary = PieceVocabulary(folder)
        self._network = load_network(network)

    def vector(self, title: str | None, text: str) -> bytes:
        """Return the vector of an article: 384 signed bytes (`vectors.VECTOR_SIZE`). Articles are alike as `similarity` says."""
        beginning = one_line(f"{title or ''}. {text[:MAX_LEAD_CHARS]}")
        units = self._vocabulary.units(_PREFIX + beginning)
        pieces = [piece for unit in units for piece in unit.pieces][:MAX_PIECES]
        vectors = self._vocabulary.vectors([START, *pieces, END])
        [[found]] = self._network.run(None, {"vectors": vectors[None]})
        return bytes(found.tobytes())


@cache
def load_embedder() -> Embedder:
    """Return the embedder, which is loaded once. Raises UsageError if the package with its vocabulary is not installed."""
    try:
        return Embedder(model_folder())
    except (ImportError, OSError) as error:
        raise UsageError(
            "vectors of articles need the package newsbot-models: pip install 'newsbot[languages]'"
        ) from error
