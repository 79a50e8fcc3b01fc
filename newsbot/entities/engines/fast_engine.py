"""The engine for bulk runs: a small convolutional network, distilled from the engine `model`.

A word is represented by the sum of a few vectors; the receptive field is nine words on either side. See
training/README.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from newsbot.entities.names import NameSpan
from newsbot.entities.neural.hints import with_hints
from newsbot.entities.neural.label_decoding import best_labels, spans
from newsbot.entities.neural.sentence_reader import VERSION, SentenceReader
from newsbot.entities.neural.shipped import FOLDER, load_wordpiece, network_version
from newsbot.entities.neural.token_features import NOTHING, WordFeatures
from newsbot.entities.tokens import Token, split_words
from newsbot.items import Mention
from newsbot.onnx import load_network

GAP = 4
"""Padding between the sentences of a batch, as wide as the widest layer, so that no sentence influences the next."""
BATCH_WORDS = 4_000
"""Words per batch; bounds the memory on long texts."""


class FastNetwork:
    """Scores the words of many sentences at once; the scores of a sentence do not depend on the rest of its batch."""

    def __init__(self) -> None:
        self._session = load_network(FOLDER.joinpath("fast.onnx"))
        self.version = network_version(self._session)
        self._features = WordFeatures(load_wordpiece())

    def scores(self, sentences: Iterable[Sequence[Token]]) -> Iterator[NDArray[np.float32]]:
        """Yield one array of label scores per sentence, shape (words, labels)."""
        for batch in _batches(sentences):
            rows: list[tuple[int, ...]] = []
            for words in batch:
                rows.extend(self._features.of(word.text) for word in words)
                rows.extend([NOTHING] * GAP)
            scores: NDArray[np.float32] = self._session.run(["scores"], {"words": np.array(rows, np.int32)})[
                0
            ]
            start = 0
            for words in batch:
                yield with_hints(words, scores[start : start + len(words)])
                start += len(words) + GAP


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

    def _read(self, sentences: Sequence[str]) -> Iterator[Iterator[NameSpan]]:
        """Yield the names of every sentence."""
        cut = [split_words(sentence) for sentence in sentences]
        for words, scores in zip(cut, self._network.scores(cut), strict=True):
            yield spans(words, best_labels(scores))


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
