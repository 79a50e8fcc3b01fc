"""The engine that ships: two networks for English, one that is fast and one that is good.

The fast one (`fast.py`) reads every sentence. Where it is sure of every word, that is that; where it is not, the tagger
(`tagger.py`) reads, too, and what both say counts: they err in different places, and together least.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsbot.entities.engines.fast_engine import FastNetwork
from newsbot.entities.names import NameSpan
from newsbot.entities.neural.label_decoding import best_labels, doubtful, spans
from newsbot.entities.neural.sentence_reader import VERSION, SentenceReader
from newsbot.entities.neural.tagger import Tagger
from newsbot.entities.tokens import split_words
from newsbot.items import Mention

SURE = 0.9
"""The fast network is sure of a word whose label it gives this probability: two thirds of the news are then read by it alone."""
AROUND = 12
"""So many words on either side of those in doubt the tagger reads with them: all of a sentence gave no better names."""
FAST_WEIGHT = 0.4
"""Of the fast network's scores beside the tagger's."""


class ModelEngine:
    """Finds names in English."""

    name = "model"

    def __init__(self) -> None:
        self._fast, self._tagger = FastNetwork(), Tagger()
        self.version = f"{self._tagger.version}.{self._fast.version}.{VERSION}"
        self._reader = SentenceReader(self._read)

    def supports(self, language: str) -> bool:
        """Only English."""
        return language == "en"

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions in an English text, made consistent over the whole of it."""
        return self._reader.mentions(text) if self.supports(language) else []

    def _read(self, sentences: Sequence[str]) -> Iterator[Iterator[NameSpan]]:
        """Yield the names of each sentence."""
        cut = [split_words(sentence) for sentence in sentences]
        for words, scores in zip(cut, self._fast.scores(cut), strict=True):
            part = doubtful(scores, SURE, AROUND)
            if words[part]:
                scores[part] = FAST_WEIGHT * scores[part] + self._tagger.scores(words[part])
            yield spans(words, best_labels(scores))
