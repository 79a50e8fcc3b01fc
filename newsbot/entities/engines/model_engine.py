"""The default engine for English: a fast network and an accurate one.

The fast network (`fast_engine.py`) reads every sentence. If it is sure of every word, its labels are final; otherwise the
tagger (`neural/tagger.py`) reads the doubtful words too, with the names that they touch, and the scores of both are added:
they make different errors, and the fewest together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsbot.entities.engines.fast_engine import FastNetwork
from newsbot.entities.names import NameSpan
from newsbot.entities.neural.label_decoding import best_labels, doubtful, spans, surroundings
from newsbot.entities.neural.sentence_reader import VERSION, SentenceReader
from newsbot.entities.neural.tagger import Tagger
from newsbot.entities.tokens import split_words
from newsbot.items import Mention

SURE = 0.9
"""Probability of a label from which the fast network is sure of a word; it then reads two thirds of the news alone."""
AROUND = 10
"""Words that the tagger reads on either side of the doubtful ones; reading the whole sentence gave no better names."""
FAST_WEIGHT = 0.4
"""Weight of the fast network's scores when they are added to the tagger's."""


class ModelEngine:
    """Finds names in English."""

    name = "model"

    def __init__(self) -> None:
        self._fast, self._tagger = FastNetwork(), Tagger()
        self.version = f"{self._tagger.version}.{self._fast.version}.{VERSION}"
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
        for words, scores in zip(cut, self._fast.scores(cut), strict=True):
            if wanted := doubtful(scores, SURE):
                part = surroundings(scores, wanted, AROUND)
                read = self._tagger.scores(words[part], [word - part.start for word in wanted])
                scores[wanted] = FAST_WEIGHT * scores[wanted] + read
            yield spans(words, best_labels(scores))
