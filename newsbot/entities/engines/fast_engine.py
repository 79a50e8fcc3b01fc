"""The engine for bulk runs: a small convolutional network, distilled from the engine `model`.

A word is represented by the sum of a few vectors; the receptive field is nine words on either side. See
training/README.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from newsbot.entities.names import NameSpan
from newsbot.entities.neural.hints import with_hints
from newsbot.entities.neural.label_decoding import best_labels, spans
from newsbot.entities.neural.sentence_reader import VERSION, SentenceReader
from newsbot.entities.neural.shipped import FOLDER, load_wordpiece, network_version
from newsbot.entities.neural.word_vectors import WordVectors
from newsbot.entities.tokens import Token, split_words
from newsbot.items import Mention
from newsbot.onnx import load_network

BATCH_WORDS = 4_000
"""Words per batch; bounds the memory on long texts."""
DISTANCES = (1, 2, 4)
"""Distances, in words, at which layers of the network look at the words on either side of a word."""


class FastNetwork:
    """Scores the words of many sentences at once; the scores of a sentence do not depend on the rest of its batch."""

    def __init__(self) -> None:
        self._session = load_network(FOLDER.joinpath("fast.onnx"))
        self.version = network_version(self._session)
        table = np.load(BytesIO(FOLDER.joinpath("fast_vectors.npy").read_bytes()))
        self._vectors = WordVectors(load_wordpiece(), table)

    def scores(self, sentences: Iterable[Sequence[Token]]) -> Iterator[NDArray[np.float32]]:
        """Yield one array of label scores per sentence, shape (words, labels)."""
        for batch in _batches(sentences):
            scores = self._scores(batch)
            start = 0
            for words in batch:
                end = start + len(words)
                yield with_hints(words, scores[start:end])
                start = end

    def _scores(self, batch: Sequence[Sequence[Token]]) -> NDArray[np.float32]:
        sums = self._vectors.of([word.text for words in batch for word in words])
        found: NDArray[np.float32] = self._session.run(
            ["scores"], {"sums": sums, **_neighbours([len(words) for words in batch])}
        )[0]
        return found


class FastEngine:
    """Finds names in English; several times as fast as `model`, and less accurate."""

    name = "fast"

    def __init__(self) -> None:
        self._network = FastNetwork()
        self.version = f"{self._network.version}.{VERSION}"
        self._reader = SentenceReader(self._read)

    def supports(self, language: str) -> bool:
        """Return whether the language is English."""
        return language == "en"

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions in an English text, made consistent over the whole of it."""
        return self._reader.mentions(text) if self.supports(language) else []

    def _read(self, sentences: Sequence[str]) -> Iterator[list[NameSpan]]:
        """Yield the names of every sentence."""
        cut = [split_words(sentence) for sentence in sentences]
        for words, scores in zip(cut, self._network.scores(cut), strict=True):
            yield spans(words, best_labels(scores))


def _neighbours(lengths: Sequence[int]) -> dict[str, NDArray[np.int32]]:
    """Return the inputs of the network that say which words are beside each word of its sentence.

    Each row has the numbers of the word before, the word itself and the word after it at a distance. The number of all
    words means none."""
    ends = np.cumsum(lengths, dtype=np.int32)
    first, after = np.repeat(ends - lengths, lengths), np.repeat(ends, lengths)
    here = np.arange(len(first), dtype=np.int32)
    found = {}
    for distance in DISTANCES:
        before, behind = here - distance, here + distance
        before[before < first] = len(here)
        behind[behind >= after] = len(here)
        found[f"beside{distance}"] = np.stack([before, here, behind], 1)
    return found


def _batches(sentences: Iterable[Sequence[Token]]) -> Iterator[list[Sequence[Token]]]:
    batch: list[Sequence[Token]] = []
    size = 0
    for words in sentences:
        batch.append(words)
        size += len(words)
        if size >= BATCH_WORDS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
